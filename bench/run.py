"""Measures the service against the floor and the usual script, in one run, and prints ratios.

    uv run --group bench python -m bench.run [--floor-only] [--rounds 5] [--sizes 10000,100000]

The machine is noisy, so rounds are interleaved (floor, service, floor, service, ...), medians are
compared, and only the ratios mean anything elsewhere. Writes ``bench/results.json``.
"""

import argparse
import json
import multiprocessing
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bench.floor import pay, read
from bench.request import generate_body, save_body
from bench.service import MemoryWatch, Service, cpu_seconds, memory_kb, running_floor, running_service
from bench.usual import usual, write_inputs
from server.demo.bulk_logs import WireColumn, bulk_setup, month_of

PROVIDERS, SEED = 30, 1
CONTRACT_ROWS = 100_000
SIZES = (2_000, 10_000, 100_000, 300_000, 1_000_000)
BIG_ROWS, BIG_CLICKS = 300_000, 3
QUIET_SECONDS, BETWEEN_SECONDS = 3.0, 0.002
RESULTS = Path(__file__).with_name("results.json")
SETUP = bulk_setup(PROVIDERS)

Figures = dict[str, Any]


def main() -> None:
    """Run what the command line asks for, print it and keep it."""
    asked = _arguments()
    sizes = [int(size) for size in asked.sizes.split(",")]
    figures: Figures = {"measured": datetime.now(UTC).date().isoformat(), "python": platform.python_version()}
    with tempfile.TemporaryDirectory() as folder:
        figures["usual"] = [_usual(Path(folder)) for _ in range(asked.usual)]
        if asked.floor_only:
            figures["sizes"] = [_race(size, asked.rounds, None) for size in sizes]
        else:
            with running_service(Path(folder) / "ledger") as service:
                service.press("clinic.save", save_body(SETUP))
                figures["sizes"] = [_race(size, asked.rounds, service) for size in sizes]
                figures["small_requests_ms"] = _beside_big_jobs(service)
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    print(_report(figures))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--floor-only", action="store_true", help="leave the service out")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--usual", type=int, default=1, help="runs of the usual script; each takes long")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    return parser.parse_args()


def _race(rows: int, rounds: int, service: Service | None) -> Figures:
    """Return medians and memory of the floor and the service at one size, rounds interleaved."""
    columns = month_of(rows, PROVIDERS, SEED)
    floors: list[Cost] = []
    clicks: list[Cost] = []
    with running_floor() as bare, MemoryWatch(service.pid) if service else nullcontext() as memory:
        for number in range(rounds + 1):
            body = generate_body(columns, SETUP.clinic.id)
            floor = _cost(bare, partial(bare.post, "/floor", body))
            click = _cost(service, partial(_click, service, body)) if service else None
            if service and not number:
                _agree(service, columns)
            if click and number:  # the first round only warms both up
                clicks.append(click)
            if number:
                floors.append(floor)
        floor_mb = memory_kb(bare.pid)[1] / 1024
    figures: Figures = {"rows": rows, "floor_mb": floor_mb, **_medians("floor", floors)}
    if memory:
        figures |= {
            "service_mb": memory.peak_mb,
            "service_high_water_mb": memory.high_water_mb,
            **_medians("service", clicks),
        }
    return figures


@dataclass(frozen=True, slots=True)
class Cost:
    """What one click took: on the clock, and of processor time in the processes that served it."""

    seconds: float
    cpu_seconds: float


def _cost(service: Service, click: Callable[[], object]) -> Cost:
    started, used = time.perf_counter(), cpu_seconds(service.pid)
    click()
    return Cost(time.perf_counter() - started, cpu_seconds(service.pid) - used)


def _medians(whose: str, costs: Sequence[Cost]) -> Figures:
    return {
        f"{whose}_s": statistics.median(cost.seconds for cost in costs),
        f"{whose}_cpu_s": statistics.median(cost.cpu_seconds for cost in costs),
    }


def _child() -> ProcessPoolExecutor:
    """Return one fresh process, spawned: it shares no memory and no warm caches with this one."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))


def _peak_mb() -> float:
    """Return this process's own peak; getrusage would inherit that of the process it was started by."""
    return memory_kb(os.getpid())[1] / 1024


def _click(service: Service, body: bytes) -> bytes:
    """Send a click and return the bytes of the workbook it made."""
    reply = service.press("payroll.generate", body)
    return service.get(reply["output"]["url"])


def _agree(service: Service, columns: Mapping[str, WireColumn]) -> None:
    """Refuse to compare two workbooks that do not pay the same."""
    body = generate_body(columns, SETUP.clinic.id)
    theirs = service.press("payroll.generate", body)["figures"]["paid_cents"]
    ours = int(pay(read(body), SETUP).amount.sum())
    if theirs != ours:
        raise ArithmeticError(f"The service pays {theirs} cents, the floor {ours}.")


def _usual(folder: Path) -> Figures:
    """Return the seconds and the peak memory of the usual script, in a process of its own."""
    log, rates = folder / "log.xlsx", folder / "rates.xlsx"
    if not log.exists():
        write_inputs(month_of(CONTRACT_ROWS, PROVIDERS, SEED), SETUP, log, rates)
    with _child() as child:
        seconds, mb = child.submit(_usual_run, log, rates, folder / "usual.xlsx").result()
    return {"rows": CONTRACT_ROWS, "seconds": seconds, "mb": mb}


def _usual_run(log: Path, rates: Path, out: Path) -> tuple[float, float]:
    started = time.perf_counter()
    usual(log, rates, out)
    return time.perf_counter() - started, _peak_mb()


def _beside_big_jobs(service: Service) -> Figures:
    """Return the 99th percentile of a small request in milliseconds, alone and beside big clicks."""
    columns = month_of(BIG_ROWS, PROVIDERS, SEED)
    bodies = [generate_body(columns, SETUP.clinic.id) for _ in range(BIG_CLICKS)]
    quiet_until = time.monotonic() + QUIET_SECONDS
    quiet = _small_requests(service, lambda: time.monotonic() < quiet_until)
    with ThreadPoolExecutor(1) as biller:
        clicks = biller.map(lambda body: _click(service, body), bodies)
        last = biller.submit(list, clicks)
        busy = _small_requests(service, lambda: not last.done())
    return {"alone_p99": _p99(quiet), "beside_p99": _p99(busy), "beside_worst": max(busy), "asked": len(busy)}


def _small_requests(service: Service, going_on: Callable[[], bool]) -> list[float]:
    """Ask for the ribbon over and over; return the milliseconds of each answer."""
    milliseconds: list[float] = []
    while going_on():
        started = time.perf_counter()
        service.get("/ribbon")
        milliseconds.append((time.perf_counter() - started) * 1_000)
        time.sleep(BETWEEN_SECONDS)
    return milliseconds


def _p99(milliseconds: Sequence[float]) -> float:
    return statistics.quantiles(milliseconds, n=100)[98]


def _report(figures: Figures) -> str:
    """Return the figures as a table a person reads, ratios last."""
    heads = f"{'rows':>10} {'floor s':>9} {'service s':>10} {'ratio':>6}"
    lines = [heads + f" {'floor cpu':>10} {'service cpu':>12} {'ratio':>6} {'us a row':>9} {'MB':>7}"]
    for race in figures["sizes"]:
        line = f"{race['rows']:>10,} {race['floor_s']:>9.3f}"
        if "service_s" in race:
            line += f" {race['service_s']:>10.3f} {race['service_s'] / race['floor_s']:>6.2f}"
            line += f" {race['floor_cpu_s']:>10.3f} {race['service_cpu_s']:>12.3f}"
            line += f" {race['service_cpu_s'] / race['floor_cpu_s']:>6.2f}"
            line += f" {race['service_s'] / race['rows'] * 1e6:>9.2f} {race['service_mb']:>7.0f}"
        lines.append(line)
    lines += _against_usual(figures)
    if "small_requests_ms" in figures:
        lines.append(
            "small requests, ms: {alone_p99:.1f} alone, {beside_p99:.1f} beside big jobs (p99), "
            "{beside_worst:.1f} worst of {asked}".format(**figures["small_requests_ms"])
        )
    return "\n".join(lines)


def _against_usual(figures: Figures) -> list[str]:
    if not figures["usual"]:
        return []
    seconds = statistics.median(run["seconds"] for run in figures["usual"])
    memory = max(run["mb"] for run in figures["usual"])
    race: Figures = next((race for race in figures["sizes"] if race["rows"] == CONTRACT_ROWS), {})
    return [
        f"usual script, {CONTRACT_ROWS:,} rows: {seconds:.1f} s, {memory:.0f} MB",
        *(f"  {seconds / race[key]:.0f} times {key}" for key in ("floor_s", "service_s") if key in race),
    ]


if __name__ == "__main__":
    main()

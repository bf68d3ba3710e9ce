"""Single steps over HTTP: eight programs on kept connections, one service as ``clinicledger serve`` starts it.

    uv run python -m bench.invoice_steps [--steps 200]

Each client sends its next step as soon as the last is answered. A step that somebody else's overtook is
refused (409): an answer as well, and counted as one.
"""

import argparse
import http.client
import multiprocessing
import statistics
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from http import HTTPStatus
from multiprocessing.synchronize import Barrier
from pathlib import Path

import orjson

from bench.invoices import CLIENTS, NUMBERS, sent_invoices
from bench.service import running_service

WARM_UP = 5
"""Steps of each client before the race."""

ANSWERS = {HTTPStatus.OK, HTTPStatus.CONFLICT}
_START: list[Barrier] = []
"""What the clients wait at for each other; in each of their processes."""

PATIENCE_SECONDS = 60.0


def main() -> None:
    """Race on invoices of each client's own, then on one for all, and print how long answers took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200, help="steps of each client")
    steps = parser.parse_args().steps
    with tempfile.TemporaryDirectory() as folder:
        sent_invoices(Path(folder))
        with running_service(Path(folder)) as service:
            print(f"single steps over HTTP, {CLIENTS} clients, {CLIENTS * steps} steps")
            for name, numbers in (("own invoices", NUMBERS), ("the same one", NUMBERS[:1])):
                _report(name, *_race(service.port, numbers, steps))


def _race(port: int, numbers: list[str], steps: int) -> tuple[list[float], Counter[int], float]:
    """Return the seconds each answer took, how often each status came, and the seconds of it all."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(CLIENTS + 1)
    with ProcessPoolExecutor(CLIENTS, context, _get_ready, (barrier,)) as pool:
        shares = [numbers[place::CLIENTS] or numbers for place in range(CLIENTS)]
        running = [pool.submit(_client, port, share, steps) for share in shares]
        barrier.wait(PATIENCE_SECONDS)
        started = time.perf_counter()
        told = [one.result() for one in running]
        took = time.perf_counter() - started
    statuses = Counter(status for one in told for status, _ in one)
    if unexpected := statuses.keys() - ANSWERS:
        raise RuntimeError(f"The service answered {sorted(unexpected)}.")
    return [seconds for one in told for _, seconds in one], statuses, took


def _get_ready(start: Barrier) -> None:
    _START.append(start)


def _client(port: int, numbers: list[str], steps: int) -> list[tuple[int, float]]:
    """Note something on invoices in turn; return the status and the seconds of each answer."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    for number in numbers[:WARM_UP]:
        _step(line, number)
    _START[0].wait(PATIENCE_SECONDS)
    told = [_step(line, numbers[turn % len(numbers)]) for turn in range(steps)]
    line.close()
    return told


def _step(line: http.client.HTTPConnection, number: str) -> tuple[int, float]:
    body = orjson.dumps({"request_id": f"{number} {time.perf_counter_ns()}", "action": "note", "note": "so"})
    started = time.perf_counter()
    line.request(
        "POST", f"/clinics/lakeside/invoices/{number}/steps", body, {"Content-Type": "application/json"}
    )
    answer = line.getresponse()
    answer.read()
    return answer.status, time.perf_counter() - started


def _report(name: str, seconds: list[float], statuses: Counter[int], took: float) -> None:
    every = [one * 1e3 for one in seconds]
    p99 = statistics.quantiles(every, n=100)[98]
    print(
        f"  {name:13} median {statistics.median(every):6.1f} ms, p99 {p99:6.1f} ms, worst {max(every):6.1f} ms,"
        f" {len(every) / took:,.0f} a second, {statuses[HTTPStatus.CONFLICT]} refused"
    )


if __name__ == "__main__":
    main()

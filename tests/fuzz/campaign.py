"""Opens and saves many files changed at random, in limited processes, and writes the counts into the docs.

    python -m tests.fuzz.campaign [--cases 200000] [--first 0] [--processes 2] [--minutes 60]

Exits with 1 if a case ended in anything but a result or a sentence. Case numbers give the same files on every computer.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tools.reliability_page import write_section

ROOT = Path(__file__).parents[2]
HEADING = "## Files from outside"
CHUNK = 250
CASES = 200_000
SECONDS, MEMORY_GB = 10, 2
FAILURES = {
    "uncaught": "ended in an error that no reader caught",
    "over": f"took more than {SECONDS} CPU seconds or {MEMORY_GB} GB of memory",
    "partial": "left a part of a file, or changed the file that was read",
}


@dataclass
class Counts:
    """What came of the cases: outcomes by kind of file, and the cases that failed."""

    cases: int = 0
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    failed: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in FAILURES})
    slowest: float = 0.0
    cpu_seconds: float = 0.0

    def add(self, told: dict[str, Any]) -> None:
        """Count one case."""
        self.cases += 1
        outcome = told["outcome"]
        self.outcomes[told["kind"].rpartition(".")[2], "opened" if outcome == "opened" else "refused"] += 1
        self.slowest = max(self.slowest, told["seconds"])
        self.cpu_seconds += told["seconds"]
        if outcome == "uncaught":
            self.failed["uncaught"].append(told)
        if outcome in {"over", "memory"} or told["seconds"] > SECONDS:
            self.failed["over"].append(told)
        if told["partial"]:
            self.failed["partial"].append(told)


def run_cases(first: int, end: int) -> Iterator[dict[str, Any]]:
    """Yield what came of each case. One that ends its process is over its limits; the rest goes on in another one."""
    while first < end:
        with TemporaryDirectory() as folder:
            program = [sys.executable, "-m", "tests.fuzz.case_program", str(first), str(end), folder]
            done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
        for line in done.stdout.splitlines():
            yield json.loads(line)
            first += 1
        if first < end:
            yield {
                "case": first,
                "outcome": "over",
                "seconds": SECONDS,
                "partial": False,
                "kind": "unknown.none",
            }
            first += 1


def counts_of(first: int, end: int, processes: int, minutes: float = float("inf")) -> Counts:
    """Return the counts of a range of cases, or of as many as were begun within so many minutes."""
    counts = Counts()
    time_up = time.monotonic() + 60 * minutes

    def run_chunk(start: int) -> list[dict[str, Any]]:
        return [] if time.monotonic() > time_up else list(run_cases(start, min(start + CHUNK, end)))

    with ThreadPoolExecutor(processes) as pool:
        chunks = pool.map(run_chunk, range(first, end, CHUNK))
        for chunk in chunks:
            for told in chunk:
                counts.add(told)
            failed = sum(map(len, counts.failed.values()))
            print(f"{counts.cases:,} cases, {failed:,} failures", file=sys.stderr)  # noqa: T201
    return counts


def section(counts: Counts, first: int, day: str) -> str:
    """Return the section of the docs on these counts."""
    kinds = sorted({kind for kind, _ in counts.outcomes})
    rows = "".join(
        f"| .{kind} | {counts.outcomes[kind, 'opened']:,} | {counts.outcomes[kind, 'refused']:,} |\n"
        for kind in kinds
    )
    failures = "".join(f"| {words} | {len(counts.failed[name]):,} |\n" for name, words in FAILURES.items())
    return f"""{HEADING}

{day}, Python {sys.version.split()[0]}: **{counts.cases:,} files** changed at random (cases {first:,} to {first + counts.cases - 1:,}). Each was opened, read for a
click, saved as a workbook and opened again, as `press` does it. Written by `just fuzz`; the tests run the first 2,000 cases
([ADR 29](adr/0029-what-a-file-may-cost.md)).

| of these | files |
|---|--:|
{failures}
The slowest took {counts.slowest:.1f} CPU seconds; the mean was {1_000 * counts.cpu_seconds / max(counts.cases, 1):.0f} ms.

| made from | opened and saved | refused in a sentence |
|---|--:|--:|
{rows}"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="begin no further cases after them"
    )
    asked = parser.parse_args(arguments)
    counts = counts_of(asked.first, asked.first + asked.cases, asked.processes, asked.minutes)
    today = datetime.now(UTC).date()
    text = section(counts, asked.first, f"{today:%B} {today.day}, {today.year}")
    write_section(HEADING, text)
    failed = [told for cases in counts.failed.values() for told in cases]
    print(text, *map(json.dumps, failed), sep="\n")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

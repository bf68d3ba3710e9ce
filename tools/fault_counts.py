"""Runs the tests of what goes wrong outside the program, and writes what they counted into docs/reliability.md.

python -m tools.fault_counts
"""

import sys
from collections import Counter
from datetime import UTC, datetime

import pytest

from tools.reliability_page import write_section

HEADING = "## Counts of the faults"

TESTS = (
    "tests/api/test_full_disk.py",
    "tests/ledger/test_read_only.py",
    "tests/ledger/test_document_purge.py",
    "tests/ledger/test_modes.py",
    "tests/api/test_ages.py",
    "tests/cli/test_clock_set_back.py",
    "tests/ledger/test_journal.py",
    "tests/ledger/test_random_edits.py",
    "tests/ledger/test_invoices_at_once.py",
)


class FaultCounts:
    """A pytest plugin: the outcomes of the tests of each file, and what the tests recorded."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.counted: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test that was called, or skipped before."""
        if report.when != "call" and not report.skipped:
            return
        self.outcomes[report.outcome] += 1
        for name, number in report.user_properties:
            self.counted[name] += int(str(number))


def main() -> int:
    """Run the tests, write the table and print it; return pytest's exit code."""
    counts = FaultCounts()
    code = pytest.main(["-q", "--no-header", *TESTS], plugins=[counts])
    rows = [(name, f"{number:,}") for name, number in sorted(counts.counted.items())]
    rows.append(("Tests", ", ".join(f"{number} {outcome}" for outcome, number in counts.outcomes.items())))
    today = datetime.now(UTC).date()
    text = "\n".join(
        [
            HEADING,
            "",
            f"{today:%B} {today.day}, {today.year}, Python {sys.version.split()[0]}. Written by `just faults`.",
            "",
            "| what | count |",
            "|---|--:|",
            *(f"| {name} | {number} |" for name, number in rows),
        ]
    )
    if code == pytest.ExitCode.OK:
        write_section(HEADING, text)
    sys.stdout.write(f"\n{text}\n")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())

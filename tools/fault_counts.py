"""Runs the tests of what goes wrong outside the program, and prints what they counted: ``python -m tools.fault_counts``.

The table is the one in docs/reliability.md.
"""

import sys
from collections import Counter

import pytest

TESTS = (
    "tests/api/test_full_disk.py",
    "tests/ledger/test_read_only.py",
    "tests/ledger/test_document_purge.py",
    "tests/ledger/test_modes.py",
    "tests/api/test_ages.py",
    "tests/cli/test_clock_set_back.py",
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
    """Run the tests and print the table; return pytest's exit code."""
    counts = FaultCounts()
    code = pytest.main(["-q", "--no-header", *TESTS], plugins=[counts])
    rows = [(name, f"{number:,}") for name, number in sorted(counts.counted.items())]
    rows.append(("Tests", ", ".join(f"{number} {outcome}" for outcome, number in counts.outcomes.items())))
    lines = ["", "| what | count |", "|---|--:|", *(f"| {name} | {number} |" for name, number in rows), ""]
    sys.stdout.write("\n".join(lines))
    return int(code)


if __name__ == "__main__":
    sys.exit(main())

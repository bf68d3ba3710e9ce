"""Which tests run which lines of the rules, and how long each test takes."""

import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import TypedDict

import coverage
import pytest

from tools.mutations.fork_runner import OPTIONS

SUITES = (
    "tests/billing", "tests/invoices", "tests/gallery/test_gallery.py", "tests/ribbon/test_payroll.py",
    "tests/ribbon/test_pay_runs.py", "tests/ribbon/test_approval.py", "tests/ribbon/test_unpaid_logs.py",
    "tests/ribbon/test_paid_before.py", "tests/ribbon/test_exports_of_the_same_visits.py",
    "tests/ribbon/test_cells_of_a_log.py", "tests/ribbon/test_open_invoices.py", "tests/ribbon/test_clinic.py",
    "tests/sheets/test_note_columns.py", "tests/gallery/test_misreadings.py", "tests/ribbon/test_cases.py",
    "tests/ribbon/test_create_invoices.py", "tests/ribbon/test_update_invoices.py", "tests/ribbon/test_update_refused.py",
    "tests/ribbon/test_clinic_prices.py", "tests/ribbon/test_asked_first.py", "tests/ribbon/test_held_rows.py",
    "tests/ribbon/test_print.py",
)  # fmt: skip
"""Fast tests that reach the rules, those of the rules themselves first."""

LONGEST = 45.0
"""Seconds of tests, as measured without a mutant, that a group of tests takes at most."""


class _Stored(TypedDict):
    """The map as it is kept in a file: digests of the test files; file -> line -> tests; test -> seconds."""

    files: dict[str, str]
    lines: dict[str, dict[str, list[str]]]
    seconds: dict[str, float]


@dataclass(frozen=True, slots=True)
class CoverageMap:
    """For each file and line the tests that run it, and the seconds of each test, in the order of the suites."""

    lines: Mapping[str, Mapping[int, Sequence[str]]]
    seconds: Mapping[str, float]

    def groups_of(self, path: str, line: int) -> list[list[str]]:
        """Return the tests to try on a mutant, in groups: those of the rules that run its line, others that run its line,
        and those that run any line of its module. The last are needed where a line runs on import or is cached. Of a
        module all of whose lines run on import, before any test, all tests of the rules are tried.
        """
        of_line = set(self.lines.get(path, {}).get(line, ()))
        of_rules = {name for name in of_line if name.startswith(SUITES[:2])}
        of_module = {name for names in self.lines.get(path, {}).values() for name in names}
        groups = [of_rules, of_line - of_rules, of_module - of_line]
        of_all_rules = {name for name in self.seconds if name.startswith(SUITES[:2])}
        return [self._quickest(names) for names in groups if names] or [self._quickest(of_all_rules)]

    def _quickest(self, names: Collection[str]) -> list[str]:
        """Return the quickest tests, those of the rules first, as many as take LONGEST together."""
        ordered = sorted(
            self.seconds.keys() & set(names),
            key=lambda name: (not name.startswith(SUITES[:2]), self.seconds[name], name),
        )
        totals = accumulate(self.seconds[name] for name in ordered)
        return [name for name, total in zip(ordered, totals, strict=True) if total <= LONGEST]


class _Recorder:
    """A pytest plugin that names the running test to coverage and notes its seconds."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self._measured = measured
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._measured.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration


def measure_coverage(root: Path, keep: Path | None = None) -> CoverageMap:
    """Return the coverage of the suites. It runs in a forked process, so that this one imports nothing of it.

    ``keep`` is a file that has the map of an earlier run, or will have this one: then only the files of tests that have
    changed since are measured. Raises RuntimeError if a test fails.
    """
    stored: _Stored = {"files": {}, "lines": {}, "seconds": {}}
    if keep and keep.exists():
        stored = json.loads(keep.read_bytes())
    digests = {path: sha256((root / path).read_bytes()).hexdigest() for path in _test_files(root)}
    changed = [path for path, digest in digests.items() if stored["files"].get(path) != digest]
    if changed:
        stored = _with_new_parts(stored, _measure_apart(root, changed), changed)
        stored["files"] = digests
    if keep:
        keep.write_text(json.dumps(stored), "utf-8")
    lines = {path: {int(line): names for line, names in of.items()} for path, of in stored["lines"].items()}
    return CoverageMap(lines, stored["seconds"])


def _test_files(root: Path) -> list[str]:
    """Return the files of the suites."""
    found: list[Path] = []
    for suite in SUITES:
        found += [root / suite] if suite.endswith(".py") else sorted((root / suite).glob("test_*.py"))
    return [path.relative_to(root).as_posix() for path in found]


def _with_new_parts(before: _Stored, after: _Stored, changed: Collection[str]) -> _Stored:
    """Return a map with everything about the changed files replaced."""

    def kept_tests(names: Iterable[str]) -> list[str]:
        return [name for name in names if name.partition("::")[0] not in changed]

    lines: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path, of in before["lines"].items():
        for line, names in of.items():
            lines[path][line] += kept_tests(names)
    for path, of in after["lines"].items():
        for line, names in of.items():
            lines[path][line] += names
    seconds = {name: before["seconds"][name] for name in kept_tests(before["seconds"])}
    return {"files": {}, "lines": lines, "seconds": seconds | after["seconds"]}


def _measure_apart(root: Path, files: Sequence[str]) -> _Stored:
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder, "map.json")
        child = os.fork()
        if not child:
            os._exit(_measure(root, files, result))
        if os.waitpid(child, 0)[1]:
            raise RuntimeError("The tests fail without any mutant.")
        measured: _Stored = json.loads(result.read_bytes())
    return measured


def _measure(root: Path, files: Sequence[str], result: Path) -> int:
    measured = coverage.Coverage(data_file=None, source=["server.billing"])
    recorder = _Recorder(measured)
    measured.start()
    code = int(pytest.main([*OPTIONS, *files], plugins=[recorder]))
    measured.stop()
    data = measured.get_data()
    lines = {
        Path(path).relative_to(root).as_posix(): {
            line: [name for name in names if name] for line, names in data.contexts_by_lineno(path).items()
        }
        for path in data.measured_files()
    }
    result.write_text(json.dumps({"files": {}, "lines": lines, "seconds": recorder.seconds}), "utf-8")
    return code

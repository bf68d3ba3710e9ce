"""The pay run of a Payroll Summary: how the sheet shows its id and fingerprint, and how we read them again.

Both are found by their labels anywhere on the sheet: rows may have been added, deleted or moved.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from server.sheets.payroll.tables import SUMMARY_NAME
from server.sheets.sheet import Sheet

NO_RUN = "Nothing to pay: no run"
"""The text in place of a run on the sheets of a payroll without a paid line."""

_RUN = re.compile(r"Run (?P<found>[a-z0-9][a-z0-9-]*-r[0-9]+)", re.ASCII)
_FINGERPRINT = re.compile(r"Fingerprint (?P<found>[0-9a-f]{64}):.*", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class ShownRun:
    """The run a workbook shows. ``fingerprint`` is "" if its line was deleted from the sheet."""

    run_id: str
    fingerprint: str


def run_label(run_id: str) -> str:
    """Return the label of a run on its sheets."""
    return f"Run {run_id}" if run_id else NO_RUN


def fingerprint_line(fingerprint: str) -> str:
    """Return the line of the summary with the fingerprint of its run."""
    return f"Fingerprint {fingerprint}: the same log, rates and period always give the same one."


def shown_run(sheets: Iterable[Sheet]) -> ShownRun | None:
    """Return the run that the Payroll Summary among these sheets shows.

    ``None`` if there is no such sheet, or if it shows no run or several: then it is unclear which one is meant.
    """
    for sheet in sheets:
        if sheet.name.strip().casefold() == SUMMARY_NAME.casefold():
            run_ids, fingerprints = (set(_label_values(sheet, label)) for label in (_RUN, _FINGERPRINT))
            if len(run_ids) == 1:
                return ShownRun(run_ids.pop(), fingerprints.pop() if len(fingerprints) == 1 else "")
    return None


def _label_values(sheet: Sheet, label: re.Pattern[str]) -> Iterator[str]:
    for column in sheet.columns:
        for cell in column:
            if isinstance(cell, str) and (match := label.fullmatch(cell.strip())):
                yield match["found"]

"""The year of 300 invoices, lived week by week with a workbook on one side and a clerk on the other."""

import shutil
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.end_to_end.clerk import Clerk, Key, Paper
from tests.end_to_end.conftest import Biller
from tests.end_to_end.exam_room import Exam
from tests.end_to_end.ledger_room import InvoicesSheet, Shown, books_of
from tests.end_to_end.lives import WEEKS, Typed, Typist, lives

OPENED_ANEW = range(0, WEEKS, 3)
"""The weeks in which the biller opens the invoices again; in the others the sheet of the week before is used."""

COLLEAGUES_WEEK = 5
"""The week in which a colleague has the same sheet, and presses second. The next one begins with a fresh sheet."""

ALL_ANEW = ("--set", "state=all", "--set", "anew=yes")
GOOD_ROWS = ("--set", "apply=good-rows")


@dataclass
class Click:
    """Update invoices pressed once: what was typed and told, which rows were refused, and whether books moved."""

    rows: Mapping[Key, Typed]
    told: dict[str, Any]
    refused: dict[Key, str]
    wrote: bool


@dataclass
class Week:
    """What was seen in a week: the clicks, what the clerk would not take, and where both stood after it."""

    first: Click
    would_not_take: set[Key]
    second: Click | None
    sheet: dict[Key, Shown]
    papers: dict[Key, Paper]


@dataclass
class Year:
    """Everything that was seen."""

    biller: Biller
    exams: list[Exam]
    clerk: Clerk
    invoices: InvoicesSheet
    born: dict[Key, Shown] = field(default_factory=dict)
    weeks: list[Week] = field(default_factory=list)
    colleague: list[Click] = field(default_factory=list)

    def live(self, typist: Typist) -> None:
        """Let every week pass."""
        acts = lives(len(self.exams))
        for typist.week in range(WEEKS):
            if typist.week in OPENED_ANEW:
                self.biller.press("invoices.open", self.invoices.workbook, *ALL_ANEW)
                self.born = self.born or self.invoices.shown()
            self._week(typist.week, typist.rows(self.exams, acts, self.clerk.papers))

    def _week(self, week: int, rows: Mapping[Key, Typed]) -> None:
        hers = self._copy() if week == COLLEAGUES_WEEK else None
        first, second = self.click(self.invoices, rows), None
        if would_not_take := self.clerk.work(rows):
            second = self.click(self.invoices, None, *GOOD_ROWS)
            self.clerk.work(rows, good_rows=True)
        seen = self.invoices.shown(), deepcopy(self.clerk.papers)
        self.weeks.append(Week(first, would_not_take, second, *seen))
        if hers:
            remarks = {key: {"Action": "note", "Note": "asked again"} for key in self.clerk.papers}
            self.colleague = [self.click(hers, remarks), self.click(hers, None, *GOOD_ROWS)]
            untouched = remarks.keys() - (rows.keys() - would_not_take)
            self.clerk.work({key: remarks[key] for key in untouched})

    def _copy(self) -> InvoicesSheet:
        copy = self.biller.folder / "the colleague's.xlsx"
        shutil.copy(self.invoices.workbook, copy)
        return InvoicesSheet(copy)

    def click(self, sheet: InvoicesSheet, rows: Mapping[Key, Typed] | None, *options: str) -> Click:
        """Type rows, unless they stand there already, and press Update invoices."""
        if rows is not None:
            sheet.type(rows)
        before, keys = books_of(self.biller.ledger), list(sheet.shown())
        told = self.biller.press("invoices.update", sheet.workbook, "--sheet", "Invoices", *options)
        if told["asks"] and (options or not any(_blockers(told))):
            options = ("--sheet", "Invoices")
            told = self.biller.confirm("invoices.update", sheet.workbook, *options)
        refused = {keys[remark["row"] - 2]: remark["message"] for remark in _blockers(told)}
        return Click(rows or {}, told, refused, books_of(self.biller.ledger) != before)


def _blockers(told: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    return (remark for remark in told["findings"] if remark["severity"] == "blocker")

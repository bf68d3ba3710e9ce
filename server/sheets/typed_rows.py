"""Rows that staff typed: finds the headings, reads cell by cell, and reports what it cannot read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import TypeVar

from server.billing.days import date_of
from server.billing.names import fold
from server.billing.payroll.statuses import NO, YES
from server.errors import Finding, FindingFacts, Severity, ValueFinding
from server.errors.cell_findings import ErrorValue
from server.errors.setup_findings import BlankCell, HeadingTwice, MissingHeading, NotAChoice
from server.sheets.cells import Unreadable, is_error, text_of
from server.sheets.dates import day_of
from server.sheets.sheet import Cell, Sheet
from server.sheets.sheet_table import SheetTable

HEADER_WITHIN = 20
"""The number of rows in which the headings are looked for."""

LONGEST_QUOTE = 60

Word = TypeVar("Word", bound=StrEnum)


@dataclass(slots=True)
class Row:
    """One typed row. ``usable`` becomes false with the first blocker on one of its cells."""

    sheet: Sheet
    places: Mapping[str, int]
    index: int
    findings: list[Finding]
    usable: bool = True

    @property
    def number(self) -> int:
        """Return Excel's row number."""
        return self.sheet.top + self.index

    def cell(self, title: str) -> Cell:
        """Return the raw value under a heading, ``None`` if there is no such column."""
        place = self.places.get(title)
        return None if place is None else self.sheet.columns[place][self.index]

    def form(self, title: str) -> str:
        """Return the number format of a cell."""
        place = self.places.get(title)
        return "" if place is None else self.sheet.format_at(place, self.index) or ""

    def add_finding(self, what: FindingFacts | type[ValueFinding], title: str) -> None:
        """Add a finding about the cell under a heading; one of a value alone is about the value of the cell."""
        place = self.places.get(title)
        column = None if place is None else self.sheet.left + place
        facts = what(self.shown_value(title)) if isinstance(what, type) else what
        self.findings.append(Finding(facts, self.sheet.name, (self.number,), column, title))
        self.usable &= facts.severity is not Severity.BLOCKER

    def shown_value(self, title: str) -> str:
        """Return the value of the cell under a heading as findings show it."""
        return text_of(self.cell(title))[:LONGEST_QUOTE]

    def text(self, title: str) -> str:
        """Return a cell as text, "" if it is blank or an error value."""
        if is_error(self.cell(title)):
            self.add_finding(ErrorValue, title)
            return ""
        return text_of(self.cell(title))

    def required_text(self, title: str) -> str:
        """Return the text of a cell; adds a finding if it is blank."""
        text = self.text(title)
        if not text and not is_error(self.cell(title)):
            self.add_finding(BlankCell(), title)
        return text

    def text_list(self, title: str) -> tuple[str, ...]:
        """Return the parts of a cell separated by semicolons or line breaks, without duplicates."""
        parts = (" ".join(part.split()) for part in self.text(title).replace("\n", ";").split(";"))
        return tuple(dict.fromkeys(part for part in parts if part))

    def choice(self, title: str, words: Iterable[Word], blank: Word | None = None) -> Word | None:
        """Return which of the words a cell holds; ``blank`` is what an empty cell means."""
        text = self.text(title)
        if not text and blank is not None:
            return blank
        found = {fold(word): word for word in words}
        if text and fold(text) in found:
            return found[fold(text)]
        if text:
            self.add_finding(
                NotAChoice(choices=", ".join(found.values()), value=self.shown_value(title)), title
            )
        else:
            self.add_finding(BlankCell(), title)
        return None

    def yes_or_no(self, title: str, *, blank: bool) -> bool:
        """Return the value of a yes/no cell, also TRUE and FALSE; ``blank`` is what an empty cell means."""
        text = self.text(title)
        answer = fold(text) or text
        if answer and answer not in YES | NO:
            self.add_finding(NotAChoice(choices="yes, no", value=self.shown_value(title)), title)
        return answer in YES if answer else blank

    def read(self, title: str, reader: Callable[[Cell], int | None]) -> int | None:
        """Return a cell as read by a function of ``server.sheets.cells`` or ``dates``, ``None`` if unreadable."""
        try:
            return reader(self.cell(title))
        except Unreadable as refusal:
            self.add_finding(refusal.kind, title)
            return None

    def day(self, title: str) -> date | None:
        """Return the day in a cell, ``None`` if it is blank or unreadable."""
        serial = self.read(title, partial(day_of, date_system=self.sheet.date_system))
        return None if serial is None else date_of(serial)

    def required_day(self, title: str) -> date | None:
        """Return the day in a cell; adds a finding if it is blank."""
        return self.day(title) if self.required_text(title) else None


def rows_of(table: SheetTable, sheet: Sheet, findings: list[Finding]) -> list[Row]:
    """Return the rows below the headings that are not empty; adds findings about missing headings."""
    header = header_of(table, sheet)
    places = places_of(table, sheet, header, findings)
    missing = [heading.title for heading in table.headings if heading.needed and heading.title not in places]
    findings.extend(
        _heading_finding(MissingHeading(row=sheet.top + header), sheet, header, title) for title in missing
    )
    if missing:
        return []
    rows = (Row(sheet, places, index, findings) for index in range(header + 1, sheet.height))
    return [row for row in rows if any(text_of(row.cell(title)) for title in places)]


def places_of(table: SheetTable, sheet: Sheet, header: int, findings: list[Finding]) -> dict[str, int]:
    """Return the position of each heading in the used part; adds findings about headings that occur twice."""
    places: dict[str, int] = {}
    by_fold = {fold(title): title for title in table.titles}
    for place, column in enumerate(sheet.columns if sheet.height else ()):
        title = by_fold.get(fold(text_of(column[header])))
        if title in places:
            findings.append(_heading_finding(HeadingTwice(), sheet, header, title, place))
        elif title:
            places[title] = place
    return places


def header_of(table: SheetTable, sheet: Sheet) -> int:
    """Return the position, from 0, of the row with the most headings of the table."""
    headings = {fold(title) for title in table.titles}

    def heading_count(index: int) -> int:
        return len(headings & {fold(text_of(column[index])) for column in sheet.columns})

    return max(range(min(sheet.height, HEADER_WITHIN)), key=heading_count, default=0)


def _heading_finding(
    what: FindingFacts, sheet: Sheet, header: int, title: str, place: int | None = None
) -> Finding:
    column = None if place is None else sheet.left + place
    return Finding(what, sheet.name, (sheet.top + header,), column, title)

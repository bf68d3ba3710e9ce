"""Colors cells on a user's own sheet, and restores the fill that was there before.

We record every fill that we set on a hidden sheet. When the sheet is checked again, each fill is restored,
unless somebody colored the cell since then: that color stays.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass

import xlwings as xw

from addin.desktop import native

MARKS = "_ClinicLedgerMarks"
FIELDS = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A fill we put on ``area`` of ``sheet``; fills are ``#RRGGBB``, empty for none."""

    sheet: str
    area: str
    before: str
    put: str


def mark_area(sheet: xw.Sheet, area: xw.Range, fill: str) -> list[Mark]:
    """Color an area and return the marks to record."""
    put = fill.upper()
    marks = [
        Mark(sheet.name, part.get_address(row_absolute=False, column_absolute=False), before, put)
        for part, before in native.uniform_areas(area, native.fill_color)
    ]
    area.color = put
    return marks


def remember_marks(book: xw.Book, marks: Iterable[Mark]) -> None:
    """Add marks to the recorded ones."""
    fresh = list(marks)
    if fresh:
        _write_marks(book, [*_read_marks(book), *fresh])


def clear_marks(book: xw.Book, names: Iterable[str]) -> None:
    """Undo the marks on the named sheets, the latest first, and delete their records."""
    cleared = {name.lower() for name in names}
    remembered = _read_marks(book)
    theirs = [mark for mark in remembered if mark.sheet.lower() in cleared]
    if not theirs:
        return
    standing = {sheet.name.lower(): sheet for sheet in book.sheets}
    for mark in reversed(theirs):
        if sheet := standing.get(mark.sheet.lower()):
            for part, current in native.uniform_areas(sheet.range(mark.area), native.fill_color):
                if current == mark.put:
                    part.color = mark.before or None
    _write_marks(book, [mark for mark in remembered if mark not in theirs])


def _marks_sheet(book: xw.Book) -> xw.Sheet | None:
    return next((sheet for sheet in book.sheets if sheet.name == MARKS), None)


def _read_marks(book: xw.Book) -> list[Mark]:
    sheet = _marks_sheet(book)
    if sheet is None:
        return []
    rows = native.rows_of(sheet.range((1, 1), (sheet.used_range.shape[0], FIELDS)))
    return [Mark(*(str(cell or "") for cell in row)) for row in rows if row[0]]


def _write_marks(book: xw.Book, marks: list[Mark]) -> None:
    sheet = _marks_sheet(book)
    if sheet is None:
        shown = book.sheets.active
        sheet = book.sheets.add(MARKS, after=book.sheets[len(book.sheets) - 1])
        shown.activate()
    sheet.range((1, 1), (max(sheet.used_range.shape[0], 1), FIELDS)).value = None
    if marks:
        area = sheet.range((1, 1), (len(marks), FIELDS))
        area.number_format = "@"
        area.value = [list(astuple(mark)) for mark in marks]
    native.hide_for_good(sheet)

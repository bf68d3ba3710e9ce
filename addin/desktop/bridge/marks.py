"""Coloured cells on a user's own sheet, and the way back to what was there before.

Every fill we put is remembered in a sheet nobody sees. When the sheet is checked again, each is
taken back unless somebody coloured the cell since: then it is theirs.
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


def mark(sheet: xw.Sheet, area: xw.Range, fill: str) -> list[Mark]:
    """Colour an area and return what is to be remembered."""
    put = fill.upper()
    marks = [
        Mark(sheet.name, part.get_address(row_absolute=False, column_absolute=False), before, put)
        for part, before in native.pieces(area, native.fill)
    ]
    area.color = put
    return marks


def remember(book: xw.Book, marks: Iterable[Mark]) -> None:
    """Add marks to those remembered."""
    fresh = list(marks)
    if fresh:
        _write(book, [*_read(book), *fresh])


def clear(book: xw.Book, names: Iterable[str]) -> None:
    """Take back the marks on the named sheets, the latest first, and forget them."""
    cleared = {name.lower() for name in names}
    remembered = _read(book)
    theirs = [mark for mark in remembered if mark.sheet.lower() in cleared]
    if not theirs:
        return
    standing = {sheet.name.lower(): sheet for sheet in book.sheets}
    for mark in reversed(theirs):
        if sheet := standing.get(mark.sheet.lower()):
            for part, current in native.pieces(sheet.range(mark.area), native.fill):
                if current == mark.put:
                    part.color = mark.before or None
    _write(book, [mark for mark in remembered if mark not in theirs])


def _sheet(book: xw.Book) -> xw.Sheet | None:
    return next((sheet for sheet in book.sheets if sheet.name == MARKS), None)


def _read(book: xw.Book) -> list[Mark]:
    sheet = _sheet(book)
    if sheet is None:
        return []
    rows = native.rows_of(sheet.range((1, 1), (sheet.used_range.shape[0], FIELDS)))
    return [Mark(*(str(cell or "") for cell in row)) for row in rows if row[0]]


def _write(book: xw.Book, marks: list[Mark]) -> None:
    sheet = _sheet(book)
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

"""The Settings sheet: where a button's questions are written and a biller's answers are read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import xlwings as xw

from addin.desktop.bridge.writing import guarded

SETTINGS = "Settings"
HEADINGS = ("Name", "Value", "Question", "Choices")
WIDTHS = (24, 24, 60, 40)


def _sheet(book: xw.Book) -> xw.Sheet | None:
    return next((sheet for sheet in book.sheets if sheet.name.lower() == SETTINGS.lower()), None)


def _rows(sheet: xw.Sheet) -> list[list[Any]]:
    """Return everything under the heading row Name | Value, with dates as datetimes."""
    used = sheet.used_range
    last = sheet.range((used.row + used.shape[0] - 1, used.column + used.shape[1] - 1))
    rows: list[list[Any]] = sheet.range((1, 1), last).options(ndim=2).value
    return rows


def _answers(sheet: xw.Sheet) -> dict[str, Any]:
    rows = _rows(sheet)
    for at, row in enumerate(rows):
        folded = [str(cell).strip().lower() if cell is not None else "" for cell in row]
        if "name" in folded and "value" in folded:
            name, value = folded.index("name"), folded.index("value")
            return {str(row[name]).strip(): row[value] for row in rows[at + 1 :] if row[name] is not None}
    return {}


def typed_inputs(book: xw.Book) -> dict[str, Any]:
    """Return what stands in the Settings sheet: name -> value, dates as ISO text, blanks left out."""
    sheet = _sheet(book)
    if sheet is None:
        return {}
    return {name: _typed(value) for name, value in _answers(sheet).items() if value is not None}


def _typed(value: Any) -> str | float | bool:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | float | bool) else str(value)


def ask(book: xw.Book, fields: Sequence[Mapping[str, Any]]) -> None:
    """Write a button's questions into the Settings sheet, keep what was answered, and show it."""
    sheet = _sheet(book) or book.sheets.add(SETTINGS, after=book.sheets[len(book.sheets) - 1])
    known = _answers(sheet)
    if not known:
        _head(sheet)
    used = sheet.used_range
    row = used.row + used.shape[0]
    for field in fields:
        if field["name"] not in known:
            choices = "; ".join(str(choice) for choice in field.get("choices") or ())
            told = (field["name"], field.get("default"), field.get("label"), choices or None)
            sheet.range((row, 1)).value = [[guarded(value) for value in told]]
            row += 1
    sheet.activate()


def _head(sheet: xw.Sheet) -> None:
    heading = sheet.range((1, 1), (1, len(HEADINGS)))
    heading.value = [list(HEADINGS)]
    heading.font.bold = True
    for column, width in enumerate(WIDTHS, 1):
        sheet.range((1, column)).column_width = width

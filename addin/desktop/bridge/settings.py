"""The Settings sheet: where a button's questions are written and a biller's answers are read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import xlwings as xw

from addin.desktop.bridge.binding import ABOUT, in_front, write_constant
from addin.desktop.bridge.writing import guarded

SETTINGS = "Settings"
HEADINGS = ("Name", "Value", "Question", "Choices")
WIDTHS = (24, 24, 60, 40)


Answer = str | float | bool


def _sheet(book: xw.Book) -> xw.Sheet | None:
    return next((sheet for sheet in book.sheets if sheet.name.lower() == SETTINGS.lower()), None)


def _table(sheet: xw.Sheet) -> tuple[dict[str, int], list[list[Any]]]:
    """Return where the headings Name | Value (and others) stand, and the rows under them.

    Columns count from 0. No headings, no rows: the sheet is somebody's own, or new.
    """
    used = sheet.used_range
    last = (used.row + used.shape[0] - 1, used.column + used.shape[1] - 1)
    rows: list[list[Any]] = sheet.range((1, 1), last).options(ndim=2).value
    for at, row in enumerate(rows):
        columns = {str(cell).strip().lower(): n for n, cell in enumerate(row) if cell is not None}
        if {"name", "value"} <= columns.keys():
            return columns, rows[at + 1 :]
    return {}, []


def typed_inputs(book: xw.Book) -> dict[str, Any]:
    """Return what stands in the Settings sheet: name -> value, dates as ISO text, blanks left out."""
    sheet = _sheet(book)
    if sheet is None:
        return {}
    columns, rows = _table(sheet)
    return {
        str(row[columns["name"]]).strip(): _typed(row[columns["value"]])
        for row in rows
        if row[columns["name"]] is not None and row[columns["value"]] is not None
    }


def _typed(value: Answer | datetime) -> Answer:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def ask(book: xw.Book, fields: Sequence[Mapping[str, Any]]) -> None:
    """Write a button's questions into the Settings sheet, keep what was answered, and show it."""
    about = in_front(book).name
    sheet = _sheet(book) or book.sheets.add(SETTINGS, after=book.sheets[len(book.sheets) - 1])
    columns, rows = _table(sheet)
    used = sheet.used_range
    below = used.row + used.shape[0]
    if not columns:
        # Whatever somebody keeps in a sheet of this name stays above.
        heading_row = 1 if used.count == 1 and used.value is None else below + 1
        columns = _head(sheet, heading_row)
        below = heading_row + 1
    known = {row[columns["name"]] for row in rows}
    for row, field in enumerate((field for field in fields if field["name"] not in known), below):
        for heading, value in _told(field).items():
            if heading in columns and value is not None:
                sheet.range((row, columns[heading] + 1)).value = guarded(value)
    write_constant(sheet.names, ABOUT, about)
    sheet.activate()


def _told(field: Mapping[str, Any]) -> dict[str, Any]:
    choices = "; ".join(_choice(choice) for choice in field.get("choices") or ())
    return {
        "name": field["name"],
        "value": field.get("default"),
        "question": field.get("label"),
        "choices": choices or None,
    }


def _choice(choice: Mapping[str, str]) -> str:
    """Return what is to be typed, and what it means where that is not the same."""
    value, label = choice["value"], choice["label"]
    return value if value == label else f"{value} ({label})"


def _head(sheet: xw.Sheet, row: int) -> dict[str, int]:
    heading = sheet.range((row, 1), (row, len(HEADINGS)))
    heading.value = [list(HEADINGS)]
    heading.font.bold = True
    for column, width in enumerate(WIDTHS, 1):
        sheet.range((row, column)).column_width = width
    return {name.lower(): at for at, name in enumerate(HEADINGS)}

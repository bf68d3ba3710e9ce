"""The Settings sheet: options that people write down for every click, by name."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import xlwings as xw

SETTINGS = "Settings"

Answer = str | float | bool


def _settings_sheet(book: xw.Book) -> xw.Sheet | None:
    return next((sheet for sheet in book.sheets if sheet.name.lower() == SETTINGS.lower()), None)


def _read_table(sheet: xw.Sheet) -> tuple[dict[str, int], list[list[Any]]]:
    """Return the columns of the headings Name, Value and others, and the rows under them.

    Columns count from 0. Without headings both are empty: the sheet is the user's own, or new.
    """
    used = sheet.used_range
    last = (used.row + used.shape[0] - 1, used.column + used.shape[1] - 1)
    rows: list[list[Any]] = sheet.range((1, 1), last).options(ndim=2).value
    for at, row in enumerate(rows):
        columns = {str(cell).strip().lower(): n for n, cell in enumerate(row) if cell is not None}
        if {"name", "value"} <= columns.keys():
            return columns, rows[at + 1 :]
    return {}, []


def _written_rows(sheet: xw.Sheet) -> Iterator[tuple[str, Any]]:
    """Yield the name and the value of every row that has both."""
    columns, rows = _read_table(sheet)
    for row in rows:
        name, value = row[columns["name"]], row[columns["value"]]
        if name is not None and value is not None:
            yield str(name).strip(), value


def typed_inputs(book: xw.Book) -> dict[str, Any]:
    """Return the inputs on the Settings sheet: name -> value, dates as ISO text, without blanks."""
    sheet = _settings_sheet(book)
    return {} if sheet is None else {name: _wire_value(value) for name, value in _written_rows(sheet)}


def _wire_value(value: Answer | datetime) -> Answer:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value

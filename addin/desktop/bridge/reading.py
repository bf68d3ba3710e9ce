"""A click into a request: the sheets the button names, what is selected, what was typed."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import xlwings as xw

from addin.desktop import native
from addin.desktop.bridge.binding import clinic_of, in_front
from addin.desktop.bridge.settings import typed_inputs
from addin.desktop.refusals import UnknownButton, UnknownRows

Inputs = Mapping[str, str | float | bool | Path | None]
"""Answers by the names of their questions; a file is a Path until it is sent."""


def button_row(button: str, table: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the row of the ribbon table for a button."""
    rows: Sequence[Mapping[str, Any]] = table["button"]
    for row in rows:
        if row["id"] == button:
            return row
    raise UnknownButton(button, [row["id"] for row in rows])


def read(  # noqa: PLR0913 - the parts of a click
    book: xw.Book,
    button: str,
    table: Mapping[str, Any],
    inputs: Inputs | None = None,
    rows: Sequence[int] | None = None,
    *,
    asked_sheets: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the request for a click, with an id of its own.

    ``asked_sheets`` are read besides those the button names, where they exist. ``inputs`` win over the Settings sheet, ``rows`` over what is selected. Files among the inputs are
    still to be sent. Raises UnknownButton, and UnknownRows for rows the sheet does not have.
    """
    return {
        "request_id": str(uuid4()),
        "workbook": {"name": book.name, "clinic": clinic_of(book), "date_system": native.date_system(book)},
        "sheets": [
            _sheet(sheet) for sheet in _sheets(book, button_row(button, table)["reads"], asked_sheets)
        ],
        "asked_sheets": list(asked_sheets),
        "selection": _selection(book, rows),
        "inputs": {**typed_inputs(book), **(inputs or {})},
    }


def _sheets(book: xw.Book, reads: str | Sequence[str], asked: Sequence[str]) -> list[xw.Sheet]:
    """Return the sheets the button names and those an answer asked for, each once."""
    by_name = {sheet.name.strip().lower(): sheet for sheet in book.sheets}
    front = [in_front(book)] if reads == "active" else []
    names = [] if isinstance(reads, str) else list(reads)
    wanted = [name.strip().lower() for name in (*names, *asked)]
    found = [*front, *(by_name[name] for name in wanted if name in by_name)]
    return list({sheet.name: sheet for sheet in found}.values())


def _sheet(sheet: xw.Sheet) -> dict[str, Any]:
    area = sheet.used_range
    rows, area = _trimmed(native.rows_of(area), area)
    columns = [list(column) for column in zip(*rows, strict=True)]
    return {
        "name": sheet.name,
        "top_left": area[0, 0].get_address(row_absolute=False, column_absolute=False),
        "columns": columns,
        "formats": [_formats(area[:, at], column) for at, column in enumerate(columns)],
        "hidden_rows": [
            row for part, told in native.pieces(area, native.hidden) if told for row in _rows(part)
        ],
        "merged": list(dict.fromkeys(_merged(area))),
    }


def _trimmed(rows: list[list[native.Value]], area: xw.Range) -> tuple[list[list[native.Value]], xw.Range]:
    """Cut off empty rows below and columns to the right: formatted but never filled."""
    blank = (None, "")
    height = next((n for n in range(len(rows), 0, -1) if any(cell not in blank for cell in rows[n - 1])), 0)
    rows = rows[:height]
    width = max((n for row in rows for n in range(len(row), 0, -1) if row[n - 1] not in blank), default=0)
    if (height, width) == area.shape:
        return rows, area
    return [row[:width] for row in rows], area[: max(height, 1), : max(width, 1)]


def _formats(column: xw.Range, values: Sequence[native.Value]) -> str | list[str | None] | None:
    """Return the number format of a column, a list where its numbers mix several.

    Only numbers have a use for one: a heading is General above a column of dates.
    """
    told: list[str | None] = [None] * len(values)
    for part, number_format in native.pieces(column, native.number_format):
        for at in range(part.row - column.row, part.row - column.row + part.shape[0]):
            if type(values[at]) is float and number_format != "General":
                told[at] = number_format
    used = {number_format for number_format, value in zip(told, values, strict=True) if type(value) is float}
    return used.pop() if len(used) == 1 else (told if used else None)


def _rows(area: xw.Range) -> range:
    return range(area.row, area.row + area.shape[0])


def _merged(area: xw.Range) -> Iterator[str]:
    """Yield the merged blocks of an area; one that spans columns comes once for each."""
    if area.merge_cells is False:
        return
    waiting = [area[:, at] for at in reversed(range(area.shape[1]))]
    while waiting:
        part = waiting.pop()
        if part.merge_cells is False:
            continue
        block = part[0, 0].merge_area
        if block.count > 1:
            yield block.get_address(row_absolute=False, column_absolute=False)
            rest = block.row + block.shape[0] - part.row
            waiting += [part[rest:, :]] if rest < part.shape[0] else []
        else:
            half = part.shape[0] // 2
            waiting += [part[half:, :], part[:half, :]]


def _selection(book: xw.Book, rows: Sequence[int] | None) -> dict[str, Any]:
    """Return the selected rows of the active sheet, none beyond the used ones: people select whole columns.

    That is not always the sheet the click is about: rows are selected on a sheet of ours, too.
    """
    sheet = book.sheets.active
    used = _rows(sheet.used_range)
    if rows is None:
        selected = book.app.selection
        areas = native.rows_selected(selected) if selected is not None else ()
        rows = [row for area in areas for row in _both(area, used)]
    elif beyond := [row for row in rows if row not in used]:
        raise UnknownRows(sheet.name, beyond[0], used)
    return {"sheet": sheet.name, "rows": sorted(set(rows))}


def _both(rows: range, other: range) -> range:
    return range(max(rows.start, other.start), min(rows.stop, other.stop))

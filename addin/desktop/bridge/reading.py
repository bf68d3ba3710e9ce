"""Turns a click into a request: the sheets that the button names, the selection, and the typed inputs."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import xlwings as xw

from addin.desktop import native
from addin.desktop.bridge.binding import clinic_of, in_front, written_sheets
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


def read_request(  # noqa: PLR0913 - the parts of a click
    book: xw.Book,
    button: str,
    table: Mapping[str, Any],
    inputs: Inputs | None = None,
    rows: Sequence[int] | None = None,
    *,
    asked_sheets: Sequence[str] = (),
    selection: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the request for a click, with a new request id.

    ``asked_sheets`` are read too, if they exist. ``inputs`` have precedence over the Settings sheet, ``rows`` over
    the selection, which is ``selection`` if it was read before. Files among the inputs are not sent yet. Raises UnknownButton, and UnknownRows for rows the sheet does not have.
    """
    row = button_row(button, table)
    return {
        "request_id": str(uuid4()),
        "workbook": {
            "name": book.name,
            "clinic": clinic_of(book),
            "date_system": native.date_system(book),
            "written": written_sheets(book),
        },
        "sheets": [
            _sheet_content(sheet)
            for sheet in _sheets_to_send(book, row["reads"], [*row.get("reads_beside", ()), *asked_sheets])
        ],
        "asked_sheets": list(asked_sheets),
        "selection": selection or _selected_rows(book, rows),
        "inputs": {**typed_inputs(book), **(inputs or {})},
    }


def _sheets_to_send(book: xw.Book, reads: str | Sequence[str], asked: Sequence[str]) -> list[xw.Sheet]:
    """Return the sheets the button names, those that it also reads and those an answer asked for, each once."""
    by_name = {sheet.name.strip().lower(): sheet for sheet in book.sheets}
    front = [in_front(book)] if reads == "active" else []
    names = [] if isinstance(reads, str) else list(reads)
    wanted = [name.strip().lower() for name in (*names, *asked)]
    found = [*front, *(by_name[name] for name in wanted if name in by_name)]
    return list({sheet.name: sheet for sheet in found}.values())


def _sheet_content(sheet: xw.Sheet) -> dict[str, Any]:
    area = sheet.used_range
    rows, area = _trim_blank_edges(native.rows_of(area), area)
    columns = [list(column) for column in zip(*rows, strict=True)]
    return {
        "name": sheet.name,
        "hidden": not sheet.visible,
        "top_left": area[0, 0].get_address(row_absolute=False, column_absolute=False),
        "columns": columns,
        "formats": [_number_formats(area[:, at], column) for at, column in enumerate(columns)],
        "hidden_rows": [
            row
            for part, told in native.uniform_areas(area, native.rows_hidden)
            if told
            for row in _row_numbers(part)
        ],
        "merged": list(dict.fromkeys(_merged_blocks(area))),
    }


def _trim_blank_edges(
    rows: list[list[native.Value]], area: xw.Range
) -> tuple[list[list[native.Value]], xw.Range]:
    """Remove empty rows below and empty columns to the right, which are formatted but have no values."""
    blank = (None, "")
    height = next((n for n in range(len(rows), 0, -1) if any(cell not in blank for cell in rows[n - 1])), 0)
    rows = rows[:height]
    width = max((n for row in rows for n in range(len(row), 0, -1) if row[n - 1] not in blank), default=0)
    if (height, width) == area.shape:
        return rows, area
    return [row[:width] for row in rows], area[: max(height, 1), : max(width, 1)]


def _number_formats(column: xw.Range, values: Sequence[native.Value]) -> str | list[str | None] | None:
    """Return the number format of a column, or a list with one format a row if its numbers have several.

    Only the formats of numbers count: a heading above a column of dates is General.
    """
    formats: list[str | None] = [None] * len(values)
    for part, number_format in native.uniform_areas(column, native.number_format):
        for at in range(part.row - column.row, part.row - column.row + part.shape[0]):
            if type(values[at]) is float and number_format != "General":
                formats[at] = number_format
    used = {
        number_format for number_format, value in zip(formats, values, strict=True) if type(value) is float
    }
    return used.pop() if len(used) == 1 else (formats if used else None)


def _row_numbers(area: xw.Range) -> range:
    return range(area.row, area.row + area.shape[0])


def _merged_blocks(area: xw.Range) -> Iterator[str]:
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


def _selected_rows(book: xw.Book, rows: Sequence[int] | None) -> dict[str, Any]:
    """Return the selected rows of the active sheet, limited to its used rows: people select whole columns.

    The active sheet is not always the sheet that the click is about: it can be a sheet that we wrote.
    """
    sheet = book.sheets.active
    used = _row_numbers(sheet.used_range)
    if rows is None:
        selected = book.app.selection
        areas = native.rows_selected(selected) if selected is not None else ()
        rows = [row for area in areas for row in _common_rows(area, used)]
    elif beyond := [row for row in rows if row not in used]:
        raise UnknownRows(sheet.name, beyond[0], used)
    return {"sheet": sheet.name, "rows": sorted(set(rows))}


def _common_rows(rows: range, other: range) -> range:
    return range(max(rows.start, other.start), min(rows.stop, other.stop))

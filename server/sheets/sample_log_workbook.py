"""Writes an invented appointment log as the workbook a practice's software would export.

The rows give the value of each cell; this module only knows how an export looks: a title,
a colored header that stays in view, columns as wide as their content, dates and dollars.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from server.sheets.xlsx.quote_prefix import put_text

Value = str | int | datetime | None
"""The value of a cell. An int in a money column is cents."""


class Kind(StrEnum):
    """What a column holds, which determines how its cells look."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the export. ``width`` is in characters."""

    heading: str
    kind: Kind
    width: int


@dataclass(frozen=True, slots=True)
class SampleLog:
    """An exported appointment log, cell by cell.

    ``title`` has the lines above the first header. Each of ``pages`` is a block of rows under its own
    header, with one value for each column. ``hidden`` has positions of rows, counted from 0 over all
    pages; ``joined`` has (column, first, last) of such positions, whose cells are merged.
    ``totals`` is the last row of the sheet, or empty.
    """

    sheet: str
    title: tuple[str, ...]
    columns: tuple[Column, ...]
    pages: tuple[tuple[tuple[Value, ...], ...], ...]
    totals: tuple[Value, ...] = ()
    hidden: tuple[int, ...] = ()
    joined: tuple[tuple[int, int, int], ...] = ()

    @property
    def rows(self) -> list[tuple[Value, ...]]:
        """Return every appointment row, without headers and totals."""
        return [row for page in self.pages for row in page]


_FORMATS = {
    Kind.TEXT: "@",
    Kind.NUMBER: "0",
    Kind.DATE: "mm/dd/yyyy",
    Kind.MOMENT: "mm/dd/yyyy h:mm AM/PM",
    Kind.MONEY: "#,##0.00",
}
_LEFT, _RIGHT = Alignment(horizontal="left", indent=1), Alignment(horizontal="right")
_ALIGNMENTS = {
    Kind.TEXT: _LEFT,
    Kind.NUMBER: _RIGHT,
    Kind.DATE: _LEFT,
    Kind.MOMENT: _LEFT,
    Kind.MONEY: _RIGHT,
}
_INK = "1F3B4D"
_TITLE = Font(name="Calibri", size=16, bold=True, color=_INK)
_SUBTITLE = Font(name="Calibri", size=10, italic=True, color="5C6B76")
_HEADER = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
_HEADER_FILL = PatternFill("solid", fgColor=_INK)
_TOTALS = Font(name="Calibri", size=11, bold=True, color=_INK)
_TOTALS_LINE = Border(top=Side("medium", color=_INK))


def write_sample_log(log: SampleLog, path: Path) -> None:
    """Write the log as an .xlsx workbook with one sheet, replacing an existing file."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = log.sheet
    _write_title(sheet, log.title)
    placed = _write_pages(sheet, log)
    _write_totals(sheet, log, sheet.max_row + 1)
    for position in log.hidden:
        sheet.row_dimensions[placed[position]].hidden = True
    for column, first, last in log.joined:
        _merge_cells(sheet, column + 1, placed[first], placed[last])
    _set_layout(sheet, log)
    book.save(path)


def _write_title(sheet: Worksheet, lines: Sequence[str]) -> None:
    for row, line in enumerate(lines, start=1):
        cell = _cell_at(sheet, row, 1)
        put_text(cell, line)
        cell.font = _TITLE if row == 1 else _SUBTITLE
    sheet.row_dimensions[1].height = 24


def _write_pages(sheet: Worksheet, log: SampleLog) -> list[int]:
    """Write headers and rows; return the sheet row of each appointment."""
    placed: list[int] = []
    row = _header_row(log)
    for page in log.pages:
        _write_header(sheet, row, log.columns)
        for values in page:
            row += 1
            _write_row(sheet, row, log.columns, values)
            placed.append(row)
        row += 2
    return placed


def _header_row(log: SampleLog) -> int:
    """Return the row of the first header. One empty row separates title and header."""
    return len(log.title) + 2


def _write_header(sheet: Worksheet, row: int, columns: Sequence[Column]) -> None:
    for position, column in enumerate(columns, start=1):
        cell = _cell_at(sheet, row, position)
        put_text(cell, column.heading)
        cell.font = _HEADER
        cell.fill = _HEADER_FILL
        cell.alignment = _ALIGNMENTS[column.kind]


def _write_row(sheet: Worksheet, row: int, columns: Sequence[Column], values: Sequence[Value]) -> None:
    for position, (column, value) in enumerate(zip(columns, values, strict=True), start=1):
        if value is None:
            continue
        cell = _cell_at(sheet, row, position)
        if isinstance(value, str):
            put_text(cell, value)
        else:
            cell.value = _as_cell(column.kind, value)
        cell.number_format = _FORMATS[column.kind]
        cell.alignment = _ALIGNMENTS[column.kind]


def _cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """Return a cell. None of those written here is covered by a merged block yet."""
    return cast("Cell", sheet.cell(row, column))


def _as_cell(kind: Kind, value: int | datetime) -> float | datetime:
    """Return the value as Excel stores it. Only here cents become dollars."""
    if kind is Kind.MONEY and isinstance(value, int):
        return value / 100
    return value


def _write_totals(sheet: Worksheet, log: SampleLog, row: int) -> None:
    if not log.totals:
        return
    _write_row(sheet, row, log.columns, log.totals)
    for position in range(1, len(log.columns) + 1):
        cell = sheet.cell(row, position)
        cell.font = _TOTALS
        cell.border = _TOTALS_LINE


def _merge_cells(sheet: Worksheet, column: int, first: int, last: int) -> None:
    sheet.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column)
    sheet.cell(first, column).alignment = Alignment(horizontal="left", vertical="top", indent=1)


def _set_layout(sheet: Worksheet, log: SampleLog) -> None:
    """Set the column widths, freeze the header, and repeat it on printed pages."""
    header = _header_row(log)
    for position, column in enumerate(log.columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = column.width
    sheet.freeze_panes = f"A{header + 1}"
    sheet.print_title_rows = f"{header}:{header}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)

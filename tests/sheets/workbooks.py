"""Reads finished workbooks back, as the add-in and other programs would."""

from datetime import date, datetime
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.cell import Cell as BookCell
from openpyxl.cell import MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.days import serial_of
from server.sheets.sheet import Cell, Sheet


def sheets_of(workbook: bytes) -> list[Sheet]:
    """Return the sheets as the add-in sends them: raw values, one format a cell."""
    return [_sheet(sheet) for sheet in load_workbook(BytesIO(workbook)).worksheets]


def rows_of(sheet: Worksheet) -> list[tuple[object, ...]]:
    """Return the values of a sheet row by row."""
    return list(sheet.iter_rows(values_only=True))


def _sheet(sheet: Worksheet) -> Sheet:
    columns = list(sheet.iter_cols())
    return Sheet(
        sheet.title,
        1,
        0,
        [[_raw(cell) for cell in column] for column in columns],
        [[cell.number_format for cell in column] for column in columns],
    )


def _raw(cell: BookCell | MergedCell) -> Cell:
    value = cell.value
    if isinstance(value, datetime):
        return serial_of(value.date())
    if isinstance(value, date):
        return serial_of(value)
    assert value is None or isinstance(value, str | int | float | bool)
    return value

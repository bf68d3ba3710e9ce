# ruff: noqa: ANN401 - a cell holds anything
"""The value of a cell, in the two forms of Excel: with dates as serial numbers, or as datetimes."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import from_excel, to_excel

from addin.desktop.files.text import cell_of

ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})

is_date_number_format = lru_cache(maxsize=512)(is_date_format)


def serial_of(value: Any, epoch: datetime) -> Any:
    """Return a cell's value as ``Value2`` gives it: numbers as floats, dates as serial numbers."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, CellRichText):
        return str(value)
    if isinstance(value, date | time | timedelta):
        return float(to_excel(value, epoch))  # type: ignore[no-untyped-call]
    return value


def datetime_of(value: Any, number_format: str, epoch: datetime) -> Any:
    """Return it as ``Value`` gives it: a number in a date format is a datetime."""
    serial = serial_of(value, epoch)
    if isinstance(serial, float) and is_date_number_format(number_format):
        try:
            moment = from_excel(serial, epoch)
        except (OverflowError, ValueError):
            # Excel shows such a cell as ####; it still holds the number.
            return serial
        return moment if isinstance(moment, datetime) else serial
    return serial


def put_typed(cell: Cell, value: Any, epoch: datetime) -> None:
    """Write a value as if it were typed: ``=`` starts a formula, an apostrophe marks text."""
    if isinstance(value, Decimal):
        msg = "never write a Decimal to a cell: Excel for Windows makes it currency, for Mac fails"
        raise TypeError(msg)
    if isinstance(value, date | time | timedelta):
        cell.value = to_excel(value, epoch)  # type: ignore[no-untyped-call]
        if cell.number_format == "General":
            cell.number_format = "mm/dd/yyyy"
        return
    if not isinstance(value, str):
        cell.value = value
        return
    if value.startswith("'"):
        _put_text(cell, value[1:])
        cell.quotePrefix = True
    elif cell.number_format == "@":
        _put_text(cell, value)
    elif value.startswith("="):
        cell.value = value
    else:
        cell.value = cell_of(value)


def _put_text(cell: Cell, text: str) -> None:
    cell.value = text or None
    if text:
        cell.data_type = "s"

"""Writes rows of plain values to a worksheet, for text files and web pages."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.worksheet.worksheet import Worksheet

from addin.desktop.files.budget import Budget, Limit
from addin.desktop.files.refusals import CorruptFile, TooLarge
from addin.desktop.files.text import Value, cell_of, format_of

KINDS: dict[type, str] = {str: "s", int: "n", float: "n", bool: "b"}
"""How openpyxl marks what a cell holds."""

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_TEXT = 32_767
FAR_COLUMN = 1_000
"""The last column before ``Limit.FAR_CELLS`` counts."""


def new_workbook(title: str) -> tuple[Workbook, Worksheet]:
    """Return a workbook with one empty sheet, named after the file as Excel does it."""
    workbook = Workbook()
    worksheet = workbook.worksheets[0]
    worksheet.title = sheet_title(title)
    return workbook, worksheet


def sheet_title(stem: str) -> str:
    """Return a sheet name for a file name: at most 31 characters, without those that Excel uses in addresses."""
    return "".join("_" if letter in "[]:*?/\\" else letter for letter in stem).strip("'")[:31] or "Sheet1"


def put_value(
    worksheet: Worksheet, row: int, column: int, value: Value, number_format: str = "General"
) -> None:
    """Put one value into a cell as it is: text never becomes a formula."""
    cell: Any = Cell(worksheet, row=row, column=column)
    cell._value = value  # noqa: SLF001 - the setter would guess what text means
    cell.data_type = "e" if value in ERROR_CODES else KINDS[type(value)]
    if number_format != "General":
        cell.number_format = number_format
    # The public method takes three times as long. Without _current_row the rows seem not to exist.
    inside: Any = worksheet
    inside._cells[row, column] = cell  # noqa: SLF001
    inside._current_row = max(inside._current_row, row)  # noqa: SLF001


def put_rows(worksheet: Worksheet, rows: Iterable[Sequence[str]], path: Path, budget: Budget) -> None:
    """Put rows of text into an empty worksheet, numbers as numbers where nothing is lost."""
    known: dict[str, Value] = {}
    for number, row in enumerate(rows, 1):
        check_bounds(path, rows=number, columns=len(row))
        budget.spend(Limit.CELLS, len(row) - row.count(""))
        if len(row) > FAR_COLUMN:
            budget.spend(Limit.FAR_CELLS, sum(map(bool, row[FAR_COLUMN:])))
        for column, text in enumerate(row, 1):
            if text not in known:
                check_text(path, number, text)
                known[text] = cell_of(text)
            if known[text] is not None:
                put_value(worksheet, number, column, known[text], format_of(text, known[text]))


def check_text(path: Path, row: int, text: str) -> None:
    """Refuse a text that no cell can hold. In a text file it usually means an unclosed quote."""
    if len(text) > MAX_TEXT:
        raise CorruptFile(path, f"row {row} holds a text longer than a cell can, perhaps an open quote")


def check_sheet(worksheet: Worksheet, path: Path, budget: Budget) -> None:
    """Refuse a sheet that lies beyond the last row or column, or has too much between its first and last cell."""
    rows, columns = worksheet.max_row, worksheet.max_column
    check_bounds(path, rows=rows, columns=columns)
    budget.spend(Limit.BOX, rows * columns)
    if columns > FAR_COLUMN:
        inside: Any = worksheet
        far = sum(column > FAR_COLUMN for _, column in inside._cells)  # noqa: SLF001
        budget.spend(Limit.FAR_CELLS, far)


def check_bounds(path: Path, *, rows: int, columns: int) -> None:
    """Refuse more rows or columns than a worksheet can hold."""
    if rows > MAX_ROWS:
        raise TooLarge(path, f"a worksheet holds {MAX_ROWS:,} rows and this file has more")
    if columns > MAX_COLUMNS:
        raise TooLarge(path, f"a worksheet holds {MAX_COLUMNS:,} columns and this file has more")

"""Excel's names of cells and columns."""

from collections.abc import Iterable
from itertools import groupby

from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.cell import range_boundaries


def letter(column: int) -> str:
    """Return the letters of a 0-based column position: 0 is ``A``."""
    return get_column_letter(column + 1)


def cell(column: int | None, row: int | None) -> str:
    """Return the A1 name of a cell, of a whole column or row if the other is ``None``, "" if both are."""
    return f"{'' if column is None else letter(column)}{'' if row is None else row}"


def position(letters: str) -> int | None:
    """Return the 0-based position of a column's letters, ``None`` if they are not letters."""
    try:
        return int(column_index_from_string(letters.strip().upper())) - 1
    except ValueError:
        return None


def bounds(area: str) -> tuple[int, int, int, int]:
    """Return the first column, first row, last column, last row of an A1 range; columns from 0."""
    first_column, first_row, last_column, last_row = range_boundaries(area)
    return int(first_column or 1) - 1, int(first_row or 1), int(last_column or 1) - 1, int(last_row or 1)


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the runs of consecutive row (or column) numbers: the first and the last of each, in order."""
    ordered = enumerate(sorted(set(numbers)))
    stretches = (list(group) for _, group in groupby(ordered, lambda entry: entry[1] - entry[0]))
    return [(stretch[0][1], stretch[-1][1]) for stretch in stretches]


def link_target(sheet: str, area: str) -> str:
    """Return where a hyperlink inside a workbook goes: ``'Ann''s log'!E4:E9``.

    The name is always quoted. Unquoted, Excel takes a name with a blank, a sign or a digit in front for something else.
    """
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{area}"

"""Files for spreadsheets and other programs: comma-separated text that no spreadsheet takes for a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet may take for a formula."""

BYTE_ORDER_MARK = "\ufeff"
"""Shows Excel that the file is UTF-8."""


def csv_file(headings: Sequence[str], rows: Iterable[Sequence[str]], *, mark: bool = True) -> bytes:
    """Return a file with a heading row. Numbers are texts such as ``-12.50``, which stay as they are.

    With ``mark`` it begins with a byte order mark; programs that import it may not want one.
    """
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([_as_text(cell) for cell in row] for row in rows)
    return ((BYTE_ORDER_MARK if mark else "") + text.getvalue()).encode()


def _as_text(cell: str) -> str:
    """Return a cell as it is written: a text that looks like a formula gets an apostrophe, a negative number does not."""
    digits = cell[1:].removeprefix("$").replace(",", "").replace(".", "", 1)
    is_number = cell[:1] == "-" and digits.isdecimal()
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) and not is_number else cell

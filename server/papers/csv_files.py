"""Files for spreadsheets and other programs: comma-separated text that no spreadsheet takes for a formula."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from unicodedata import normalize

FORMULA_SIGNS = ("=", "+", "-", "@")
"""How a text begins that a spreadsheet may take for a formula, also after spaces, and with signs of full width."""

_AMOUNT = re.compile(r"-\$?[0-9][0-9,]*(\.[0-9]+)?", re.ASCII)

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
    """Return a cell as it is written: what looks like a formula gets an apostrophe, a negative amount such as -$5.00 does not."""
    looks_like_one = normalize("NFKC", cell).lstrip().startswith(FORMULA_SIGNS)
    return f"'{cell}" if looks_like_one and not _AMOUNT.fullmatch(cell) else cell

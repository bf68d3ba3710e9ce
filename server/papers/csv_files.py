"""Files for spreadsheets and other programs: comma-separated text that no spreadsheet takes for a formula."""

import csv
import re
from collections.abc import Generator, Iterable, Sequence
from io import StringIO
from unicodedata import normalize

FORMULA_SIGNS = ("=", "+", "-", "@")
"""How a text begins that a spreadsheet may take for a formula, also after spaces, and with signs of full width."""

BLANKS = ("\t", "\r", "\n")
"""How a text begins that some programs take for a formula after they have dropped the blank."""

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
    writer.writerows([as_text(cell) for cell in row] for row in rows)
    return ((BYTE_ORDER_MARK if mark else "") + text.getvalue()).encode()


def csv_pieces(
    headings: Sequence[str], chunks: Iterable[Iterable[Sequence[str]]], *, mark: bool = True
) -> Generator[bytes, None, None]:
    """Yield the same file in pieces: one for the headings, and one for each chunk of rows. Its cells are written as they are, so
    texts go through ``as_text`` first.
    """
    text = StringIO()
    writer = csv.writer(text)
    text.write(BYTE_ORDER_MARK if mark else "")
    writer.writerow(headings)
    yield text.getvalue().encode()
    for chunk in chunks:
        text.seek(0)
        text.truncate()
        writer.writerows(chunk)
        yield text.getvalue().encode()


def as_text(cell: str) -> str:
    """Return a cell as it is written: what looks like a formula gets an apostrophe, a negative amount such as -$5.00 does not.
    So does what begins with a tab or a line break, which some programs drop.
    """
    first = cell[:1]
    if first.isalnum() and first.isascii():
        return cell
    looks_like_one = first in BLANKS or normalize("NFKC", cell).lstrip().startswith(FORMULA_SIGNS)
    return f"'{cell}" if cell and looks_like_one and not _AMOUNT.fullmatch(cell) else cell

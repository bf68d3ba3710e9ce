"""Rows of a long table as worksheet XML, rendered column by column.

Values repeat: a hundred thousand rows hold sixty days and thirty providers. So each column turns
its *distinct* values into XML once, and rows are put together by copying those pieces side by side
into a matrix of bytes, padded with NUL, which XML can never hold and one sweep takes out again.
Ten times as fast as writing cell by cell, and a row costs the same whether it is the first or the
millionth.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from openpyxl.utils import get_column_letter

from server.sheets.shared_strings import SharedStrings
from server.sheets.style import Look, StyleIds

CHUNK = 8_192
"""Rows put together at a time: enough to amortise the loop, little enough to stay in cache."""

Bytes = npt.NDArray[np.bytes_]
Positions = npt.NDArray[np.intp]
Values = pd.Series | npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The cells of one column: row i holds ``cells[codes[i]]``.

    A cell is its XML after the reference (``" s="4"><v>95.00</v></c>``); the last is the blank one,
    which code -1, pandas' word for a missing value, happens to mean.
    """

    cells: Bytes
    codes: Positions

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, positions: Positions | slice) -> "Column":
        """Return the same column with only these rows, in this order."""
        return Column(self.cells, self.codes[positions])


def number_text(value: int, places: int) -> str:
    """Return a whole number divided by 10 ** places, exactly: ``(-5, 2)`` is ``-0.05``."""
    if not places:
        return str(value)
    whole, rest = divmod(abs(value), 10**places)
    return f"{'-' if value < 0 else ''}{whole}.{rest:0{places}d}"


class CellWriter:
    """Writes cells of one workbook: knows its styles and its texts."""

    def __init__(self, styles: StyleIds, strings: SharedStrings) -> None:
        self._styles = styles
        self._strings = strings

    def blank(self, look: Look) -> str:
        """Return an empty cell, after its reference."""
        return f'" s="{self._styles[look]}"/>'

    def text(self, text: str, look: Look) -> str:
        """Return a cell of text, after its reference. Text is text, whatever it starts with."""
        if not text:
            return self.blank(look)
        return f'" s="{self._styles[look]}" t="s"><v>{self._strings.number(text)}</v></c>'

    def number(self, value: int, look: Look) -> str:
        """Return a cell of a whole number / 10 ** look.places, after its reference."""
        return f'" s="{self._styles[look]}"><v>{number_text(value, look.places)}</v></c>'

    def texts(self, values: Values, look: Look) -> Column:
        """Return a column of text; empty and missing values are blank."""
        codes, distinct = pd.factorize(values)
        texts = distinct.tolist()
        if "" in texts:
            codes[codes == texts.index("")] = -1
        numbers = map(self._strings.number, texts)
        return self._column(codes, b'" s="%d" t="s"><v>%%d</v></c>' % self._styles[look], numbers, look)

    def numbers(self, values: Values, look: Look) -> Column:
        """Return a column of whole numbers / 10 ** look.places; missing values are blank."""
        codes, distinct = pd.factorize(values)
        whole = np.asarray(distinct, dtype=np.int64)
        start = b'" s="%d"><v>' % self._styles[look]
        if not look.places:
            return self._column(codes, start + b"%d</v></c>", whole.tolist(), look)
        signs = np.where(whole < 0, b"-", b"").tolist()
        units, rest = (part.tolist() for part in np.divmod(np.abs(whole), 10**look.places))
        form = start + b"%%b%%d.%%0%dd</v></c>" % look.places
        return self._column(codes, form, zip(signs, units, rest, strict=True), look)

    def cells(self, values: Values, cell: Callable[[Any], str], blank: Look) -> Column:
        """Return a column whose cell is decided by ``cell``, once for each distinct value."""
        codes, distinct = pd.factorize(values)
        return self._column(codes, b"%b", [cell(value).encode() for value in distinct.tolist()], blank)

    def _column(self, codes: Positions, form: bytes, values: Iterable[object], blank: Look) -> Column:
        cells = [form % value for value in values]
        return Column(np.array([*cells, self.blank(blank).encode()]), codes)


def render(columns: Sequence[Column], first_row: int) -> Iterator[bytes]:
    """Yield the rows of a table from ``first_row`` (1-based) on, starting in column A."""
    height = len(columns[0])
    width = len(str(first_row + height))
    for start in range(0, height, CHUNK):
        stop = min(start + CHUNK, height)
        rows = np.arange(first_row + start, first_row + stop).astype(f"S{width}")
        yield _join(list(_pieces(columns, rows, slice(start, stop))), stop - start)


def _pieces(columns: Sequence[Column], rows: Bytes, part: slice) -> Iterator[Bytes]:
    """Yield what stands side by side in each row: arrays of one piece a row, or of one for all."""
    yield from (np.array([b'<row r="']), rows, np.array([b'">']))
    for index, column in enumerate(columns, 1):
        yield np.array([f'<c r="{get_column_letter(index)}'.encode()])
        yield rows
        yield column.cells[column.codes[part]]
    yield np.array([b"</row>"])


def _join(pieces: Sequence[Bytes], height: int) -> bytes:
    matrix = np.empty((height, sum(piece.itemsize for piece in pieces)), dtype=np.uint8)
    left = 0
    for piece in pieces:
        right = left + piece.itemsize
        matrix[:, left:right] = piece.view(np.uint8).reshape(len(piece), piece.itemsize)
        left = right
    return matrix.tobytes().translate(None, b"\0")

"""Rows of a long table as worksheet XML, rendered column by column.

Values repeat: a hundred thousand rows hold sixty days and thirty providers. So each column turns
its *distinct* values into XML once, all padded to one width with spaces behind the cell, where XML ignores
them. A row is then a record of fixed width into which cells are copied. Rows whose numbers have equally many
digits share one record, and the constant parts are written into it once.
This is thirty times as fast as writing cell by cell, and the time per row does not grow with the number of rows.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from openpyxl.utils import get_column_letter

from server.billing.days import serial_of
from server.sheets.dates import OFFSET_1904, SINCE_1904
from server.sheets.xlsx.number_text import Bytes, Whole, decimal_texts, whole_texts
from server.sheets.xlsx.quote_prefix import needs_quote_prefix, places_of_formula_like
from server.sheets.xlsx.shared_strings import SharedStrings
from server.sheets.xlsx.style import DATE_FORMAT, Look, StyleIds

CHUNK = 4_096
"""Rows put together at a time: enough to amortize the loop, few enough to stay in the cache."""

_TEXT_CELL = b'" s="%d" t="s"><v>'

Positions = npt.NDArray[np.intp]
Values = pd.Series | npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The cells of one column: row i holds ``cells[codes[i]]``.

    A cell is its XML after the reference (``" s="4"><v>95.00</v></c>``), then spaces. The last
    cell is blank, so pandas' code for missing values, -1, indexes it.
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
    """Writes the cells of one workbook. Knows its styles, its texts, and its date system.

    Excel copies a date into another workbook as the bare number it is, so sheets for a workbook that
    counts from 1904 must count from 1904 too (rule: edge-cases#date-systems).
    """

    def __init__(self, styles: StyleIds, strings: SharedStrings, date_system: int = 1900) -> None:
        self._styles = styles
        self._strings = strings
        self._day_zero = OFFSET_1904 if date_system == SINCE_1904 else 0

    def declare(self, look: Look) -> None:
        """Add a look to the styles of the workbook, which are written before rows that are not rendered yet."""
        self._styles[look]
        self._styles.with_quote_prefix(look)

    def blank(self, look: Look) -> str:
        """Return an empty cell, after its reference."""
        return f'" s="{self._styles[look]}"/>'

    def text(self, text: str, look: Look) -> str:
        """Return a cell of text, after its reference. It never becomes a formula, nor when somebody edits it."""
        if not text:
            return self.blank(look)
        style = self._styles.with_quote_prefix(look) if needs_quote_prefix(text) else self._styles[look]
        return f'" s="{style}" t="s"><v>{self._strings.number(text)}</v></c>'

    def number(self, value: int, look: Look) -> str:
        """Return a cell of a whole number / 10 ** look.places, after its reference."""
        shown = number_text(value - self._first_serial(look), look.places)
        return f'" s="{self._styles[look]}"><v>{shown}</v></c>'

    def texts(self, values: Values, look: Look) -> Column:
        """Return a column of texts that repeat; empty and missing values are blank."""
        texts, codes = _distinct_texts(values)
        return self._padded_column(self._text_cells(texts, look), codes, look)

    def days(self, values: Values, look: Look) -> Column:
        """Return a column of days, given as texts such as ``2026-10-05``; empty and missing values are blank."""
        texts, codes = _distinct_texts(values)
        serials = np.array(
            [serial_of(date.fromisoformat(text)) if text else 0 for text in texts], dtype=np.int64
        )
        return self._padded_column(self._number_cells(serials, look), codes, look)

    def ids(self, values: Values, look: Look) -> Column:
        """Return a column of texts that hardly ever repeat; empty ones are blank."""
        texts = np.asarray(values, dtype=object)
        is_filled = texts.astype(np.bool_)
        codes = np.where(is_filled, np.cumsum(is_filled) - 1, -1)
        return self._padded_column(self._text_cells(texts[is_filled].tolist(), look), codes, look)

    def ids_in(self, values: Values, looks: Sequence[Look], which: Positions) -> Column:
        """Return a column of texts that hardly ever repeat; row i has the look ``looks[which[i]]``."""
        texts = np.asarray(values, dtype=object)
        codes = np.empty(len(texts), dtype=np.intp)
        cells: list[Bytes] = []
        start = 0
        for place, look in enumerate(looks):
            mine = np.flatnonzero(which == place)
            filled = mine[texts[mine] != ""]
            codes[mine] = start
            codes[filled] = start + 1 + np.arange(len(filled))
            cells += [np.array([self.blank(look).encode()]), self._text_cells(texts[filled].tolist(), look)]
            start += 1 + len(filled)
        return self._padded_column(np.concatenate(cells), codes, looks[0])

    def numbers(self, values: Values, look: Look) -> Column:
        """Return a column of whole numbers / 10 ** look.places; missing values are blank."""
        codes, distinct = pd.factorize(values)
        return self._padded_column(
            self._number_cells(np.asarray(distinct, dtype=np.int64), look), codes, look
        )

    def numbers_in(self, values: Whole, looks: Sequence[Look], which: Positions) -> Column:
        """Return a column of whole numbers; row i has the look ``looks[which[i]]``."""
        codes, distinct = pd.factorize(values * len(looks) + which)
        whole, place = np.divmod(distinct, len(looks))
        cells = np.concatenate(
            [self._number_cells(whole[place == one], look) for one, look in enumerate(looks)]
        )
        places = np.empty(len(distinct), dtype=np.intp)
        places[np.argsort(place, kind="stable")] = np.arange(len(distinct))
        return self._padded_column(cells, places[codes], looks[0])

    def cells(self, values: Values, cell: Callable[[Any], str], blank: Look) -> Column:
        """Return a column whose cell is decided by ``cell``, once for each distinct value."""
        codes, distinct = pd.factorize(values)
        cells = np.array([cell(value).encode() for value in distinct.tolist()], dtype=np.bytes_)
        return self._padded_column(cells, codes, blank)

    def _text_cells(self, texts: Sequence[str], look: Look) -> Bytes:
        first = self._strings.add_texts(texts)
        numbers = whole_texts(np.arange(first, first + len(texts)))
        cells = _wrap_texts(_TEXT_CELL % self._styles[look], numbers, b"</v></c>")
        if formula_like := places_of_formula_like(texts):
            style = self._styles.with_quote_prefix(look)
            marked = _wrap_texts(_TEXT_CELL % style, numbers[formula_like], b"</v></c>")
            cells = cells.astype(np.promote_types(cells.dtype, marked.dtype))
            cells[formula_like] = marked
        return cells

    def _number_cells(self, values: Whole, look: Look) -> Bytes:
        texts = decimal_texts(values - self._first_serial(look), look.places)
        return _wrap_texts(b'" s="%d"><v>' % self._styles[look], texts, b"</v></c>")

    def _first_serial(self, look: Look) -> int:
        """Return the serial to subtract in this look: dates and times count from their workbook's first day."""
        return self._day_zero * 10**look.places if look.form.startswith(DATE_FORMAT) else 0

    def _padded_column(self, cells: Bytes, codes: Positions, blank: Look) -> Column:
        every = np.append(cells, self.blank(blank).encode())
        unpadded = every.view(np.uint8)
        np.maximum(
            unpadded, ord(" "), out=unpadded
        )  # numpy's NULs become spaces; XML has no lower characters
        return Column(every, codes)


def _distinct_texts(values: Values) -> tuple[list[str], Positions]:
    """Return the distinct texts of a column, and the place of each row's text among them: -1 for an empty or missing one."""
    codes, distinct = pd.factorize(values)
    texts: list[str] = distinct.tolist()
    if "" in texts:
        codes[codes == texts.index("")] = -1
    return texts, codes


def _wrap_texts(start: bytes, texts: Bytes, end: bytes) -> Bytes:
    return np.strings.add(np.strings.add(start, texts), end)


def row_attributes(values: Values, attributes: Callable[[Any], str]) -> Column:
    """Return the XML attributes of rows, decided by ``attributes`` once for each distinct value."""
    codes, distinct = pd.factorize(values)
    texts = [attributes(value) for value in distinct.tolist()]
    width = max(map(len, texts), default=0)
    return Column(np.array([text.ljust(width).encode() for text in (*texts, "")], dtype=np.bytes_), codes)


def render_rows(
    columns: Sequence[Column], first_row: int, attributes: Column | None = None
) -> Iterator[bytes]:
    """Yield the rows of a table from ``first_row`` (1-based) on, starting in column A.

    ``attributes`` of the rows are those of ``row_attributes``: a height, a level of the outline.
    """
    start, height = 0, len(columns[0])
    parts = columns if attributes is None else [attributes, *columns]
    while start < height:
        digits = len(str(first_row + start))
        stop = min(height, 10**digits - first_row)
        record = _row_record(columns, digits, attributes)
        yield from _render_span(record, parts, first_row, range(start, stop))
        start = stop


def _render_span(
    record: "_Record", columns: Sequence[Column], first_row: int, span: range
) -> Iterator[bytes]:
    """Yield the rows of ``span``, whose row numbers all have as many digits as the record has room for."""
    rows = np.full(min(CHUNK, len(span)), np.void(record.xml)).view(record.dtype)
    for start in span[::CHUNK]:
        stop = min(start + CHUNK, span.stop)
        part = rows[: stop - start]
        numbers = whole_texts(np.arange(first_row + start, first_row + stop)).astype(f"S{record.digits}")
        for name in record.numbers:
            part[name] = numbers
        for name, column in zip(record.cells, columns, strict=True):
            part[name] = column.cells.take(column.codes[start:stop])
        yield part.tobytes()


class _Record(NamedTuple):
    """The constant XML of a row, and the places of its row number and its cells."""

    xml: bytes
    dtype: np.dtype[np.void]
    digits: int
    numbers: Sequence[str]
    cells: Sequence[str]


def _row_record(columns: Sequence[Column], digits: int, attributes: Column | None) -> _Record:
    xml, numbers, cells = b'<row r="', {"row": 8}, {}
    xml += bytes(digits) + b'"'
    if attributes is not None:
        cells["attributes"] = len(xml)
        xml += bytes(attributes.cells.itemsize)
    xml += b">"
    for place, column in enumerate(columns, 1):
        letter = get_column_letter(place)
        xml += f'<c r="{letter}'.encode()
        numbers[f"at {letter}"] = len(xml)
        xml += bytes(digits)
        cells[letter] = len(xml)
        xml += bytes(column.cells.itemsize)
    xml += b"</row>"
    form: Any = {
        "names": [*numbers, *cells],
        "formats": [
            *[f"S{digits}"] * len(numbers),
            *([] if attributes is None else [attributes.cells.dtype]),
            *(column.cells.dtype for column in columns),
        ],
        "offsets": [*numbers.values(), *cells.values()],
        "itemsize": len(xml),
    }
    return _Record(xml, np.dtype(form), digits, list(numbers), list(cells))

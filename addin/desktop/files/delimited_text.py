"""Text files: .csv, .tsv, .txt, and the many that are named .xls."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from addin.desktop.files.budget import Budget
from addin.desktop.files.grid import MAX_ROWS, new_workbook, put_rows, put_value
from addin.desktop.files.refusals import CorruptFile, EmptyFile, TooLarge
from addin.desktop.files.text import decode_text

DELIMITERS = (",", ";", "\t", "|")
SEP_LINE = re.compile(r'"?sep=(.)"?[ ,;\t]*\r?\n', re.IGNORECASE)
SAMPLE_ROWS = 50
MOVED = 2
"""The least number of different row widths: if all rows have equally many fields, none has a surplus field."""

MAX_LINES = 4 * MAX_ROWS
"""A cell may hold several lines."""

MAX_DELIMITERS = 1_000_000
"""In one row, those within quotes included."""

NEVER_CLOSED = "a quote is opened and never closed"
SWALLOWS_ROWS = "a quotation mark in line {line} takes the rows after it into one cell"


def read_delimited(content: bytes, path: Path, budget: Budget) -> Workbook:
    """Return a workbook with one sheet, named after the file."""
    text = decode_text(content, path)
    sep_line = SEP_LINE.match(text)
    body = text[sep_line.end() :] if sep_line else text
    if not body.strip():
        raise EmptyFile(path)
    if body.count("\n") + body.count("\r") - body.count("\r\n") > MAX_LINES:
        raise TooLarge(path, f"it has more than {MAX_LINES:,} lines")
    # Old Mac files end their lines with a bare carriage return.
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", body)
    delimiter = sep_line[1] if sep_line else _likely_delimiter(lines, path)
    workbook, worksheet = new_workbook(path.stem)
    widths: Counter[int] = Counter()
    open_ended: dict[int, int] = {}
    try:
        rows = _count_fields(_read_rows(lines, delimiter, path), widths, open_ended)
        put_rows(worksheet, rows, path, budget)
    except csv.Error:
        raise CorruptFile(path, NEVER_CLOSED) from None
    if line := _row_with_further_rows(lines, delimiter):
        raise CorruptFile(path, SWALLOWS_ROWS.format(line=line))
    if body.count('"') % 2 and _ends_inside_quotes(lines, delimiter):
        raise CorruptFile(path, NEVER_CLOSED)
    _keep_surplus(worksheet, widths, open_ended, delimiter)
    return workbook


def _read_rows(lines: Iterable[str], delimiter: str, path: Path) -> Iterator[list[str]]:
    """Yield the rows, as ``csv.reader`` does. Refuses a row of too many fields before they are made."""
    delimiters = 0

    def counted_lines() -> Iterator[str]:
        nonlocal delimiters
        for line in lines:
            delimiters += line.count(delimiter)
            if delimiters > MAX_DELIMITERS:
                raise TooLarge(path, f"a row of it has more than {MAX_DELIMITERS:,} delimiters")
            yield line

    for row in csv.reader(counted_lines(), delimiter=delimiter):
        delimiters = 0
        yield row


def _count_fields(
    rows: Iterable[list[str]], widths: Counter[int], open_ended: dict[int, int]
) -> Iterator[list[str]]:
    """Yield the rows unchanged. Counts their fields in ``widths``; records by row number, in ``open_ended``, the
    field count of each row whose last field is empty.
    """
    for number, row in enumerate(rows, 1):
        widths[len(row)] += 1
        if row and not row[-1]:
            open_ended[number] = len(row)
        yield row


def _keep_surplus(
    worksheet: Worksheet, widths: Counter[int], open_ended: dict[int, int], delimiter: str
) -> None:
    """Mark rows that have more fields than most rows and whose last field is empty.

    An empty field makes no cell, so the row would look like all others. We write the delimiter there: a surplus
    comma may have moved every cell of the row.
    """
    if len(widths) < MOVED:
        return
    most = max(widths.values())
    usual = min(width for width, rows in widths.items() if rows == most)
    for row, width in open_ended.items():
        if width > usual > 1:
            put_value(worksheet, row, width, delimiter)


def _row_with_further_rows(lines: list[str], delimiter: str) -> int:
    """Return the line of a quotation mark that turns whole rows into one field, or 0.

    A field may hold line breaks. But if each of its lines has as many fields as the rows of the file, these lines
    are rows, and would be lost.
    """
    if not any('"' in line for line in lines):
        return 0
    counts = [line.count(delimiter) for line in lines]
    usual = Counter(counts).most_common(1)[0][0]
    reader, begun = csv.reader(lines, delimiter=delimiter), 0
    for _ in reader:
        if reader.line_num > begun + 1 and usual > 1 and min(counts[begun : reader.line_num]) >= usual:
            return begun + 1
        begun = reader.line_num
    return 0


def _ends_inside_quotes(lines: list[str], delimiter: str) -> bool:
    """Return whether the last field has no closing quote, which csv accepts silently."""
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _likely_delimiter(lines: list[str], path: Path) -> str:
    """Return the delimiter that splits most of the first rows into equally many fields."""
    return max(DELIMITERS, key=lambda delimiter: _field_evenness(lines, delimiter, path))


def _field_evenness(lines: list[str], delimiter: str, path: Path) -> tuple[int, int]:
    try:
        widths = Counter(len(row) for row in islice(_read_rows(lines, delimiter, path), SAMPLE_ROWS) if row)
    except csv.Error:
        return (0, 0)
    cut = [(rows, width) for width, rows in widths.items() if width > 1]
    return max(cut, default=(0, 0))

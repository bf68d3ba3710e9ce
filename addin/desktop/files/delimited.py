"""Text files: .csv, .tsv, .txt, and the many that call themselves .xls."""

import csv
import re
from collections import Counter
from itertools import islice
from pathlib import Path

from openpyxl import Workbook

from addin.desktop.files.grid import new_workbook, put_rows
from addin.desktop.files.refusals import CorruptFile, EmptyFile
from addin.desktop.files.text import decoded

DELIMITERS = (",", ";", "\t", "|")
SEP_LINE = re.compile(r'"?sep=(.)"?[ ,;\t]*\r?\n', re.IGNORECASE)
SAMPLE_ROWS = 50
NEVER_CLOSED = "a quote is opened and never closed"


def read_delimited(content: bytes, path: Path) -> Workbook:
    """Return a workbook of one sheet, named after the file."""
    text = decoded(content, path)
    told = SEP_LINE.match(text)
    body = text[told.end() :] if told else text
    if not body.strip():
        raise EmptyFile(path)
    # Old Mac files end their lines with a bare carriage return.
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", body)
    delimiter = told[1] if told else _delimiter(lines)
    workbook, worksheet = new_workbook(path.stem)
    try:
        put_rows(worksheet, csv.reader(lines, delimiter=delimiter), path)
    except csv.Error:
        raise CorruptFile(path, NEVER_CLOSED) from None
    if body.count('"') % 2 and _ends_inside_quotes(lines, delimiter):
        raise CorruptFile(path, NEVER_CLOSED)
    return workbook


def _ends_inside_quotes(lines: list[str], delimiter: str) -> bool:
    """Return whether the last field swallowed the rest of the file, which csv forgives silently."""
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _delimiter(lines: list[str]) -> str:
    """Return the delimiter that cuts most of the first rows into equally many fields."""
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> tuple[int, int]:
    try:
        widths = Counter(
            len(row) for row in islice(csv.reader(lines, delimiter=delimiter), SAMPLE_ROWS) if row
        )
    except csv.Error:
        return (0, 0)
    cut = [(rows, width) for width, rows in widths.items() if width > 1]
    return max(cut, default=(0, 0))

"""Excel workbooks, read through openpyxl without changing their values.

Three things openpyxl does by default would change cents or days, so they are avoided here: it turns
date cells into datetimes rounded to the millisecond (we keep the serial number), it flattens text
with mixed formatting, and it gives either a formula or its value, where we need both.
"""

import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element, iterparse

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.worksheet import Worksheet

from addin.desktop.files.grid import check_bounds
from addin.desktop.files.package import check_package
from addin.desktop.files.refusals import CorruptFile
from addin.desktop.files.text import Value

VBA = "xl/vbaProject.bin"
NOT_CALCULATED = "#CALC!"
"""The value of a formula that has no stored value. It is not blank: a blank cell could be paid."""


Cached = dict[Worksheet, dict[tuple[int, int], Value]]


class _Reader(ExcelReader):
    """openpyxl's reader, but it keeps dates as serial numbers and stores the values of formulas."""

    def read_worksheets(self) -> None:
        inside: Any = self.wb
        inside._date_formats = inside._timedelta_formats = set()  # noqa: SLF001 - the one switch there is
        super().read_worksheets()
        self.cached: Cached = {}
        targets = {sheet.name: rel.target for sheet, rel in self.parser.find_sheets()}
        for worksheet in self.wb.worksheets:
            if any(cell.data_type == "f" for cell in worksheet._cells.values()):  # noqa: SLF001
                with self.archive.open(targets[worksheet.title]) as part:
                    self.cached[worksheet] = dict(_formula_values(part))


def _formula_values(part: IO[bytes]) -> Iterator[tuple[tuple[int, int], Value]]:
    """Yield position and remembered value of every formula cell, reading the sheet's XML once."""
    # The package was refused if any part of it declared entities.
    rows = iter(iterparse(part, events=("start", "end")))  # noqa: S314
    _, root = next(rows)
    namespace = root.tag.removesuffix("worksheet")
    for event, element in rows:
        if event == "start":
            continue
        if element.tag == f"{namespace}c" and element.find(f"{namespace}f") is not None:
            yield coordinate_to_tuple(element.get("r", "")), _formula_value(element, namespace)
        elif element.tag == f"{namespace}row":
            element.clear()


def _formula_value(element: Element, namespace: str) -> Value:
    text = element.findtext(f"{namespace}v")
    kind = element.get("t", "n")
    if kind == "str":
        return text or None
    if not text:
        return NOT_CALCULATED
    if kind == "b":
        return text == "1"
    return text if kind in {"e", "d"} else float(text)


def read_xlsx(content: bytes, path: Path) -> tuple[Workbook, Cached]:
    """Return the workbook and the remembered values of its formulas.

    Macros are kept for saving and never run; links to other files are kept and never followed.
    """
    check_package(content, path)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of extensions it leaves behind; ``find_losses`` says it in words people know.
            warnings.simplefilter("ignore")
            reader = _Reader(BytesIO(content), rich_text=True)
            reader.keep_vba = VBA in reader.valid_files
            reader.read()
    except Exception as error:
        raise CorruptFile(path) from error
    if not reader.wb.worksheets:
        raise CorruptFile(path, "it has no worksheet")
    for worksheet in reader.wb.worksheets:
        check_bounds(path, rows=worksheet.max_row, columns=worksheet.max_column)
    return reader.wb, reader.cached


def plain_text(value: object) -> object:
    """Return text with mixed formatting as plain text, anything else as it is."""
    return str(value) if isinstance(value, CellRichText) else value

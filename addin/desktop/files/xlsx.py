"""Excel workbooks, read through openpyxl without changing their values.

Three things openpyxl does by default would change cents or days, so they are avoided here: it turns
date cells into datetimes rounded to the millisecond (we keep the serial number), it flattens text
with mixed formatting, and it gives either a formula or its value, where we need both.
"""

import warnings
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element, iterparse

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.worksheet import Worksheet

from addin.desktop.files.budget import Budget, Limit
from addin.desktop.files.grid import MAX_TEXT, check_sheet
from addin.desktop.files.package import MeasuredPackage, measured_package
from addin.desktop.files.refusals import CorruptFile
from addin.desktop.files.text import Value

VBA = "xl/vbaProject.bin"
NOT_CALCULATED = "#CALC!"
"""The value of a formula that has no stored value. It is not blank: a blank cell could be paid."""

INCOMPLETE_STYLE = "a style of it is incomplete"

TEXT_TYPES = {"s", "f", "str", "inlineStr"}

Cached = dict[Worksheet, dict[tuple[int, int], Value]]


class _Reader(ExcelReader):
    """openpyxl's reader, but it keeps dates as serial numbers and stores the values of formulas."""

    def __init__(self, content: bytes, package: MeasuredPackage, path: Path, budget: Budget) -> None:
        super().__init__(BytesIO(content), rich_text=True)
        self.archive = package
        self.path = path
        self.budget = budget
        self.keep_vba = VBA in self.valid_files

    def read_strings(self) -> None:
        super().read_strings()
        _check_longest(map(_text_length, self.shared_strings), self.path)

    def read_worksheets(self) -> None:
        inside: Any = self.wb
        inside._date_formats = inside._timedelta_formats = set()  # noqa: SLF001 - the one switch there is
        targets = {sheet.name: rel.target for sheet, rel in self.parser.find_sheets()}
        if len(set(targets.values())) < len(targets):
            raise CorruptFile(self.path, "two of its sheets are the same part")
        unknown_formats = self._check_styles()
        super().read_worksheets()
        self.cached: Cached = {}
        for worksheet in self.wb.worksheets:
            if unknown_formats:
                self._refuse_unknown_formats(worksheet, unknown_formats)
            check_sheet(worksheet, self.path, self.budget)
            if any(not table.tableColumns for table in worksheet.tables.values()):
                # openpyxl would make a cell for every place of the table when it is saved.
                raise CorruptFile(self.path, "a table has no columns")
            if self._check_texts(worksheet):
                with self.archive.open(targets[worksheet.title]) as part:
                    self.cached[worksheet] = dict(_formula_values(part))
                _check_longest(map(_text_length, self.cached[worksheet].values()), self.path)

    def _check_styles(self) -> frozenset[int]:
        """Refuse a style that names a font, a fill or the like that the file does not have.

        openpyxl would notice only when a cell of that style is looked at, or saved. Returns the number formats that styles
        name and the file does not have. Writers leave such styles behind, so only a cell of one is refused; the style itself
        is saved without a number format.
        """
        inside: Any = self.wb
        counts = {
            "fontId": len(inside._fonts),  # noqa: SLF001
            "fillId": len(inside._fills),  # noqa: SLF001
            "borderId": len(inside._borders),  # noqa: SLF001
            "alignmentId": len(inside._alignments),  # noqa: SLF001
            "protectionId": len(inside._protections),  # noqa: SLF001
        }
        formats = BUILTIN_FORMATS_MAX_SIZE + len(inside._number_formats)  # noqa: SLF001
        unknown = {style.numFmtId for style in inside._cell_styles} - {*range(formats)}  # noqa: SLF001
        for style in inside._cell_styles:  # noqa: SLF001
            if not all(0 <= getattr(style, name) < count for name, count in counts.items()):
                raise CorruptFile(self.path, INCOMPLETE_STYLE)
        return frozenset(unknown)

    def _refuse_unknown_formats(self, worksheet: Worksheet, unknown: frozenset[int]) -> None:
        """Refuse a cell whose style names a number format that the file does not have, and take it off the other styles."""
        sheet: Any = worksheet
        if any(cell._style.numFmtId in unknown for cell in sheet._cells.values()):  # noqa: SLF001
            raise CorruptFile(self.path, INCOMPLETE_STYLE)
        book: Any = self.wb
        lines = (*sheet.row_dimensions.values(), *sheet.column_dimensions.values())
        for style in (*book._cell_styles, *(line._style for line in lines)):  # noqa: SLF001
            if style.numFmtId in unknown:
                style.numFmtId = 0

    def _check_texts(self, worksheet: Worksheet) -> bool:
        """Refuse a text longer than a cell can hold, and too much text. Return whether there is a formula."""
        inside: Any = worksheet
        lengths = [
            _text_length(cell._value)  # noqa: SLF001
            for cell in inside._cells.values()  # noqa: SLF001
            if cell.data_type in TEXT_TYPES
        ]
        self.budget.spend(Limit.TEXT, sum(lengths))
        _check_longest(lengths, self.path)
        return any(cell.data_type == "f" for cell in inside._cells.values())  # noqa: SLF001


def _text_length(value: object) -> int:
    return len(value if isinstance(value, str) else str(value))


def _check_longest(lengths: Iterable[int], path: Path) -> None:
    if max(lengths, default=0) > MAX_TEXT:
        raise CorruptFile(path, f"it holds a text longer than {MAX_TEXT:,} characters, the most for a cell")


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


def read_xlsx(content: bytes, path: Path, budget: Budget) -> tuple[Workbook, Cached]:
    """Return the workbook and the remembered values of its formulas.

    Macros are kept for saving and never run; links to other files are kept and never followed.
    """
    with measured_package(content, path, budget) as package, warnings.catch_warnings():
        # openpyxl warns of extensions it leaves behind; ``find_losses`` says it in words people know.
        warnings.simplefilter("ignore")
        reader = _Reader(content, package, path, budget)
        reader.read()
    if not reader.wb.worksheets:
        raise CorruptFile(path, "it has no worksheet")
    return reader.wb, reader.cached


def plain_text(value: object) -> object:
    """Return text with mixed formatting as plain text, anything else as it is."""
    return str(value) if isinstance(value, CellRichText) else value

"""Excel 97-2003 workbooks, through xlrd: values, number formats, merged cells, hidden rows."""

from io import StringIO
from pathlib import Path
from typing import Final, Literal

import olefile
import xlrd
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from addin.desktop.files.budget import Budget, Limit
from addin.desktop.files.grid import put_value
from addin.desktop.files.refusals import CorruptFile, PasswordProtected
from addin.desktop.files.sniff import OLE
from addin.desktop.files.text import Value, clean_text

VISIBILITY: Final[tuple[Literal["visible", "hidden", "veryHidden"], ...]] = (
    "visible",
    "hidden",
    "veryHidden",
)
STREAMS = ("Workbook", "Book")
"""The names that Excel gave the workbook within its file, the newer one first."""

CONVERTED = (
    "The file is an Excel 97-2003 workbook: values and number formats are read, its formulas, colors "
    "and pictures are not."
)


def read_xls(content: bytes, path: Path, budget: Budget) -> Workbook:
    """Return the same sheets as an openpyxl workbook. Dates stay serial numbers of its date system."""
    try:
        # xlrd prints its remarks on stdout unless given somewhere else to put them. Sheets are read one by one,
        # because a file can name the same sheet a thousand times, and rows are not filled up to the longest.
        book = xlrd.open_workbook(
            file_contents=_workbook_stream(content, path),
            formatting_info=True,
            logfile=StringIO(),
            on_demand=True,
            ragged_rows=True,
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise PasswordProtected(path) from None
        raise CorruptFile(path) from None
    budget.spend(Limit.SHEETS, book.nsheets)
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    if book.datemode == 1:
        workbook.epoch = CALENDAR_MAC_1904
    selected = 0
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        _copy_sheet(book, sheet, workbook.create_sheet(sheet.name), budget)
        if sheet.sheet_selected and not sheet.visibility:
            selected = selected or number + 1
        book.unload_sheet(number)
    if not workbook.worksheets:
        raise CorruptFile(path, "it has no worksheet")
    workbook.active = max(selected - 1, 0)
    return workbook


def _workbook_stream(content: bytes, path: Path) -> bytes:
    """Return the workbook that the file contains. xlrd would follow a chain of sectors that goes in a circle for ever."""
    if not content.startswith(OLE):
        return content
    with olefile.OleFileIO(content) as container:
        name = next(name for name in STREAMS if container.exists(name))
        if container.get_size(name) > len(content):
            raise CorruptFile(path)
        stream: bytes = container.openstream(name).read()
    if stream.startswith(OLE):
        raise CorruptFile(path)
    return stream


def _copy_sheet(book: xlrd.Book, sheet: xlrd.sheet.Sheet, worksheet: Worksheet, budget: Budget) -> None:
    budget.spend(Limit.BOX, sheet.nrows * sheet.ncols)
    _copy_cells(book, sheet, worksheet, budget)
    for top, bottom, left, right in sheet.merged_cells:
        budget.spend(Limit.AREA, (bottom - top) * (right - left))
        # The public method compares each block with all others.
        worksheet.merged_cells.ranges.add(CellRange(None, left + 1, top + 1, right, bottom))
    for row, info in sheet.rowinfo_map.items():
        if info.hidden:
            worksheet.row_dimensions[row + 1].hidden = True
    for column, info in sheet.colinfo_map.items():
        worksheet.column_dimensions[get_column_letter(column + 1)].width = info.width / 256
    worksheet.sheet_state = VISIBILITY[sheet.visibility]


def _copy_cells(book: xlrd.Book, sheet: xlrd.sheet.Sheet, worksheet: Worksheet, budget: Budget) -> None:
    formats = [_format_of(book, xf) for xf in book.xf_list]
    for row in range(sheet.nrows):
        kinds, styles = sheet.row_types(row), sheet._cell_xf_indexes[row]  # noqa: SLF001
        values = [_cell_value(kind, value) for kind, value in zip(kinds, sheet.row_values(row), strict=True)]
        budget.spend(Limit.CELLS, len(values) - values.count(None))
        budget.spend(Limit.TEXT, sum(len(value) for value in values if isinstance(value, str)))
        for column, value in enumerate(values):
            if value is not None:
                put_value(worksheet, row + 1, column + 1, value, formats[styles[column]])


def _format_of(book: xlrd.Book, xf: xlrd.formatting.XF) -> str:
    known = book.format_map.get(xf.format_key)
    return known.format_str if known else "General"


def _cell_value(kind: int, value: str | float) -> Value:
    if kind == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(value, "#N/A"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if isinstance(value, str):
        return clean_text(value) or None
    return value

"""An export of invoices as an .xlsx file, made in pieces: one table of values, and nothing that is not seen (rule: receivables#export)."""

from collections.abc import Generator, Iterable, Iterator

import numpy as np

from server.billing.receivables.invoice_export import COLUMNS, ExportedInvoices
from server.sheets.sheet_table import Heading, Kind, SheetTable
from server.sheets.xlsx.column_xml import CellWriter, Column, render_rows
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import DAY, FILTERED_RIGHT, HEADING, MONEY, TEXT
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder, make_table
from server.sheets.xlsx.zip_package import STRINGS
from server.sheets.xlsx.zip_stream import DeflatedStrings, ZipStream

_WIDTHS = (14, 26, 13, 22, 24, 28, 20, 14, 14, 14, 14, 18, 15, 20)
_KINDS = {
    **dict.fromkeys(("Exam date", "Cheque date"), Kind.DATE),
    **dict.fromkeys(("Billed", "Reduction", "Agreed", "Collected"), Kind.MONEY),
}
EXPORTED_INVOICES = SheetTable(
    "Invoices",
    tuple(
        Heading(title, width, _KINDS.get(title, Kind.TEXT))
        for title, width in zip(COLUMNS, _WIDTHS, strict=True)
    ),
)
_DIFFERENT = frozenset({"Invoice", "Patient", "Cheque number"})
"""The columns whose texts hardly ever repeat."""

_LOOKS = {Kind.DATE: DAY, Kind.MONEY: MONEY, Kind.TEXT: TEXT}


def xlsx_export(
    clinic: str, invoices: int, chunks: Iterable[ExportedInvoices]
) -> Generator[bytes, None, None]:
    """Yield the file of as many ``invoices`` as the chunks have together, at most as many as a sheet has room for."""
    strings = DeflatedStrings()
    builder = WorkbookBuilder(None, clinic, EXPORTED_INVOICES.name, strings=strings)
    for look in (*_LOOKS.values(), HEADING, FILTERED_RIGHT):
        builder.writer.declare(look)
    titles, widths = EXPORTED_INVOICES.titles, [heading.width for heading in EXPORTED_INVOICES.headings]
    page = Page(widths, clinic, landscape=True, freeze="B2")
    sheet = builder.add(EXPORTED_INVOICES.name, page, _rows(builder.writer, chunks))
    make_table(sheet, "Invoices", titles, invoices)
    stream = ZipStream()
    for name, pieces in builder.plain_parts():
        yield from stream.part(name, pieces)
    yield from stream.strings(STRINGS, strings)
    yield stream.end()


def _rows(write: CellWriter, chunks: Iterable[ExportedInvoices]) -> Generator[bytes, None, None]:
    yield _headings(write)
    row = 2
    for chunk in chunks:
        yield from render_rows(list(_columns(write, chunk)), row)
        row += len(chunk.numbers)


def _headings(write: CellWriter) -> bytes:
    grid = Grid(write)
    for place, heading in enumerate(EXPORTED_INVOICES.headings, 1):
        grid.put(1, place, heading.title, FILTERED_RIGHT if heading.kind is Kind.MONEY else HEADING)
    grid.set_height(1, 20)
    return grid.xml()


def _columns(write: CellWriter, chunk: ExportedInvoices) -> Iterator[Column]:
    for heading, values in zip(EXPORTED_INVOICES.headings, chunk, strict=True):
        look = _LOOKS[heading.kind]
        cells = np.array(values, dtype=object)
        if heading.kind is Kind.MONEY:
            yield write.numbers(cells, look)
        elif heading.kind is Kind.DATE:
            yield write.days(cells, look)
        else:
            yield (write.ids if heading.title in _DIFFERENT else write.texts)(cells, look)

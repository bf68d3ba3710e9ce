"""The Invoice Lines sheet: what each invoice bills, and columns to correct it while it is a draft (rule: prices#editing-lines)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from openpyxl.formatting.rule import Rule
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.clinics import Clinic
from server.billing.invoices.invoice import Invoice, InvoiceLine, State
from server.billing.invoices.line_edits import (
    BILATERAL,
    CODE,
    DESCRIPTION,
    TOTAL,
    UNIT_PRICE,
    UNITS,
    is_bilateral,
)
from server.sheets import cell_addresses
from server.sheets.invoices.data_validation import watch_lines
from server.sheets.invoices.tables import (
    INVOICE,
    INVOICE_LINES,
    KEY_SEPARATOR,
    KEYED_INVOICE_LINES,
    RESULT,
    ROW_KEY,
    ROW_VERSION,
    TYPED_IN_LINES,
)
from server.sheets.sheet_table import Heading, Kind
from server.sheets.tables import YesNo
from server.sheets.xlsx.column_xml import CellWriter, Column
from server.sheets.xlsx.style import (
    ACCENT,
    COUNT,
    MONEY,
    NOTE,
    QUIET,
    TEXT,
    TINT,
    TYPED_TEXT,
    WHITE,
    border_above,
)
from server.sheets.xlsx.table_sheet import FIRST_ROW, add_list, list_area
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

SPARE_ROWS = 500
"""Rows below the last line that have the dropdowns, too: a line is added there."""

_OURS = {
    Kind.TEXT: replace(TEXT, fill=TINT),
    Kind.NUMBER: replace(COUNT, fill=TINT),
    Kind.MONEY: replace(MONEY, fill=TINT),
}
_TYPED = {
    Kind.TEXT: replace(TYPED_TEXT, fill=WHITE, rule="box"),
    Kind.NUMBER: replace(COUNT, fill=WHITE, rule="box"),
}
_FIXED = {kind: replace(look, ink=QUIET) for kind, look in _OURS.items()}
_RESULT_LOOK = replace(TEXT, fill=WHITE)


@dataclass(frozen=True, slots=True)
class _ShownLine:
    invoice: Invoice
    place: int
    line: InvoiceLine

    @property
    def is_open(self) -> bool:
        return are_lines_open(self.invoice)


def are_lines_open(invoice: Invoice) -> bool:
    """Return whether staff may type into the rows of this invoice's lines."""
    return invoice.state is State.PENDING_INVOICE


def line_cells(invoice: Invoice, place: int, line: InvoiceLine) -> dict[str, str | int]:
    """Return what the row of a line says, by heading; amounts are cents."""
    return {
        INVOICE: invoice.number,
        CODE: line.code,
        DESCRIPTION: line.description,
        UNITS: line.units,
        BILATERAL: bilateral_word(line),
        UNIT_PRICE: line.unit_price_cents,
        TOTAL: line.total_cents,
        ROW_KEY: f"{invoice.number}{KEY_SEPARATOR}{place}",
        ROW_VERSION: invoice.version,
    }


def bilateral_word(line: InvoiceLine) -> str:
    """Return yes or no, as the column Bilateral shows it."""
    return YesNo.YES.value if is_bilateral(line) else YesNo.NO.value


def add_lines_sheet(builder: WorkbookBuilder, clinic: Clinic, invoices: Sequence[Invoice]) -> None:
    """Add the sheet with a row for each line of the invoices, in their order."""
    shown = [
        _ShownLine(invoice, place, line)
        for invoice in invoices
        for place, line in enumerate(invoice.lines, 1)
    ]
    columns = list(_line_columns(builder.writer, shown))
    sheet = add_list(builder, KEYED_INVOICE_LINES, columns, clinic.name, ACCENT)
    last = FIRST_ROW + max(len(shown), 1) - 1
    _lay_out(sheet, last)
    watch_lines(sheet, last + SPARE_ROWS)


def _line_columns(write: CellWriter, shown: Sequence[_ShownLine]) -> Iterable[Column]:
    """Yield the columns in the order of the headings. Rows that nobody may type into are gray."""
    cells = [line_cells(one.invoice, one.place, one.line) for one in shown]
    for heading in INVOICE_LINES.headings:
        values = [(row.get(heading.title, ""), one.is_open) for one, row in zip(shown, cells, strict=True)]
        yield _looked_cells(write, heading, values)
    yield write.ids(pd.Series([str(row[ROW_KEY]) for row in cells], dtype=object), NOTE)
    yield write.numbers(pd.Series([one.invoice.version for one in shown], dtype="Int64"), COUNT)


def _looked_cells(write: CellWriter, heading: Heading, values: Sequence[tuple[str | int, bool]]) -> Column:
    """Return a column of (value, whether its row is open to typing)."""
    typed = _TYPED if heading.title in TYPED_IN_LINES else _OURS
    looks = {True: typed[heading.kind], False: _FIXED[heading.kind]}
    if heading.title == INVOICE:
        looks[True] = replace(looks[True], bold=True)
    if heading.title == RESULT:
        looks = dict.fromkeys(looks, _RESULT_LOOK)

    def cell(value: tuple[str | int, bool]) -> str:
        shown, is_open = value
        return (
            write.text(shown, looks[is_open])
            if isinstance(shown, str)
            else write.number(shown, looks[is_open])
        )

    return write.cells(pd.Series(values, dtype=object), cell, looks[True])


def _lay_out(sheet: Worksheet, last: int) -> None:
    """Hide the keys, freeze the headings and the first column, draw a line where an invoice begins."""
    for place in range(len(INVOICE_LINES.headings), len(KEYED_INVOICE_LINES.headings)):
        sheet.column_dimensions[cell_addresses.letter(place)].hidden = True
    sheet.freeze_panes = cell_addresses.cell(1, FIRST_ROW)
    result = INVOICE_LINES.position(RESULT)
    sheet.print_area = f"A1:{cell_addresses.cell(result - 1, last)}"
    line = DifferentialStyle(border=border_above("hair"))
    sheet.conditional_formatting.add(
        list_area(0, result, last), Rule("expression", formula=["$A2<>$A1"], dxf=line)
    )

"""The dropdowns and checks of Excel on the Invoices sheet. They only warn: the service decides."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Literal

from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.invoices.invoice import Invoice
from server.billing.invoices.line_edits import UNITS
from server.billing.invoices.state_machine import dropdown_actions
from server.sheets import cell_addresses
from server.sheets.dates import EARLIEST, OFFSET_1904, SINCE_1904
from server.sheets.invoices.tables import ACTION, FIRST_TYPED, INVOICE_LINES, INVOICES, PAPERS, RESULT_AT
from server.sheets.sheet_table import Kind, SheetTable
from server.sheets.xlsx.table_sheet import FIRST_ROW, list_area


def offer_actions(sheet: Worksheet, invoices: Sequence[Invoice]) -> None:
    """Give every row a dropdown of its open actions. Rows with the same actions share one."""
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row, invoice in enumerate(invoices, FIRST_ROW):
        alike[dropdown_actions(invoice)].append(row)
    column = cell_addresses.letter(INVOICES.position(ACTION))
    for actions, rows in alike.items():
        areas = " ".join(f"{column}{first}:{column}{last}" for first, last in cell_addresses.runs(rows))
        sheet.add_data_validation(_dropdown_rule(ACTION, actions, areas))


def watch_typing(sheet: Worksheet, last: int, date_system: int) -> None:
    """Add dropdowns for fixed choices, and warnings for invalid dates and amounts."""
    watch_columns(sheet, INVOICES, last, date_system, INVOICES.titles[FIRST_TYPED:RESULT_AT])


def watch_columns(
    sheet: Worksheet, table: SheetTable, last: int, date_system: int, titles: Collection[str]
) -> None:
    """Add dropdowns for fixed choices, and warnings for invalid dates and amounts, under these headings."""
    earliest = EARLIEST - (OFFSET_1904 if date_system == SINCE_1904 else 0)
    for place, heading in enumerate(table.headings):
        if heading.title not in titles:
            continue
        cells = list_area(place, place, last)
        if heading.choices:
            sheet.add_data_validation(_dropdown_rule(heading.title, heading.choices, cells))
        elif heading.kind is Kind.DATE:
            hint = f"{heading.title} is a date, such as 10/25/2026."
            sheet.add_data_validation(_warning_rule("date", str(earliest), heading.title, hint, cells))
        elif heading.kind is Kind.MONEY:
            hint = f"{heading.title} is more than 0, such as 1234.50."
            sheet.add_data_validation(_warning_rule("decimal", "0", heading.title, hint, cells))


def tell_how_to_open(sheet: Worksheet, last: int) -> None:
    """Tell how papers are opened when somebody goes to a cell under Papers. Any typing is accepted."""
    place = INVOICES.position(PAPERS)
    prompt = DataValidation(
        allow_blank=True,
        showInputMessage=True,
        promptTitle=PAPERS,
        prompt="Press Open papers to open the papers of the selected rows.",
        sqref=MultiCellRange(list_area(place, place, last)),
    )
    sheet.add_data_validation(prompt)


def watch_lines(sheet: Worksheet, last: int) -> None:
    """Add the dropdown of Bilateral to an Invoice Lines sheet, and a warning for units that are not a number."""
    for place, heading in enumerate(INVOICE_LINES.headings):
        cells = list_area(place, place, last)
        if heading.choices:
            sheet.add_data_validation(_dropdown_rule(heading.title, heading.choices, cells))
        elif heading.title == UNITS:
            hint = f"{heading.title} is a whole number, such as 2; 0 removes the line."
            rule = _warning_rule("whole", "0", heading.title, hint, cells)
            rule.operator = "greaterThanOrEqual"
            sheet.add_data_validation(rule)


def _dropdown_rule(title: str, words: Sequence[str], areas: str) -> DataValidation:
    offered = f'"{",".join(words)}"'
    hint = f"Choose one of: {', '.join(words)}."
    offer = _warning_rule("list", offered, title, hint, areas)
    offer.operator = None
    return offer


def _warning_rule(
    kind: Literal["list", "date", "decimal", "whole"], formula: str, title: str, hint: str, areas: str
) -> DataValidation:
    """Return a check that warns but accepts the entry if staff confirm it."""
    return DataValidation(
        type=kind,
        operator="greaterThan",
        formula1=formula,
        allow_blank=True,
        showErrorMessage=True,
        errorStyle="warning",
        errorTitle=title,
        error=hint,
        sqref=MultiCellRange(areas),
    )

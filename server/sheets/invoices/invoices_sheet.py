"""The Invoices sheet: the state of every invoice, and columns for its next step (rule: invoices#invoices-sheet).

It stays right when staff sort it: the key and version of a row are hidden columns of the same table, and the
line between facilities and the tint of an age are conditional formats.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from operator import attrgetter

import pandas as pd
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Border, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.clinics import Clinic
from server.billing.days import serial_of
from server.billing.invoices.invoice import Invoice, State
from server.billing.names import fold
from server.billing.receivables.aging_buckets import BUCKETS, age_on
from server.sheets import cell_addresses
from server.sheets.invoices.cell_looks import RESULT_LOOK, SHOWN_LOOKS, TYPED_LOOKS
from server.sheets.invoices.data_validation import offer_actions, tell_how_to_open, watch_typing
from server.sheets.invoices.lines_sheet import add_lines_sheet
from server.sheets.invoices.tables import (
    AGE,
    AGREED,
    BALANCE,
    BILLED,
    COLLECTED,
    FIRST_TYPED,
    INVOICE,
    INVOICES,
    KEYED_INVOICES,
    PAPERS,
    RESULT,
    RESULT_AT,
    STATE,
    UNAPPLIED,
)
from server.sheets.receivables.bucket_colors import AGE_TINTS
from server.sheets.sheet_table import Kind
from server.sheets.xlsx.column_xml import CellWriter, Column
from server.sheets.xlsx.style import (
    ACCENT,
    COUNT,
    NOTE,
    border_above,
)
from server.sheets.xlsx.table_sheet import FIRST_ROW, add_list, list_area
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

KIND = "invoices"
"""The mark of the sheet: Invoice list replaces a sheet that has it."""


def in_order(invoices: Iterable[Invoice]) -> list[Invoice]:
    """Return invoices as the sheet lists them: by facility, then by state, the oldest first."""
    states = list(State)

    def sort_key(invoice: Invoice) -> tuple[object, ...]:
        facts = invoice.facts
        nowhere = not facts.facility
        return nowhere, fold(facts.facility), states.index(invoice.state), facts.created, facts.number

    return sorted(invoices, key=sort_key)


def write_invoices(
    clinic: Clinic,
    invoices: Iterable[Invoice],
    today: date,
    date_system: int,
    papers: Mapping[str, int] | None = None,
) -> bytes:
    """Return an .xlsx workbook: the invoices in order, their ages as of ``today``, and a sheet with their lines.

    ``papers`` is how many papers are attached to invoices, by number.
    """
    listed = in_order(invoices)
    builder = WorkbookBuilder(KIND, clinic.name, INVOICES.name, date_system)
    columns = _all_columns(builder.writer, listed, today, papers or {})
    sheet = add_list(builder, KEYED_INVOICES, columns, clinic.name, ACCENT)
    last = FIRST_ROW + max(len(listed), 1) - 1
    _lay_out(sheet, last)
    offer_actions(sheet, listed)
    tell_how_to_open(sheet, last)
    watch_typing(sheet, last, date_system)
    add_lines_sheet(builder, clinic, listed)
    return builder.to_bytes()


def _all_columns(
    write: CellWriter, invoices: Sequence[Invoice], today: date, papers: Mapping[str, int]
) -> list[Column]:
    shown = _shown_columns(write, invoices, today, papers)
    blank = pd.Series([""] * len(invoices), dtype=object)
    numbers = [invoice.number for invoice in invoices]
    versions = [invoice.version for invoice in invoices]
    hidden = [write.ids(_text_series(numbers), NOTE), write.numbers(_number_series(versions), COUNT)]
    listed = [
        shown[heading.title]
        if heading.title in shown
        else write.texts(blank, RESULT_LOOK if heading.title == RESULT else TYPED_LOOKS[heading.kind])
        for heading in INVOICES.headings
    ]
    return [*listed, *hidden]


def _shown_columns(
    write: CellWriter, invoices: Sequence[Invoice], today: date, papers: Mapping[str, int]
) -> dict[str, Column]:
    """Return the columns of the books by their headings."""
    facts = [invoice.facts for invoice in invoices]
    columns = {
        INVOICE: write.ids(
            _text_series([one.number for one in facts]), replace(SHOWN_LOOKS[Kind.TEXT], bold=True)
        )
    }
    for name in ("patient", "payer", "case", "facility", "physician"):
        columns[name.capitalize()] = write.texts(
            _text_series([getattr(one, name) for one in facts]), SHOWN_LOOKS[Kind.TEXT]
        )
    columns[STATE] = write.texts(
        _text_series([invoice.state.label for invoice in invoices]), SHOWN_LOOKS[Kind.TEXT]
    )
    numbers: dict[str, list[int | None]] = {
        "Exam date": [serial_of(one.exam_date) for one in facts],
        "Created": [serial_of(one.created) for one in facts],
        AGE: [age_on(today, one.created) for one in facts],
        PAPERS: [papers.get(one.number) for one in facts],
        **{title: [tell(invoice) for invoice in invoices] for title, tell in _AMOUNTS.items()},
    }
    kinds = {heading.title: heading.kind for heading in INVOICES.headings}
    return columns | {
        title: write.numbers(_number_series(values), SHOWN_LOOKS[kinds[title]])
        for title, values in numbers.items()
    }


_AMOUNTS: dict[str, Callable[[Invoice], int | None]] = {
    BALANCE: attrgetter("balance_cents"),
    BILLED: attrgetter("billed_cents"),
    AGREED: attrgetter("agreed_cents"),
    COLLECTED: attrgetter("collected_cents"),
    UNAPPLIED: attrgetter("unapplied_cents"),
}


def _text_series(values: Sequence[str]) -> pd.Series:
    return pd.Series(values, dtype=object)


def _number_series(values: Sequence[int | None]) -> pd.Series:
    return pd.Series(values, dtype="Int64")


def _lay_out(sheet: Worksheet, last: int) -> None:
    """Hide the keys, freeze the headings and the columns before Action, draw a line where a facility begins."""
    for place in range(len(INVOICES.headings), len(KEYED_INVOICES.headings)):
        sheet.column_dimensions[cell_addresses.letter(place)].hidden = True
    sheet.freeze_panes = cell_addresses.cell(FIRST_TYPED, FIRST_ROW)
    # We do not print the columns to type into: they would make the others too small to read. The frozen columns are
    # printed to the left of the area.
    sheet.print_title_cols = f"A:{cell_addresses.letter(FIRST_TYPED - 1)}"
    sheet.print_area = list_area(RESULT_AT + 1, len(INVOICES.headings) - 1, last, first_row=1)
    _draw_facilities(sheet, last)


def _draw_facilities(sheet: Worksheet, last: int) -> None:
    """Draw a line where a facility begins, and tint the age of open balances in the color of their bucket.

    Excel applies several rules to a cell, LibreOffice only the first that holds, so each rule has all formats.
    """
    facility, age = cell_addresses.letter(INVOICES.position("Facility")), INVOICES.position(AGE)
    begins = f"${facility}{FIRST_ROW}<>${facility}{FIRST_ROW - 1}"
    shown = ((0, FIRST_TYPED - 1), (RESULT_AT, age - 1), (age + 1, len(INVOICES.headings) - 1))
    _add_format(
        sheet, " ".join(list_area(*span, last) for span in shown), begins, border=border_above("hair")
    )
    _add_format(sheet, list_area(FIRST_TYPED, RESULT_AT - 1, last), begins, border=border_above("box"))
    _tint_ages(sheet, list_area(age, age, last), begins)


def _tint_ages(sheet: Worksheet, ages: str, begins: str) -> None:
    age, balance = (
        cell_addresses.letter(INVOICES.position(AGE)),
        cell_addresses.letter(INVOICES.position(BALANCE)),
    )
    line = border_above("hair")
    for bucket, tint in reversed(list(zip(BUCKETS, AGE_TINTS, strict=True))):
        owed = f"${balance}{FIRST_ROW}>0,${age}{FIRST_ROW}>={bucket.first}"
        fill = PatternFill(bgColor=tint)
        _add_format(sheet, ages, f"AND({owed},{begins})", border=line, fill=fill)
        _add_format(sheet, ages, f"AND({owed})", fill=fill)
    _add_format(sheet, ages, begins, border=line)


def _add_format(
    sheet: Worksheet, areas: str, formula: str, border: Border | None = None, fill: PatternFill | None = None
) -> None:
    look = DifferentialStyle(border=border, fill=fill)
    sheet.conditional_formatting.add(areas, Rule("expression", formula=[formula], dxf=look, stopIfTrue=True))

"""The Cases sheet: the record of every case, to be read, corrected and sent back (rule: people#case-record)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.clinics import Clinic
from server.billing.days import serial_of
from server.billing.invoices.case_records import CaseField, CaseRecord
from server.billing.invoices.status_requests import StatusRequest
from server.sheets import cell_addresses
from server.sheets.invoices.cell_looks import RESULT_LOOK, SHOWN_LOOKS, TYPED_LOOKS
from server.sheets.invoices.data_validation import watch_columns
from server.sheets.invoices.tables import (
    BALANCE,
    BILLED,
    CASE,
    CASES,
    KEYED_CASES,
    PATIENT,
    RESULT,
    ROW_KEY,
    ROW_VERSION,
    SHARE,
    STATUS_MESSAGE,
    STATUS_REQUESTED,
    TYPED_IN_CASES,
)
from server.sheets.sheet_table import Heading, Kind
from server.sheets.xlsx.column_xml import CellWriter, Column
from server.sheets.xlsx.style import (
    ACCENT,
    NOTE,
)
from server.sheets.xlsx.table_sheet import FIRST_ROW, add_list
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

KIND = "cases"
"""The mark of the sheet: Case list replaces a sheet that has it."""

Value = str | int | date | None
"""The content of a cell: a text, a count or an amount in cents, a day."""


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A row of the sheet: a case, its record, what the books say of its invoices, in cents, and the attorneys' requests for
    its status that are not answered.
    """

    key: str
    name: str
    patient: str
    record: CaseRecord
    invoices: int
    billed_cents: int
    balance_cents: int
    share_cents: int | None
    status_requests: Sequence[StatusRequest] = ()


def record_cells(record: CaseRecord) -> dict[str, Value]:
    """Return what the cells of a record show: texts, days, and amounts in cents; ``None`` or "" if they are blank."""
    attorney, letter, settlement = record.attorney, record.letter, record.settlement
    return {
        CaseField.STAGE: record.stage or "",
        CaseField.INJURED_ON: record.injury.injured_on,
        CaseField.CLAIM_NUMBER: record.injury.claim_number,
        CaseField.STATUTE_ON: record.statute_on,
        CaseField.ATTORNEY: attorney.name,
        CaseField.FIRM: attorney.firm,
        CaseField.ATTORNEY_FROM: attorney.from_on,
        CaseField.ATTORNEY_UNTIL: attorney.until_on,
        CaseField.PAYER: record.payer,
        CaseField.FURTHER_PAYERS: "; ".join(record.further_payers),
        CaseField.LETTER_SIGNED_ON: letter.signed_on,
        CaseField.LETTER_SIGNED_BY: letter.signed_by,
        CaseField.LETTER_CAP: letter.cap_cents,
        CaseField.LETTER_DOCUMENT: letter.document,
        CaseField.LETTER_RELEASED_ON: letter.released_on,
        CaseField.GROSS: settlement.gross_cents,
        CaseField.FEE: settlement.fee_cents,
        CaseField.COSTS: settlement.cost_cents,
        CaseField.LIEN_POOL: settlement.lien_pool_cents,
        CaseField.ALL_LIENS: settlement.all_liens_cents,
    }


def row_cells(listed: ListedCase) -> dict[str, Value]:
    """Return what the row of a case shows, by heading, with its hidden key and version."""
    return {
        CASE: listed.name,
        PATIENT: listed.patient,
        **record_cells(listed.record),
        STATUS_REQUESTED: listed.status_requests[0].asked_on if listed.status_requests else None,
        STATUS_MESSAGE: " / ".join(
            ": ".join(filter(None, (one.asked_by, one.message))) for one in listed.status_requests
        ),
        "Invoices": listed.invoices,
        BILLED: listed.billed_cents,
        BALANCE: listed.balance_cents,
        SHARE: listed.share_cents,
        ROW_KEY: listed.key,
        ROW_VERSION: listed.record.version,
    }


def write_cases(clinic: Clinic, listed: Sequence[ListedCase], date_system: int) -> bytes:
    """Return an .xlsx workbook with the Cases sheet."""
    builder = WorkbookBuilder(KIND, clinic.name, CASES.name, date_system)
    cells = [row_cells(one) for one in listed]
    columns = [_column_of(builder.writer, heading, cells) for heading in KEYED_CASES.headings]
    sheet = add_list(builder, KEYED_CASES, columns, clinic.name, ACCENT)
    last = FIRST_ROW + max(len(listed), 1) - 1
    _lay_out(sheet)
    watch_columns(sheet, CASES, last, date_system, TYPED_IN_CASES)
    return builder.to_bytes()


def _column_of(write: CellWriter, heading: Heading, rows: Sequence[Mapping[str, Value]]) -> Column:
    title = heading.title
    values = [row.get(title) for row in rows]
    if title in {ROW_KEY, ROW_VERSION}:
        return write.ids(_text_series(values), NOTE)
    if title == RESULT:
        return write.texts(_text_series(values), RESULT_LOOK)
    look = (TYPED_LOOKS if title in TYPED_IN_CASES else SHOWN_LOOKS)[heading.kind]
    if heading.kind is Kind.TEXT:
        return write.texts(_text_series(values), replace(look, bold=True) if title == CASE else look)
    return write.numbers(pd.Series([_NUMBERS[heading.kind](value) for value in values], dtype="Int64"), look)


def _text_series(values: Sequence[Value]) -> pd.Series:
    return pd.Series([value or "" for value in values], dtype=object)


def _whole_number(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def _serial(value: Value) -> int | None:
    return serial_of(value) if isinstance(value, date) else None


_NUMBERS: Mapping[Kind, Callable[[Value], int | None]] = {
    Kind.DATE: _serial,
    Kind.MONEY: _whole_number,
    Kind.NUMBER: _whole_number,
}


PAGES_WIDE = 3
"""On fewer pages, the many columns would be too small to read. The case and its patient are on each."""


def _lay_out(sheet: Worksheet) -> None:
    """Hide the keys, and freeze the headings, the case and its patient."""
    for place in range(len(CASES.headings), len(KEYED_CASES.headings)):
        sheet.column_dimensions[cell_addresses.letter(place)].hidden = True
    sheet.freeze_panes = cell_addresses.cell(CASES.position(CaseField.STAGE), FIRST_ROW)
    sheet.page_setup.fitToWidth = PAGES_WIDE
    sheet.print_title_cols = f"A:{cell_addresses.letter(CASES.position(PATIENT))}"

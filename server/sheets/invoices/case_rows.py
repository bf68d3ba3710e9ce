"""Reads the Cases sheet that staff send back: every row with its hidden key, and the record that it asks for."""

from dataclasses import dataclass
from enum import StrEnum

from server.billing.invoices.case_attorneys import CaseAttorney
from server.billing.invoices.case_records import (
    CaseField,
    CaseRecord,
    CaseSettlement,
    LetterOfProtection,
    Stage,
)
from server.billing.invoices.cases import Injury
from server.errors import Finding
from server.errors.invoice_findings import LostDigits
from server.sheets.cells import cents_of, text_of
from server.sheets.excel_ids import is_damaged, with_zeros
from server.sheets.invoices.rows_sent_back import RowsSentBack
from server.sheets.invoices.tables import (
    CASE,
    KEYED_CASES,
    PATIENT,
    RESULT,
    ROW_KEY,
    ROW_VERSION,
    STATUS_ANSWERED,
)
from server.sheets.sheet import Sheet
from server.sheets.typed_rows import Row, header_of, places_of, rows_of


class Answered(StrEnum):
    """What staff type under Status answered."""

    YES = "yes"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One row of a Cases sheet. ``number`` is Excel's. ``case_id`` is ``None`` if somebody added the row, or changed its key.

    ``answers_status`` is whether somebody typed yes under Status answered. ``readable`` is false if a cell cannot be read; then ``wished`` is not what was meant.
    """

    number: int
    case_id: int | None
    version: str
    case: str
    patient: str
    result: str
    wished: CaseRecord
    readable: bool
    answers_status: bool = False

    @property
    def is_edited(self) -> bool:
        """Return whether it says something else than was written into it."""
        return not self.readable or self.answers_status or self.wished.version != self.version


class CaseRows(RowsSentBack[CaseRow]):
    """The content of the Cases sheet."""

    __slots__ = ()

    @property
    def edited_rows(self) -> list[CaseRow]:
        """Return the rows in which something was typed."""
        return [row for row in self.rows if row.is_edited]


def read_cases(sheet: Sheet) -> CaseRows:
    """Read a Cases sheet."""
    findings: list[Finding] = []
    rows = rows_of(KEYED_CASES, sheet, findings)
    places = places_of(KEYED_CASES, sheet, header_of(KEYED_CASES, sheet), [])
    columns = {title: sheet.left + place for title, place in places.items()}
    if findings:
        return CaseRows(sheet.name, columns, (), findings, usable=False)
    read = [_read_row(row) for row in rows if _is_about_a_case(row)]
    return CaseRows(sheet.name, columns, read, findings, sheet.hidden_rows)


def _is_about_a_case(row: Row) -> bool:
    """Return whether a row is about a case: sums and notes below the rows show neither a key nor a patient."""
    return bool(text_of(row.cell(ROW_KEY)) or text_of(row.cell(PATIENT)))


def _read_row(row: Row) -> CaseRow:
    wished, answers = _read_record(row), _read_answered(row)
    key = text_of(row.cell(ROW_KEY))
    return CaseRow(
        number=row.number,
        case_id=int(key) if key.isdecimal() else None,
        version=text_of(row.cell(ROW_VERSION)),
        case=text_of(row.cell(CASE)),
        patient=text_of(row.cell(PATIENT)),
        result=text_of(row.cell(RESULT)),
        wished=wished,
        readable=row.usable,
        answers_status=answers,
    )


def _read_record(row: Row) -> CaseRecord:
    return CaseRecord(
        injury=Injury(row.day(CaseField.INJURED_ON), _read_claim_number(row)),
        stage=row.choice(CaseField.STAGE, Stage) if row.text(CaseField.STAGE) else None,
        statute_on=row.day(CaseField.STATUTE_ON),
        attorney=CaseAttorney(
            row.text(CaseField.ATTORNEY),
            row.text(CaseField.FIRM),
            row.day(CaseField.ATTORNEY_FROM),
            row.day(CaseField.ATTORNEY_UNTIL),
        ),
        payer=row.text(CaseField.PAYER),
        further_payers=row.text_list(CaseField.FURTHER_PAYERS),
        letter=LetterOfProtection(
            row.day(CaseField.LETTER_SIGNED_ON),
            row.text(CaseField.LETTER_SIGNED_BY),
            _read_cents(row, CaseField.LETTER_CAP),
            row.text(CaseField.LETTER_DOCUMENT),
            row.day(CaseField.LETTER_RELEASED_ON),
        ),
        settlement=CaseSettlement(
            _read_cents(row, CaseField.GROSS),
            _read_cents(row, CaseField.FEE),
            _read_cents(row, CaseField.COSTS),
            _read_cents(row, CaseField.LIEN_POOL),
            _read_cents(row, CaseField.ALL_LIENS),
        ),
    )


def _read_answered(row: Row) -> bool:
    """Return whether the attorneys' requests for the status are answered. Anything but yes and a blank cell is a finding."""
    return bool(row.text(STATUS_ANSWERED)) and row.choice(STATUS_ANSWERED, Answered) is Answered.YES


def _read_cents(row: Row, title: str) -> int | None:
    return row.read(title, cents_of)


def _read_claim_number(row: Row) -> str:
    """Return the claim number as text. Excel may have converted it to a number."""
    cell = row.cell(CaseField.CLAIM_NUMBER)
    if isinstance(cell, str) or cell is None or isinstance(cell, bool):
        return row.text(CaseField.CLAIM_NUMBER)
    if is_damaged(cell):
        row.add_finding(LostDigits, CaseField.CLAIM_NUMBER)
    return text_of(with_zeros(cell, row.form(CaseField.CLAIM_NUMBER)))

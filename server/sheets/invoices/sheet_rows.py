"""Reads the Invoices sheet that staff send back: every row with its hidden key and its requested action."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from server.billing.invoices.invoice import SHEET_ACTIONS, Action, ActionRequest, ChequeException, Field
from server.billing.invoices.state_machine import RULES
from server.billing.money import THOUSAND
from server.billing.names import fold
from server.billing.people import Role
from server.errors import Finding
from server.errors.invoice_findings import LostDigits, RowMixedUp
from server.sheets.cells import Unreadable, cents_of, text_of, thousandths_of
from server.sheets.excel_ids import is_damaged, with_zeros
from server.sheets.invoices.rows_sent_back import RowsSentBack
from server.sheets.invoices.tables import (
    ACTION,
    FIRST_TYPED,
    INVOICE,
    INVOICES,
    KEYED_INVOICES,
    LASTING,
    PAYER,
    RESULT,
    RESULT_AT,
    ROW_KEY,
    ROW_VERSION,
    TYPED_TITLES,
)
from server.sheets.sheet import Sheet
from server.sheets.sheet_table import Kind
from server.sheets.typed_rows import Row, Word, header_of, places_of, rows_of

OFFERED = tuple(action for action in Action if action in SHEET_ACTIONS)
"""The words of the Action column, in the order of an invoice's life."""

_TAKEN = {
    action: frozenset[Field]().union(*(rule.fields for rule in RULES if rule.action is action))
    for action in OFFERED
}
"""The inputs that each action uses in any state. Input in cells that the action does not use is ignored, not reported."""

_INPUTS = {
    one: heading
    for one in Field
    for heading in INVOICES.headings[FIRST_TYPED:RESULT_AT]
    if heading.title == one
}
"""The inputs that have a column to type in. What we show in a column of the same name is no input."""

_NUMBER = re.compile(r"INV-\d+")

_BESIDE_ACTION = [title for title in TYPED_TITLES if title != ACTION]


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One row of an Invoices sheet. ``number`` is Excel's, ``invoice`` is the number in its key.

    ``is_sent``: it has an Action. ``is_begun``: it has none, but has typed input for one. ``is_added``: somebody added
    it to our sheet, so it has no hidden key. ``version`` is the
    invoice's version when the row was written, ``None`` if the row was typed by hand. ``shown`` are the values
    that never change, by heading. ``amount_cents`` and ``exception`` are what is typed under these headings, whatever the
    Action; ``None`` if it is blank or cannot be read. ``request`` is ``None`` if the Action is empty or unknown. ``readable`` is false
    if a cell that the Action uses cannot be read.
    """

    number: int
    invoice: str
    payer: str
    result: str
    is_sent: bool = False
    is_begun: bool = False
    is_added: bool = False
    version: int | None = None
    shown: Mapping[str, str] = field(default_factory=dict)
    amount_cents: int | None = None
    exception: ChequeException | None = None
    request: ActionRequest | None = None
    readable: bool = True


class InvoiceRows(RowsSentBack[InvoiceRow]):
    """The content of the Invoices sheet."""

    __slots__ = ()

    @property
    def sent_rows(self) -> list[InvoiceRow]:
        """Return the rows with an Action."""
        return [row for row in self.rows if row.is_sent]


def read_invoices(sheet: Sheet, role: Role) -> InvoiceRows:
    """Read an Invoices sheet. ``role`` is the role of the person who sends it."""
    findings: list[Finding] = []
    rows = rows_of(KEYED_INVOICES, sheet, findings)
    places = places_of(KEYED_INVOICES, sheet, header_of(KEYED_INVOICES, sheet), [])
    columns = {title: sheet.left + place for title, place in places.items()}
    if findings:
        return InvoiceRows(sheet.name, columns, (), findings, usable=False)
    typed = _typed_beside_action(sheet, places)
    read = [_read_row(row, role, typed) for row in rows]
    return InvoiceRows(sheet.name, columns, read, findings, sheet.hidden_rows)


def _typed_beside_action(sheet: Sheet, places: Mapping[str, int]) -> set[int]:
    """Return the positions of rows with something typed that an Action could take.

    We look column by column, because these columns are blank in most rows.
    """
    columns = [sheet.columns[places[title]] for title in _BESIDE_ACTION if title in places]
    return {
        place for column in columns for place, cell in enumerate(column) if cell is not None and text_of(cell)
    }


def _read_row(row: Row, role: Role, typed: Collection[int]) -> InvoiceRow:
    key = text_of(row.cell(ROW_KEY)) or text_of(row.cell(INVOICE)).upper()
    payer, result = text_of(row.cell(PAYER)), text_of(row.cell(RESULT))
    known = InvoiceRow(row.number, key, payer, result, is_added=_is_added(row), version=_shown_version(row))
    if row.index in typed:
        known = replace(known, amount_cents=_typed_amount(row), exception=_typed_exception(row))
    if not text_of(row.cell(ACTION)):
        is_begun = row.index in typed and _is_about_an_invoice(row)
        return replace(known, is_begun=True) if is_begun else known
    version = _read_version(row)
    request = None
    if action := _read_word(row, ACTION, OFFERED):
        inputs = {one.attribute: _read_input(row, one) for one in _INPUTS if one in _TAKEN[action]}
        request = ActionRequest(known.invoice, action, role, **inputs)
    shown = {title: text for title in LASTING if (text := text_of(row.cell(title)))}
    return replace(known, is_sent=True, version=version, shown=shown, request=request, readable=row.usable)


def _is_about_an_invoice(row: Row) -> bool:
    """Return whether a row is about an invoice: sums and notes below the rows of our own sheet have no key."""
    return bool(text_of(row.cell(ROW_KEY if ROW_KEY in row.places else INVOICE)))


def _is_added(row: Row) -> bool:
    """Return whether somebody added a row about an invoice to our own sheet. It shows an invoice number, a patient or a
    case, which sums and notes below the rows do not.
    """
    if ROW_KEY not in row.places or text_of(row.cell(ROW_KEY)):
        return False
    number = text_of(row.cell(INVOICE)).upper()
    return bool(_NUMBER.fullmatch(number) or text_of(row.cell("Patient")) or text_of(row.cell("Case")))


def _read_version(row: Row) -> int | None:
    """Return the version of the invoice when the row was written. Adds a finding if the row mixes two invoices.

    A key without a version gets version 0, so that the row is stale and is not recorded unseen.
    """
    key, shown = text_of(row.cell(ROW_KEY)), row.required_text(INVOICE)
    if not key:
        return None
    if shown and key != shown:
        row.add_finding(RowMixedUp(key=key, value=row.shown_value(INVOICE)), INVOICE)
    return _shown_version(row)


def _shown_version(row: Row) -> int | None:
    """Return the version in a row: ``None`` without a key, 0 if it cannot be read."""
    if not text_of(row.cell(ROW_KEY)):
        return None
    try:
        return (thousandths_of(row.cell(ROW_VERSION)) or 0) // THOUSAND
    except Unreadable:
        return 0


def _typed_amount(row: Row) -> int | None:
    try:
        return cents_of(row.cell(Field.AMOUNT_CENTS))
    except Unreadable:
        return None


def _typed_exception(row: Row) -> ChequeException | None:
    typed = fold(text_of(row.cell(Field.EXCEPTION)))
    return next((one for one in ChequeException if fold(one) == typed), None)


def _read_input(row: Row, wanted: Field) -> Any:  # noqa: ANN401 - as the field of ActionRequest is
    title = wanted.value
    match _INPUTS[wanted].kind:
        case Kind.MONEY:
            return row.read(title, cents_of)
        case Kind.DATE:
            return row.day(title)
    if wanted is Field.EXCEPTION:
        return _read_word(row, title, ChequeException)
    return _number_as_text(row, title) if wanted is Field.CHEQUE_NUMBER else row.text(title)


def _read_word(row: Row, title: str, words: Iterable[Word]) -> Word | None:
    """Return the word in a cell, or ``None`` if it is blank."""
    return row.choice(title, words) if row.text(title) else None


def _number_as_text(row: Row, title: str) -> str:
    """Return a cheque's number as text. Excel may have converted it to a number."""
    cell = row.cell(title)
    if isinstance(cell, str) or cell is None or isinstance(cell, bool):
        return row.text(title)
    if is_damaged(cell):
        row.add_finding(LostDigits, title)
    return text_of(with_zeros(cell, row.form(title)))

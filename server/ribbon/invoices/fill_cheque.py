"""Fill in cheque: one cheque for the selected rows of the Invoices sheet (rule: invoices#spread).

It only fills in cells. Nothing is recorded before somebody has seen the rows and presses Update invoices (ADR 45).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.billing.days import serial_of, us
from server.billing.invoices.cheque_spread import (
    ChequePart,
    RowToPay,
    SpreadFlaw,
    spread_cheque,
    wished_cents,
)
from server.billing.invoices.invoice import Action, ActionRequest, Field, Invoice
from server.billing.invoices.state_machine import open_actions
from server.billing.invoices.step_batches import Asked
from server.billing.money import dollars
from server.errors import MissingSheet, StaleInvoice, count_of
from server.operations.invoices import find_invoices
from server.operations.steps import check_steps
from server.ribbon.context import ClickContext, question
from server.ribbon.invoices.cell_edits import Place, Value, value_edits
from server.ribbon.invoices.cheque_form import ChequeAnswers, ask_for_cheque, read_cheque
from server.ribbon.invoices.invoice_selection import (
    ask_for_invoices,
    chosen_invoices,
    describe_invoices,
    sheet_sent,
)
from server.ribbon.protocol import Edit, Reply
from server.sheets.cell_addresses import cell as cell_address
from server.sheets.dates import OFFSET_1904, SINCE_1904
from server.sheets.invoices.sheet_rows import InvoiceRow, InvoiceRows
from server.sheets.invoices.tables import ACTION, INVOICES, RESULT
from server.sheets.xlsx.style import DATE_FORMAT

NOT_RECORDED_YET = "Nothing is recorded yet: look at the rows and press Update invoices."
_FORMATS = {Field.CHEQUE_NUMBER: "@", Field.CHEQUE_DATE: DATE_FORMAT, Field.RECEIVED_DATE: DATE_FORMAT}
"""A row that somebody added by hand has no formats of ours."""

_FLAWS = {
    SpreadFlaw.NO_AMOUNT: "A row has no Amount to take from the cheque. Type it in the column Amount, or spread by balances.",
    SpreadFlaw.TOO_LITTLE: "The cheque is {cheque}, and the rows take {taken}. Leave rows out, or type what each row gets in the "
    "column Amount and spread the cheque as typed.",
    SpreadFlaw.NO_ROW_FOR_THE_REST: "The cheque is {cheque}, and the rows take {taken}, each less than its balance. Type the rest in "
    "the column Amount, too.",
}


@dataclass(frozen=True, slots=True)
class RowToFill:
    """A row of the sheet, and its invoice as the books have it."""

    row: InvoiceRow
    invoice: Invoice

    @property
    def to_pay(self) -> RowToPay:
        """Return what the row owes, and what is typed in it."""
        return RowToPay(self.invoice.balance_cents, self.row.amount_cents, self.row.exception)


def fill(context: ClickContext) -> Reply:
    """Fill the cells of the named or selected rows with their parts of one cheque: of all of them, or of none."""
    sheet = sheet_sent(context)
    if sheet is None or not sheet.usable:
        raise MissingSheet(
            f"This workbook has no sheet {INVOICES.name} with its headings.", "Press Invoice list first."
        )
    numbers = chosen_invoices(context, sheet)
    if not numbers:
        return question("One cheque for which invoices?", ask_for_invoices([], sheet))
    known = find_invoices(context.session, numbers)
    if obstacles := list(_obstacles(sheet, numbers, known)):
        return Reply(summary=f"Nothing is filled in. {' '.join(obstacles)}", level="blocked")
    rows = [RowToFill(row, known[row.invoice]) for row in sheet.rows if row.invoice in numbers]
    cheque = read_cheque(context)
    if isinstance(cheque, str):
        return ask_for_cheque(context, _facts(rows), cheque)
    parts = spread_cheque(cheque.cents, [one.to_pay for one in rows], cheque.spread)
    if isinstance(parts, SpreadFlaw):
        return ask_for_cheque(context, _facts(rows), _flaw_sentence(parts, cheque, rows))
    requests = [_request(context, one, part, cheque) for one, part in zip(rows, parts, strict=True)]
    if refused := _refusals(context, rows, requests):
        return ask_for_cheque(context, _facts(rows), refused)
    return _filled_reply(context, sheet, rows, parts, cheque)


def _facts(rows: Sequence[RowToFill]) -> list[tuple[Invoice, int | None]]:
    return [(one.invoice, one.row.amount_cents) for one in rows]


# -- what keeps rows from being filled


def _obstacles(sheet: InvoiceRows, numbers: Sequence[str], known: Mapping[str, Invoice]) -> Iterator[str]:
    """Yield why some of the rows cannot be filled, in sentences."""
    rows = [row for row in sheet.rows if row.invoice in numbers]
    count = Counter(row.invoice for row in rows)
    if absent := [number for number in numbers if not count[number] or number not in known]:
        yield f"{describe_invoices(absent)}: not on the sheet {sheet.name}."
    if twice := [number for number, times in count.items() if times > 1]:
        yield f"{describe_invoices(twice)}: in several rows."
    others = [row.number for row in rows if row.is_sent and not _is_cheque(row)]
    if others:
        yield f"Another Action is typed in {'row' if len(others) == 1 else 'rows'} {', '.join(map(str, others))}."
    found = [(row, known[row.invoice]) for row in rows if row.invoice in known]
    waits = [one for _, one in found if Action.RECORD_CHEQUE not in open_actions(one)]
    if waits:
        stand = ", ".join(f"{one.number} ({one.state.label})" for one in waits)
        yield f"{count_of(len(waits), 'invoice')} cannot take a cheque: {stand}."
    for row, invoice in found:
        if row.version not in {None, invoice.version}:
            yield str(StaleInvoice(invoice.number, invoice.state.label))


def _is_cheque(row: InvoiceRow) -> bool:
    return row.request is not None and row.request.action is Action.RECORD_CHEQUE


def _flaw_sentence(flaw: SpreadFlaw, cheque: ChequeAnswers, rows: Sequence[RowToFill]) -> str:
    taken = sum(wished_cents(one.to_pay, cheque.spread) or 0 for one in rows)
    return _FLAWS[flaw].format(cheque=dollars(cheque.cents), taken=dollars(taken))


def _request(context: ClickContext, one: RowToFill, part: ChequePart, cheque: ChequeAnswers) -> ActionRequest:
    return ActionRequest(
        one.invoice.number,
        Action.RECORD_CHEQUE,
        context.session.person.role,
        amount_cents=part.amount_cents,
        exception=part.exception,
        cheque_number=cheque.number,
        cheque_date=cheque.cheque_date,
        received_date=cheque.received_date,
        paying_party=cheque.paying_party,
        note=cheque.note,
    )


def _refusals(context: ClickContext, rows: Sequence[RowToFill], requests: Sequence[ActionRequest]) -> str:
    """Return why Update invoices would refuse the rows as they would be filled in, "" if it would not."""
    asked = [
        Asked(one.row.number, request, one.invoice.version)
        for one, request in zip(rows, requests, strict=True)
    ]
    refused = check_steps(context.session, asked, {}).batch.refused
    return " ".join(dict.fromkeys(f"{refusal} {refusal.remedy}" for refusal in refused.values()))


# -- the reply


def _filled_reply(
    context: ClickContext,
    sheet: InvoiceRows,
    rows: Sequence[RowToFill],
    parts: Sequence[ChequePart],
    cheque: ChequeAnswers,
) -> Reply:
    left = sum(
        max(0, part.amount_cents - one.invoice.balance_cents) for one, part in zip(rows, parts, strict=True)
    )
    credit = f" {dollars(left)} of it will be unapplied credit." if left else ""
    return Reply(
        summary=f"Cheque {cheque.number} of {cheque.paying_party}, {dollars(cheque.cents)}, is filled in for "
        f"{describe_invoices([one.invoice.number for one in rows])}.{credit} {NOT_RECORDED_YET}",
        figures={
            "rows": len(rows),
            "cheque_cents": cheque.cents,
            "unapplied_cents": left,
            "parts": {one.invoice.number: part.amount_cents for one, part in zip(rows, parts, strict=True)},
        },
        edits=_cell_edits(context, sheet, rows, parts, cheque),
        activate=sheet.name,
    )


def _cell_edits(
    context: ClickContext,
    sheet: InvoiceRows,
    rows: Sequence[RowToFill],
    parts: Sequence[ChequePart],
    cheque: ChequeAnswers,
) -> list[Edit]:
    """Return the edits that fill the rows. Formats come first: a number of a cheque stays text."""
    offset = OFFSET_1904 if context.click.workbook.date_system == SINCE_1904 else 0
    cells: dict[Place, Value] = {}
    for one, part in zip(rows, parts, strict=True):
        typed: dict[str, Value] = {
            ACTION: Action.RECORD_CHEQUE.value,
            Field.AMOUNT_CENTS: part.amount_cents / 100,
            Field.CHEQUE_NUMBER: cheque.number,
            Field.CHEQUE_DATE: serial_of(cheque.cheque_date) - offset,
            Field.RECEIVED_DATE: serial_of(cheque.received_date) - offset,
            Field.PAYING_PARTY: cheque.paying_party,
            Field.EXCEPTION: part.exception.value if part.exception else None,
            Field.NOTE: cheque.note,
            RESULT: f"Filled in, not recorded: cheque {cheque.number} of {us(cheque.cheque_date)}.",
        }
        cells |= {
            (sheet.places[title], one.row.number): value
            for title, value in typed.items()
            if title in sheet.places
        }
    formats = [
        Edit(sheet=sheet.name, range=_column_cells(sheet.places[title], rows), format=form)
        for title, form in _FORMATS.items()
        if title in sheet.places
    ]
    return [*formats, *value_edits(sheet.name, cells)]


def _column_cells(column: int, rows: Sequence[RowToFill]) -> str:
    return ",".join(cell_address(column, one.row.number) for one in rows)

"""The form of Fill in cheque: what is asked about a cheque once, for all of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.invoices.cheque_spread import Spread
from server.billing.invoices.invoice import Invoice
from server.billing.money import dollars
from server.errors import MissingInput, count_of
from server.ribbon.context import ClickContext
from server.ribbon.invoices.invoice_selection import ask_for_invoices
from server.ribbon.protocol import AskedChoice, AskedField, AskedTable, Asks, Reply
from server.sheets.cells import Unreadable, cents_of

NUMBER, AMOUNT, CHEQUE_DATE, RECEIVED_DATE = "cheque_number", "amount", "cheque_date", "received_date"
PAYING_PARTY, SPREAD, NOTE = "paying_party", "spread", "note"

ROWS_SHOWN = 30
"""Rows of the table in the form."""

RowFacts = tuple[Invoice, int | None]
"""An invoice, and the amount that is typed in its row, in cents."""


@dataclass(frozen=True, slots=True)
class ChequeAnswers:
    """The answers about a cheque, all of them given and readable."""

    number: str
    cents: int
    cheque_date: date
    received_date: date
    paying_party: str
    spread: Spread
    note: str


def read_cheque(context: ClickContext) -> ChequeAnswers | str:
    """Return the cheque that the answers describe, or a sentence about an answer; "" if answers are missing."""
    answers = context.click.answers()
    try:
        cheque_date, received_date = context.day(CHEQUE_DATE), context.day(RECEIVED_DATE)
        spread = context.chosen_word(SPREAD, tuple(Spread))
        cents = cents_of(answers.get(AMOUNT))
    except MissingInput as refusal:
        return str(refusal)
    except Unreadable:
        cents = 0
    if AMOUNT in answers and (cents is None or cents <= 0):
        return f"“{answers[AMOUNT]}” is not the amount of a cheque. Type it as 1234.50."
    texts = [answers.get(name, "") for name in (NUMBER, PAYING_PARTY, NOTE)]
    if cents is None or cheque_date is None or received_date is None or not spread or not all(texts):
        return ""
    number, paying_party, note = texts
    return ChequeAnswers(number, cents, cheque_date, received_date, paying_party, Spread(spread), note)


def ask_for_cheque(context: ClickContext, rows: Sequence[RowFacts], sentence: str) -> Reply:
    """Return the form. It keeps what was answered; ``sentence`` says what is wrong with it, "" if nothing is."""
    owed = sum(invoice.balance_cents for invoice, _ in rows)
    title = f"One cheque for {count_of(len(rows), 'invoice')}, {dollars(owed)} owed in all."
    title = f"{sentence} {title}".strip()
    asks = Asks(title=title, fields=_fields(context, rows), tables=[_rows_table(rows)])
    return Reply(summary=title, level="blocked", asks=asks)


def _fields(context: ClickContext, rows: Sequence[RowFacts]) -> list[AskedField]:
    typed = [cents for _, cents in rows if cents is not None]
    is_typed = len(typed) == len(rows)
    payers = {invoice.facts.payer for invoice, _ in rows}
    total = sum(typed) if is_typed else sum(invoice.balance_cents for invoice, _ in rows)
    proposed = {
        AMOUNT: f"{total // 100}.{total % 100:02}",
        RECEIVED_DATE: context.today.isoformat(),
        PAYING_PARTY: payers.pop() if len(payers) == 1 else "",
        SPREAD: Spread.TYPED if is_typed else Spread.BALANCES,
    }
    given = proposed | context.click.answers()

    def cheque_field(
        name: str, label: str, kind: str = "text", choices: Sequence[AskedChoice] = ()
    ) -> AskedField:
        return AskedField.model_validate(
            {
                "name": name,
                "label": label,
                "kind": kind,
                "choices": choices,
                "default": given.get(name) or None,
            }
        )

    return [
        ask_for_invoices([invoice.number for invoice, _ in rows], None),
        cheque_field(NUMBER, "Cheque number"),
        cheque_field(AMOUNT, "Amount of the whole cheque", "number"),
        cheque_field(CHEQUE_DATE, "Cheque date", "date"),
        cheque_field(RECEIVED_DATE, "Received date", "date"),
        cheque_field(PAYING_PARTY, "Paying party"),
        cheque_field(SPREAD, "Each row gets", "choice", _SPREADS),
        cheque_field(NOTE, "Note: where its copy is, or why there is none"),
    ]


_SPREADS = (
    AskedChoice(value=Spread.BALANCES, label="its balance"),
    AskedChoice(value=Spread.TYPED, label="the amount that is typed in its row"),
)


def _rows_table(rows: Sequence[RowFacts]) -> AskedTable:
    shown = [
        [
            invoice.number,
            invoice.facts.patient,
            dollars(invoice.balance_cents),
            "" if cents is None else dollars(cents),
        ]
        for invoice, cents in rows[:ROWS_SHOWN]
    ]
    more = f", the first {ROWS_SHOWN} of {len(rows):,}" if len(rows) > ROWS_SHOWN else ""
    headings = ["Invoice", "Patient", "Balance", "Typed amount"]
    return AskedTable(title=f"The rows{more}", headings=headings, rows=shown)

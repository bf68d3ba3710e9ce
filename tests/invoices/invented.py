"""Invoices nobody has, brought to where a test needs them through the steps they would have taken."""

from datetime import date
from typing import Any

from server.billing.invoices.credits import Credit
from server.billing.invoices.invoice import (
    Account,
    Action,
    ActionRequest,
    ChequeException,
    Invoice,
    InvoiceFacts,
    InvoiceLine,
    State,
)
from server.billing.invoices.projection import apply_step
from server.billing.invoices.step_decisions import decide_step
from server.billing.people import Role

MONDAY = date(2026, 10, 5)
TODAY = date(2026, 11, 20)
PAYER = "Oak Mutual (invented)"
LINES = (InvoiceLine("EX-101", "Long exam", 1, 100_000, 1_000, 100_000),)
CHEQUE: dict[str, Any] = {
    "cheque_number": "1001",
    "cheque_date": MONDAY,
    "received_date": MONDAY,
    "paying_party": PAYER,
    "note": "scan in the drawer",
}
PARTIAL = CHEQUE | {"exception": ChequeException.PARTIAL}

Move = tuple[Action, dict[str, Any]]

CREATE: Move = (Action.CREATE, {"lines": LINES})
SEND: Move = (Action.SEND, {"day": MONDAY})
AGREE: Move = (Action.AGREE, {"day": MONDAY, "amount_cents": 80_000, "note": "by telephone"})
PART: Move = (Action.RECORD_CHEQUE, PARTIAL | {"amount_cents": 30_000})
FULL: Move = (Action.RECORD_CHEQUE, CHEQUE | {"amount_cents": 80_000})
REST: Move = (Action.RECORD_CHEQUE, CHEQUE | {"amount_cents": 50_000, "cheque_number": "1002"})
OVER: Move = (
    Action.RECORD_CHEQUE,
    CHEQUE | {"amount_cents": 90_000, "exception": ChequeException.OVERPAID},
)
REFUND: Move = (Action.REFUND_CREDIT, {"day": MONDAY, "amount_cents": 4_000, "note": "by cheque 12"})
CLEAR: Move = (Action.CLEAR, {"day": MONDAY})
WRITE_OFF: Move = (Action.WRITE_OFF, {"note": "not worth a letter"})
VOID: Move = (Action.VOID, {"note": "billed to the wrong case"})

CREDITS = (Credit("L-9", PAYER, "9001", 1_000_000, MONDAY),)
"""Credit of a cheque on another invoice, more than enough."""

HISTORIES: dict[str, tuple[Move, ...]] = {
    "created": (CREATE,),
    "sent": (CREATE, SEND),
    "agreed": (CREATE, SEND, AGREE),
    "paid in part": (CREATE, SEND, AGREE, PART),
    "received": (CREATE, SEND, AGREE, FULL),
    "received in two": (CREATE, SEND, AGREE, PART, REST),
    "paid": (CREATE, SEND, AGREE, FULL, CLEAR),
    "overpaid": (CREATE, SEND, AGREE, OVER, CLEAR),
    "refunded": (CREATE, SEND, AGREE, OVER, CLEAR, REFUND),
    "written off": (CREATE, SEND, WRITE_OFF),
    "voided": (CREATE, SEND, VOID),
}


def a_draft(number: str = "L-1", payer: str = PAYER) -> Invoice:
    """Return an invoice no step has been taken with."""
    facts = InvoiceFacts(
        number, "C-1", "Robin Sample", MONDAY, MONDAY, payer, "Lex Invented", "North", "Dr. Example"
    )
    return Invoice(facts)


def taken(invoice: Invoice, action: Action, role: Role = Role.MANAGER, **inputs: Any) -> Invoice:  # noqa: ANN401
    """Return the invoice after an action."""
    return apply_step(
        invoice,
        decide_step(
            invoice, ActionRequest(invoice.number, action, role, **inputs), TODAY, known_credits=CREDITS
        ),
    )


def an_invoice(history: str = "created", number: str = "L-1", payer: str = PAYER) -> Invoice:
    """Return an invoice with one of the histories behind it."""
    invoice = a_draft(number, payer)
    for action, inputs in HISTORIES[history]:
        invoice = taken(invoice, action, **inputs)
    return invoice


def accounts(invoice: Invoice) -> dict[Account, int]:
    """Return the amounts of an invoice as account totals, debits positive."""
    return {
        Account.RECEIVABLE: invoice.balance_cents,
        Account.BILLED: -invoice.billed_cents,
        Account.REDUCTION: invoice.reduction_cents,
        Account.CHEQUES_IN_HAND: invoice.in_hand_cents,
        Account.BANK: invoice.banked_cents,
        Account.WRITE_OFF: invoice.written_off_cents,
        Account.UNAPPLIED_CREDIT: -invoice.unapplied_cents,
    }


def adds_up(invoice: Invoice) -> bool:
    """Return whether the amounts of an invoice explain each other."""
    explained = (
        invoice.reduction_cents + invoice.collected_cents + invoice.written_off_cents + invoice.balance_cents
    )
    return (
        invoice.billed_cents == explained
        and not sum(accounts(invoice).values())
        and invoice.balance_cents >= 0
    )


OWES: dict[State, str] = {
    State.PENDING_INVOICE: "all that is billed",
    State.PENDING_REDUCTION: "all that is billed",
    State.PENDING_CHEQUE: "something",
    State.CHEQUE_RECEIVED: "nothing",
    State.PAID: "nothing",
    State.WRITTEN_OFF: "nothing",
    State.VOIDED: "nothing",
}


def owes(invoice: Invoice) -> set[str]:
    """Return every way to say what is owed that is true of an invoice."""
    true = {
        "all that is billed": invoice.balance_cents == invoice.billed_cents,
        "something": 0 < invoice.balance_cents <= (invoice.agreed_cents or 0),
        "nothing": invoice.balance_cents == 0,
    }
    return {words for words, holds in true.items() if holds}

"""Random lives of an invoice, held against a naive telling of the same."""

from collections import Counter
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.billing.invoices.invoice import Action, ActionRequest, ChequeException, Invoice, InvoiceLine, Step
from server.billing.invoices.projection import apply_step, replay_steps
from server.billing.invoices.state_machine import open_actions
from server.billing.invoices.step_decisions import decide_step
from server.billing.people import Role
from server.errors import BillingError
from tests.invoices.invented import CHEQUE, CREATE, MONDAY, TODAY, a_draft, accounts, adds_up, taken
from tests.invoices.naive import NaiveInvoice, Refused

BILLED_CENTS = 100_000
LIKELY = [
    *[Action.RECORD_CHEQUE] * 5,
    *[Action.SEND, Action.AGREE, Action.BOUNCE, Action.CLEAR, Action.REOPEN] * 2,
    *[Action.RECORD_OFFER, Action.COUNTER_OFFER, Action.NOTE, Action.WRITE_OFF],
]
STRAY = st.sampled_from([None] * 60 + sorted(set(Action) - {Action.CREATE, Action.ATTACH, Action.REMIND}))
"""An action drawn whatever the invoice is open to; mostly none is."""
AMOUNTS = st.sampled_from(["balance", "a third", "a cent", "more", "any"])
EXCEPTIONS = st.sampled_from([*["true"] * 6, *["generous"] * 2, None, *ChequeException])
MOVES = st.tuples(STRAY, st.integers(0, 60), EXCEPTIONS, AMOUNTS, st.integers(1, BILLED_CENTS * 2))


def action_of(invoice: Invoice, stray: Action | None, pick: int) -> Action:
    """Return the stray action, or one that is open and leads on."""
    likely = [action for action in LIKELY if action in open_actions(invoice)]
    return stray or likely[pick % len(likely)]


def amount_of(invoice: Invoice, how: str, cents: int) -> int:
    """Return an amount that is likely to be interesting for the invoice as it stands."""
    likely = {
        "balance": invoice.balance_cents,
        "a third": invoice.balance_cents // 3,
        "a cent": 1,
        "more": invoice.balance_cents + cents,
    }
    return max(likely.get(how, cents), 1)


def exception_of(invoice: Invoice, how: str | None, cents: int) -> ChequeException | None:
    """Return the exception as drawn, or the one that is true of the amount."""
    if how not in {"true", "generous"}:
        return ChequeException(how) if how else None
    short = ChequeException.PARTIAL if how == "true" else ChequeException.WRITE_OFF_REST
    over = ChequeException.OVERPAID if cents > invoice.balance_cents else None
    return short if cents < invoice.balance_cents else over


def request_of(
    invoice: Invoice, action: Action, exception: ChequeException | None, cents: int
) -> ActionRequest:
    line = InvoiceLine("EX-101", "Long exam", 1, cents, 1_000, cents)
    inputs: dict[str, Any] = CHEQUE | {
        "cheque_number": f"{invoice.version}" if action is Action.RECORD_CHEQUE else "",
        "day": MONDAY,
        "amount_cents": cents,
        "exception": exception,
        "lines": (line,),
    }
    return ActionRequest(invoice.number, action, Role.MANAGER, **inputs)


def attempted(invoice: Invoice, request: ActionRequest) -> Step | None:
    try:
        return decide_step(invoice, request, TODAY)
    except BillingError:
        return None


def naively(naive: NaiveInvoice, request: ActionRequest) -> bool:
    try:
        naive.do(request.action, request.amount_cents or 0, request.exception or "")
    except Refused:
        return False
    return True


def cents(dollars: Decimal) -> int:
    return int(dollars * 100)


@settings(max_examples=200)
@given(st.lists(MOVES, min_size=10, max_size=50))
def test_any_life_of_an_invoice_is_told_alike_by_a_naive_clerk(moves: list[Any]) -> None:
    naive = NaiveInvoice(Decimal(BILLED_CENTS) / 100)
    create = decide_step(a_draft(), ActionRequest("L-1", *CREATE[:1], **CREATE[1]), TODAY)
    invoice, steps = apply_step(a_draft(), create), [create]
    for stray, pick, exception, how, number in moves:
        action = action_of(invoice, stray, pick)
        amount = amount_of(invoice, how, number)
        request = request_of(invoice, action, exception_of(invoice, exception, amount), amount)
        step = attempted(invoice, request)
        assert (step is not None) == naively(naive, request), request
        if step:
            assert moved(invoice, step) == moved(apply_step(invoice, step), None)
            invoice, steps = apply_step(invoice, step), [*steps, step]
        assert told(invoice) == (
            naive.state,
            cents(naive.billed),
            cents(naive.balance),
            cents(naive.total("applied")),
            cents(naive.total("off")),
            cents(naive.total("excess")),
        )
        assert adds_up(invoice)
    assert replay_steps(a_draft().facts, steps) == invoice


def told(invoice: Invoice) -> tuple[str, int, int, int, int, int]:
    return (
        invoice.state.value,
        invoice.billed_cents,
        invoice.balance_cents,
        invoice.collected_cents,
        invoice.written_off_cents,
        invoice.unapplied_cents,
    )


def moved(invoice: Invoice, step: Step | None) -> Counter[str]:
    """Return what each account of an invoice holds, after a step's transfers if there is one."""
    held = Counter({account.value: amount for account, amount in accounts(invoice).items()})
    for transfer in step.transfers if step else ():
        assert transfer.amount_cents > 0
        held[transfer.debit] += transfer.amount_cents
        held[transfer.credit] -= transfer.amount_cents
    return held


def test_a_life_through_everything_ends_at_the_naive_balance() -> None:
    invoice, naive = taken(a_draft(), CREATE[0], **CREATE[1]), NaiveInvoice(Decimal(1_000))
    moves: list[tuple[Action, ChequeException | None, int]] = [
        (Action.SEND, None, 100_000),
        (Action.RECORD_OFFER, None, 50_000),
        (Action.COUNTER_OFFER, None, 90_000),
        (Action.AGREE, None, 80_000),
        (Action.RECORD_CHEQUE, ChequeException.PARTIAL, 30_000),
        (Action.BOUNCE, None, 1),
        (Action.RECORD_CHEQUE, ChequeException.PARTIAL, 30_000),
        (Action.RECORD_CHEQUE, ChequeException.WRITE_OFF_REST, 40_000),
        (Action.CLEAR, None, 1),
        (Action.REOPEN, None, 1),
        (Action.BOUNCE, None, 1),
        (Action.RECORD_CHEQUE, ChequeException.OVERPAID, 60_000),
        (Action.CLEAR, None, 1),
    ]
    for action, exception, amount in moves:
        request = request_of(invoice, action, exception, amount)
        invoice = apply_step(invoice, decide_step(invoice, request, TODAY))
        assert naively(naive, request)
    assert told(invoice) == ("paid", 100_000, 0, 80_000, 0, 10_000)
    assert told(invoice)[0] == naive.state
    assert cents(naive.total("excess")) == invoice.unapplied_cents

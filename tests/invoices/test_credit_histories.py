"""Random histories of several invoices and payers, held against a clerk with a purse for every cheque."""

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.billing.invoices.credits import credits_of, refuse_unpaired
from server.billing.invoices.invoice import Action, ActionRequest, ChequeException, Invoice, Step
from server.billing.invoices.projection import apply_step, replay_steps
from server.billing.invoices.step_batches import Asked, decide_all
from server.billing.invoices.step_decisions import decide_step
from server.billing.people import Role
from tests.invoices.credit_clerk import Clerk, No, Sheet, told_amounts
from tests.invoices.invented import AGREE, CREATE, MONDAY, PAYER, SEND, TODAY, a_draft, adds_up

OTHER = "Elm Insurance (invented)"
PAYER_OF = dict.fromkeys("ABCDE", PAYER) | dict.fromkeys("FGH", OTHER)
AGREED = 80_000

ACTIONS = [
    *["record cheque", "clear", "apply credit"] * 5,
    *["refund credit", "reopen"] * 2,
    *["bounce", "write off", "void"],
]
CENTS = st.one_of(
    st.sampled_from(["owed", "left", "a cent", "over", "over", "over", "half"]), st.integers(1, AGREED)
)
STATE_FOR = {"clear": "cheque_received", "refund credit": "paid"}
MOVES = st.tuples(
    st.sampled_from(ACTIONS), st.sampled_from(sorted(PAYER_OF)), CENTS, st.integers(0, 9), st.integers(0, 7)
)


def clerk() -> Clerk:
    return Clerk({number: Sheet(payer, AGREED) for number, payer in PAYER_OF.items()})


def likely_invoice(action: str, number: str, pick: int, model: Clerk) -> str:
    """Return an invoice that the action may be possible for, mostly; else the one drawn."""
    wanted = STATE_FOR.get(action, "pending_cheque")
    payers = {purse[0] for _, purse in model.usable()}
    fitting = [
        one
        for one, sheet in model.sheets.items()
        if sheet.state == wanted
        and (action != "refund credit" or sheet.purses())
        and (action != "apply credit" or sheet.payer in payers)
    ]
    is_aimed = pick and action in {"clear", "refund credit", "apply credit"}
    return fitting[pick % len(fitting)] if fitting and is_aimed else number


def cents_of(how: str | int, number: str, model: Clerk) -> int:
    """Return an amount that is likely to be interesting as the books are."""
    balance = model.sheets[number].balance
    left = [model.sheets[at].purses()[purse] for at, purse in model.usable()]
    likely = {
        "owed": balance,
        "left": min(*left, balance) if left and balance else 1,
        "a cent": 1,
        "over": balance + 1_000,
        "half": balance // 2,
    }
    return max(likely[how] if isinstance(how, str) else how, 1)


def cheque_named(action: str, number: str, pick: int, place: int, model: Clerk) -> str:
    """Return a new number for a cheque that comes, and for credit mostly one that there is."""
    if action == "record cheque":
        return f"N{place}"
    if action == "bounce":
        return ""
    payer = model.sheets[number].payer
    own = action == "refund credit"
    known = [purse[1] for at, purse in model.usable() if (at == number if own else purse[0] == payer)]
    return known[pick % len(known)] if known and pick else ""


def inputs_of(action: str, cents: int, cheque: str, party: str, balance: int) -> dict[str, Any]:
    exception = {-1: ChequeException.PARTIAL, 0: None, 1: ChequeException.OVERPAID}
    typed: dict[str, Any] = {
        "day": MONDAY,
        "amount_cents": cents,
        "cheque_number": cheque,
        "note": "because",
        "paying_party": party,
    }
    if action == "record cheque":
        sign = (cents > balance) - (cents < balance)
        typed |= {"cheque_date": MONDAY, "received_date": MONDAY, "exception": exception[sign]}
    return typed


def told(invoice: Invoice) -> tuple[str, int, int, int, int, int, int]:
    return (
        invoice.state.value,
        invoice.balance_cents,
        invoice.collected_cents,
        invoice.written_off_cents,
        invoice.unapplied_cents,
        invoice.transferred_cents,
        invoice.refunded_cents,
    )


def tried(model: Clerk, move: tuple[Any, ...]) -> bool:
    try:
        model.do(*move)
    except No:
        return False
    return True


def is_out_of_scope(action: str, number: str, model: Clerk) -> bool:
    """Return whether a move would take back the agreement: the clerk begins after it."""
    sheet = model.sheets[number]
    return action == "reopen" and not (sheet.events or sheet.state in {"voided", "written_off"})


def agreed(number: str) -> tuple[Invoice, list[Step]]:
    """Return an invoice that waits for its cheque, and its steps."""
    invoice = a_draft(number, PAYER_OF[number])
    steps: list[Step] = []
    for action, inputs in (CREATE, SEND, AGREE):
        step = decide_step(invoice, ActionRequest(number, action, Role.MANAGER, **inputs), TODAY)
        invoice, steps = apply_step(invoice, step), [*steps, step]
    return invoice, steps


@settings(max_examples=40, deadline=timedelta(seconds=5))
@given(st.lists(MOVES, min_size=20, max_size=40))
def test_credit_is_used_as_a_clerk_with_a_purse_for_every_cheque_would(moves: list[Any]) -> None:
    model = clerk()
    invoices = {number: agreed(number)[0] for number in PAYER_OF}
    steps = [step for number in PAYER_OF for step in agreed(number)[1]]
    for place, (action, drawn, amount, pick, whose) in enumerate(moves):
        number = likely_invoice(action, drawn, pick, model)
        how = "left" if action.endswith("credit") and amount in {"over", "owed"} else amount
        if is_out_of_scope(action, number, model):
            continue
        balance, cents = model.sheets[number].balance, cents_of(how, number, model)
        cheque = cheque_named(action, number, pick, place, model)
        party = PAYER_OF[number] if whose else OTHER
        request = ActionRequest(
            number, Action(action), Role.MANAGER, **inputs_of(action, cents, cheque, party, balance)
        )
        batch = decide_all([Asked(1, request)], invoices, TODAY, {})
        is_done = tried(model, (action, number, cents, cheque, party))
        assert (1 in batch.decided) == is_done, (request, batch.refused)
        refuse_unpaired(batch.steps)
        steps += batch.steps
        invoices = dict(batch.invoices)
        check_books(invoices, model)
    for number, invoice in invoices.items():
        own = (step for step in steps if step.number == number)
        assert replay_steps(a_draft(number, PAYER_OF[number]).facts, own) == invoice


def check_books(invoices: dict[str, Invoice], model: Clerk) -> None:
    """Check every invoice against the clerk, and that all that was received is somewhere."""
    for number, invoice in invoices.items():
        assert told(invoice) == told_amounts(model.sheets[number]), number
        assert adds_up(invoice)
        assert min(told(invoice)[1:]) >= 0
    every = list(invoices.values())
    assert model.received() == sum(
        one.collected_cents + one.unapplied_cents + one.refunded_cents for one in every
    )
    assert sum(one.credit_applied_cents for one in every) == sum(one.transferred_cents for one in every)
    assert sum(one.banked_cents + one.in_hand_cents for one in every) == model.received() - sum(
        one.refunded_cents for one in every
    )
    left: Counter[str] = Counter()
    for sheet in model.sheets.values():
        for (party, _), cents in sheet.purses().items():
            left[party] += cents
    held: Counter[str] = Counter()
    for credit in (credit for one in every for credit in credits_of(one)):
        held[credit.paying_party] += credit.cents
    assert held == left

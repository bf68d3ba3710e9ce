"""Unapplied credit: who may use it, for what, and what becomes of it when a step is taken back."""

from collections.abc import Mapping
from typing import Any

import pytest

from server.billing.invoices.credits import credits_of, refuse_unpaired
from server.billing.invoices.invoice import Action, ActionRequest, Invoice, State
from server.billing.invoices.state_machine import open_actions
from server.billing.invoices.step_batches import Asked, Batch, decide_all, invoices_in_question
from server.billing.people import Role
from server.errors import ActionNotOpen, CreditNotUsable, InputsUnusable, StepRefused
from tests.invoices.invented import CHEQUE, MONDAY, PAYER, TODAY, adds_up, an_invoice, taken

CREDIT = 10_000
"""What is left of the cheque over $900.00 on an invoice of $800.00."""

Move = tuple[str, Action, dict[str, Any]]


def books(**histories: str) -> dict[str, Invoice]:
    return {number: an_invoice(history, number) for number, history in histories.items()}


def asked(*moves: Move) -> list[Asked]:
    return [
        Asked(row, ActionRequest(number, action, Role.MANAGER, **inputs))
        for row, (number, action, inputs) in enumerate(moves, 2)
    ]


def decided(invoices: Mapping[str, Invoice], *moves: Move) -> Batch:
    return decide_all(asked(*moves), invoices, TODAY, {})


def after(invoices: Mapping[str, Invoice], *moves: Move) -> dict[str, Invoice]:
    """Return the invoices after moves that are all possible."""
    batch = decided(invoices, *moves)
    for refusal in batch.refused.values():
        raise refusal
    refuse_unpaired(batch.steps)
    assert all(map(adds_up, batch.invoices.values()))
    return dict(batch.invoices)


def applying(cents: int, number: str = "B", **inputs: Any) -> Move:  # noqa: ANN401 - ActionRequest's
    return number, Action.APPLY_CREDIT, {"amount_cents": cents, "day": MONDAY} | inputs


def refunding(cents: int, **inputs: Any) -> Move:  # noqa: ANN401 - ActionRequest's
    return "A", Action.REFUND_CREDIT, {"amount_cents": cents, "day": MONDAY, "note": "by cheque 12"} | inputs


def taking_back(number: str, action: Action = Action.REOPEN) -> Move:
    return number, action, {"note": "a mistake"}


TWO = books(A="overpaid", B="agreed")


def amounts(invoice: Invoice) -> tuple[int, int, int, int]:
    return (
        invoice.balance_cents,
        invoice.collected_cents,
        invoice.unapplied_cents,
        invoice.refunded_cents + invoice.transferred_cents,
    )


# -- Using it


def test_credit_of_one_invoice_pays_another_of_the_same_payer() -> None:
    now = after(TWO, applying(4_000))
    assert amounts(now["A"]) == (0, 80_000, 6_000, 4_000)
    assert amounts(now["B"]) == (76_000, 4_000, 0, 0)
    assert (now["A"].state, now["B"].state) == (State.PAID, State.PENDING_CHEQUE)
    assert now["B"].credit_applied_cents == 4_000
    assert sum(one.banked_cents for one in now.values()) == 90_000


def test_credit_that_pays_all_that_is_owed_leads_on_and_clears_like_a_cheque() -> None:
    invoices = TWO | {"B": taken(an_invoice("paid in part", "B"), Action.APPLY_CREDIT, **big(50_000))}
    assert invoices["B"].state is State.CHEQUE_RECEIVED
    paid = taken(invoices["B"], Action.CLEAR, day=MONDAY)
    assert (paid.state, paid.banked_cents, paid.in_hand_cents) == (State.PAID, 80_000, 0)
    only_credit = taken(an_invoice("agreed"), Action.APPLY_CREDIT, **big(80_000))
    assert taken(only_credit, Action.CLEAR, day=MONDAY).state is State.PAID
    assert Action.BOUNCE not in open_actions(only_credit)


def big(cents: int) -> dict[str, Any]:
    return {"amount_cents": cents, "day": MONDAY}


def test_credit_is_paid_back() -> None:
    now = after(TWO, refunding(4_000))
    assert amounts(now["A"]) == (0, 80_000, 6_000, 4_000)
    assert now["A"].banked_cents == 86_000


def test_what_is_written_off_beside_credit_does_not_end_the_invoice() -> None:
    now = after(TWO, applying(4_000), ("B", Action.WRITE_OFF, {"note": "the rest is lost"}))
    assert (now["B"].state, now["B"].written_off_cents) == (State.CHEQUE_RECEIVED, 76_000)
    assert taken(now["B"], Action.CLEAR, day=MONDAY).state is State.PAID


# -- What is refused


@pytest.mark.parametrize("move", [applying(CREDIT + 1), refunding(CREDIT + 1)])
def test_no_more_than_what_is_left_is_used(move: Move) -> None:
    with pytest.raises(InputsUnusable, match=r"is more than the \$100.00 of credit left of cheque 1001 on A"):
        after(TWO, move)


def test_the_same_credit_is_not_used_twice() -> None:
    batch = decided(TWO, applying(6_000), refunding(6_000), applying(4_000))
    assert list(batch.refused) == [3]
    assert batch.invoices["A"].unapplied_cents == 0
    with pytest.raises(CreditNotUsable, match="has no unapplied credit"):
        after(batch.invoices, applying(1))


def test_no_more_than_what_is_owed_is_applied() -> None:
    invoices = TWO | {"B": taken(an_invoice("agreed", "B"), Action.APPLY_CREDIT, **big(79_999))}
    with pytest.raises(InputsUnusable, match=r"\$0.02 is more than the \$0.01 owed"):
        after(invoices, applying(2))


def test_credit_of_one_payer_never_pays_the_invoice_of_another() -> None:
    invoices = TWO | {"B": an_invoice("agreed", "B", payer="Elm Insurance (invented)")}
    with pytest.raises(CreditNotUsable, match=r"Elm Insurance .* has no unapplied credit") as refused:
        after(invoices, applying(1))
    assert refused.value.cells.keys() == {"Action"}


def test_credit_of_somebody_elses_cheque_is_not_the_billed_payers() -> None:
    over = CHEQUE | {"paying_party": "Elm Insurance (invented)", "amount_cents": 80_100}
    holder = taken(an_invoice("agreed", "A"), Action.RECORD_CHEQUE, **over, exception="overpaid")
    holder = taken(holder, Action.CLEAR, day=MONDAY)
    with pytest.raises(CreditNotUsable):
        after({"A": holder, "B": an_invoice("agreed", "B")}, applying(1))
    elms = an_invoice("agreed", "B", payer="ELM insurance (invented)")
    assert after({"A": holder, "B": elms}, applying(100))["B"].collected_cents == 100


def test_credit_is_not_used_before_its_cheque_cleared() -> None:
    holder = taken(an_invoice("overpaid", "A"), Action.REOPEN, note="not yet")
    with pytest.raises(CreditNotUsable, match=r"has not cleared: \$100.00 of cheque 1001 on A"):
        after(TWO | {"A": holder}, applying(1))
    cleared = after(TWO | {"A": holder}, ("A", Action.CLEAR, {"day": TODAY}), applying(1, day=TODAY))
    assert cleared["B"].collected_cents == 1
    with pytest.raises(InputsUnusable, match="is before the credit cleared"):
        after(TWO | {"A": holder}, ("A", Action.CLEAR, {"day": TODAY}), applying(1))


def test_of_several_credits_the_cheque_number_or_the_invoice_names_one() -> None:
    invoices = books(A="overpaid", B="agreed", C="overpaid")
    with pytest.raises(CreditNotUsable, match=r"several credits: .* on A; .* on C"):
        after(invoices, applying(1))
    assert after(invoices, applying(1, credit_invoice="c"))["C"].transferred_cents == 1
    with pytest.raises(CreditNotUsable, match="no unapplied credit of this description"):
        after(invoices, applying(1, cheque_number="9999"))


@pytest.mark.parametrize("action", [Action.TRANSFER_CREDIT, Action.RETURN_CREDIT])
def test_nobody_requests_the_counterpart_of_a_step(action: Action) -> None:
    for number in TWO:
        with pytest.raises(ActionNotOpen):
            after(TWO, (number, action, big(1) | {"credit_invoice": "B", "cheque_number": "1001"}))


# -- Taking it back


@pytest.mark.parametrize("action", [Action.REOPEN, Action.VOID])
def test_credit_goes_back_where_it_came_from(action: Action) -> None:
    used = after(TWO, applying(4_000), applying(1_000))
    now = after(used, taking_back("B", action))
    left = 6_000 if action is Action.REOPEN else CREDIT
    assert now["A"].unapplied_cents == left
    assert now["B"].collected_cents == CREDIT - left
    again = after(now, taking_back("B")) if action is Action.REOPEN else now
    assert amounts(again["A"]) == amounts(TWO["A"])
    assert again["A"].standing == TWO["A"].standing


def test_a_refund_is_taken_back_before_the_clearing() -> None:
    refunded = after(TWO, refunding(4_000))
    once = after(refunded, taking_back("A"))
    assert (once["A"].state, amounts(once["A"])) == (State.PAID, amounts(TWO["A"]))
    assert after(once, taking_back("A"))["A"].state is State.CHEQUE_RECEIVED


def test_a_cheque_whose_credit_pays_another_invoice_cannot_bounce_before_that_is_taken_back() -> None:
    used = after(TWO, applying(4_000))
    with pytest.raises(ActionNotOpen, match="its credit pays invoice B; reopen that one first"):
        after(used, taking_back("A"))
    back = after(used, taking_back("B"), taking_back("A"), ("A", Action.BOUNCE, {"day": MONDAY}))
    assert amounts(back["A"]) == (80_000, 0, 0, 0)
    assert amounts(back["B"]) == (80_000, 0, 0, 0)
    with pytest.raises(StepRefused):
        after(back, applying(1))


def test_applied_credit_stays_when_a_cheque_beside_it_bounces() -> None:
    used = after(books(A="overpaid", B="paid in part"), applying(CREDIT))
    now = after(used, ("B", Action.BOUNCE, {"day": MONDAY}))
    assert amounts(now["B"]) == (70_000, CREDIT, 0, 0)


def test_half_of_applied_credit_is_not_recorded() -> None:
    batch = decided(TWO, applying(1))
    for half in (batch.decided[2], *batch.counterparts[2]):
        with pytest.raises(ValueError, match="credit"):
            refuse_unpaired([half])


def test_credits_of_several_payers_on_one_invoice_are_told_apart() -> None:
    elm = {"paying_party": "Elm Insurance (invented)", "cheque_number": "77", "exception": "overpaid"}
    invoice = taken(an_invoice("paid in part"), Action.RECORD_CHEQUE, **CHEQUE | elm, amount_cents=50_300)
    assert [(one.paying_party, one.cents) for one in credits_of(invoice)] == [(elm["paying_party"], 300)]
    whole = an_invoice("agreed", "A")
    part = CHEQUE | {"amount_cents": 1, "exception": "partial", "unapplied_cents": 500}
    whole = taken(whole, Action.RECORD_CHEQUE, **part)
    whole = taken(whole, Action.RECORD_CHEQUE, **CHEQUE | elm, amount_cents=80_000)
    assert [(one.paying_party, one.cents) for one in credits_of(whole)] == [
        (PAYER, 500),
        (elm["paying_party"], 1),
    ]
    cleared = taken(whole, Action.CLEAR, day=MONDAY)
    with pytest.raises(CreditNotUsable, match="it holds several credits"):
        after({"A": cleared}, refunding(1))
    assert after({"A": cleared}, refunding(500, cheque_number="1001"))["A"].unapplied_cents == 1


@pytest.mark.parametrize("action", [Action.REOPEN, Action.VOID])
def test_only_what_takes_credit_back_needs_the_invoices_that_hold_it(action: Action) -> None:
    invoices = after(TWO, applying(4_000))
    assert invoices_in_question(asked(taking_back("B", action)), invoices) == ["A"]
    assert invoices_in_question(asked(taking_back("B", Action.NOTE)), invoices) == []
    assert invoices_in_question(asked(taking_back("A", action), taking_back("C", action)), invoices) == []

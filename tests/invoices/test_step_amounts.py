"""What a step is said to record in dollars."""

from typing import Any

import pytest

from server.billing.invoices.invoice import Action, ActionRequest
from server.billing.invoices.projection import apply_step
from server.billing.invoices.step_amounts import Amount, amounts_of_step, total_amounts
from server.billing.invoices.step_decisions import decide_step
from server.billing.people import Role
from tests.invoices.invented import (
    AGREE,
    CHEQUE,
    CLEAR,
    CREATE,
    CREDITS,
    FULL,
    MONDAY,
    OVER,
    PART,
    REFUND,
    SEND,
    TODAY,
    VOID,
    WRITE_OFF,
    Move,
    a_draft,
)

OFFER: Move = (Action.RECORD_OFFER, {"day": MONDAY, "amount_cents": 70_000, "note": "by letter"})
BOUNCE: Move = (Action.BOUNCE, {"day": MONDAY, "cheque_number": CHEQUE["cheque_number"], "note": "no funds"})


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ((CREATE,), {Amount.BILLED: 100_000}),
        ((CREATE, SEND), {}),
        ((CREATE, SEND, OFFER), {Amount.OFFERED: 70_000}),
        ((CREATE, SEND, AGREE), {Amount.AGREED: 80_000}),
        ((CREATE, SEND, AGREE, PART), {Amount.COLLECTED: 30_000}),
        ((CREATE, SEND, AGREE, FULL, CLEAR), {Amount.CLEARED: 80_000}),
        ((CREATE, SEND, AGREE, OVER), {Amount.COLLECTED: 80_000, Amount.UNAPPLIED: 10_000}),
        ((CREATE, SEND, AGREE, OVER, CLEAR, REFUND), {Amount.UNAPPLIED: -4_000}),
        ((CREATE, SEND, AGREE, FULL, BOUNCE), {Amount.COLLECTED: -80_000}),
        ((CREATE, SEND, WRITE_OFF), {Amount.WRITTEN_OFF: 100_000}),
        ((CREATE, SEND, VOID), {Amount.BILLED: -100_000}),
    ],
)
def test_the_last_step_records_what_a_biller_would_say_it_does(
    moves: tuple[Move, ...], expected: dict[Amount, int]
) -> None:
    invoice, steps = a_draft(), []
    for action, inputs in moves:
        steps.append(decide_step(invoice, _request(action, inputs), TODAY, known_credits=CREDITS))
        invoice = apply_step(invoice, steps[-1])
    assert amounts_of_step(steps[-1]) == expected
    assert total_amounts(steps[-1:]) == expected


def _request(action: Action, inputs: dict[str, Any]) -> ActionRequest:
    return ActionRequest("L-1", action, Role.MANAGER, **inputs)

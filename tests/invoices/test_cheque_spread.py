"""Spreading one cheque over rows: every cent of it is in an account, and the ledger's rules take what is filled in."""

from hypothesis import given
from hypothesis import strategies as st

from server.billing.invoices.cheque_spread import (
    ChequePart,
    RowToPay,
    Spread,
    SpreadFlaw,
    spread_cheque,
    wished_cents,
)
from server.billing.invoices.invoice import Action, ActionRequest, ChequeException, Invoice
from server.billing.invoices.step_batches import Asked, decide_all
from server.billing.people import Role
from tests.invoices.invented import AGREE, CHEQUE, CREATE, SEND, TODAY, a_draft, taken

PARTIAL, REST, OVER = ChequeException.PARTIAL, ChequeException.WRITE_OFF_REST, ChequeException.OVERPAID
MOST = 100_000
"""What each invented invoice is billed at, in cents."""

balances = st.integers(1, MOST)
typed_amounts = st.none() | st.integers(0, 2 * MOST)
rows_to_pay = st.lists(
    st.builds(RowToPay, balances, typed_amounts, st.none() | st.sampled_from(ChequeException)),
    min_size=1,
    max_size=6,
)


@st.composite
def cheques(draw: st.DrawFn) -> tuple[int, list[RowToPay], Spread]:
    """Return a cheque with rows and a way to spread it, often of exactly what the rows take, or of a cent beside it."""
    rows, spread = draw(rows_to_pay), draw(st.sampled_from(Spread))
    taken_cents = sum(wished_cents(row, spread) or 0 for row in rows)
    near = st.sampled_from([taken_cents - 1, taken_cents, taken_cents + 1])
    return max(1, draw(near | st.integers(1, 10 * MOST))), rows, spread


def awaiting(number: str, balance_cents: int) -> Invoice:
    """Return an invoice that waits for a cheque of this amount."""
    invoice = a_draft(number)
    for action, inputs in (CREATE, SEND, (AGREE[0], AGREE[1] | {"amount_cents": balance_cents})):
        invoice = taken(invoice, action, **inputs)
    return invoice


@given(cheques())
def test_the_parts_add_up_to_the_cheque_and_a_flaw_is_true(made: tuple[int, list[RowToPay], Spread]) -> None:
    cheque_cents, rows, spread = made
    wished = [wished_cents(row, spread) or 0 for row in rows]

    parts = spread_cheque(cheque_cents, rows, spread)

    match parts:
        case SpreadFlaw.NO_AMOUNT:
            assert min(wished) == 0
        case SpreadFlaw.TOO_LITTLE:
            assert cheque_cents < sum(wished)
        case SpreadFlaw.NO_ROW_FOR_THE_REST:
            assert cheque_cents > sum(wished)
            assert all(cents < row.balance_cents for cents, row in zip(wished, rows, strict=True))
        case _:
            assert sum(part.amount_cents for part in parts) == cheque_cents
            more = [part.amount_cents - cents for part, cents in zip(parts, wished, strict=True)]
            assert sorted(more) == [*[0] * (len(rows) - 1), cheque_cents - sum(wished)]


@given(cheques())
def test_the_ledger_takes_what_is_filled_in_and_has_every_cent(
    made: tuple[int, list[RowToPay], Spread],
) -> None:
    cheque_cents, rows, spread = made
    parts = spread_cheque(cheque_cents, rows, spread)
    if isinstance(parts, SpreadFlaw):
        return
    before = {f"L-{place}": awaiting(f"L-{place}", row.balance_cents) for place, row in enumerate(rows)}
    asked = [
        Asked(row, ActionRequest(
            number, Action.RECORD_CHEQUE, Role.MANAGER,
            **CHEQUE | {"amount_cents": part.amount_cents, "exception": part.exception},
        ))
        for row, (number, part) in enumerate(zip(before, parts, strict=True), 2)
    ]  # fmt: skip

    batch = decide_all(asked, before, TODAY, {})

    assert batch.refused == {}
    after = batch.invoices.values()
    assert sum(one.collected_cents + one.unapplied_cents for one in after) == cheque_cents
    assert {step.request.cheque.amount_cents for step in batch.decided.values() if step.request.cheque} == {
        cheque_cents
    }


def test_balances_are_paid_and_the_rest_is_credit_in_the_last_row() -> None:
    rows = [RowToPay(80_00), RowToPay(50_00)]
    assert spread_cheque(130_00, rows, Spread.BALANCES) == (ChequePart(80_00, None), ChequePart(50_00, None))
    assert spread_cheque(131_00, rows, Spread.BALANCES) == (ChequePart(80_00, None), ChequePart(51_00, OVER))
    assert spread_cheque(129_99, rows, Spread.BALANCES) is SpreadFlaw.TOO_LITTLE


def test_typed_amounts_say_what_a_difference_means() -> None:
    rows = [RowToPay(80_00, 30_00), RowToPay(50_00, 50_00), RowToPay(70_00, 60_00, REST)]
    assert spread_cheque(150_00, rows, Spread.TYPED) == (
        ChequePart(30_00, PARTIAL), ChequePart(60_00, OVER), ChequePart(60_00, REST)
    )  # fmt: skip


def test_a_rest_that_no_row_can_take_is_not_hidden_in_one() -> None:
    rows = [RowToPay(80_00, 30_00), RowToPay(50_00, 40_00)]
    assert spread_cheque(70_01, rows, Spread.TYPED) is SpreadFlaw.NO_ROW_FOR_THE_REST
    assert spread_cheque(70_00, [*rows, RowToPay(5_00)], Spread.TYPED) is SpreadFlaw.NO_AMOUNT
    assert spread_cheque(70_00, [], Spread.TYPED) is SpreadFlaw.NO_AMOUNT

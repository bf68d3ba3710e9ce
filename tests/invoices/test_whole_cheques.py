"""Every cent of a cheque is in an account: it pays an invoice, or is unapplied credit."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.billing.invoices.cheques import NONE_KNOWN, KnownCheques, key_of
from server.billing.invoices.invoice import Action, ActionRequest, ChequeException
from server.billing.invoices.step_batches import Asked, Batch, decide_all
from server.errors import DuplicateCheque
from tests.invoices.invented import CHEQUE, FULL, MONDAY, TODAY, an_invoice

PART: dict[str, Any] = {"exception": ChequeException.PARTIAL}


def a_cheque(number: str, cents: int = 80_000, **more: Any) -> tuple[str, Action, dict[str, Any]]:  # noqa: ANN401
    return number, Action.RECORD_CHEQUE, CHEQUE | {"amount_cents": cents} | more


def a_bounce(number: str) -> tuple[str, Action, dict[str, Any]]:
    return number, Action.BOUNCE, {"day": MONDAY}


def decided(
    *moves: tuple[str, Action, dict[str, Any]], known: KnownCheques = NONE_KNOWN, **histories: str
) -> Batch:
    """Decide moves together, on invoices that are agreed unless another history is named."""
    numbers = {number for number, _, _ in moves}
    books = {number: an_invoice(histories.get(number, "agreed"), number) for number in numbers}
    asked = [
        Asked(row, ActionRequest(number, action, **inputs))
        for row, (number, action, inputs) in enumerate(moves)
    ]
    return decide_all(asked, books, TODAY, known)


def unapplied(batch: Batch) -> dict[str, int]:
    return {number: invoice.unapplied_cents for number, invoice in sorted(batch.invoices.items())}


def test_what_no_row_takes_of_a_cheque_is_unapplied_credit_of_its_last_row() -> None:
    batch = decided(a_cheque("A", cheque_cents=200_000), a_cheque("B", cheque_cents=200_000))
    assert not batch.refused
    assert unapplied(batch) == {"A": 0, "B": 40_000}
    assert {invoice.cheques[0].amount_cents for invoice in batch.invoices.values()} == {200_000}


def test_what_one_row_leaves_of_its_cheque_is_unapplied_credit() -> None:
    assert unapplied(decided(a_cheque("A", cheque_cents=200_000))) == {"A": 120_000}
    assert unapplied(decided(a_cheque("A", 30_000, **PART, cheque_cents=200_000))) == {"A": 170_000}


def test_credit_that_is_named_counts_as_taken() -> None:
    named = a_cheque("A", cheque_cents=210_000, unapplied_cents=50_000)
    assert unapplied(decided(named, a_cheque("B", cheque_cents=210_000))) == {"A": 50_000, "B": 0}
    assert unapplied(decided(named)) == {"A": 130_000}


@given(
    st.lists(st.tuples(st.integers(1, 160_000), st.integers(0, 5_000)), min_size=1, max_size=5),
    st.one_of(st.none(), st.integers(0, 50_000)),
)
def test_any_parts_and_their_credit_add_up_to_the_cheque(
    parts: list[tuple[int, int]], more: int | None
) -> None:
    whole = None if more is None else sum(map(sum, parts)) + more
    kinds = {True: ChequeException.PARTIAL, False: ChequeException.OVERPAID}
    batch = decided(
        *(
            a_cheque(
                f"L-{place}",
                cents,
                unapplied_cents=credit,
                cheque_cents=whole,
                exception=None if cents == 80_000 else kinds[cents < 80_000],
            )
            for place, (cents, credit) in enumerate(parts)
        )
    )
    assert not batch.refused
    in_accounts = sum(one.collected_cents + one.unapplied_cents for one in batch.invoices.values())
    assert {invoice.cheques[0].amount_cents for invoice in batch.invoices.values()} == {in_accounts}


def test_a_cheque_bounces_and_is_recorded_again_in_one_batch() -> None:
    before = an_invoice("received", "A")
    known = {key_of(before.cheques[0]): ("A",)}
    batch = decided(a_bounce("A"), ("A", *FULL), known=known, A="received")
    assert not batch.refused
    assert batch.invoices["A"].balance_cents == 0


def test_a_cheque_that_still_stands_elsewhere_is_not_recorded_again_after_a_bounce() -> None:
    before = an_invoice("received", "A")
    known = {key_of(before.cheques[0]): ("A", "B")}
    batch = decided(a_bounce("A"), ("A", *FULL), known=known, A="received")
    assert isinstance(batch.refused[1], DuplicateCheque)
    assert "on B" in str(batch.refused[1])


def test_a_cheque_recorded_bounced_and_recorded_again_is_two_times_one_cheque() -> None:
    batch = decided(a_cheque("A"), a_bounce("A"), a_cheque("A"))
    assert not batch.refused
    assert [cheque.amount_cents for cheque in batch.invoices["A"].cheques] == [80_000]


def test_a_cheque_of_an_earlier_row_is_known_to_a_later_one() -> None:
    batch = decided(
        a_cheque("A", 40_000, **PART), a_cheque("B", 40_000, **PART), a_bounce("A"), a_cheque("C")
    )
    assert isinstance(batch.refused[3], DuplicateCheque)
    assert "on B" in str(batch.refused[3])

"""The rows of one Invoices sheet, decided together."""

from datetime import date
from typing import Any

from server.billing.invoices.cheques import NONE_KNOWN, KnownCheques, key_of
from server.billing.invoices.invoice import Action, ActionRequest, ChequeException, State
from server.billing.invoices.step_batches import Asked, Batch, decide_all, rows_together
from server.billing.people import Role
from server.errors import (
    ActionNotOpen,
    ChequeDiffers,
    DuplicateCheque,
    InputsUnusable,
    StaleInvoice,
    UnknownInvoice,
)
from tests.invoices.invented import (
    AGREE,
    CHEQUE,
    CLEAR,
    FULL,
    MONDAY,
    PARTIAL,
    SEND,
    TODAY,
    an_invoice,
    taken,
)


def a_row(row: int, number: str, action: Action, version: int | None = None, **inputs: Any) -> Asked:  # noqa: ANN401
    return Asked(row, ActionRequest(number, action, **inputs), version)


def decided(*rows: Asked, known: KnownCheques = NONE_KNOWN, **invoices: str) -> Batch:
    """Decide rows on invoices A, B, C with the histories named."""
    books = {number: an_invoice(history.replace("_", " "), number) for number, history in invoices.items()}
    return decide_all(rows, books, TODAY, known)


def test_two_rows_with_one_invoice_are_decided_one_after_the_other() -> None:
    batch = decided(a_row(2, "A", SEND[0], 1, **SEND[1]), a_row(3, "A", AGREE[0], 1, **AGREE[1]), A="created")
    assert not batch.refused
    assert [step.place for step in batch.decided.values()] == [2, 3]
    assert batch.invoices["A"].state is State.PENDING_CHEQUE


def test_a_bad_row_hides_no_good_one() -> None:
    batch = decided(
        a_row(2, "A", Action.CLEAR, day=MONDAY),
        a_row(3, "B", Action.SEND),
        a_row(4, "C", SEND[0], **SEND[1]),
        a_row(5, "D", Action.NOTE, note="who?"),
        A="created",
        B="created",
        C="created",
    )
    kinds = {row: type(refusal) for row, refusal in batch.refused.items()}
    assert kinds == {2: ActionNotOpen, 3: InputsUnusable, 5: UnknownInvoice}
    assert list(batch.decided) == [4]


def test_every_refused_row_says_which_of_its_cells_is_meant() -> None:
    batch = decided(a_row(2, "A", Action.CLEAR), a_row(3, "B", Action.SEND), A="created", B="created")
    assert [list(refusal.cells) for refusal in batch.refused.values()] == [["Action"], ["Date"]]


def test_a_row_of_a_sheet_that_was_overtaken_is_refused_by_name() -> None:
    batch = decided(
        a_row(2, "A", SEND[0], 0, **SEND[1]), a_row(3, "B", SEND[0], 1, **SEND[1]), A="created", B="created"
    )
    assert isinstance(batch.refused[2], StaleInvoice)
    assert "A" in str(batch.refused[2])
    assert list(batch.decided) == [3]


def test_nothing_asked_is_nothing_decided() -> None:
    batch = decided(A="created")
    assert (batch.decided, batch.refused) == ({}, {})


def split(number: str, row: int, cents: int = 80_000, **other: Any) -> Asked:  # noqa: ANN401
    return a_row(row, number, Action.RECORD_CHEQUE, **CHEQUE | {"amount_cents": cents} | other)


def test_all_rows_of_a_cheque_together_take_no_more_than_it_is_worth() -> None:
    rows = (split("A", 2, cheque_cents=150_000), split("B", 3, cheque_cents=150_000))
    batch = decided(*rows, A="agreed", B="agreed")
    assert not batch.decided
    assert "$1,500.00 is less than the $1,600.00 taken of it" in str(batch.refused[2])


def test_a_cheque_may_be_worth_more_than_all_of_its_rows_take() -> None:
    rows = (split("A", 2, cheque_cents=170_000), split("B", 3, cheque_cents=170_000))
    assert list(decided(*rows, A="agreed", B="agreed").decided) == [2, 3]


def test_rows_with_one_cheque_are_one_cheque_over_several_invoices() -> None:
    batch = decided(split("A", 2), split("B", 3), A="agreed", B="agreed")
    assert not batch.refused
    assert {invoice.cheques[0].amount_cents for invoice in batch.invoices.values()} == {160_000}
    assert [invoice.in_hand_cents for invoice in batch.invoices.values()] == [80_000, 80_000]


def test_a_split_cheque_that_is_known_is_refused_in_each_row() -> None:
    first = decided(split("A", 2), split("B", 3), A="agreed", B="agreed")
    known = {key_of(first.invoices["A"].cheques[0]): ("A", "B")}
    again = decided(split("C", 2), split("D", 3), known=known, C="agreed", D="agreed")
    assert [type(refusal) for refusal in again.refused.values()] == [DuplicateCheque, DuplicateCheque]


def test_rows_of_one_cheque_agree_on_its_dates() -> None:
    batch = decided(split("A", 2), split("B", 3, received_date=date(2026, 10, 6)), A="agreed", B="agreed")
    assert isinstance(batch.refused[3], ChequeDiffers)
    assert list(batch.refused[3].cells) == ["Received date"]


def test_one_cheque_does_not_pay_an_invoice_twice() -> None:
    part = PARTIAL | {"amount_cents": 30_000}
    batch = decided(
        a_row(2, "A", Action.RECORD_CHEQUE, **part),
        a_row(3, "A", Action.RECORD_CHEQUE, **part | {"amount_cents": 20_000}),
        A="agreed",
    )
    assert isinstance(batch.refused[3], DuplicateCheque)


def test_a_bounced_cheque_is_remarked_on_where_it_still_stands() -> None:
    first = decided(split("A", 2), split("B", 3), split("C", 4), A="agreed", B="agreed", C="agreed")
    known = {key_of(first.invoices["A"].cheques[0]): ("A", "B", "C")}
    rows = [a_row(row, number, Action.BOUNCE, day=MONDAY) for row, number in ((2, "A"), (3, "B"))]
    batch = decide_all(rows, {number: first.invoices[number] for number in "AB"}, TODAY, known)
    assert batch.also_pays == {2: ("C",), 3: ("C",)}


def test_a_cheque_number_that_stands_over_other_amounts_is_remarked_on_with_each() -> None:
    payer, number, cents = key_of(decided(split("A", 2), A="agreed").invoices["A"].cheques[0])
    known = {(payer, number, 40_000): ("C", "D"), (payer, "other", 50_000): ("E",)}
    batch = decided(split("A", 2), known=known, A="agreed")
    assert batch.other_amounts == {2: {40_000: ("C", "D")}}
    assert cents not in batch.other_amounts[2]


def test_a_cheque_that_bounces_in_a_row_before_stands_over_no_amount() -> None:
    invoice = decided(split("A", 2), A="agreed").invoices["A"]
    rows = [
        a_row(2, "A", Action.BOUNCE, day=MONDAY),
        split("A", 3, 30_000, exception=ChequeException.PARTIAL),
    ]
    batch = decide_all(rows, {"A": invoice}, TODAY, {key_of(invoice.cheques[0]): ("A",)})
    assert (list(batch.decided), batch.other_amounts) == ([2, 3], {})


def test_a_whole_life_fits_in_one_sheet() -> None:
    moves = [SEND, AGREE, FULL, CLEAR]
    batch = decided(
        *(a_row(row, "A", action, **inputs) for row, (action, inputs) in enumerate(moves)), A="created"
    )
    invoice = an_invoice("created", "A")
    for action, inputs in moves:
        invoice = taken(invoice, action, Role.BILLER, **inputs)
    assert batch.invoices["A"] == invoice


def test_rows_with_something_in_common_are_one_group_also_through_others() -> None:
    subjects = {
        2: (("invoice", "A"), ("cheque", "1")),
        -5: (("invoice", "B"),),
        3: (("invoice", "C"), ("cheque", "1")),
        4: (("invoice", "D"),),
        7: (("invoice", "B"), ("invoice", "C")),
    }
    assert rows_together(subjects) == [(2, -5, 3, 7), (4,)]
    assert rows_together({}) == []

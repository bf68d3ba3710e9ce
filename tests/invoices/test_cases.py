"""When a case is settled."""

import pytest

from server.billing.invoices.cases import settlement_of
from tests.invoices.invented import an_invoice


def test_a_case_is_settled_when_each_invoice_is_paid_written_off_or_voided() -> None:
    told = settlement_of(
        [an_invoice("paid", "L-1"), an_invoice("written off", "L-2"), an_invoice("voided", "L-3")]
    )
    assert (told.is_settled, told.clearable, told.waiting) == (True, (), ())


@pytest.mark.parametrize("open_one", ["created", "sent", "agreed", "paid in part", "received"])
def test_one_open_invoice_keeps_a_case_from_being_settled(open_one: str) -> None:
    assert not settlement_of([an_invoice("paid"), an_invoice(open_one)]).is_settled


def test_every_received_cheque_of_a_case_can_be_cleared_at_once() -> None:
    histories = ["received", "agreed", "received in two", "paid"]
    told = settlement_of(an_invoice(history, f"L-{place}") for place, history in enumerate(histories, 1))
    assert (told.clearable, told.waiting) == (("L-1", "L-3"), ("L-2",))


def test_a_case_without_invoices_is_not_settled() -> None:
    assert not settlement_of([]).is_settled

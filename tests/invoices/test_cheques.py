"""The same cheque twice, and one cheque over several invoices."""

from dataclasses import replace

import pytest

from server.billing.invoices.cheques import key_of
from server.billing.invoices.invoice import Action, ActionRequest, Cheque
from server.billing.invoices.step_decisions import decide_step
from server.errors import DuplicateCheque
from tests.invoices.invented import CHEQUE, FULL, MONDAY, PARTIAL, PAYER, TODAY, an_invoice, taken

CHEQUE_1001 = Cheque("1001", MONDAY, MONDAY, PAYER, 80_000)
KNOWN = {key_of(CHEQUE_1001): ("L-7",)}


def test_the_same_payer_number_and_amount_again_is_refused_naming_where_it_is() -> None:
    with pytest.raises(DuplicateCheque, match="on L-7"):
        decide_step(an_invoice("agreed"), ActionRequest("L-1", FULL[0], **FULL[1]), TODAY, KNOWN)


def test_spaces_capitals_and_punctuation_do_not_make_another_cheque() -> None:
    disguised = FULL[1] | {"cheque_number": " 10-01", "paying_party": PAYER.upper()}
    with pytest.raises(DuplicateCheque):
        decide_step(an_invoice("agreed"), ActionRequest("L-1", FULL[0], **disguised), TODAY, KNOWN)


@pytest.mark.parametrize(
    "other", [{"cheque_number": "1002"}, {"paying_party": "Elm (invented)"}, {"cheque_cents": 80_001}]
)
def test_another_number_payer_or_amount_is_another_cheque(other: dict[str, object]) -> None:
    request = ActionRequest("L-1", FULL[0], **FULL[1] | other)
    assert decide_step(an_invoice("agreed"), request, TODAY, KNOWN).transfers


def test_a_partial_cheque_is_not_recorded_twice_on_one_invoice() -> None:
    with pytest.raises(DuplicateCheque, match="on L-1"):
        taken(an_invoice("paid in part"), Action.RECORD_CHEQUE, **PARTIAL, amount_cents=30_000)


def test_a_second_cheque_of_the_same_party_and_number_but_another_amount_is_another_cheque() -> None:
    invoice = an_invoice("paid in part")
    [first] = invoice.cheques

    after = taken(invoice, Action.RECORD_CHEQUE, **CHEQUE, amount_cents=50_000)

    assert after.cheques == (first, replace(first, amount_cents=50_000))
    assert after.in_hand_cents == 80_000


@pytest.mark.parametrize("whole", [30_000, 90_000])
def test_a_part_of_a_cheque_on_an_invoice_is_the_same_cheque_whichever_amount_is_the_same(whole: int) -> None:
    with pytest.raises(DuplicateCheque, match="on L-1"):
        taken(
            an_invoice("paid in part"),
            Action.RECORD_CHEQUE,
            **PARTIAL,
            amount_cents=30_000,
            cheque_cents=whole,
        )


def test_a_cheque_that_bounced_may_be_presented_again() -> None:
    bounced = taken(an_invoice("received"), Action.BOUNCE, day=MONDAY)
    assert taken(bounced, FULL[0], **FULL[1]).balance_cents == 0


def test_an_invoice_knows_the_whole_cheque_that_pays_part_of_it() -> None:
    after = taken(
        an_invoice("agreed"), Action.RECORD_CHEQUE, **CHEQUE, amount_cents=80_000, cheque_cents=240_000
    )
    assert [cheque.amount_cents for cheque in after.cheques] == [240_000]
    assert after.in_hand_cents == 80_000

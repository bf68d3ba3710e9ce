"""Inputs that cannot be right are named, field by field, and nothing is decided."""

from datetime import date, timedelta
from typing import Any

import pytest

from server.billing.invoices.invoice import Action
from server.errors import InputsUnusable
from tests.invoices.invented import AGREE, CHEQUE, FULL, MONDAY, TODAY, an_invoice, taken

TOMORROW = TODAY + timedelta(days=1)


def flaws(history: str, action: Action, **inputs: Any) -> dict[str, str]:  # noqa: ANN401
    with pytest.raises(InputsUnusable) as refused:
        taken(an_invoice(history), action, **inputs)
    return refused.value.cells


@pytest.mark.parametrize(
    ("history", "action", "inputs", "heading"),
    [
        ("created", Action.SEND, {"day": TOMORROW}, "Date"),
        ("sent", Action.RECORD_OFFER, {"day": TOMORROW, "amount_cents": 1}, "Date"),
        ("sent", Action.AGREE, AGREE[1] | {"day": TOMORROW}, "Date"),
        ("sent", Action.DENY, {"day": TOMORROW, "note": "no"}, "Date"),
        ("agreed", Action.RECORD_CHEQUE, FULL[1] | {"received_date": TOMORROW}, "Received date"),
        ("received", Action.BOUNCE, {"day": TOMORROW}, "Date"),
        ("received", Action.CLEAR, {"day": TOMORROW}, "Date"),
        ("received", Action.VOID, {"day": TOMORROW, "note": "no"}, "Date"),
    ],
)
def test_what_has_happened_did_not_happen_tomorrow(
    history: str, action: Action, inputs: dict[str, Any], heading: str
) -> None:
    found = flaws(history, action, **inputs)
    assert list(found) == [heading]
    assert "future" in found[heading]


def test_what_happened_today_has_happened() -> None:
    assert taken(an_invoice(), Action.SEND, day=TODAY).sent_on == TODAY


def test_a_post_dated_cheque_is_recorded_and_cannot_clear_before_its_date() -> None:
    received = taken(an_invoice("agreed"), FULL[0], **FULL[1] | {"cheque_date": MONDAY + timedelta(days=10)})
    with pytest.raises(InputsUnusable, match="10/15/2026"):
        taken(received, Action.CLEAR, day=MONDAY + timedelta(days=9))
    assert taken(received, Action.CLEAR, day=MONDAY + timedelta(days=10)).paid_on == date(2026, 10, 15)


@pytest.mark.parametrize("action", [Action.CLEAR, Action.BOUNCE])
def test_a_cheque_neither_clears_nor_bounces_before_it_was_received(action: Action) -> None:
    assert list(flaws("received", action, day=MONDAY - timedelta(days=1))) == ["Date"]


@pytest.mark.parametrize("cents", [0, -1, -80_000, 100_001, 10**15])
def test_an_agreed_amount_is_more_than_nothing_and_at_most_the_billed_amount(cents: int) -> None:
    assert list(flaws("sent", Action.AGREE, **AGREE[1] | {"amount_cents": cents})) == ["Amount"]
    assert list(flaws("sent", Action.COUNTER_OFFER, day=MONDAY, amount_cents=cents)) == ["Amount"]
    assert list(flaws("created", Action.SEND, day=MONDAY, amount_cents=cents)) == ["Amount"]


@pytest.mark.parametrize("cents", [0, -80_000, 10**15])
def test_a_cheque_is_over_a_plausible_amount(cents: int) -> None:
    assert list(flaws("agreed", Action.RECORD_CHEQUE, **CHEQUE, amount_cents=cents)) == ["Amount"]


def test_everything_wrong_in_a_row_is_named_at_once() -> None:
    found = flaws(
        "agreed", Action.RECORD_CHEQUE, cheque_number="—", received_date=TOMORROW, paying_party="  "
    )
    assert set(found) == {"Amount", "Cheque number", "Cheque date", "Received date", "Paying party", "Note"}
    assert "letters nor digits" in found["Cheque number"]


def test_a_document_stands_in_for_a_note() -> None:
    with_document = FULL[1] | {"note": "", "document": "scan.pdf"}
    assert taken(an_invoice("agreed"), Action.RECORD_CHEQUE, **with_document).balance_cents == 0


def test_a_reason_of_spaces_is_no_reason() -> None:
    assert list(flaws("sent", Action.VOID, note="   ")) == ["Note"]


def test_a_bounce_names_a_cheque_that_is_in_hand() -> None:
    found = flaws("received in two", Action.BOUNCE, day=MONDAY, cheque_number="1003")
    assert "1001, 1002" in found["Cheque number"]


def test_no_more_is_taken_of_a_cheque_than_it_is_over() -> None:
    split = FULL[1] | {"cheque_cents": 90_000, "unapplied_cents": 10_001}
    assert list(flaws("agreed", Action.RECORD_CHEQUE, **split)) == ["Cheque amount"]
    assert list(flaws("agreed", Action.RECORD_CHEQUE, **FULL[1], unapplied_cents=-1)) == ["Unapplied"]


def test_a_reminder_is_due_when_it_is_due() -> None:
    assert taken(an_invoice("sent"), Action.REMIND, due_date=TOMORROW, note="call the adjuster").version == 3

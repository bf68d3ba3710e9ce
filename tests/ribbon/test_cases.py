"""The button Settle case: which case, what it shows first, and what it records."""

from dataclasses import replace
from typing import Any

import pytest

from server.billing.days import us
from server.billing.invoices.invoice import Action, State
from server.errors import NotCleared, UnknownCase
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from tests.ledger.invoiced import TODAY, a_cheque, a_draft, await_cheque, created, take
from tests.ribbon.clicks import a_click, pressed, views
from tests.ribbon.invoice_clicks import answered, invoices_sheet, lakeside, received, row_of, selecting

ONE, TWO = "Patient One", "Patient Two"
A, B = "Case A", "Case B"
LATER = TODAY.replace(day=10)


def states(ledger: Ledger, *numbers: str) -> list[State]:
    with lakeside(ledger).reading() as books:
        return [books.invoices.get(number).state for number in numbers]


def settle(ledger: Ledger, **inputs: str) -> dict[str, Any]:
    return pressed(ledger, "cases.settle", a_click(inputs=inputs))


def settle_shown(ledger: Ledger, **inputs: str) -> dict[str, Any]:
    """Settle a case as staff do: look at what is shown, and agree to that."""
    shown = settle(ledger, **inputs)
    return settle(ledger, **{**answered(shown), **inputs})


def test_a_case_whose_cheques_are_all_received_is_settled_at_once(ledger: Ledger) -> None:
    numbers = received(ledger, (ONE, A), (ONE, A))

    reply = settle_shown(ledger, case=A, date="2026-11-10")

    assert states(ledger, *numbers) == [State.PAID, State.PAID]
    assert reply["summary"] == (
        "Case A · Patient One: INV-000001, INV-000002 cleared on 11/10/2026, $160.00 in all. "
        "The case is settled."
    )
    assert reply["figures"] == {
        "case": A,
        "cleared": numbers,
        "cleared_cents": 160_00,
        "waiting": {},
        "settled": True,
    }
    assert isinstance(lakeside(ledger).verify(), Verified)


def test_what_will_be_done_is_shown_before_it_is_done(ledger: Ledger) -> None:
    numbers = received(ledger, (ONE, A), (ONE, A))

    shown = settle(ledger, case=A)

    assert shown["summary"] == (
        "Case A · Patient One: clear INV-000001, INV-000002, $160.00 in all? Then the case is settled."
    )
    assert states(ledger, *numbers) == [State.CHEQUE_RECEIVED] * 2
    assert settle(ledger, **answered(shown))["figures"]["settled"]


def test_the_day_is_proposed_as_today(ledger: Ledger) -> None:
    received(ledger, (ONE, A))
    (date,) = [field for field in settle(ledger, case=A)["asks"]["fields"] if field["name"] == "date"]
    assert (date["kind"], date["default"]) == ("date", "2026-11-20")


def test_an_invoice_that_waits_for_something_else_is_named_and_keeps_the_case_open(ledger: Ledger) -> None:
    received(ledger, (ONE, A))
    created(lakeside(ledger), a_draft(ONE, case=A))

    reply = settle_shown(ledger, case=A)

    assert reply["figures"]["waiting"] == {"INV-000002": "pending_invoice"}
    assert reply["summary"].endswith("1 invoice of it still waits: INV-000002 (Pending invoice).")


def test_a_case_with_no_cheque_to_clear_says_what_it_waits_for(ledger: Ledger) -> None:
    await_cheque(lakeside(ledger), a_draft(ONE, case=A))
    reply = settle(ledger, case=A, confirm="yes")
    assert (reply["level"], reply["asks"]) == ("review", None)
    assert reply["summary"].endswith(
        "no cheque to clear. 1 invoice of it still waits: INV-000001 (Pending cheque)."
    )


def test_a_settled_case_says_so_again(ledger: Ledger) -> None:
    received(ledger, (ONE, A))
    settle_shown(ledger, case=A)
    reply = settle(ledger, case=A)
    assert (reply["level"], reply["summary"]) == (
        "done",
        "Case A · Patient One: no cheque to clear. The case is settled.",
    )


def test_the_same_click_sent_again_clears_nothing_twice(ledger: Ledger) -> None:
    (number,) = received(ledger, (ONE, A))
    click = a_click(inputs=answered(settle(ledger, case=A)))
    assert pressed(ledger, "cases.settle", click) == pressed(ledger, "cases.settle", click)
    with lakeside(ledger).reading() as books:
        assert len(books.invoices.history(number)) == 5


def test_who_was_shown_cases_is_written_down_and_no_name_with_it(ledger: Ledger) -> None:
    numbers = received(ledger, (ONE, A), (TWO, B))
    settle(ledger)
    settle(ledger, case=A)
    assert views(ledger.folder) == [("local", "list cases", "2 cases"), ("local", "show case", numbers[0])]


def test_no_is_an_answer(ledger: Ledger) -> None:
    (number,) = received(ledger, (ONE, A))
    assert settle(ledger, case=A, confirm="no")["level"] == "review"
    assert states(ledger, number) == [State.CHEQUE_RECEIVED]


# -- Which case


def test_two_patients_with_a_case_of_one_name_are_told_apart(ledger: Ledger) -> None:
    one, two = received(ledger, (ONE, A), (TWO, A))

    reply = settle(ledger, case=A, confirm="yes")

    (field,) = reply["asks"]["fields"]
    assert [choice["value"] for choice in field["choices"]] == [
        "Case A · Patient One",
        "Case A · Patient Two",
    ]
    settle_shown(ledger, case="Case A · Patient Two")
    assert states(ledger, one, two) == [State.CHEQUE_RECEIVED, State.PAID]


def test_a_patient_tells_apart_cases_of_one_name(ledger: Ledger) -> None:
    one, two = received(ledger, (ONE, A), (TWO, A))
    settle_shown(ledger, case="case a", patient="patient one")
    assert states(ledger, one, two) == [State.PAID, State.CHEQUE_RECEIVED]


def test_another_case_of_the_same_patient_is_left_alone(ledger: Ledger) -> None:
    one, two = received(ledger, (ONE, A), (ONE, B))
    settle_shown(ledger, case=A)
    assert states(ledger, one, two) == [State.PAID, State.CHEQUE_RECEIVED]


def test_a_case_without_a_name_is_not_every_case_of_its_patient(ledger: Ledger) -> None:
    unnamed, named = received(ledger, (ONE, ""), (ONE, A))
    sheet = invoices_sheet(ledger)
    shown = pressed(ledger, "cases.settle", selecting(sheet, [unnamed]))
    settle(ledger, **answered(shown))
    assert states(ledger, unnamed, named) == [State.PAID, State.CHEQUE_RECEIVED]


def test_the_case_of_the_selected_rows_is_meant(ledger: Ledger) -> None:
    one, _, other = received(ledger, (ONE, A), (ONE, A), (TWO, A))
    reply = pressed(ledger, "cases.settle", selecting(invoices_sheet(ledger), [one]))
    assert reply["summary"].startswith("Case A · Patient One: clear INV-000001, INV-000002,")
    assert other not in reply["summary"]


def test_rows_of_two_cases_are_asked_about(ledger: Ledger) -> None:
    received(ledger, (TWO, B))
    one, two = received(ledger, (ONE, A), (ONE, B), cheque="88")
    reply = pressed(ledger, "cases.settle", selecting(invoices_sheet(ledger), [one, two]))
    (field,) = reply["asks"]["fields"]
    assert [choice["value"] for choice in field["choices"]] == [
        "Case A · Patient One",
        "Case B · Patient One",
    ]


def test_a_row_selected_and_another_case_typed_are_asked_about_and_not_guessed(ledger: Ledger) -> None:
    one, two = received(ledger, (ONE, A), (TWO, B))
    click = selecting(invoices_sheet(ledger), [one], {"case": B, "confirm": "yes"})
    assert len(pressed(ledger, "cases.settle", click)["asks"]["fields"][0]["choices"]) == 2
    assert states(ledger, one, two) == [State.CHEQUE_RECEIVED] * 2


def test_without_a_case_the_button_offers_those_not_settled_what_can_be_cleared_first(ledger: Ledger) -> None:
    created(lakeside(ledger), a_draft(ONE, case="Case 0"))
    received(ledger, (ONE, A), (ONE, B), (ONE, B))
    settle_shown(ledger, case=A)

    (field,) = settle(ledger)["asks"]["fields"]

    assert [choice["label"] for choice in field["choices"]] == [
        "Case B · Patient One: 2 of 2 can be cleared",
        "Case 0 · Patient One: 0 of 1 can be cleared",
    ]


def test_where_every_case_is_settled_there_is_nothing_to_ask(ledger: Ledger) -> None:
    assert settle(ledger)["summary"] == "Every case is settled."


def test_a_list_too_long_to_choose_from_says_so(ledger: Ledger) -> None:
    created(lakeside(ledger), *(a_draft(f"Patient {place}") for place in range(120)))
    reply = settle(ledger)
    assert len(reply["asks"]["fields"][0]["choices"]) == 100
    assert "100 of 120" in reply["summary"]


@pytest.mark.parametrize("case", ["Case Z", "Case A · Patient Two", "-"])
def test_a_case_nobody_knows_is_refused(ledger: Ledger, case: str) -> None:
    received(ledger, (ONE, A))
    with pytest.raises(UnknownCase):
        settle(ledger, case=case, confirm="yes")


def test_another_clinics_case_is_unknown_here(ledger: Ledger) -> None:
    received(ledger, (ONE, A))
    with pytest.raises(UnknownCase):
        pressed(ledger, "cases.settle", a_click(clinic="harbor", inputs={"case": A, "confirm": "yes"}))


# -- All or none


def test_one_cheque_that_cannot_clear_yet_keeps_all_of_them(ledger: Ledger) -> None:
    one, two = await_cheque(lakeside(ledger), a_draft(ONE, case=A), a_draft(ONE, case=A))
    take(lakeside(ledger), Action.RECORD_CHEQUE, [one], **a_cheque(80_00, "1"))
    later = TODAY.replace(day=9)
    take(lakeside(ledger), Action.RECORD_CHEQUE, [two], **a_cheque(80_00, "2") | {"cheque_date": later})

    with pytest.raises(NotCleared, match="One invoice of the case cannot be cleared") as refused:
        settle_shown(ledger, case=A, date="2026-11-05")

    assert "INV-000002" in refused.value.findings[0].message
    assert states(ledger, one, two) == [State.CHEQUE_RECEIVED] * 2


def test_a_day_to_come_is_refused_for_every_invoice(ledger: Ledger) -> None:
    numbers = received(ledger, (ONE, A), (ONE, A))
    with pytest.raises(NotCleared, match="2 invoices") as refused:
        settle_shown(ledger, case=A, date="2027-01-01")
    assert len(refused.value.findings) == 2
    assert states(ledger, *numbers) == [State.CHEQUE_RECEIVED] * 2


def test_who_agreed_to_clear_other_invoices_is_shown_those_there_are_now(ledger: Ledger) -> None:
    received(ledger, (ONE, A))
    shown = settle(ledger, case=A)
    numbers = received(ledger, (ONE, A), cheque="88")

    again = settle(ledger, **answered(shown))

    assert again["asks"]
    assert "INV-000001, INV-000002" in again["summary"]
    assert states(ledger, "INV-000001", *numbers) == [State.CHEQUE_RECEIVED] * 2


def test_a_yes_that_does_not_say_to_what_is_shown_what_it_would_clear(ledger: Ledger) -> None:
    numbers = received(ledger, (ONE, A), (ONE, A))
    shown = settle(ledger, case=A, confirm="yes")
    assert "clear INV-000001, INV-000002, $160.00 in all?" in shown["summary"]
    assert settle(ledger, case=A, confirm="; ".join(numbers))["asks"]
    assert states(ledger, *numbers) == [State.CHEQUE_RECEIVED] * 2


@pytest.mark.parametrize("now", [Action.REOPEN, Action.NOTE])
def test_an_invoice_that_changed_since_it_was_shown_is_shown_again(ledger: Ledger, now: Action) -> None:
    one, two = received(ledger, (ONE, A), (ONE, A))
    shown = settle(ledger, case=A)
    take(lakeside(ledger), now, [one], note="another cheque came")
    if now is Action.REOPEN:
        take(lakeside(ledger), Action.RECORD_CHEQUE, [one], **a_cheque(80_00, "1"))

    again = settle(ledger, **answered(shown))

    assert again["asks"]
    assert states(ledger, one, two) == [State.CHEQUE_RECEIVED] * 2
    assert settle(ledger, **answered(again))["figures"]["cleared"] == [one, two]


# -- What is shown first


def test_each_cheque_is_shown_in_dollars(ledger: Ledger) -> None:
    numbers = received(ledger, (ONE, A), (ONE, A))
    asks = settle(ledger, case=A)["asks"]
    payer = asks["tables"][0]["rows"][0][1]
    assert asks["tables"][0]["rows"] == [
        *([one, payer, "$80.00"] for one in numbers),
        ["In all", "", "$160.00"],
    ]
    (buttons,) = [field for field in asks["fields"] if field["kind"] == "buttons"]
    assert buttons["name"] == "confirm"
    assert [choice["label"] for choice in buttons["choices"]] == ["Clear INV-000001, INV-000002: $160.00"]


def test_a_day_before_an_exam_is_flagged_and_shown_before_anything_is_cleared(ledger: Ledger) -> None:
    late = replace(a_draft(ONE, case=A).exams[0], exam_date=LATER)
    drafts = [a_draft(ONE, case=A), replace(a_draft(), exams=(late,))]
    one, two = await_cheque(lakeside(ledger), *drafts)
    for number in (one, two):
        take(lakeside(ledger), Action.RECORD_CHEQUE, [number], **a_cheque(80_00, number))
    answers = answered(settle(ledger, case=A))

    shown = settle(ledger, **answers | {"date": "2026-11-03"})

    assert shown["asks"]["tables"][1]["rows"] == [[f"{two}: 11/03/2026 is before the exam of {us(LATER)}."]]
    assert states(ledger, one, two) == [State.CHEQUE_RECEIVED] * 2
    values = [choice["value"] for choice in shown["asks"]["fields"][-1]["choices"]]
    reply = settle(ledger, **answered(shown) | {"confirm": values[1]})
    assert states(ledger, one, two) == [State.PAID, State.CHEQUE_RECEIVED]
    assert reply["summary"].endswith(f"1 invoice of it still waits: {two} (Cheque received).")
    assert settle(ledger, **answered(shown))["asks"], "the case is not as it was shown any more"


# -- What comes back to the sheet


def test_the_rows_of_the_case_show_how_they_stand_now(ledger: Ledger) -> None:
    one, other = received(ledger, (ONE, A), (TWO, B))
    sheet = invoices_sheet(ledger)
    shown = pressed(ledger, "cases.settle", selecting(sheet, [one]))

    reply = pressed(ledger, "cases.settle", selecting(sheet, [one], answered(shown)))

    values = {str(value) for edit in reply["edits"] for line in edit["values"] or () for value in line}
    assert {"Paid", "Recorded: cleared 11/20/2026"} <= values
    ranges = " ".join(edit["range"] for edit in reply["edits"])
    assert str(row_of(sheet, one)) in ranges
    assert str(row_of(sheet, other)) not in ranges

"""Update invoices shows what it would record before it records something flagged, and records what was agreed to."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from server.billing.invoices.invoice import Action, ActionRequest, Invoice
from server.billing.invoices.step_batches import Asked
from server.billing.people import LOCAL_PERSON, Role
from server.billing.question_numbers import split_answer
from server.errors import ChangedSinceShown, MissingInput
from server.ledger.store import Ledger
from server.operations.session import RequestKey, Session
from server.operations.steps import check_steps, record_shown_steps
from tests.ledger.invoiced import take
from tests.ribbon.clicks import offered, pressed
from tests.ribbon.invoice_sheets import (
    CHEQUE,
    NOV_19,
    SEND,
    InvoicesSheet,
    awaiting_cheques,
    created,
    in_books,
)

VOID = {"action": "void", "note": "billed to the wrong case"}
LATE_DATED = {"cheque_date": date(2027, 10, 1)}


def versions(ledger: Ledger, numbers: list[str]) -> list[int]:
    return [in_books(ledger, number).version for number in numbers]


def question_fields(reply: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in reply["asks"]["fields"]}


def labels(reply: dict[str, Any]) -> list[str]:
    return [choice["label"] for choice in question_fields(reply)["apply"]["choices"]]


def typed_sheet(ledger: Ledger, count: int, **by_place: dict[str, Any]) -> tuple[InvoicesSheet, list[str]]:
    """Return a sheet of new invoices, all to be sent but for those with other entries (``row_2`` is the second)."""
    numbers = created(ledger, count)
    sheet = InvoicesSheet.opened(ledger)
    for place, number in enumerate(numbers, 1):
        sheet.type_in(number, **by_place.get(f"row_{place}", SEND))
    return sheet, numbers


def test_a_click_that_goes_on_by_itself_shows_what_it_would_record(ledger: Ledger) -> None:
    sheet, numbers = typed_sheet(ledger, 2)
    before = versions(ledger, numbers)

    asked = sheet.send(resumed="yes")

    assert (asked["level"], asked["figures"]["recorded"]) == ("blocked", 0)
    assert asked["summary"] == "Nothing is recorded yet: 2 rows with an Action can be recorded."
    assert versions(ledger, numbers) == before
    recorded = sheet.send(resumed="yes", apply=offered(asked, "good-rows"))
    assert (recorded["level"], recorded["figures"]["recorded"]) == ("done", 2)


def test_a_void_is_shown_in_dollars_before_it_is_recorded(ledger: Ledger) -> None:
    sheet, numbers = typed_sheet(ledger, 3, row_2=VOID)

    reply = sheet.send()

    row = sheet.row(numbers[1])
    assert (reply["level"], reply["figures"]["recorded"], reply["figures"]["flagged"]) == ("blocked", 0, 1)
    assert reply["summary"] == "Nothing is recorded: 1 of 3 rows with an Action is flagged."
    assert reply["figures"]["shown"]["billed_cents"] == -100_00
    assert [table["title"] for table in reply["asks"]["tables"]] == ["What would be recorded", "1 flagged"]
    assert reply["asks"]["tables"][0]["rows"][1] == ["void", "1", "billed -$100.00"]
    flagged = f"Row {row}: void {numbers[1]}, billed -$100.00. Nothing opens a voided invoice again."
    assert reply["asks"]["tables"][1]["rows"] == [[flagged]]
    assert labels(reply) == [
        "Record 3 rows: billed -$100.00",
        "Record 2 rows; leave the flagged one",
    ]
    assert question_fields(reply)["apply"]["kind"] == "buttons"
    assert versions(ledger, numbers) == [1, 1, 1]


@pytest.mark.parametrize(
    ("word", "recorded"), [("good-rows", [2, 2, 2]), ("leave-flagged", [2, 1, 2]), ("no", [1, 1, 1])]
)
def test_what_was_chosen_is_recorded_and_the_rest_stays_as_typed(
    ledger: Ledger, word: str, recorded: list[int]
) -> None:
    sheet, numbers = typed_sheet(ledger, 3, row_2=VOID)

    reply = sheet.send(apply=offered(sheet.send(), word))

    assert versions(ledger, numbers) == recorded
    assert reply["asks"] is None
    assert reply["figures"]["recorded"] == sum(recorded) - 3
    still_typed = [sheet.shown(number, "action") for number in numbers]
    assert still_typed == [None if version == 2 else cell["action"] for version, cell in
                           zip(recorded, (SEND, VOID, SEND), strict=True)]  # fmt: skip
    if word == "no":
        assert reply["summary"] == "Nothing is recorded, as you chose: 3 rows with an Action stay as typed."
    if word == "leave-flagged":
        row = sheet.row(numbers[1])
        assert reply["summary"].endswith(f" Left as typed, as you chose: row {row}.")
        (left,) = reply["findings"]
        assert (left["code"], left["cell"]) == ("row-left", f"F{row}")
        assert "Nothing opens a voided invoice again." in left["message"]


def test_a_few_of_the_flagged_rows_can_be_left(ledger: Ledger) -> None:
    sheet, numbers = typed_sheet(ledger, 4, row_1=VOID, row_2=VOID, row_3=VOID)
    reply = sheet.send()
    ticks = {
        int(split_answer(choice["value"])[0]): choice["value"]
        for choice in question_fields(reply)["leave"]["choices"]
    }
    rows = [sheet.row(number) for number in numbers[:3]]
    assert ticks.keys() == {*rows}

    reply = sheet.send(apply=offered(reply, "leave-listed"), leave=f"{ticks[rows[0]]}; {rows[2]}")

    assert versions(ledger, numbers) == [1, 2, 1, 2]
    assert reply["figures"]["left"] == 2


def test_rows_of_one_cheque_are_left_together(ledger: Ledger) -> None:
    numbers = created(ledger, 3)
    sheet = awaiting_cheques(ledger, numbers)
    sheet.type_in(numbers[0], **CHEQUE | LATE_DATED)
    sheet.type_in(numbers[1], **CHEQUE | LATE_DATED)
    sheet.type_in(numbers[2], **CHEQUE | {"cheque_number": "78"})
    reply = sheet.send()
    assert reply["figures"]["flagged"] == 1
    (flagged,) = reply["asks"]["tables"][-1]["rows"]
    assert numbers[0] in flagged[0]
    assert numbers[1] in flagged[0]

    reply = sheet.send(apply=offered(reply, "leave-flagged"))

    assert reply["figures"]["cheque_cents"] == 80_00
    assert [bool(in_books(ledger, number).cheques) for number in numbers] == [False, False, True]
    assert [finding["code"] for finding in reply["findings"]] == ["row-left", "row-left"]


def test_blocked_and_flagged_rows_are_asked_about_once(ledger: Ledger) -> None:
    sheet, numbers = typed_sheet(ledger, 3, row_1=VOID, row_2={"action": "clear", "date": NOV_19})

    reply = sheet.send()

    assert (
        reply["summary"]
        == "Nothing is recorded: 1 of 3 rows with an Action cannot be recorded and 1 is flagged."
    )
    assert labels(reply)[0] == "Record 2 rows: billed -$100.00; leave 1 row that cannot be recorded"
    reply = sheet.send(apply=offered(reply))
    assert (reply["asks"], versions(ledger, numbers)) == (None, [2, 1, 2])


def test_a_clean_sheet_is_one_click(ledger: Ledger) -> None:
    sheet, numbers = typed_sheet(ledger, 3)
    reply = sheet.send()
    assert (reply["level"], reply["asks"], versions(ledger, numbers)) == ("done", None, [2, 2, 2])


@pytest.mark.parametrize("answer", ["good-rows", "yes"])
def test_a_program_that_was_shown_nothing_records_nothing_flagged(ledger: Ledger, answer: str) -> None:
    sheet, numbers = typed_sheet(ledger, 2, row_2=VOID)
    assert sheet.send(apply=answer)["asks"]
    assert versions(ledger, numbers) == [1, 1]


@pytest.mark.parametrize("leave", ["2", "", "99"])
def test_an_answer_that_contradicts_itself_records_nothing(ledger: Ledger, leave: str) -> None:
    sheet, numbers = typed_sheet(ledger, 3, row_1=VOID, row_2=VOID)
    word = "good-rows" if leave == "2" else "leave-listed"
    reply = sheet.send(apply=offered(sheet.send(), word), leave=leave)
    assert reply["asks"]
    assert versions(ledger, numbers) == [1, 1, 1]


def test_what_is_ticked_stays_ticked_if_the_same_question_is_asked_again(ledger: Ledger) -> None:
    sheet, _ = typed_sheet(ledger, 3, row_1=VOID, row_2=VOID)
    shown = sheet.send()
    ticks = [choice["value"] for choice in question_fields(shown)["leave"]["choices"]]
    assert question_fields(shown)["leave"]["default"] is None

    again = sheet.send(apply=offered(shown), leave=ticks[1])

    assert question_fields(again)["leave"]["default"] == ticks[1]


def test_ticks_of_another_question_leave_nothing(ledger: Ledger) -> None:
    sheet, numbers = typed_sheet(ledger, 3, row_1=VOID, row_2=VOID)
    ticks = [choice["value"] for choice in question_fields(sheet.send())["leave"]["choices"]]
    sheet.type_in(numbers[0], **SEND)

    reply = sheet.send()
    assert "leave" not in question_fields(reply), "the one flagged row is left with a button"
    reply = sheet.send(apply=offered(reply), leave=";".join(ticks))

    assert (reply["asks"], versions(ledger, numbers)) == (None, [2, 2, 2])


def test_what_is_no_answer_is_refused(ledger: Ledger) -> None:
    sheet, _ = typed_sheet(ledger, 1)
    with pytest.raises(MissingInput, match="no answer to “apply”"):
        sheet.send(apply="leave-flagged")
    with pytest.raises(MissingInput, match="not the number of a row"):
        sheet.send(apply="good-rows", leave="two")


# -- an answer is about what was shown


def test_a_sheet_that_changed_is_shown_again(ledger: Ledger) -> None:
    sheet, numbers = typed_sheet(ledger, 2, row_2=VOID)
    answer = offered(sheet.send())
    sheet.type_in(numbers[0], amount=90)

    reply = sheet.send(apply=answer)

    assert reply["summary"].startswith("Something has changed since you were asked, so nothing was recorded.")
    assert versions(ledger, numbers) == [1, 1]
    assert sheet.send(apply=offered(reply))["figures"]["recorded"] == 2


def test_books_that_changed_are_shown_again(ledger: Ledger) -> None:
    sheet, numbers = typed_sheet(ledger, 3, row_2=VOID)
    answer = offered(sheet.send())
    take(ledger.clinic("lakeside"), Action.NOTE, [numbers[2]], note="called the payer")

    reply = sheet.send(apply=answer)

    assert "stale-invoice" in str(reply) or "worked on invoice" in str(reply)
    assert reply["asks"]
    assert versions(ledger, numbers) == [1, 1, 2]


def test_the_answer_of_one_clinic_is_none_in_another(ledger: Ledger) -> None:
    sheet, _ = typed_sheet(ledger, 1, row_1=VOID)
    answer = offered(sheet.send())
    click = sheet.click(apply=answer)
    click["workbook"]["clinic"] = "harbor"
    assert pressed(ledger, "invoices.update", click)["figures"]["recorded"] == 0


def test_a_step_that_is_decided_otherwise_is_not_recorded(ledger: Ledger) -> None:
    (number,) = created(ledger, 1)
    asked = [Asked(2, ActionRequest(number, Action.NOTE, Role.MANAGER, note="called"))]
    session = Session(ledger, LOCAL_PERSON, "lakeside", RequestKey("click", "digest", "invoices.update"))
    shown = check_steps(session, asked, {}).batch.decided
    otherwise = {row: replace(step, place=step.place + 1) for row, step in shown.items()}

    with pytest.raises(ChangedSinceShown, match="so nothing was recorded"), session.transaction():
        record_shown_steps(session, asked, otherwise, [2])

    assert versions(ledger, [number]) == [1]
    with session.transaction():
        record_shown_steps(session, asked, shown, [2])
    assert versions(ledger, [number]) == [2]


def test_an_answer_sent_twice_is_carried_out_once(ledger: Ledger) -> None:
    sheet, numbers = typed_sheet(ledger, 2, row_2=VOID)
    click = sheet.click(apply=offered(sheet.send()))
    first = pressed(ledger, "invoices.update", click)
    assert pressed(ledger, "invoices.update", click) == first
    again = pressed(ledger, "invoices.update", {**click, "request_id": "another-click"})
    assert again["figures"]["recorded"] == 0
    assert versions(ledger, numbers) == [2, 2]


def test_what_is_shown_is_written_beside_the_rows_and_changes_no_answer(ledger: Ledger) -> None:
    sheet, numbers = typed_sheet(ledger, 2, row_2=VOID)
    first = sheet.send()
    assert str(sheet.shown(numbers[1], "result")) == "Ready: would be Voided."
    assert offered(sheet.send()) == offered(first)


# -- rows that somebody added


def added(sheet: InvoicesSheet, **cells: Any) -> int:  # noqa: ANN401 - whatever is typed
    """Type a row below the sheet and return its number."""
    sheet.rows.append([None] * len(sheet.rows[0]))
    sheet.type_in(len(sheet.rows), **cells)
    return len(sheet.rows)


@pytest.mark.parametrize(
    "cells",
    [{"invoice": "INV-000002"}, {"patient": "Patient New", "billed": 80}, {"case": "C-9", "note": "bill it"}],
)
def test_a_row_added_without_an_action_is_said(ledger: Ledger, cells: dict[str, Any]) -> None:
    sheet, numbers = typed_sheet(ledger, 1)
    row = added(sheet, **cells)

    reply = sheet.send()

    assert (reply["level"], reply["figures"]["recorded"]) == ("review", 1)
    assert [(one["code"], one["cell"]) for one in reply["findings"]] == [("row-added-by-hand", f"F{row}")]
    assert sheet.shown(row, "result") == "Not sent: choose an Action."
    assert versions(ledger, numbers) == [2]


def test_a_row_added_with_an_action_is_shown_first(ledger: Ledger) -> None:
    sheet, (one, two) = typed_sheet(ledger, 2, row_2={})
    row = added(sheet, invoice=two, **SEND)

    reply = sheet.send()

    assert [(one["code"], one["cell"]) for one in reply["findings"]] == [("row-added-by-hand", f"A{row}")]
    assert f"{two} is Pending invoice now, and $100.00 of it is owed." in reply["findings"][0]["message"]
    assert versions(ledger, [one, two]) == [1, 1]
    sheet.send(apply=offered(reply))
    assert versions(ledger, [one, two]) == [2, 2]


def test_a_row_that_was_added_is_not_lost_when_the_sheet_is_opened_again(ledger: Ledger) -> None:
    sheet = InvoicesSheet.opened(ledger)
    added(sheet, patient="Patient New", billed=80)
    assert pressed(ledger, "invoices.open", sheet.click())["asks"]


def amounts_of(invoice: Invoice) -> tuple[int, int, int]:
    return invoice.billed_cents, invoice.collected_cents, invoice.written_off_cents


def test_what_is_given_up_with_a_cheque_is_shown_first(ledger: Ledger) -> None:
    (number,) = created(ledger, 1)
    sheet = awaiting_cheques(ledger, [number])
    sheet.type_in(number, **CHEQUE | {"amount": 70, "exception": "write off the rest"})

    reply = sheet.send()

    shown = reply["figures"]["shown"]
    assert (shown["collected_cents"], shown["written_off_cents"]) == (70_00, 10_00)
    assert labels(reply)[0] == "Record 1 row: collected $70.00, written off $10.00"
    sheet.send(apply=offered(reply))
    assert amounts_of(in_books(ledger, number)) == (100_00, 70_00, 10_00)

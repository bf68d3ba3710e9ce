"""Update invoices: all rows or none, what is said beside each cell, and what belongs together."""

from typing import Any

import pytest

from server.ledger.store import Ledger
from tests.ribbon.invoice_sheets import (
    CHEQUE,
    NOV_19,
    SEND,
    InvoicesSheet,
    awaiting_cheques,
    in_books,
)


def cells_of(reply: dict[str, Any]) -> dict[str, str]:
    return {finding["cell"]: finding["message"] for finding in reply["findings"]}


def test_one_bad_row_keeps_every_row_from_being_recorded(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    sheet.type_in(invoices[1], action="clear", date=NOV_19)

    reply = sheet.send()

    assert reply["level"] == "blocked"
    assert reply["summary"] == "Nothing is recorded: 1 of 2 rows with an Action cannot be recorded."
    assert (reply["figures"]["recorded"], reply["figures"]["ready"], reply["figures"]["refused"]) == (0, 1, 1)
    assert sheet.shown(invoices[0], "result") == "Ready: would be Pending reduction."
    assert str(sheet.shown(invoices[1], "result")).startswith("Not recorded: Invoice INV-000002 is Pending ")
    assert sheet.shown(invoices[0], "action") == "send"
    assert {in_books(ledger, number).version for number in invoices} == {1}


def test_a_result_says_everything_that_is_wrong_in_its_row(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], action="send", amount=500)
    sheet.type_in(invoices[1], action="send", amount="?", date="soon")
    sheet.send()
    said = [sheet.shown(number, "result") for number in invoices[:2]]
    assert said == [
        "Not recorded: Date is missing. Amount $500.00 is more than the $100.00 billed.",
        "Not recorded: “soon” is not a date. “?” is not an amount of money.",
    ]


@pytest.mark.parametrize("answer", ["good-rows", "yes"])
def test_the_good_rows_are_recorded_when_somebody_says_so(
    ledger: Ledger, invoices: list[str], answer: str
) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    sheet.type_in(invoices[1], action="clear", date=NOV_19)
    (field,) = sheet.send()["asks"]["fields"]
    assert (field["name"], field["kind"], field["default"]) == ("apply", "buttons", None)

    reply = sheet.send(apply=answer)

    assert (reply["level"], reply["figures"]["recorded"], reply["figures"]["refused"]) == ("review", 1, 1)
    assert reply["summary"].endswith("1 row cannot be recorded, and stays as typed.")
    assert sheet.shown(invoices[1], "action") == "clear"
    assert in_books(ledger, invoices[0]).version == 2
    assert in_books(ledger, invoices[1]).version == 1


def test_after_a_no_nothing_is_recorded_and_nothing_asked(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    sheet.type_in(invoices[1], action="clear", date=NOV_19)

    reply = sheet.send(apply="no")

    assert (reply["level"], reply["asks"], reply["figures"]["recorded"]) == ("blocked", None, 0)
    assert in_books(ledger, invoices[0]).version == 1


def test_without_a_good_row_nothing_is_offered(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[1], action="clear", date=NOV_19)
    assert sheet.send()["asks"] is None
    assert sheet.send(apply="good-rows")["level"] == "blocked"


def test_what_cannot_be_read_is_said_beside_each_cell(ledger: Ledger, invoices: list[str]) -> None:
    sheet = awaiting_cheques(ledger, invoices[:1])
    wrong: dict[str, Any] = {"amount": "eighty", "cheque_date": "some day", "exception": "maybe"}
    sheet.type_in(invoices[0], **CHEQUE | wrong | {"cheque_number": 2.98725e15})

    cells = cells_of(sheet.send())

    row = sheet.row(invoices[0])
    assert cells.keys() == {f"{letter}{row}" for letter in "GHIL"}
    assert cells[f"G{row}"] == "“eighty” is not an amount of money."
    assert "lost digits" in cells[f"H{row}"]


def test_leftovers_an_action_does_not_take_are_nobodys_mistake(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND, cheque_date="some day", exception="maybe")
    assert sheet.send()["level"] == "done"


@pytest.mark.parametrize("word", ["sned", "create", "#N/A", "edit lines"])
def test_an_action_nobody_offers_is_refused_with_the_words_there_are(
    ledger: Ledger, invoices: list[str], word: str
) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], action=word)
    (finding,) = sheet.send()["findings"]
    assert finding["cell"] == f"F{sheet.row(invoices[0])}"
    assert finding["code"] in {"not-a-choice", "error-value"}


@pytest.mark.parametrize("word", ["Send", " SEND ", "send"])
def test_an_action_is_known_however_it_is_typed(ledger: Ledger, invoices: list[str], word: str) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND | {"action": word})
    assert sheet.send()["figures"]["actions"] == {"send": 1}


def test_a_complaint_goes_when_its_action_is_taken_away(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], action="clear", date=NOV_19)
    sheet.send()
    sheet.type_in(invoices[0], action=None, date=None)
    sheet.type_in(invoices[1], **SEND)

    reply = sheet.send()

    assert sheet.shown(invoices[0], "result") is None
    white = [edit["range"] for edit in reply["edits"] if edit["fill"] == "#FFFFFF"]
    assert f"F{sheet.row(invoices[0])}:" in white[0]


# -- rows that belong together


def test_rows_of_one_cheque_are_recorded_together_or_not(ledger: Ledger, invoices: list[str]) -> None:
    sheet = awaiting_cheques(ledger, invoices)
    sheet.type_in(invoices[0], **CHEQUE)
    sheet.type_in(invoices[1], **CHEQUE | {"amount": "?"})
    sheet.type_in(invoices[2], **CHEQUE | {"cheque_number": "78"})

    reply = sheet.send(apply="good-rows")

    assert (reply["figures"]["recorded"], reply["figures"]["refused"]) == (1, 2)
    culprit = sheet.row(invoices[1])
    assert f"Row {culprit} is about the same cheque" in str(sheet.shown(invoices[0], "result"))
    assert in_books(ledger, invoices[0]).cheques == ()


def test_half_of_a_shared_cheque_is_not_recorded_because_only_it_is_selected(
    ledger: Ledger, invoices: list[str]
) -> None:
    sheet = awaiting_cheques(ledger, invoices)
    for number in invoices[:2]:
        sheet.type_in(number, **CHEQUE)
    row, other = sheet.row(invoices[0]), sheet.row(invoices[1])

    reply = sheet.send(selected=(row,), rows="selected")

    assert (reply["level"], reply["figures"]["rows"]) == ("blocked", 1)
    assert reply["findings"][0]["remedy"].startswith(f"Correct or select row {other}")
    assert sheet.send(selected=(row, other), rows="selected")["figures"]["cheque_cents"] == 16_000


def test_a_row_waits_for_a_refused_one_of_the_same_invoice(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.rows.append(list(sheet.rows[sheet.row(invoices[1]) - 1]))
    sheet.type_in(invoices[1], action="send")
    sheet.type_in(len(sheet.rows), action="note", note="it went out")

    reply = sheet.send(apply="good-rows")

    assert reply["figures"]["recorded"] == 0
    assert "held-with-another" in {finding["code"] for finding in reply["findings"]}

"""Update invoices: what is said of rows and keeps none from being recorded."""

from typing import Any

import pytest

from server.ledger.store import Ledger
from server.sheets.invoices.sheet_rows import OFFERED
from server.sheets.sheet import Cell
from tests.ribbon.clicks import pressed
from tests.ribbon.invoice_sheets import (
    CHEQUE,
    NOV_19,
    NOV_20,
    OAK,
    SEND,
    InvoicesSheet,
    awaiting_cheques,
    in_books,
)

NOT_SENT = "Not sent: choose an Action."


def said(reply: dict[str, Any]) -> list[tuple[str, str]]:
    return [(finding["code"], finding["cell"]) for finding in reply["findings"]]


def painted(reply: dict[str, Any], fill: str) -> list[str]:
    return [edit["range"] for edit in reply["edits"] if edit["fill"] == fill]


# -- something typed, and no Action


@pytest.mark.parametrize(
    "typed",
    [
        {"amount": 80},
        {"amount": 0},
        {"cheque_number": "77"},
        {"cheque_date": NOV_19},
        {"received_date": NOV_19},
        {"paying_party": OAK},
        {"exception": "partial"},
        {"date": "soon"},
        {"note": "call back"},
    ],
    ids=lambda typed: "-".join(map(str, typed.values())),
)
def test_a_row_typed_in_without_an_action_is_said_and_stays_as_typed(
    ledger: Ledger, invoices: list[str], typed: dict[str, Cell]
) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    sheet.type_in(invoices[1], **typed)
    before = [sheet.shown(invoices[1], name) for name in typed]

    reply = sheet.send()

    assert (reply["level"], reply["figures"]["rows"], reply["figures"]["recorded"]) == ("review", 1, 1)
    assert reply["summary"].endswith(" 1 row has no Action and was skipped.")
    assert said(reply) == [("no-action-chosen", f"F{sheet.row(invoices[1])}")]
    assert sheet.shown(invoices[1], "result") == NOT_SENT
    assert [sheet.shown(invoices[1], name) for name in typed] == before
    assert in_books(ledger, invoices[1]).version == 1


def test_it_keeps_no_row_from_being_recorded_and_is_told_beside_a_bad_one(
    ledger: Ledger, invoices: list[str]
) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    sheet.type_in(invoices[1], note="call back")
    sheet.type_in(invoices[2], action="clear", date=NOV_19)

    reply = sheet.send()

    assert (reply["level"], reply["figures"]["ready"], reply["figures"]["refused"]) == ("blocked", 1, 1)
    assert reply["summary"] == "Nothing is recorded: 1 of 2 rows with an Action cannot be recorded."
    assert sheet.shown(invoices[1], "result") == NOT_SENT
    assert sheet.send(apply="good-rows")["figures"]["recorded"] == 1


def test_where_no_row_has_an_action_those_typed_in_are_named(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    for number in invoices[:2]:
        sheet.type_in(number, date=NOV_19)

    reply = sheet.send()

    cells = sorted(f"F{sheet.row(number)}" for number in invoices[:2])
    assert (reply["level"], reply["findings_total"]) == ("review", 2)
    assert [cell for _, cell in said(reply)] == cells
    assert {sheet.shown(number, "result") for number in invoices[:2]} == {NOT_SENT}


def test_of_rows_that_were_not_meant_nothing_is_said(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    sheet.type_in(invoices[1], note="call back")
    sheet.type_in(invoices[2], **SEND)
    reply = sheet.send(selected=(sheet.row(invoices[0]),), rows="selected")
    assert (reply["level"], reply["findings"]) == ("done", [])
    assert sheet.shown(invoices[1], "result") is None


def test_the_remark_goes_with_what_was_typed(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], note="call back")
    sheet.send()
    sheet.type_in(invoices[0], note=None)

    reply = sheet.send()

    assert (reply["findings"], sheet.shown(invoices[0], "result")) == ([], None)
    row = sheet.row(invoices[0])
    assert painted(reply, "#FFFFFF") == [f"F{row}:O{row}"]


def test_a_row_that_was_recorded_has_nothing_typed_any_more(ledger: Ledger, invoices: list[str]) -> None:
    sheet = awaiting_cheques(ledger, invoices[:1])
    sheet.type_in(invoices[1], **SEND)
    assert said(sheet.send()) == []
    assert str(sheet.shown(invoices[0], "result")).startswith("Recorded: agree.")


@pytest.mark.parametrize("label", [None, "Total"])
def test_a_sum_below_the_invoices_is_nobodys_step(
    ledger: Ledger, invoices: list[str], label: str | None
) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    sheet.rows.append([None] * len(sheet.rows[0]))
    sheet.type_in(len(sheet.rows), invoice=label, amount=80)
    assert sheet.send()["level"] == "done"


def test_hidden_rows_without_an_action_were_not_sent(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    sheet.type_in(invoices[1], note="call back")
    click = sheet.click()
    click["sheets"][0]["hidden_rows"] = [sheet.row(invoices[1])]
    assert [code for code, _ in said(pressed(ledger, "invoices.update", click))] == ["no-action-chosen"]


# -- the number of a cheque once more


def test_a_cheque_number_that_stands_over_another_amount_is_recorded_and_said(
    ledger: Ledger, invoices: list[str]
) -> None:
    sheet = awaiting_cheques(ledger, invoices[:2])
    sheet.type_in(invoices[0], **CHEQUE)
    sheet.send()
    again = {"cheque_number": "77 1", "paying_party": OAK.upper(), "amount": 50, "exception": "partial"}
    sheet.type_in(invoices[1], **CHEQUE | again)

    reply = sheet.send_and_agree()

    remark = f"Cheque 77 1 of {OAK.upper()} is already recorded over $80.00, on {invoices[0]}."
    row = sheet.row(invoices[1])
    assert (reply["level"], reply["figures"]["recorded"]) == ("review", 1)
    assert said(reply) == [("cheque-number-again", f"H{row}")]
    assert reply["findings"][0]["message"] == remark
    assert painted(reply, "#FFEB9C") == [f"H{row}:H{row}"]
    assert (
        sheet.shown(invoices[1], "result")
        == f"Recorded: record cheque. Now Pending cheque, balance $30.00. {remark}"
    )
    assert in_books(ledger, invoices[1]).cheques[0].amount_cents == 50_00


def test_it_is_said_before_anything_is_recorded(ledger: Ledger, invoices: list[str]) -> None:
    sheet = awaiting_cheques(ledger, invoices)
    sheet.type_in(invoices[0], **CHEQUE)
    sheet.send()
    sheet.type_in(invoices[1], **CHEQUE | {"amount": 50, "exception": "partial"})
    sheet.type_in(invoices[2], action="clear", date=NOV_19)

    reply = sheet.send()

    assert [code for code, _ in said(reply)] == ["step-refused", "cheque-number-again"]
    assert str(sheet.shown(invoices[1], "result")).startswith(
        "Ready: would be Pending cheque. Cheque 77-1 of"
    )


def test_every_amount_the_number_stands_over_is_named(ledger: Ledger, invoices: list[str]) -> None:
    sheet = awaiting_cheques(ledger, invoices)
    for number, amount in zip(invoices, (40, 50, 60), strict=True):
        sheet.type_in(number, **CHEQUE | {"amount": amount, "exception": "partial"})
        reply = sheet.send_and_agree()
    assert f"over $40.00, on {invoices[0]}; $50.00, on {invoices[1]}." in reply["findings"][0]["message"]


def test_a_cheque_that_bounced_stands_no_more(ledger: Ledger, invoices: list[str]) -> None:
    """In the same click, the bounce first: the payer sends another cheque from the same block."""
    sheet = awaiting_cheques(ledger, invoices[:1])
    sheet.type_in(invoices[0], **CHEQUE)
    sheet.send()
    sheet.rows.append(list(sheet.rows[sheet.row(invoices[0]) - 1]))
    sheet.type_in(invoices[0], action="bounce", date=NOV_20)
    sheet.type_in(len(sheet.rows), **CHEQUE | {"amount": 50, "exception": "partial"})

    reply = sheet.send()

    assert (reply["level"], reply["figures"]["recorded"], reply["findings"]) == ("done", 2, [])


def test_another_payer_may_use_the_number(ledger: Ledger, invoices: list[str]) -> None:
    sheet = awaiting_cheques(ledger, invoices[:2])
    sheet.type_in(invoices[0], **CHEQUE)
    sheet.send()
    sheet.type_in(invoices[1], **CHEQUE | {"paying_party": "Elm Mutual (invented)", "amount": 50})
    sheet.type_in(invoices[1], exception="partial")
    assert sheet.send()["level"] == "done"


# -- a word nobody knows


def test_a_mistyped_action_is_answered_with_those_open_to_its_row(
    ledger: Ledger, invoices: list[str]
) -> None:
    awaiting_cheques(ledger, invoices[:1])
    words = {invoices[0]: "cheque", invoices[1]: "sned", "INV-000404": "sned"}
    sheet = InvoicesSheet.by_hand(ledger, *({"invoice": one, "action": word} for one, word in words.items()))

    remedies = {finding["cell"]: finding["remedy"] for finding in sheet.send()["findings"]}

    assert remedies == {
        "F2": "Type one of: record cheque, apply credit, deny, write off, void, reopen, note.",
        "F3": "Type one of: send, void, note.",
        "F4": f"Type one of: {', '.join(OFFERED)}.",
    }

"""Fill in cheque: one cheque typed once for several rows, looked at, and then recorded by Update invoices."""

from datetime import date
from typing import Any

import pytest

from server.errors import MissingSheet
from server.ledger.invoices.cheque_list import ChequeFilter, ChequeOrder
from server.ledger.list_places import ListPlace
from server.ledger.store import Ledger
from tests.ribbon.clicks import a_click, pressed
from tests.ribbon.invoice_clicks import answered
from tests.ribbon.invoice_sheets import (
    CHEQUE,
    NOV_19,
    OAK,
    InvoicesSheet,
    awaiting_cheques,
    in_books,
)

ANSWERS = {
    "cheque_number": "00471",
    "cheque_date": "2026-11-18",
    "note": "Copy in the folder; both sides",
}


def press_fill(sheet: InvoicesSheet, numbers: list[str], **inputs: str) -> dict[str, Any]:
    """Press the button with the rows of these invoices selected, and change the sheet as the reply says."""
    rows = tuple(sheet.row(number) for number in numbers)
    reply = pressed(sheet.ledger, "invoices.fill", sheet.click(selected=rows, **inputs))
    sheet.apply(reply)
    return reply


def filled(sheet: InvoicesSheet, numbers: list[str], **answers: str) -> dict[str, Any]:
    """Press the button, fill in its form, and send it."""
    asked = press_fill(sheet, numbers)
    reply = pressed(
        sheet.ledger, "invoices.fill", sheet.click(selected=(), **answered(asked, **ANSWERS | answers))
    )
    sheet.apply(reply)
    return reply


def cheques_of(ledger: Ledger) -> list[tuple[str, int, dict[str, tuple[int, int]]]]:
    """Return each cheque in the books: number, cents, and what each invoice took of it and keeps as credit."""
    with ledger.clinic("lakeside").reading() as books:
        found = books.cheques(ChequeFilter(), ListPlace(ChequeOrder.RECORDED), 10)
    return [
        (
            one.number,
            one.amount_cents,
            {part.invoice: (part.amount_cents, part.unapplied_cents) for part in one.parts},
        )
        for one in found
    ]


def test_one_cheque_is_typed_once_and_recorded_as_one(ledger: Ledger, invoices: list[str]) -> None:
    sheet = awaiting_cheques(ledger, invoices)

    asked = press_fill(sheet, invoices)
    assert asked["asks"]["title"] == "One cheque for 3 invoices, $240.00 owed in all."
    told = {field["name"]: field["default"] for field in asked["asks"]["fields"]}
    assert told == {
        "invoice": "; ".join(sheet.invoices), "cheque_number": None, "amount": "240.00", "cheque_date": None,
        "received_date": "2026-11-20", "paying_party": OAK, "spread": "balances", "note": None,
    }  # fmt: skip
    reply = filled(sheet, invoices)

    assert (reply["level"], reply["next"]) == ("done", "invoices.update")
    assert reply["summary"] == (
        f"Cheque 00471 of {OAK}, $240.00, is filled in for {', '.join(sheet.invoices)}. "
        "Nothing is recorded yet: look at the rows and press Update invoices."
    )
    assert cheques_of(ledger) == []
    assert {sheet.shown(number, "amount") for number in invoices} == {80}
    assert {sheet.shown(number, "cheque_number") for number in invoices} == {"00471"}
    assert sheet.send()["level"] == "done"
    assert cheques_of(ledger) == [("00471", 240_00, dict.fromkeys(sheet.invoices, (80_00, 0)))]
    assert in_books(ledger, invoices[0]).standing[-1].request.cheque_date == date(2026, 11, 18)


def test_what_the_rows_leave_of_the_cheque_is_credit_of_the_payer(
    ledger: Ledger, invoices: list[str]
) -> None:
    sheet = awaiting_cheques(ledger, invoices)
    first, last = [number for number in sheet.invoices if number in invoices[:2]]
    reply = filled(sheet, invoices[:2], amount="170.01")
    assert "$10.01 of it will be unapplied credit." in reply["summary"]
    assert reply["figures"] == {
        "rows": 2, "cheque_cents": 170_01, "unapplied_cents": 10_01, "parts": {first: 80_00, last: 90_01},
    }  # fmt: skip
    assert (sheet.shown(first, "exception"), sheet.shown(last, "exception")) == (None, "overpaid")
    assert sheet.send()["figures"]["refused"] == 0
    assert cheques_of(ledger) == [("00471", 170_01, {first: (80_00, 0), last: (90_01, 0)})]
    assert [in_books(ledger, number).unapplied_cents for number in (first, last)] == [0, 10_01]


def test_typed_amounts_are_taken_and_less_than_the_balance_is_partial(
    ledger: Ledger, invoices: list[str]
) -> None:
    sheet = awaiting_cheques(ledger, invoices)
    one, two = invoices[:2]
    sheet.type_in(one, amount=30)
    sheet.type_in(two, amount="$80.00")
    reply = filled(sheet, [one, two])
    assert reply["figures"]["cheque_cents"] == 110_00
    assert (sheet.shown(one, "exception"), sheet.shown(two, "exception")) == ("partial", None)
    assert sheet.send()["figures"]["refused"] == 0
    assert in_books(ledger, one).balance_cents == 50_00


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"amount": "159.99"}, "The cheque is $159.99, and the rows take $160.00."),
        ({"amount": "a lot"}, "“a lot” is not the amount of a cheque."),
        ({"amount": "-5"}, "“-5” is not the amount of a cheque."),
        ({"spread": "typed"}, "A row has no Amount to take from the cheque."),
        ({"received_date": "2026-12-24"}, "Received date"),
        ({"cheque_date": "soon"}, "“soon” is not a date."),
    ],
)
def test_what_cannot_be_filled_in_is_asked_again_with_the_answers_kept(
    ledger: Ledger, invoices: list[str], answers: dict[str, str], sentence: str
) -> None:
    sheet = awaiting_cheques(ledger, invoices)
    before = [list(row) for row in sheet.rows]
    reply = filled(sheet, invoices[:2], **answers)
    assert sentence in reply["asks"]["title"]
    kept = {field["name"]: field["default"] for field in reply["asks"]["fields"]}
    assert kept.items() >= (ANSWERS | answers).items()
    assert (reply["level"], reply["edits"], sheet.rows) == ("blocked", [], before)


def test_a_cheque_that_is_in_the_books_is_said_before_it_is_filled_in(
    ledger: Ledger, invoices: list[str]
) -> None:
    sheet = awaiting_cheques(ledger, invoices)
    sheet.type_in(invoices[0], **CHEQUE)
    sheet.send()
    reply = filled(sheet, invoices[1:2], cheque_number="77-1")
    assert "77-1" in reply["asks"]["title"]
    assert reply["edits"] == []


def test_rows_that_cannot_take_a_cheque_keep_all_from_being_filled_in(
    ledger: Ledger, invoices: list[str]
) -> None:
    one, two, three = invoices
    sheet = awaiting_cheques(ledger, [one, two])
    sheet.type_in(two, action="deny", date=NOV_19, note="no")
    reply = press_fill(sheet, invoices)
    assert reply["summary"] == (
        f"Nothing is filled in. Another Action is typed in row {sheet.row(two)}. "
        f"1 invoice cannot take a cheque: {three} (Pending invoice)."
    )
    assert (reply["level"], reply["asks"], reply["edits"], reply["next"]) == ("blocked", None, [], None)


def test_a_row_that_somebody_else_worked_on_is_not_filled_in(ledger: Ledger, invoices: list[str]) -> None:
    sheet = awaiting_cheques(ledger, invoices)
    other = InvoicesSheet.opened(ledger)
    other.type_in(invoices[0], **CHEQUE | {"amount": 10, "exception": "partial"})
    other.send()
    assert f"Somebody worked on invoice {invoices[0]}" in press_fill(sheet, invoices[:2])["summary"]


def test_an_invoice_that_is_not_on_the_sheet_or_twice_is_said(ledger: Ledger, invoices: list[str]) -> None:
    sheet = awaiting_cheques(ledger, invoices)
    sheet.rows.append(list(sheet.rows[sheet.row(invoices[1]) - 1]))
    reply = pressed(ledger, "invoices.fill", sheet.click(invoice=f"{invoices[1]}; INV-000404"))
    assert reply["summary"] == (
        f"Nothing is filled in. INV-000404: not on the sheet Invoices. {invoices[1]}: in several rows."
    )


def test_without_a_selection_the_button_asks_for_invoices(ledger: Ledger, invoices: list[str]) -> None:
    sheet = awaiting_cheques(ledger, invoices)
    assert press_fill(sheet, [])["asks"]["title"] == "One cheque for which invoices?"


def test_without_the_sheet_there_is_nothing_to_fill_in(ledger: Ledger) -> None:
    with pytest.raises(MissingSheet):
        pressed(ledger, "invoices.fill", a_click())


def test_days_are_the_days_they_are_in_a_workbook_of_1904(ledger: Ledger, invoices: list[str]) -> None:
    sheet = awaiting_cheques(ledger, invoices[:1])
    asked = press_fill(sheet, invoices[:1])
    click = sheet.click(selected=(), **answered(asked, **ANSWERS))
    click["workbook"]["date_system"] = 1904
    reply = pressed(ledger, "invoices.fill", click)
    values = [value for edit in reply["edits"] for line in edit["values"] or () for value in line]
    assert 46_344 - 1_462 in values

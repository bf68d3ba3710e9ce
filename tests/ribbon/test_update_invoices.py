"""Update invoices: what is recorded, which rows are meant, and what comes back beside them."""

from datetime import date

import pytest

from server.errors import MissingInput, MissingSheet
from server.ledger.store import Ledger
from tests.ledger.invoiced import a_draft, enter
from tests.ribbon.clicks import a_click, pressed
from tests.ribbon.invoice_sheets import (
    AGREE,
    CHEQUE,
    NOV_19,
    NOV_20,
    OAK,
    SEND,
    InvoicesSheet,
    awaiting_cheques,
    created,
    in_books,
)

TYPING = ("action", "amount", "cheque_number", "cheque_date", "received_date", "paying_party", "date", "note")


def test_a_row_is_driven_to_paid_and_shows_each_state(ledger: Ledger, invoices: list[str]) -> None:
    number = invoices[0]
    sheet = InvoicesSheet.opened(ledger)
    seen = []
    for cells in (SEND, AGREE, CHEQUE, {"action": "clear", "date": NOV_20}):
        sheet.type_in(number, **cells)
        assert sheet.send()["level"] == "done"
        seen.append((sheet.shown(number, "state"), sheet.shown(number, "balance")))
    assert seen == [
        ("Pending reduction", 100), ("Pending cheque", 80), ("Cheque received", 0), ("Paid", 0),
    ]  # fmt: skip
    assert in_books(ledger, number).paid_on == NOV_20
    assert sheet.shown(number, "row_version") == 5
    assert sheet.shown(number, "result") == "Recorded: clear. Now Paid, balance $0.00."


@pytest.mark.parametrize("shown", [15, None])
def test_the_credit_that_is_shown_is_not_read_as_part_of_a_cheque(
    ledger: Ledger, invoices: list[str], shown: int | None
) -> None:
    sheet = awaiting_cheques(ledger, invoices[:1])
    sheet.type_in(invoices[0], **CHEQUE | {"unapplied": shown})
    assert sheet.send()["level"] == "done"
    assert in_books(ledger, invoices[0]).unapplied_cents == 0


def test_credit_is_said_listed_and_applied_from_rows(ledger: Ledger, invoices: list[str]) -> None:
    one, two = invoices[:2]
    sheet = awaiting_cheques(ledger, [one, two])
    sheet.type_in(one, **CHEQUE | {"amount": 95, "exception": "overpaid"})
    reply = sheet.send()
    assert sheet.shown(one, "result") == (
        f"Recorded: record cheque. Now Cheque received, balance $0.00, $15.00 unapplied credit of {OAK}."
    )
    assert reply["figures"]["unapplied_cents"] == 15_00
    assert f"$15.00 is unapplied credit: $15.00 of {OAK} on {one}." in reply["summary"]
    sheet.type_in(one, action="clear", date=NOV_20)
    sheet.send()

    again = InvoicesSheet.opened(ledger)
    assert (again.shown(one, "state"), again.shown(one, "unapplied")) == ("Paid", 15)
    again.type_in(two, action="apply credit", amount=10, date=NOV_20)
    reply = again.send()

    assert again.shown(two, "result") == (
        f"Recorded: apply credit. Now Pending cheque, balance $70.00. The credit is of cheque 77-1 on {one}."
    )
    assert (again.shown(one, "unapplied"), again.shown(two, "balance")) == (5, 70)
    assert in_books(ledger, one).transferred_cents == 10_00


def test_what_was_typed_is_emptied_so_that_a_second_press_records_nothing(
    ledger: Ledger, invoices: list[str]
) -> None:
    sheet = awaiting_cheques(ledger, invoices[:1])
    sheet.type_in(invoices[0], **CHEQUE)
    sheet.send()
    assert [sheet.shown(invoices[0], name) for name in TYPING] == [None] * len(TYPING)

    reply = sheet.send()

    assert reply["figures"]["recorded"] == 0
    assert reply["summary"].startswith("No row of the sheet Invoices has an Action")
    assert in_books(ledger, invoices[0]).version == 4


def test_the_same_click_sent_again_records_nothing_again(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    click = sheet.click()
    assert pressed(ledger, "invoices.update", click) == pressed(ledger, "invoices.update", click)
    assert in_books(ledger, invoices[0]).version == 2


def test_the_figures_say_what_was_done_and_with_how_much(ledger: Ledger, invoices: list[str]) -> None:
    sheet = awaiting_cheques(ledger, invoices)
    for number in invoices[:2]:
        sheet.type_in(number, **CHEQUE | {"cheque_number": number})
    sheet.type_in(invoices[2], action="Note", note="asked again")

    reply = sheet.send()

    assert reply["figures"] == {
        "rows": 3,
        "recorded": 3,
        "refused": 0,
        "actions": {"record cheque": 2, "note": 1},
        "cheque_cents": 16_000,
        "invoices": 3,
        "balance_cents": 8_000,
        "unapplied_cents": 0,
        "left": 0,
    }
    assert reply["summary"] == (
        "3 rows recorded: 2 record cheque, 1 note. Cheques of $160.00. Balance on these 3 invoices: $80.00."
    )


def test_each_row_offers_what_is_open_to_it_now(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    (offer,) = [edit for edit in sheet.send()["edits"] if edit["choices"] is not None]
    assert offer["range"] == f"F{sheet.row(invoices[0])}:F{sheet.row(invoices[0])}"
    assert offer["choices"][:3] == ["record offer", "counter offer", "agree"]


def test_neighbouring_rows_are_written_as_one_block(ledger: Ledger) -> None:
    numbers = created(ledger, 40)
    sheet = InvoicesSheet.opened(ledger)
    for number in numbers:
        sheet.type_in(number, **SEND)
    edits = sheet.send()["edits"]
    assert [edit["range"] for edit in edits if edit["values"]] == ["D2:O41", "W2:AB41"]


def test_one_cheque_over_several_rows_is_one_cheque_in_the_books(ledger: Ledger, invoices: list[str]) -> None:
    sheet = awaiting_cheques(ledger, invoices)
    for number in invoices:
        sheet.type_in(number, **CHEQUE)
    assert sheet.send()["figures"]["cheque_cents"] == 24_000
    assert {in_books(ledger, number).cheques[0].amount_cents for number in invoices} == {24_000}


def test_a_bounced_cheque_names_the_other_invoices_it_pays(ledger: Ledger, invoices: list[str]) -> None:
    sheet = awaiting_cheques(ledger, invoices[:2])
    for number in invoices[:2]:
        sheet.type_in(number, **CHEQUE)
    sheet.send()
    sheet.type_in(invoices[0], action="bounce", date=NOV_20)

    reply = sheet.send_and_agree()

    assert reply["level"] == "review"
    assert reply["findings"][0]["code"] == "bounced-elsewhere"
    assert str(sheet.shown(invoices[0], "result")).endswith(
        f"The cheque that bounced is on {invoices[1]}, too."
    )


def test_two_rows_of_one_invoice_are_recorded_in_their_order(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.rows.append(list(sheet.rows[sheet.row(invoices[1]) - 1]))
    sheet.type_in(invoices[1], **SEND)
    sheet.type_in(len(sheet.rows), **AGREE)

    reply = sheet.send()

    assert reply["figures"]["actions"] == {"send": 1, "agree": 1}
    assert sheet.shown(invoices[1], "state") == sheet.shown(len(sheet.rows), "state") == "Pending cheque"


def test_a_payer_named_when_sending_is_shown(ledger: Ledger) -> None:
    with ledger.clinic("lakeside").transaction() as books:
        (number,) = enter(books, [a_draft(payer="")], "made")
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(number, **SEND, paying_party=OAK)
    sheet.send()
    assert sheet.shown(number, "payer") == OAK


# -- which rows


def test_where_some_rows_are_selected_and_others_not_it_is_asked_once(
    ledger: Ledger, invoices: list[str]
) -> None:
    sheet = InvoicesSheet.opened(ledger)
    for number in invoices:
        sheet.type_in(number, **SEND)

    asked = sheet.send(selected=(2, 3))

    (field,) = asked["asks"]["fields"]
    assert (field["name"], [choice["value"] for choice in field["choices"]]) == ("rows", ["selected", "all"])
    assert sheet.send(selected=(2, 3), rows="selected")["figures"]["recorded"] == 2
    assert sheet.send(selected=(2, 3), rows="all")["figures"]["recorded"] == 1


@pytest.mark.parametrize("selected", [(), (2,), (2, 3, 4), (9, 10)])
def test_a_selection_that_divides_nothing_is_no_question(
    ledger: Ledger, invoices: list[str], selected: tuple[int, ...]
) -> None:
    sheet = InvoicesSheet.opened(ledger)
    for number in invoices:
        sheet.type_in(number, **SEND)
    assert sheet.send(selected=selected)["figures"]["recorded"] == 3


def test_selected_rows_that_a_filter_hides_were_not_meant(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    for number in invoices:
        sheet.type_in(number, **SEND)
    click = sheet.click(selected=(2, 3, 4), rows="selected")
    click["sheets"][0]["hidden_rows"] = [3]
    assert pressed(ledger, "invoices.update", click)["figures"]["recorded"] == 2


def test_rows_nobody_sees_are_sent_and_said(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    for number in invoices:
        sheet.type_in(number, **SEND)
    click = sheet.click()
    click["sheets"][0]["hidden_rows"] = [3]
    reply = pressed(ledger, "invoices.update", click)
    assert (reply["level"], reply["figures"]["recorded"]) == ("done", 3)
    assert reply["findings"][0]["message"].startswith("This includes 1 row that the sheet hides")


@pytest.mark.parametrize("name", ["rows", "apply"])
def test_an_answer_nobody_offered_is_refused(ledger: Ledger, invoices: list[str], name: str) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    click = sheet.click() | {"inputs": {name: "some"}}
    with pytest.raises(MissingInput):
        pressed(ledger, "invoices.update", click)


# -- the sheet itself


def test_without_an_invoices_sheet_the_remedy_is_told(ledger: Ledger) -> None:
    with pytest.raises(MissingSheet, match="no sheet Invoices") as caught:
        pressed(ledger, "invoices.update", a_click())
    assert "call it Invoices again" in caught.value.remedy


@pytest.mark.parametrize(
    "columns", [[], [[None]], [["Notes", "call back"]], [["Invoice", "INV-000001"]], [["Action", "send"]]]
)
def test_a_sheet_without_the_headings_records_nothing(ledger: Ledger, columns: list[list[str]]) -> None:
    click = a_click(sheets=[{"name": "invoices ", "columns": columns}])
    reply = pressed(ledger, "invoices.update", click)
    assert reply["level"] == "blocked"
    assert {finding["code"] for finding in reply["findings"]} == {"missing-heading"}


def test_a_heading_in_two_columns_records_nothing(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    sheet.rows = [[*row, row[sheet.rows[0].index("Action")]] for row in sheet.rows]
    assert {finding["code"] for finding in sheet.send()["findings"]} == {"heading-twice"}
    assert in_books(ledger, invoices[0]).version == 1


def test_columns_of_ones_own_between_ours_are_left_alone(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    for row in sheet.rows:
        row.insert(12, "Mine" if row is sheet.rows[0] else "my remark")
    sheet.type_in(invoices[0], **SEND)
    sheet.send()
    assert sheet.shown(invoices[0], "mine") == "my remark"
    assert sheet.shown(invoices[0], "state") == "Pending reduction"


def test_days_of_a_workbook_that_counts_from_1904_are_the_days_they_show(
    ledger: Ledger, invoices: list[str]
) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], action="send", date=NOV_19.toordinal() - date(1904, 1, 1).toordinal())
    click = sheet.click()
    click["workbook"]["date_system"] = 1904
    pressed(ledger, "invoices.update", click)
    assert in_books(ledger, invoices[0]).sent_on == NOV_19

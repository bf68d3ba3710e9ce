"""Open invoices and Update invoices: what is shown, what is asked, and that all rows are recorded or none."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Any

import orjson
import pytest

from server.errors import MissingInput, MissingSheet, SheetInTheWay, StaleInvoice
from server.ledger.outputs import Outputs
from server.ledger.store import Ledger
from server.ribbon.click import read_click
from server.ribbon.desk import Desk, Prepared
from server.ribbon.invoices.update import update
from tests.ledger.invoiced import a_draft
from tests.ribbon.clicks import a_click, pressed
from tests.ribbon.invoice_sheets import AGREE, CHEQUE, NOV_19, NOV_20, OAK, InvoicesSheet, in_books

SEND: dict[str, Any] = {"action": "send", "date": NOV_19}
TYPING = ("action", "amount", "cheque_number", "cheque_date", "received_date", "paying_party", "date", "note")


@pytest.fixture
def invoices(ledger: Ledger) -> list[str]:
    """Three new invoices of $100.00, two facilities."""
    return created(ledger, 3)


def created(ledger: Ledger, count: int, clinic: str = "lakeside") -> list[str]:
    drafts = [
        a_draft(f"Patient {n}", case=f"Case {n}", payer=OAK, facility="North" if n % 2 else "South")
        for n in range(1, count + 1)
    ]
    with ledger.clinic(clinic).transaction() as books:
        return books.invoices.create(drafts, "made", "tests")


def driven(ledger: Ledger, numbers: list[str], *typed: dict[str, Any]) -> InvoicesSheet:
    """Return the sheet after each of these was typed beside every invoice, and sent."""
    sheet = InvoicesSheet.opened(ledger)
    for cells in typed:
        for number in numbers:
            sheet.type_in(number, **cells)
        assert sheet.send()["figures"]["refused"] == 0
    return sheet


def awaiting_cheques(ledger: Ledger, numbers: list[str]) -> InvoicesSheet:
    return driven(ledger, numbers, SEND, AGREE)


def cells_of(reply: dict[str, Any]) -> dict[str, str]:
    return {finding["cell"]: finding["message"] for finding in reply["findings"]}


# -- Open invoices


def test_unasked_what_is_not_settled_is_shown(ledger: Ledger, invoices: list[str]) -> None:
    driven(ledger, invoices[:1], {"action": "void", "note": "the wrong case"})

    reply = pressed(ledger, "invoices.open", a_click())

    assert reply["summary"].startswith("2 invoices of Lakeside (open), $200.00 outstanding.")
    assert InvoicesSheet.opened(ledger).invoices == [invoices[2], invoices[1]]
    assert InvoicesSheet.opened(ledger, state="all").invoices == [invoices[2], invoices[0], invoices[1]]


def test_invoices_stand_by_facility_and_then_by_state(ledger: Ledger, invoices: list[str]) -> None:
    sheet = driven(ledger, invoices[:1], SEND)
    assert sheet.invoices == [invoices[0], invoices[2], invoices[1]]
    assert InvoicesSheet.opened(ledger).invoices == [invoices[2], invoices[0], invoices[1]]


def test_the_figures_add_up_by_state_and_by_bucket(ledger: Ledger, invoices: list[str]) -> None:
    driven(ledger, invoices[:1], SEND, AGREE)
    figures = pressed(ledger, "invoices.open", a_click())["figures"]
    assert (figures["invoices"], figures["billed_cents"], figures["agreed_cents"]) == (3, 30_000, 8_000)
    assert figures["by_state"]["pending_cheque"] == {"invoices": 1, "balance_cents": 8_000}
    for names in ("by_state", "by_bucket"):
        assert sum(each["balance_cents"] for each in figures[names].values()) == figures["balance_cents"]
    assert figures["by_bucket"]["0-30"]["invoices"] == 3


@pytest.mark.parametrize(
    ("inputs", "count"),
    [
        ({"state": "pending invoice"}, 3),
        ({"state": "paid; pending_cheque"}, 0),
        ({"payer": "OAK mutual invented"}, 3),
        ({"facility": "north"}, 2),
        ({"patient": "patient 2"}, 1),
        ({"attorney": "nobody"}, 0),
        ({"bucket": "0-30"}, 3),
        ({"bucket": "121+"}, 0),
        ({"from": "2026-11-20"}, 3),
        ({"to": "11/19/2026"}, 0),
        ({"dates": "exam", "to": "2026-11-02"}, 3),
        ({"dates": "paid", "from": "2026-01-01"}, 0),
        ({"bucket": "0-30", "to": "2026-11-19"}, 0),
    ],
)
def test_filters_narrow_what_is_shown(
    ledger: Ledger, invoices: list[str], inputs: dict[str, str], count: int
) -> None:
    assert len(invoices) == 3
    reply = pressed(ledger, "invoices.open", a_click(inputs=inputs))
    assert reply["figures"]["invoices"] == count
    assert reply["output"]["sheets"] == [{"name": "Invoices"}]
    assert "Filters:" not in reply["summary"]


@pytest.mark.parametrize(
    ("inputs", "remedy"),
    [
        ({"state": "sent"}, "pending_reduction"),
        ({"bucket": "0-45"}, "31-60, 61-90"),
        ({"dates": "seen"}, "created, exam, paid"),
        ({"from": "next week"}, "2026-10-31"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "on or after"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused_with_what_can(
    ledger: Ledger, inputs: dict[str, str], remedy: str
) -> None:
    with pytest.raises(MissingInput) as caught:
        pressed(ledger, "invoices.open", a_click(inputs=inputs))
    assert remedy in caught.value.remedy


def test_a_clinic_without_invoices_gets_a_sheet_all_the_same(ledger: Ledger) -> None:
    reply = pressed(ledger, "invoices.open", a_click())
    assert reply["summary"] == "No invoice of Lakeside is of this kind: open."
    assert InvoicesSheet.opened(ledger).rows[1:] == []


def test_a_sheet_with_actions_not_sent_is_not_replaced_unasked(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    click = sheet.click()

    reply = pressed(ledger, "invoices.open", click)

    assert reply["asks"]["title"].startswith("1 row has an Action that is not sent.")
    assert reply["output"] is None
    assert pressed(ledger, "invoices.open", sheet.click(anew="yes"))["output"]
    sheet.send()
    assert pressed(ledger, "invoices.open", sheet.click())["output"]


def test_a_sheet_of_that_name_which_is_not_ours_is_left_alone(ledger: Ledger) -> None:
    typed = InvoicesSheet.by_hand(ledger, {"invoice": "INV-000001"})
    with pytest.raises(SheetInTheWay, match="stays as it is"):
        pressed(ledger, "invoices.open", typed.click(anew="yes"))


def test_who_looked_at_the_invoices_is_written_down(ledger: Ledger, invoices: list[str]) -> None:
    assert len(invoices) == 3
    pressed(ledger, "invoices.open", a_click(inputs={"facility": "North"}))
    with closing(sqlite3.connect(ledger.folder / "clinics" / "lakeside.db")) as db:
        seen = db.execute("SELECT actor, what, about FROM access").fetchall()
    assert seen == [("local", "open invoices", "2 invoices: open; facility North")]


# -- Update invoices: recorded


def test_a_row_is_driven_to_paid_and_shows_each_state(ledger: Ledger, invoices: list[str]) -> None:
    number = invoices[0]
    sheet = InvoicesSheet.opened(ledger)
    seen = []
    for cells in (SEND, AGREE, CHEQUE, {"action": "clear", "date": NOV_20}):
        sheet.type_in(number, **cells)
        assert sheet.send()["level"] == "done"
        seen.append((sheet.shown(number, "state"), sheet.shown(number, "balance")))
    assert seen == [("pending_reduction", 100), ("pending_cheque", 80), ("cheque_received", 0), ("paid", 0)]
    assert in_books(ledger, number).paid_on == NOV_20
    assert sheet.shown(number, "row_version") == 5
    assert sheet.shown(number, "result") == "Recorded: clear. Now paid, balance $0.00."


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
    }
    assert reply["summary"] == (
        "3 rows recorded: 2 record cheque, 1 note. Cheques of $160.00. $80.00 is owed on these 3 invoices now."
    )


def test_each_row_offers_what_is_open_to_it_now(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    (offer,) = [edit for edit in sheet.send()["edits"] if edit["choices"] is not None]
    assert offer["range"] == f"O{sheet.row(invoices[0])}:O{sheet.row(invoices[0])}"
    assert offer["choices"][:3] == ["record offer", "counter offer", "agree"]


def test_neighbouring_rows_are_written_as_one_block(ledger: Ledger) -> None:
    numbers = created(ledger, 40)
    sheet = InvoicesSheet.opened(ledger)
    for number in numbers:
        sheet.type_in(number, **SEND)
    edits = sheet.send()["edits"]
    assert [edit["range"] for edit in edits if edit["values"]] == ["J2:X41", "Z2:Z41"]


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

    reply = sheet.send()

    assert reply["level"] == "review"
    assert reply["findings"][0]["code"] == "bounced-elsewhere"
    assert str(sheet.shown(invoices[0], "result")).endswith(
        f"The same cheque is on {invoices[1]}: bounce it there, too."
    )


def test_two_rows_of_one_invoice_are_recorded_in_their_order(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.rows.append(list(sheet.rows[sheet.row(invoices[1]) - 1]))
    sheet.type_in(invoices[1], **SEND)
    sheet.type_in(len(sheet.rows), **AGREE)

    reply = sheet.send()

    assert reply["figures"]["actions"] == {"send": 1, "agree": 1}
    assert sheet.shown(invoices[1], "state") == sheet.shown(len(sheet.rows), "state") == "pending_cheque"


def test_a_payer_named_when_sending_is_shown(ledger: Ledger) -> None:
    with ledger.clinic("lakeside").transaction() as books:
        (number,) = books.invoices.create([a_draft(payer="")], "made", "tests")
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(number, **SEND, paying_party=OAK)
    sheet.send()
    assert sheet.shown(number, "payer") == OAK


# -- Update invoices: refused


def test_one_bad_row_keeps_every_row_from_being_recorded(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    sheet.type_in(invoices[1], action="clear", date=NOV_19)

    reply = sheet.send()

    assert reply["level"] == "blocked"
    assert reply["summary"] == "Nothing is recorded: 1 row cannot be, of 2 with an Action."
    assert (reply["figures"]["recorded"], reply["figures"]["ready"], reply["figures"]["refused"]) == (0, 1, 1)
    assert sheet.shown(invoices[0], "result") == "Ready: would be pending_reduction."
    assert str(sheet.shown(invoices[1], "result")).startswith("Not recorded: Invoice INV-000002 is pending_")
    assert sheet.shown(invoices[0], "action") == "send"
    assert {in_books(ledger, number).version for number in invoices} == {1}


def test_the_good_rows_are_recorded_when_somebody_says_so(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    sheet.type_in(invoices[1], action="clear", date=NOV_19)
    (field,) = sheet.send()["asks"]["fields"]
    assert [choice["value"] for choice in field["choices"]] == ["good-rows"]
    assert field["default"] is None

    reply = sheet.send(apply="good-rows")

    assert (reply["level"], reply["figures"]["recorded"], reply["figures"]["refused"]) == ("review", 1, 1)
    assert reply["summary"].endswith("1 row cannot be recorded, and stays as typed.")
    assert sheet.shown(invoices[1], "action") == "clear"
    assert in_books(ledger, invoices[0]).version == 2
    assert in_books(ledger, invoices[1]).version == 1


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
    assert cells.keys() == {f"{letter}{row}" for letter in "PQRU"}
    assert cells[f"P{row}"] == "“eighty” is not an amount of money."
    assert "lost digits" in cells[f"Q{row}"]


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
    assert finding["cell"] == f"O{sheet.row(invoices[0])}"
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
    sheet.type_in(invoices[0], action=None)
    sheet.type_in(invoices[1], **SEND)

    reply = sheet.send()

    assert sheet.shown(invoices[0], "result") is None
    white = [edit["range"] for edit in reply["edits"] if edit["fill"] == "#FFFFFF"]
    assert f"O{sheet.row(invoices[0])}:" in white[0]


# -- Update invoices: rows that belong together


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


# -- Update invoices: whose row it is


def test_a_row_somebody_else_overtook_is_refused_by_name(ledger: Ledger, invoices: list[str]) -> None:
    mine, theirs = InvoicesSheet.opened(ledger), InvoicesSheet.opened(ledger)
    for sheet in (mine, theirs):
        sheet.type_in(invoices[0], **SEND)
    mine.type_in(invoices[1], **SEND)
    theirs.send()

    reply = mine.send()

    assert reply["level"] == "blocked"
    assert f"Somebody else worked on invoice {invoices[0]}" in str(mine.shown(invoices[0], "result"))
    assert in_books(ledger, invoices[1]).version == 1
    assert mine.send(apply="good-rows")["figures"]["actions"] == {"send": 1}


def opened_with(ledger: Ledger, numbers: list[str], cells: dict[str, Any]) -> InvoicesSheet:
    sheet = InvoicesSheet.opened(ledger)
    for number in numbers:
        sheet.type_in(number, **cells)
    return sheet


def typed_with(ledger: Ledger, numbers: list[str], cells: dict[str, Any]) -> InvoicesSheet:
    return InvoicesSheet.by_hand(ledger, *({"invoice": number} | cells for number in numbers))


@pytest.mark.parametrize("make", [opened_with, typed_with], ids=["our sheet", "a sheet typed by hand"])
def test_what_moved_between_the_look_and_the_writing_is_refused_and_nothing_is_written(
    ledger: Ledger,
    invoices: list[str],
    make: Callable[[Ledger, list[str], dict[str, Any]], InvoicesSheet],
) -> None:
    note = {"action": "note", "note": "asked again"}
    sheet = make(ledger, invoices, note)
    other = InvoicesSheet.opened(ledger)
    other.type_in(invoices[2], **note)
    desk = Desk(ledger, Outputs(ledger.folder), read_click(orjson.dumps(sheet.click())))
    prepared = update(desk)
    assert isinstance(prepared, Prepared)
    other.send()

    with pytest.raises(StaleInvoice, match=invoices[2]), ledger.clinic("lakeside").transaction() as books:
        prepared.finish(books)

    assert [in_books(ledger, number).version for number in invoices] == [1, 1, 2]


def test_sorted_rows_keep_their_keys(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    sheet.rows[1:] = sheet.rows[:0:-1]
    sheet.send()
    assert [in_books(ledger, number).version for number in invoices] == [2, 1, 1]


@pytest.mark.parametrize("columns", [slice(0, 1), slice(1, 3)], ids=["the number", "case and patient"])
def test_columns_sorted_without_the_others_are_noticed(
    ledger: Ledger, invoices: list[str], columns: slice
) -> None:
    sheet = InvoicesSheet.opened(ledger)
    first, second = sheet.rows[1], sheet.rows[2]
    first[columns], second[columns] = second[columns], first[columns]
    sheet.type_in(2, **SEND)
    sheet.type_in(3, **SEND)

    reply = sheet.send()

    assert {finding["code"] for finding in reply["findings"]} == {"row-mixed-up"}
    assert {in_books(ledger, number).version for number in invoices} == {1}


def test_a_sheet_out_of_another_clinics_workbook_fits_nothing_here(
    ledger: Ledger, invoices: list[str]
) -> None:
    with ledger.clinic("harbor").transaction() as books:
        books.invoices.create([a_draft("Patient of the harbor", payer=OAK)], "made", "tests")
    sheet = InvoicesSheet.opened(ledger, clinic="harbor")
    sheet.clinic = "lakeside"
    sheet.type_in(2, **SEND)
    assert sheet.invoices[0] == invoices[0]

    reply = sheet.send()

    assert {finding["code"] for finding in reply["findings"]} == {"row-mixed-up"}
    assert in_books(ledger, invoices[0]).version == 1


def test_a_key_without_its_version_is_as_old_as_can_be(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND, row_version=None)
    sheet.type_in(invoices[1], **SEND, row_version="x")
    reply = sheet.send()
    assert reply["figures"]["refused"] == 2
    assert all("Somebody else worked on" in message for message in cells_of(reply).values())


def test_a_sheet_typed_by_hand_is_recorded_by_its_invoice_numbers(
    ledger: Ledger, invoices: list[str]
) -> None:
    sheet = InvoicesSheet.by_hand(ledger, {"invoice": invoices[0], **SEND}, {"invoice": "INV-000404", **SEND})
    reply = sheet.send(apply="good-rows")
    assert (reply["figures"]["recorded"], reply["figures"]["refused"]) == (1, 1)
    assert reply["findings"][0]["cell"] == "A3"
    assert sheet.shown(2, "state") == "pending_reduction"
    assert not [edit for edit in reply["edits"] if edit["fill"] == "#FFFFFF"]


def test_an_action_beside_no_invoice_is_refused(ledger: Ledger) -> None:
    (finding,) = InvoicesSheet.by_hand(ledger, SEND).send()["findings"]
    assert (finding["cell"], finding["code"]) == ("A2", "blank-cell")


# -- Update invoices: which rows


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
    assert reply["findings"][0]["message"].startswith("What was sent includes 1 row that the sheet hides")


@pytest.mark.parametrize("name", ["rows", "apply"])
def test_an_answer_nobody_offered_is_refused(ledger: Ledger, invoices: list[str], name: str) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    click = sheet.click() | {"inputs": {name: "some"}}
    with pytest.raises(MissingInput):
        pressed(ledger, "invoices.update", click)


# -- Update invoices: the sheet itself


def test_without_an_invoices_sheet_the_remedy_is_told(ledger: Ledger) -> None:
    with pytest.raises(MissingSheet, match="no sheet Invoices"):
        pressed(ledger, "invoices.update", a_click())


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
    assert sheet.shown(invoices[0], "state") == "pending_reduction"


def test_days_of_a_workbook_that_counts_from_1904_are_the_days_they_show(
    ledger: Ledger, invoices: list[str]
) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], action="send", date=NOV_19.toordinal() - date(1904, 1, 1).toordinal())
    click = sheet.click()
    click["workbook"]["date_system"] = 1904
    pressed(ledger, "invoices.update", click)
    assert in_books(ledger, invoices[0]).sent_on == NOV_19

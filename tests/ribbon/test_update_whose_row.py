"""Update invoices: whose row a row is, however the sheet was sorted, pasted, typed or overtaken."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from server.errors import StaleInvoice
from server.ledger.store import Ledger
from server.ribbon.invoices.update import update
from tests.ledger.invoiced import a_draft, enter
from tests.ribbon.clicks import interrupted, pressed
from tests.ribbon.invoice_sheets import (
    OAK,
    SEND,
    InvoicesSheet,
    in_books,
    opened_with,
)


def cells_of(reply: dict[str, Any]) -> dict[str, str]:
    return {finding["cell"]: finding["message"] for finding in reply["findings"]}


def test_a_row_somebody_else_overtook_is_refused_by_name(ledger: Ledger, invoices: list[str]) -> None:
    mine, theirs = InvoicesSheet.opened(ledger), InvoicesSheet.opened(ledger)
    for sheet in (mine, theirs):
        sheet.type_in(invoices[0], **SEND)
    mine.type_in(invoices[1], **SEND)
    theirs.send()

    reply = mine.send()

    assert reply["level"] == "blocked"
    assert f"Somebody worked on invoice {invoices[0]}" in str(mine.shown(invoices[0], "result"))
    assert in_books(ledger, invoices[1]).version == 1
    assert mine.send(apply="good-rows")["figures"]["actions"] == {"send": 1}


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

    with pytest.raises(StaleInvoice, match=invoices[2]):
        interrupted(ledger, update, sheet.click(), other.send)

    assert [in_books(ledger, number).version for number in invoices] == [1, 1, 2]


def test_of_several_who_press_at_once_one_is_recorded_and_the_others_are_told(
    ledger: Ledger, invoices: list[str]
) -> None:
    sheet = opened_with(ledger, invoices, {"action": "note", "note": "asked again"})

    def recorded(click: dict[str, Any]) -> int:
        try:
            return int(pressed(ledger, "invoices.update", click)["figures"]["recorded"])
        except StaleInvoice:
            return 0

    with ThreadPoolExecutor(4) as staff:
        assert sum(staff.map(recorded, [sheet.click() for _ in range(4)])) == 3
    assert [in_books(ledger, number).version for number in invoices] == [2, 2, 2]


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
        enter(books, [a_draft("Patient of the harbor", payer=OAK)], "made")
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
    assert all("Somebody worked on" in message for message in cells_of(reply).values())


def test_a_sheet_typed_by_hand_is_recorded_by_its_invoice_numbers(
    ledger: Ledger, invoices: list[str]
) -> None:
    sheet = InvoicesSheet.by_hand(ledger, {"invoice": invoices[0], **SEND}, {"invoice": "INV-000404", **SEND})
    reply = sheet.send(apply="good-rows")
    assert (reply["figures"]["recorded"], reply["figures"]["refused"]) == (1, 1)
    assert reply["findings"][0]["cell"] == "A3"
    assert sheet.shown(2, "state") == "Pending reduction"
    assert not [edit for edit in reply["edits"] if edit["fill"] == "#FFFFFF"]


def test_a_number_typed_in_small_letters_is_that_number(ledger: Ledger, invoices: list[str]) -> None:
    InvoicesSheet.by_hand(ledger, {"invoice": invoices[0].lower(), **SEND}).send()
    assert in_books(ledger, invoices[0]).state == "pending_reduction"


def test_an_action_beside_no_invoice_is_refused(ledger: Ledger) -> None:
    (finding,) = InvoicesSheet.by_hand(ledger, SEND).send()["findings"]
    assert (finding["cell"], finding["code"]) == ("A2", "blank-cell")

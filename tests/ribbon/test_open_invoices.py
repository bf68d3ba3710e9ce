"""Invoice list: what is shown, how it is narrowed, and what stands in its way."""

import pytest

from server.errors import MissingInput, SheetInTheWay
from server.ledger.store import Ledger
from tests.ribbon.clicks import a_click, pressed, views
from tests.ribbon.invoice_sheets import (
    AGREE,
    CHEQUE,
    NOV_20,
    SEND,
    InvoicesSheet,
    awaiting_cheques,
    driven,
)


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
        ({"state": "PENDING_INVOICE"}, 3),
        ({"state": "Pending Invoice; Written off"}, 3),
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
    assert reply["output"]["sheets"] == [{"name": "Invoices"}, {"name": "Invoice Lines"}]


@pytest.mark.parametrize(
    ("inputs", "found"),
    [
        ({"cheque": "77-1"}, [1, 2]),
        ({"cheque": " 77 1 ", "state": "paid"}, [1]),
        ({"cheque": "77-1", "patient": "PATIENT 2"}, [2]),
        ({"cheque": "78"}, []),
        ({"case": "case 3"}, [3]),
        ({"patient": "patient 1"}, []),
        ({"patient": "patient 1", "state": "all"}, [1]),
    ],
)
def test_an_invoice_is_found_by_its_cheque_its_case_and_its_patient(
    ledger: Ledger, invoices: list[str], inputs: dict[str, str], found: list[int]
) -> None:
    """Invoice 1 was paid with the cheque, it bounced on invoice 2, and invoice 3 has none."""
    sheet = awaiting_cheques(ledger, invoices[:2])
    for number in invoices[:2]:
        sheet.type_in(number, **CHEQUE)
    sheet.send_and_agree()
    sheet.type_in(invoices[0], action="clear", date=NOV_20)
    sheet.type_in(invoices[1], action="bounce", date=NOV_20)
    sheet.send_and_agree()

    opened = InvoicesSheet.opened(ledger, **inputs)

    assert sorted(opened.invoices) == [invoices[place - 1] for place in found]
    assert "77" not in str(views(ledger.folder)[-1])


@pytest.mark.parametrize(
    ("inputs", "remedy"),
    [
        ({"state": "sent"}, "Pending reduction"),
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
    assert reply["summary"] == "Lakeside has no invoices that match: open."
    assert InvoicesSheet.opened(ledger).rows[1:] == []


def test_a_sheet_with_actions_not_sent_is_not_replaced_unasked(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    click = sheet.click()

    reply = pressed(ledger, "invoices.open", click)

    assert reply["asks"]["title"].startswith("1 row has entries that are not sent yet.")
    assert reply["output"] is None
    kept = pressed(ledger, "invoices.open", sheet.click(anew="no"))
    assert (kept["summary"], kept["output"]) == (
        "The sheet Invoices stays as it is. Press Update invoices to send it first.",
        None,
    )
    assert pressed(ledger, "invoices.open", sheet.click(anew="yes"))["output"]
    sheet.send()
    assert pressed(ledger, "invoices.open", sheet.click())["output"]


def test_what_is_typed_without_an_action_is_not_lost_unasked(ledger: Ledger, invoices: list[str]) -> None:
    sheet = InvoicesSheet.opened(ledger)
    sheet.type_in(invoices[0], **SEND)
    sheet.type_in(invoices[1], note="call back")
    asked = pressed(ledger, "invoices.open", sheet.click())
    assert asked["asks"]["title"].startswith("2 rows have entries that are not sent yet.")


def test_a_sheet_of_that_name_which_is_not_ours_is_left_alone(ledger: Ledger) -> None:
    typed = InvoicesSheet.by_hand(ledger, {"invoice": "INV-000001"})
    with pytest.raises(SheetInTheWay, match="stays as it is"):
        pressed(ledger, "invoices.open", typed.click(anew="yes"))


def test_who_looked_at_the_invoices_is_written_down_and_no_name_with_it(
    ledger: Ledger, invoices: list[str]
) -> None:
    assert len(invoices) == 3
    pressed(ledger, "invoices.open", a_click(inputs={"patient": "Patient 2", "bucket": "low"}))
    assert views(ledger.folder) == [("local", "open invoices", "1 invoice: open; one patient; 0-30 days old")]

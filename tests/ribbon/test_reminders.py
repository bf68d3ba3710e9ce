"""The button Due today: what is due, from when on, and what ends it."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from server.billing.invoices.invoice import Action
from server.billing.people import Person, Role
from server.billing.receivables.reminders import Reminder, ReminderKind, due_reminders
from server.cli.service import temporary_service
from server.errors import RoleNotAllowed
from server.ledger.store import Ledger
from server.settings import Settings
from server.sheets.receivables.tables import KEYED_REMINDERS, REMINDERS
from tests.ledger.invoiced import AGREED, TODAY, a_cheque, a_draft, created, take
from tests.ribbon.case_sheets import CasesSheet
from tests.ribbon.clicks import a_click, pressed, views
from tests.ribbon.invoice_clicks import lakeside
from tests.ribbon.invoice_sheets import output_of
from tests.ribbon.reminder_sheets import RemindersSheet
from tests.sheets.workbooks import sheets_of

ONE, TWO = "Patient One", "Patient Two"


@pytest.fixture
def cases(ledger: Ledger) -> Ledger:
    created(lakeside(ledger), a_draft(ONE, case="Case A"), a_draft(TWO, case="Case B"))
    return ledger


def numbers_of(ledger: Ledger) -> list[str]:
    with lakeside(ledger).reading() as books:
        return [invoice.number for invoice in books.invoices.find()]


def ask_for_status(ledger: Ledger, message: str = "=1+1 Is the demand sent?") -> None:
    with lakeside(ledger).transaction() as books:
        books.status_requests.add(1, "Attorney Invented", message, "Fern Invented")


def remind(ledger: Ledger, number: str, due: date, note: str = "Call the adjuster") -> None:
    take(lakeside(ledger), Action.REMIND, [number], due_date=due, note=note)


def listed(ledger: Ledger) -> list[dict[str, Any]]:
    """Press the button and return the rows of its sheet by heading."""
    reply = pressed(ledger, "reminders.today", a_click())
    (sheet,) = sheets_of(output_of(ledger, reply))
    assert sheet.name == REMINDERS.name
    headings, *rows = zip(*sheet.columns, strict=True)
    assert headings == KEYED_REMINDERS.titles
    assert len(rows) == reply["figures"]["reminders"]
    return [dict(zip(headings, row, strict=True)) for row in rows]


def test_nothing_is_due_at_first(cases: Ledger) -> None:
    reply = pressed(cases, "reminders.today", a_click())
    assert reply["summary"].startswith("Nothing is due at Lakeside today. You can type reminders of your own")
    assert (reply["activate"], reply["figures"]["reminders"]) == (REMINDERS.name, 0)
    assert listed(cases) == []


def test_where_nothing_is_due_a_reminder_is_typed_on_the_empty_sheet(cases: Ledger) -> None:
    first, _ = numbers_of(cases)
    sheet = RemindersSheet.listed(cases)
    assert sheet.subjects == []
    sheet.add_row({"Due": cases.today(), "Subject": first, "What to do": "Call the adjuster"})
    asked = sheet.send()
    assert asked["figures"]["added"] == 1, asked
    assert [one["What to do"] for one in listed(cases)] == ["Call the adjuster"]


def test_an_empty_sheet_replaces_one_whose_reminders_are_done(cases: Ledger) -> None:
    ask_for_status(cases)
    sheet = RemindersSheet.listed(cases)
    with lakeside(cases).transaction() as books:
        books.status_requests.answer([1], "local")
    reply = pressed(cases, "reminders.today", sheet.click())
    assert reply["output"]["sheets"] == [{"name": REMINDERS.name}]
    assert RemindersSheet.listed(cases).subjects == []


def test_an_attorneys_request_is_due_until_it_is_answered(cases: Ledger) -> None:
    ask_for_status(cases)
    (row,) = listed(cases)
    assert (row["Subject"], row["What to do"], row["Patient"]) == (
        "Case A",
        "Tell the attorney the status",
        ONE,
    )
    assert (row["From"], row["Details"]) == ("Fern Invented", "=1+1 Is the demand sent?")
    assert row["Days waiting"] == 0
    reply = pressed(cases, "reminders.today", a_click())
    assert reply["summary"].startswith("1 reminder due at Lakeside today.")
    assert reply["next"] == "reminders.save"
    assert views(cases.folder)[-1][1:] == ("list reminders", "1 reminder")

    sheet = CasesSheet.opened(cases)
    sheet.type_in(ONE, {"Status answered": "yes"})
    sheet.send_and_agree()
    assert listed(cases) == []


def test_a_reminder_of_an_invoice_is_due_from_its_day_until_it_is_done(cases: Ledger) -> None:
    today = cases.today()
    first, second = numbers_of(cases)
    remind(cases, first, today - timedelta(days=3))
    remind(cases, second, today + timedelta(days=1), "not yet")
    (row,) = listed(cases)
    assert (row["Subject"], row["Days waiting"], row["Details"]) == (first, 3, "Call the adjuster")
    assert (row["Case"], row["What to do"]) == ("Case A", "Follow up on the invoice")

    # Neither a later reminder nor a note takes it away.
    remind(cases, first, today + timedelta(days=9), "another")
    take(lakeside(cases), Action.NOTE, [first], note="The adjuster pays on Friday.")
    assert [one["Details"] for one in listed(cases)] == ["Call the adjuster"]


def test_a_settled_invoice_reminds_of_nothing(cases: Ledger) -> None:
    first, _ = numbers_of(cases)
    take(lakeside(cases), Action.SEND, [first], day=TODAY)
    take(lakeside(cases), Action.AGREE, [first], **AGREED)
    take(lakeside(cases), Action.RECORD_CHEQUE, [first], **a_cheque(80_00))
    remind(cases, first, TODAY)
    assert len(listed(cases)) == 1
    take(lakeside(cases), Action.VOID, [first], note="billed twice")
    assert listed(cases) == []


def test_those_that_wait_longest_come_first() -> None:
    day = date(2026, 11, 20)
    found = [
        Reminder(
            ReminderKind.INVOICE, day - timedelta(days=ago), 1, f"Case {ago}", ONE, "", "ana", f"INV-{ago}"
        )
        for ago in (0, 4, -1, 2)
    ]
    assert [one.subject for one in due_reminders(found, day)] == ["INV-4", "INV-2", "INV-0"]


def test_an_attorney_and_another_clinic_get_none(cases: Ledger) -> None:
    ask_for_status(cases)
    attorney = Person("Fern Invented", Role.ATTORNEY, None, "Attorney Invented")
    with pytest.raises(RoleNotAllowed):
        pressed(cases, "reminders.today", a_click(), attorney)
    assert pressed(cases, "reminders.today", a_click(clinic="harbor"))["figures"]["reminders"] == 0


def test_rest_lists_and_counts_what_is_due(cases: Ledger) -> None:
    ask_for_status(cases, "")
    remind(cases, numbers_of(cases)[1], cases.today())
    folder = cases.folder
    cases.close()
    with temporary_service(Settings(path=folder, workers=0)) as url, httpx.Client(base_url=url) as client:
        reminders = client.get("/clinics/lakeside/reminders").json()["reminders"]
        assert [(one["kind"], one["subject"], one["number"]) for one in reminders] == [
            ("status request", "Case A", ""),
            ("invoice", reminders[1]["number"], reminders[1]["number"]),
        ]
        before = len(views(folder))
        assert client.get("/clinics/lakeside/reminders/count").json() == {"due": 2}
        assert client.get("/clinics/harbor/reminders/count").json() == {"due": 0}
        assert len(views(folder)) == before

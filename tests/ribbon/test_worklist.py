"""The button Worklist: everything that waits for somebody, by amount and age."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from server.billing.invoices.invoice import Action, ChequeException
from server.billing.people import Person, Role
from server.cli.service import temporary_service
from server.errors import MissingInput, RoleNotAllowed
from server.ledger.receivables.reminders import NewReminder
from server.ledger.store import Ledger
from server.settings import Settings
from server.sheets.receivables.tables import WORKLIST
from tests.invented import a_row
from tests.ledger.invoiced import AGREED, TODAY, a_cheque, a_draft, await_cheque, created, take
from tests.ribbon.clicks import a_click, pressed, views
from tests.ribbon.invoice_clicks import lakeside
from tests.ribbon.invoice_sheets import output_of
from tests.sheets.workbooks import sheets_of


def listed(ledger: Ledger, **inputs: str) -> list[dict[str, Any]]:
    """Press the button and return the rows of its sheet by heading."""
    reply = pressed(ledger, "receivables.worklist", a_click(inputs=inputs))
    if reply["output"] is None:
        assert reply["figures"]["items"] == 0
        return []
    (sheet,) = sheets_of(output_of(ledger, reply))
    headings, *rows = zip(*sheet.columns, strict=True)
    assert headings == WORKLIST.titles
    assert len(rows) == reply["figures"]["items"] == sum(reply["figures"]["kinds"].values())
    return [dict(zip(headings, row, strict=True)) for row in rows]


@pytest.fixture
def work(ledger: Ledger) -> Ledger:
    """A clinic with a denial of $300.00, a credit of $20.00 that is old, and a reminder for Ana about $100.00."""
    store = lakeside(ledger)
    denied, reminded = created(
        store, a_draft("Patient One", cents=300_00), a_draft("Patient Two", case="Case B")
    )
    take(store, Action.SEND, [denied], day=TODAY)
    take(store, Action.DENY, [denied], day=TODAY, note="no authorization")
    with store.transaction() as books:
        books.reminders.add([NewReminder(2, TODAY, "Call", "", "Ana", reminded)], "ana")
    (paid,) = await_cheque(store, a_draft("Patient Three", case="Case C"))
    old = TODAY - timedelta(days=40)
    cheque = a_cheque(100_00) | {
        "received_date": old,
        "cheque_date": old,
        "exception": ChequeException.OVERPAID,
    }
    take(store, Action.RECORD_CHEQUE, [paid], **cheque)
    return ledger


def test_everything_that_waits_is_listed_by_amount(work: Ledger) -> None:
    rows = listed(work)
    shown = [(row["Kind"], row["Amount"], row["Button to press"]) for row in rows]
    assert shown == [
        ("denial", 300, "Invoice list"),
        ("reminder", 100, "Due today"),
        ("unapplied credit", 20, "Invoice list"),
    ]
    assert rows[0]["What"] == "Patient One: denied on 11/02/2026, no authorization"
    assert (rows[1]["Who"], rows[1]["Invoice or run"]) == ("Ana", "INV-000002")
    assert rows[2]["Days waiting"] == (work.today() - TODAY).days + 40
    assert views(work.folder)[-1][1:] == ("list worklist", "3 items")


def test_kind_and_person_narrow_the_list_and_the_pane_counts_each_kind(work: Ledger) -> None:
    assert [row["Kind"] for row in listed(work, kind="denial")] == ["denial"]
    assert [row["Kind"] for row in listed(work, who="ana")] == ["denial", "reminder", "unapplied credit"]
    assert [row["Kind"] for row in listed(work, who="Ben")] == ["denial", "unapplied credit"]
    with pytest.raises(MissingInput):
        listed(work, kind="gossip")
    (panel,) = pressed(work, "receivables.worklist", a_click())["panels"]
    assert [(row["label"], row["value"], row["opens"]["button"]) for row in panel["rows"]] == [
        ("Reminder", "1", "reminders.today"),
        ("Denial", "1", "invoices.open"),
        ("Unapplied credit", "1", "invoices.open"),
    ]


def test_a_reminder_is_about_what_is_owed_and_about_the_cheque_once_nothing_is(ledger: Ledger) -> None:
    store = lakeside(ledger)
    paid, part = await_cheque(store, a_draft("Patient One"), a_draft("Patient Two", case="Case B"))
    take(store, Action.RECORD_CHEQUE, [paid], **a_cheque(80_00))
    take(store, Action.RECORD_CHEQUE, [part], **a_cheque(30_00, "77-2"), exception=ChequeException.PARTIAL)
    with store.transaction() as books:
        books.reminders.add([NewReminder(0, TODAY, "Call", "", "", number) for number in (paid, part)], "ana")
    reminders = listed(ledger, kind="reminder")
    assert [(row["Invoice or run"], row["Amount"]) for row in reminders] == [(paid, 80), (part, 50)]
    with store.reading() as books:
        shown = {one.invoice: one.balance_cents for one in books.reminders.due_by(TODAY)}
    assert shown == {paid: 0, part: 50_00}


def test_a_denial_waits_until_something_else_is_done(work: Ledger) -> None:
    take(lakeside(work), Action.AGREE, ["INV-000001"], **AGREED)
    assert listed(work, kind="denial") == []


def test_a_draft_waits_with_its_blocked_rows_until_it_is_approved(ledger: Ledger) -> None:
    rows = [a_row(id="A-1"), a_row(id="A-2", provider="Nobody Known")]
    drafted = pressed(ledger, "payroll.generate", a_click(rows))
    run = drafted["figures"]["run"]
    found = listed(ledger)
    assert [(row["Kind"], row["Invoice or run"], row["Button to press"]) for row in found] == [
        ("draft payroll", run, "Approve payroll"),
        ("blocked rows", run, "Generate payroll"),
    ]
    assert found[0]["Amount"] == drafted["figures"]["total_cents"] / 100


def test_nothing_waits_at_another_clinic_and_an_attorney_sees_no_worklist(work: Ledger) -> None:
    reply = pressed(work, "receivables.worklist", a_click(clinic="harbor"))
    assert (reply["summary"], reply["panels"]) == ("Nothing waits at Harbor Practice.", [])
    assert (
        pressed(work, "receivables.worklist", a_click(), Person("Vera", Role.VIEWER))["figures"]["items"] == 3
    )
    with pytest.raises(RoleNotAllowed):
        pressed(
            work, "receivables.worklist", a_click(), Person("Fern", Role.ATTORNEY, None, "Attorney Invented")
        )


def test_rest_lists_the_same(work: Ledger) -> None:
    folder = work.folder
    work.close()
    with temporary_service(Settings(path=folder, workers=0)) as url, httpx.Client(base_url=url) as client:
        items = client.get("/clinics/lakeside/worklist", params={"kind": "denial"}).json()["items"]
        assert [(one["kind"], one["amount_cents"], one["about"]) for one in items] == [
            ("denial", 300_00, "INV-000001")
        ]
        assert client.get("/clinics/harbor/worklist").json() == {"items": []}
        assert client.get("/clinics/lakeside/worklist", params={"kind": "gossip"}).status_code == 400

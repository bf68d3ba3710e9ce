"""The buttons Save reminders and Add reminder, and the same over REST: done, put off and added, all of it or none."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from server.billing.days import serial_of
from server.billing.invoices.case_records import CaseRecord
from server.billing.invoices.invoice import Action
from server.billing.people import Person, Role
from server.cli.service import temporary_service
from server.errors import MissingInput, MissingSheet, RoleNotAllowed, SheetInTheWay
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.settings import Settings
from server.sheets.invoices.tables import KEYED_INVOICES, RESULT
from tests.ledger.invoiced import TODAY, a_draft, created, take
from tests.ribbon.case_sheets import CasesSheet
from tests.ribbon.clicks import a_click, offered, pressed
from tests.ribbon.invoice_clicks import lakeside
from tests.ribbon.reminder_sheets import RemindersSheet

ONE, TWO = "Patient One", "Patient Two"
DAY = timedelta(days=1)


@pytest.fixture
def cases(ledger: Ledger) -> Ledger:
    created(lakeside(ledger), a_draft(ONE, case="Case A"), a_draft(TWO, case="Case B"))
    return ledger


FIRST, SECOND = "INV-000001", "INV-000002"


def remind(ledger: Ledger, number: str, due: date, note: str = "Call the adjuster") -> None:
    take(lakeside(ledger), Action.REMIND, [number], due_date=due, note=note)


def messages(reply: dict[str, Any]) -> list[str]:
    return [finding["message"] for finding in reply["findings"]]


def test_a_reminder_that_is_done_is_gone_and_one_that_is_put_off_comes_back_on_its_day(cases: Ledger) -> None:
    today = cases.today()
    remind(cases, FIRST, today)
    remind(cases, SECOND, today)
    sheet = RemindersSheet.listed(cases)
    assert sheet.subjects == [FIRST, SECOND]
    sheet.type_in(FIRST, {"Action": "done", "Note": "He pays on Friday"})
    sheet.type_in(SECOND, {"Action": "snooze", "Snooze until": today + 3 * DAY})
    reply = sheet.send()
    assert reply["summary"] == "2 rows recorded: 1 done, 1 put off."
    assert (reply["figures"]["done"], reply["figures"]["snoozed"]) == (1, 1)
    assert sheet.shown(FIRST, RESULT) == "Recorded: done."
    assert sheet.shown(SECOND, RESULT) == f"Recorded: put off until {(today + 3 * DAY):%m/%d/%Y}."
    assert sheet.shown(SECOND, "Action") is None
    assert sheet.shown(SECOND, "Due") == serial_of(today + 3 * DAY)
    assert RemindersSheet.listed(cases).subjects == []
    assert RemindersSheet.listed(cases, days="3").subjects == [SECOND]

    # The sheet shows the reminder as it is now, so that it can be decided about once more.
    sheet.type_in(SECOND, {"Action": "done"})
    assert sheet.send()["figures"]["done"] == 1
    assert RemindersSheet.listed(cases, days="20").subjects == []
    assert isinstance(lakeside(cases).verify(), Verified)


def test_of_two_people_who_decide_about_one_row_the_second_is_refused_by_name(cases: Ledger) -> None:
    remind(cases, FIRST, cases.today())
    remind(cases, SECOND, cases.today())
    ana, ben = RemindersSheet.listed(cases), RemindersSheet.listed(cases)
    for sheet in (ana, ben):
        sheet.type_in(FIRST, {"Action": "snooze", "Snooze until": cases.today() + 5 * DAY})
    assert ana.send()["figures"]["recorded"] == 1
    ben.type_in(SECOND, {"Action": "done"})
    reply = ben.send()
    assert reply["level"] == "blocked"
    assert reply["figures"]["recorded"] == 0
    assert messages(reply)[0].startswith(f"The reminder about {FIRST} is not as it was")
    assert str(ben.shown(FIRST, RESULT)).startswith("Not recorded: ")
    assert RemindersSheet.listed(cases).subjects == [SECOND]
    # Without the stale row, the other one is recorded if the person says so.
    assert ben.send(apply=offered(reply))["figures"]["done"] == 1
    assert RemindersSheet.listed(cases).subjects == []


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"Action": "snooze"}, "Give the day on which the reminder comes back."),
        ({"Action": "snooze", "Snooze until": TODAY}, "is not after today"),
        ({"Action": "snooze", "Snooze until": date(2056, 1, 5)}, "more than ten years ahead"),
        ({"Action": "snooze", "Snooze until": "soon"}, "soon"),
        ({"Action": "done", "Snooze until": date(2027, 1, 5)}, "takes no day"),
        ({"Action": "finished"}, "finished"),
        ({"Note": "only a note"}, ""),
        ({"Action": "done", "Note": "x" * 2_001}, "2,001 characters"),
    ],
)
def test_what_is_typed_wrong_is_said_and_nothing_is_recorded(
    cases: Ledger, cells: dict[str, Any], says: str
) -> None:
    remind(cases, FIRST, TODAY)
    sheet = RemindersSheet.listed(cases)
    sheet.type_in(FIRST, cells)
    reply = sheet.send()
    assert (reply["level"], reply["figures"]["recorded"]) == ("blocked", 0)
    assert says in messages(reply)[0]
    assert RemindersSheet.listed(cases).subjects == [FIRST]


def test_keep_leaves_a_row_as_it_is(cases: Ledger) -> None:
    remind(cases, FIRST, cases.today())
    sheet = RemindersSheet.listed(cases)
    sheet.type_in(FIRST, {"Action": "keep"})
    assert sheet.send()["figures"]["recorded"] == 0
    assert RemindersSheet.listed(cases).subjects == [FIRST]


def test_rows_that_were_typed_by_hand_are_added(cases: Ledger) -> None:
    sheet = RemindersSheet.listed(cases)
    sheet.add_row({"Due": cases.today(), "Subject": FIRST, "What to do": "=1+1", "Note": "+1", "For": "Ana"})
    sheet.add_row({"Due": cases.today() + DAY, "Subject": "case b", "What to do": "Ask for the file"})
    reply = sheet.send()
    assert reply["summary"] == "2 rows recorded: 2 added."
    sheet.type_in("Case B", {"Action": "done"})
    assert sheet.send()["figures"]["done"] == 1
    (row,) = RemindersSheet.listed(cases).rows[1:]
    shown = dict(zip(sheet.rows[0], row, strict=True))
    assert (shown["What to do"], shown["Details"], shown["For"], shown["Patient"]) == (
        "=1+1",
        "+1",
        "Ana",
        ONE,
    )
    assert RemindersSheet.listed(cases, who="ana").subjects == [FIRST]
    assert RemindersSheet.listed(cases, who="Ben").subjects == []
    assert RemindersSheet.listed(cases, who="anybody").subjects == []


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"Subject": "INV-000009"}, "There is no invoice or case"),
        ({"Subject": "Case Z"}, "There is no invoice or case"),
        ({"Subject": None}, "needs an invoice number or a case"),
        ({"Subject": FIRST, "Patient": TWO}, "is of another patient"),
        ({"Due": None}, "needs the day"),
        ({"What to do": None}, "needs to say what to do"),
        ({"What to do": "x" * 201}, "201 characters"),
        ({"Due": date(2056, 1, 1)}, "more than ten years ahead"),
    ],
)
def test_a_row_that_cannot_be_added_says_why(cases: Ledger, cells: dict[str, Any], says: str) -> None:
    sheet = RemindersSheet.listed(cases)
    usual: dict[str, Any] = {"Due": cases.today(), "Subject": FIRST, "What to do": "Call"}
    sheet.add_row(usual | cells)
    reply = sheet.send()
    assert (reply["level"], reply["figures"]["added"]) == ("blocked", 0)
    assert says in " ".join(messages(reply))


def test_a_case_of_two_patients_needs_the_patient(cases: Ledger) -> None:
    created(lakeside(cases), a_draft("Patient Three", case="Case A"))
    sheet = RemindersSheet.listed(cases)
    sheet.add_row({"Due": cases.today(), "Subject": "Case A", "What to do": "Call"})
    assert "2 patients have a case Case A" in messages(sheet.send())[0]
    sheet.type_in("Case A", {"Patient": "Patient Three"})
    assert sheet.send()["figures"]["added"] == 1


def test_a_sheet_of_another_clinic_and_a_pasted_row_are_not_recorded(cases: Ledger) -> None:
    harbor = cases.clinic("harbor")
    created(harbor, a_draft("Patient Nine", case="Case N"))
    take(harbor, Action.REMIND, [FIRST], due_date=TODAY, note="call")
    remind(cases, FIRST, cases.today())
    sheet = RemindersSheet.listed(cases)
    sheet.type_in(FIRST, {"Action": "done"})
    reply = sheet.send(clinic="harbor")
    assert (reply["figures"]["recorded"], reply["findings"][0]["code"]) == (0, "reminder-mixed-up")
    sheet.rows.append(list(sheet.rows[1]))
    reply = sheet.send()
    assert {one["code"] for one in reply["findings"]} == {"reminder-mixed-up"}
    assert RemindersSheet.listed(cases).subjects == [FIRST]


def test_entries_that_are_not_saved_are_asked_about_before_the_list_is_replaced(cases: Ledger) -> None:
    remind(cases, FIRST, cases.today())
    sheet = RemindersSheet.listed(cases)
    sheet.type_in(FIRST, {"Action": "done"})
    reply = pressed(cases, "reminders.today", sheet.click())
    assert reply["asks"]["fields"][0]["name"] == "anew"
    assert pressed(cases, "reminders.today", sheet.click(anew="no"))["output"] is None
    assert pressed(cases, "reminders.today", sheet.click(anew="yes"))["output"]
    theirs = a_click(sheets=[{"name": "Reminders", "columns": [["Milk"]]}])
    with pytest.raises(SheetInTheWay):
        pressed(cases, "reminders.today", theirs)
    with pytest.raises(MissingSheet):
        pressed(cases, "reminders.save", a_click())
    with pytest.raises(MissingInput):
        pressed(cases, "reminders.today", a_click(inputs={"days": "soon"}))


def test_a_viewer_sees_reminders_and_records_none(cases: Ledger) -> None:
    viewer = Person("Vera", Role.VIEWER)
    remind(cases, FIRST, cases.today())
    assert pressed(cases, "reminders.today", a_click(), viewer)["figures"]["reminders"] == 1
    sheet = RemindersSheet.listed(cases)
    for button in ("reminders.save", "reminders.add"):
        with pytest.raises(RoleNotAllowed):
            pressed(cases, button, sheet.click(), viewer)


def selected(rows: list[int], **inputs: str) -> dict[str, Any]:
    """A click with both invoices on the Invoices sheet, of which these rows are selected."""
    heads = KEYED_INVOICES.titles
    table = [
        [{"Invoice": number, "Row key": number, "Row version": 1}.get(head) for head in heads]
        for number in (FIRST, SECOND)
    ]
    columns = [list(column) for column in zip(heads, *table, strict=True)]
    click = a_click(sheets=[{"name": "Invoices", "columns": columns}], inputs=inputs)
    return {**click, "selection": {"sheet": "Invoices", "rows": rows}}


def test_a_reminder_is_added_for_each_selected_row_after_it_was_shown(cases: Ledger) -> None:
    assert "Select rows" in pressed(cases, "reminders.add", a_click())["summary"]
    answers = {"due": cases.today().isoformat(), "action": "Call the adjuster", "who": "anybody"}
    asked = pressed(cases, "reminders.add", selected([2]))
    assert [field["name"] for field in asked["asks"]["fields"]] == ["due", "action", "note", "who"]
    assert pressed(cases, "reminders.add", selected([2], **answers))["figures"]["added"] == 1

    asked = pressed(cases, "reminders.add", selected([2, 3], **answers))
    assert asked["asks"]["tables"][0]["rows"] == [[FIRST, ""], [SECOND, ""]]
    confirm = asked["asks"]["fields"][-1]["choices"][0]["value"]
    # Somebody selected another row meanwhile: the answer is not about it.
    assert pressed(cases, "reminders.add", selected([3, 2], **answers, confirm="add-000000"))["asks"]
    done = pressed(cases, "reminders.add", selected([2, 3], **answers, confirm=confirm))
    assert done["figures"]["added"] == 2
    assert RemindersSheet.listed(cases).subjects == [FIRST, FIRST, SECOND]


def test_a_settled_invoice_takes_no_reminder(cases: Ledger) -> None:
    take(lakeside(cases), Action.VOID, [FIRST], note="billed twice")
    answers = {"due": cases.today().isoformat(), "action": "Call"}
    with pytest.raises(MissingInput, match="settled"):
        pressed(cases, "reminders.add", selected([2], **answers))
    reply = pressed(cases, "reminders.add", selected([2, 3], **answers, confirm="yes"))
    assert (reply["figures"]["added"], reply["level"]) == (0, "blocked")


def test_a_reminder_is_added_for_a_selected_case(cases: Ledger) -> None:
    sheet = CasesSheet.opened(cases)
    answers = {"due": cases.today().isoformat(), "action": "Ask for the police report"}
    click = sheet.click(**answers) | {"selection": {"sheet": "Cases", "rows": [sheet.row(TWO)]}}
    assert pressed(cases, "reminders.add", click)["figures"]["added"] == 1
    assert RemindersSheet.listed(cases).subjects == ["Case B"]


def test_a_statute_date_is_near_for_sixty_days_and_is_not_put_off_past_it(cases: Ledger) -> None:
    statute = cases.today() + 60 * DAY
    with lakeside(cases).transaction() as books:
        books.case_records.record(1, CaseRecord(statute_on=statute), "ana")
        books.case_records.record(2, CaseRecord(statute_on=statute + DAY), "ana")
    sheet = RemindersSheet.listed(cases)
    assert sheet.subjects == ["Case A"]
    sheet.type_in("Case A", {"Action": "snooze", "Snooze until": statute + DAY})
    assert "after the statute date" in messages(sheet.send())[0]
    sheet.type_in("Case A", {"Action": "done", "Snooze until": None})
    assert sheet.send()["figures"]["done"] == 1
    assert RemindersSheet.listed(cases).subjects == []
    # Another date is another reason.
    with lakeside(cases).transaction() as books:
        books.case_records.record(1, CaseRecord(statute_on=statute - DAY), "ana")
    assert RemindersSheet.listed(cases).subjects == ["Case A"]


def test_an_attorneys_request_is_answered_or_put_off_on_the_sheet(cases: Ledger) -> None:
    with lakeside(cases).transaction() as books:
        books.status_requests.add(1, "Attorney Invented", "Is it sent?", "Fern Invented")
    sheet = RemindersSheet.listed(cases)
    sheet.type_in("Case A", {"Action": "snooze", "Snooze until": cases.today() + 2 * DAY})
    sheet.send()
    assert RemindersSheet.listed(cases).subjects == []
    later = RemindersSheet.listed(cases, days="2")
    assert later.shown("Case A", "From") == "Fern Invented"
    later.type_in("Case A", {"Action": "done"})
    assert later.send()["figures"]["done"] == 1
    with lakeside(cases).reading() as books:
        assert books.status_requests.open_requests() == []


def test_rest_adds_and_decides_once_and_all_or_none(cases: Ledger) -> None:
    folder, today = cases.folder, cases.today()
    cases.close()
    with temporary_service(Settings(path=folder, workers=0)) as url, httpx.Client(base_url=url) as client:
        address = "/clinics/lakeside/reminders"
        due = date.today()  # noqa: DTZ011 - the service has the real clock
        new = {
            "number": FIRST,
            "due_on": due.isoformat(),
            "action": "Call",
            "note": "at noon",
            "for_whom": "Ana",
        }
        body = {"request_id": "r-1", "reminders": [new, {**new, "number": "", "case_id": 2}]}
        added = client.post(address, json=body)
        assert added.status_code == 200, added.text
        assert client.post(address, json=body).json() == added.json()
        mine = [
            one for one in client.get(address, params={"who": "ana"}).json()["reminders"] if one["for_whom"]
        ]
        assert [(one["subject"], one["kind"], one["action"]) for one in mine] == [
            (FIRST, "invoice", "Call"),
            ("Case B", "case", "Call"),
        ]
        refused = client.post(
            address, json={"request_id": "r-2", "reminders": [new, {**new, "number": "INV-000009"}]}
        )
        assert (refused.status_code, refused.json()["code"]) == (409, "reminders-refused")
        assert refused.json()["findings"][0]["row"] == 2
        before = client.get(f"{address}/count").json()["due"]
        assert before == len(client.get(address).json()["reminders"])

        keys = [{"key": one["key"], "version": one["version"]} for one in mine]
        stale = [keys[0] | {"decision": "done"}, keys[1] | {"version": 7, "decision": "done"}]
        refused = client.post(f"{address}/decisions", json={"request_id": "d-0", "decisions": stale})
        assert (refused.status_code, refused.json()["findings"][0]["code"]) == (409, "reminder-moved-on")
        until = (due + 9 * DAY).isoformat()
        decisions = [keys[0] | {"decision": "done"}, keys[1] | {"decision": "snooze", "until": until}]
        body = {"request_id": "d-1", "decisions": decisions}
        done = client.post(f"{address}/decisions", json=body)
        assert done.json()["recorded"] == 2
        assert [one["due_on"] for one in done.json()["reminders"]] == [until]
        assert client.post(f"{address}/decisions", json=body).json() == done.json()
        assert client.get(f"{address}/count").json()["due"] == before - 2
        other = {"request_id": "d-2", "decisions": [{"key": "reminder/1", "decision": "done"}]}
        assert client.post("/clinics/harbor/reminders/decisions", json=other).status_code == 409
    assert today

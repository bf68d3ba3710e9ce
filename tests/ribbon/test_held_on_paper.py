"""Held visits are named: in the question before an approval, on the statement of their provider, and where past runs are listed."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.payroll.held_on_paper import HELD_NOTE
from server.ledger.store import Ledger
from tests.invented import a_row
from tests.papers.reading import text_of
from tests.ribbon.clicks import a_click, confirmed, pressed, summary_sheet, visits

OCTOBER = "lakeside-2026-10-r1"
Reply = dict[str, Any]
LOG = [
    *visits(5, 6),
    *visits(7, provider="Max Doe"),
    a_row(date="2026-10-09", id="B-1", status="Pending note"),
    a_row(date="2026-10-08", id="B-2", service="EX-999"),
    a_row(date="2026-10-08", id="B-3", provider="Nobody Known"),
]
ON_JANES = [("EX-999", "10/08/2026", "Unknown service"), ("EX-101 Talk", "10/09/2026", "Unknown status")]


def approval(ledger: Ledger) -> tuple[Reply, dict[str, Any]]:
    """Generate, and return the draft and the click that approves it with its blocked rows held."""
    draft = pressed(ledger, "payroll.generate", a_click(LOG))
    click = a_click(LOG, sheets=[summary_sheet(ledger, draft)], inputs={"hold-rows": "yes"})
    return draft, click | {"asked_sheets": ["Appointments"]}


def workbook_of(ledger: Ledger, reply: Reply) -> Workbook:
    return load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))


def rows_of(sheet: Worksheet) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def held_on(sheet: Worksheet) -> list[tuple[Any, ...]]:
    """Return the held visits of a statement: service, day, and why."""
    rows = rows_of(sheet)
    top = next((place for place, row in enumerate(rows) if "held for a later run" in str(row[0])), None)
    if top is None:
        return []
    last = next(place for place, row in enumerate(rows) if row[0] == HELD_NOTE)
    assert all(not any(row[3:]) for row in rows[top:last]), "no amounts as if they were paid"
    return [(row[0], f"{row[1]:%m/%d/%Y}", row[2]) for row in rows[top + 2 : last]]


def files_of(ledger: Ledger, run: str = OCTOBER) -> dict[str, bytes]:
    reply = pressed(ledger, "payroll.statements", a_click(inputs={"run": run}))
    archive = ZipFile(BytesIO(ledger.outputs.read(reply["file"]["id"]).data))
    return {name: archive.read(name) for name in archive.namelist()}


def test_the_last_question_says_how_many_visits_are_held_and_whose(ledger: Ledger) -> None:
    _, click = approval(ledger)
    asked = pressed(ledger, "payroll.close", click)
    assert asked["asks"]["title"] == (
        "Approve Oct 1–31, 2026, 2 providers, $150.00? 3 visits are not paid now and will be held for the next run: "
        "Jane Roe 2, Nobody Known 1. They come back by themselves in the next log that has them. "
        "Nothing was flagged for review."
    )


def test_an_approval_with_held_visits_is_done_and_says_so(ledger: Ledger) -> None:
    _, click = approval(ledger)
    reply = confirmed(ledger, "payroll.close", click)
    assert reply["level"] == "done"
    assert reply["summary"].endswith("is approved: 2 providers, $150.00. 3 visits are held for the next run.")
    assert (reply["figures"]["state"], reply["figures"]["state_label"]) == ("closed", "Approved")


def test_each_statement_names_the_held_visits_of_its_provider_alone(ledger: Ledger) -> None:
    draft, click = approval(ledger)
    reply = confirmed(ledger, "payroll.close", click)
    book, files = workbook_of(ledger, reply), files_of(ledger)

    assert held_on(workbook_of(ledger, draft)["Jane Roe"]) == [], "nothing is held before the approval"
    for sheet in (book["Jane Roe"], load_workbook(BytesIO(files["2026-10 Jane Roe.xlsx"])).worksheets[0]):
        assert held_on(sheet) == ON_JANES
    assert held_on(book["Max Doe"]) == []
    jane, max_doe = (text_of(files[f"2026-10 {name}.pdf"]) for name in ("Jane Roe", "Max Doe"))
    assert "2 visits held for a later run".casefold() in jane.casefold()
    for service, day, why in ON_JANES:
        assert f"{service} {day} {why}" in jane
    assert HELD_NOTE in jane
    assert "held" not in max_doe


def test_the_summary_says_whose_visits_are_held(ledger: Ledger) -> None:
    _, click = approval(ledger)
    book = workbook_of(ledger, confirmed(ledger, "payroll.close", click))
    lines = [str(row[0]) for row in rows_of(book["Payroll Summary"])]
    assert [line for line in lines if "held" in line] == [
        "3 visits held for a later run: Jane Roe 2, Nobody Known 1. They are listed on the sheet Excluded."
    ]
    assert HELD_NOTE in lines
    labels, figures, notes = (rows_of(book["Payroll Summary"])[row] for row in (4, 5, 6))
    box = labels.index("Held for a later run")
    assert (figures[box], notes[box]) == (3, "listed on Excluded")
    assert "Rows that need attention" not in labels


def test_past_runs_lead_to_the_held_visits(ledger: Ledger) -> None:
    _, click = approval(ledger)
    confirmed(ledger, "payroll.close", click)

    reply = pressed(ledger, "payroll.history", a_click())
    book = workbook_of(ledger, reply)

    assert reply["summary"].endswith("3 held visits wait for a later run, listed on the sheet Held Visits.")
    listed = {row[0]: (row[5], row[6]) for row in rows_of(book["Held Visits"])[1:]}
    assert len(reply["findings"]) == reply["findings_total"] == len(listed) == 3
    for finding in reply["findings"]:
        number = book[finding["sheet"]][finding["cell"]].value
        day, provider = listed[number]
        assert finding["message"].startswith(f"{day:%m/%d/%Y} {provider}, held by run {OCTOBER}: ")
        (remedy,) = finding["remedies"]
        asked = pressed(ledger, remedy["button"], a_click(inputs=remedy["inputs"]))
        assert asked["asks"]["title"] == f"What is decided about held visit {number}?"
    remark = next(cell for cell in book["Pay Runs"][2] if "held" in str(cell.value))
    assert remark.value == "3 visits held, 3 still wait"
    assert remark.hyperlink is not None
    assert remark.hyperlink.location == "'Held Visits'!A1"


def test_past_runs_say_when_none_of_the_held_visits_waits_any_more(ledger: Ledger) -> None:
    _, click = approval(ledger)
    confirmed(ledger, "payroll.close", click)
    for number in "123":
        decision = {"held": number, "decision": "write off", "reason": "left"}
        reply = pressed(ledger, "payroll.history", a_click(inputs=decision))
    assert reply["findings"] == []
    book = workbook_of(ledger, reply)
    assert book.sheetnames == ["Pay Runs"]
    cells = [cell for row in rows_of(book["Pay Runs"]) for cell in row]
    assert "3 visits held, none waits any more" in cells

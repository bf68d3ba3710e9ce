"""Visits whose note is not signed: held by themselves at Generate, and paid by a later log that says signed."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from server.billing.clinics import CountsAs, MissedPay, MissedVisitRule
from server.billing.payroll.held_visits import HeldVisit
from server.errors import AlreadyPaidElsewhere
from server.ledger.store import Ledger
from server.sheets.sheet import Cell
from tests.invented import HEADINGS, JANUARY, a_row
from tests.ribbon.clicks import a_click, a_ledger, confirmed, pressed, summary_sheet
from tests.ribbon.held_history import HOURLY

OCTOBER, AGAIN, NOVEMBER = "lakeside-2026-10-r1", "lakeside-2026-10-r2", "lakeside-2026-11-r1"
NOTED = (*HEADINGS, "Progress Note Status")
ANSWER = {"note_signed_progressnotestatus": "Signed"}
Rows = Sequence[Sequence[Cell]]
Reply = dict[str, Any]


def visit(number: int, note: str | None, **cells: Cell) -> tuple[Cell, ...]:
    """Return the visit of an October day with the state of its note."""
    return (*a_row(**{"date": f"2026-10-{number:02}", "id": f"V-{number}"} | cells), note)


def november(number: int, note: str | None = "Signed") -> tuple[Cell, ...]:
    return visit(number, note, date=f"2026-11-{number:02}", id=f"N-{number}")


LOG = [visit(5, "Signed"), visit(6, "Signed"), visit(7, "Draft"), visit(8, None)]
SIGNED = [visit(number, "Signed") for number in (5, 6, 7, 8)]


def generated(ledger: Ledger, rows: Rows, **inputs: str) -> Reply:
    click = a_click(rows, headings=NOTED, inputs=inputs)
    reply = pressed(ledger, "payroll.generate", click)
    names = [field["name"] for field in reply["asks"]["fields"]] if reply["asks"] else []
    if not names or names[0] in inputs:
        return reply
    answers = ANSWER if names == [*ANSWER] else {"vanished_visits": "elsewhere"}
    assert {*names} == {*answers}, reply["summary"]
    return generated(ledger, rows, **inputs, **answers)


def approved(ledger: Ledger, shown: Reply, log: Rows, **inputs: str) -> Reply:
    click = a_click(log, headings=NOTED, sheets=[summary_sheet(ledger, shown)], inputs=inputs)
    return confirmed(ledger, "payroll.close", click | {"asked_sheets": ["Appointments"]})


def run_of(ledger: Ledger, log: Rows, **inputs: str) -> Reply:
    """Generate and approve."""
    reply = approved(ledger, generated(ledger, log), log, **inputs)
    assert reply["figures"]["state"] == "closed", reply["summary"]
    return reply


def held(ledger: Ledger) -> list[HeldVisit]:
    with ledger.clinic("lakeside").reading() as books:
        return books.held_visits.find()


def states(ledger: Ledger) -> list[str]:
    return [one.state.value for one in held(ledger)]


def counts(reply: Reply) -> dict[str, int]:
    names = ("rows_in", "paid", "excluded", "held", "blocked", "already_paid", "released")
    figures = {name: reply["figures"][name] for name in names}
    assert figures["rows_in"] == sum(figures[name] for name in names[1:-1])
    return {name: count for name, count in figures.items() if count and name != "rows_in"}


def codes(reply: Reply) -> list[str]:
    return [finding["code"] for finding in reply["findings"]]


def cells(ledger: Ledger, reply: Reply, sheet: str) -> list[list[object]]:
    book = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def statement_with_held_visits(ledger: Ledger, reply: Reply) -> str:
    book = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    sheets = [texts([[cell.value for cell in row] for row in sheet.iter_rows()]) for sheet in book]
    (statement,) = [text for text in sheets if "Why it is held" in text]
    return statement


def texts(rows: list[list[object]]) -> str:
    return "\n".join(str(cell) for row in rows for cell in row if cell is not None)


def test_it_is_asked_once_and_nothing_is_written_before(ledger: Ledger) -> None:
    asked = pressed(ledger, "payroll.generate", a_click(LOG, headings=NOTED))

    (field,) = asked["asks"]["fields"]
    assert (field["name"], field["kind"], field["default"]) == (*ANSWER, "several", None)
    assert "2 rows" in field["choices"][0]["label"]
    with ledger.clinic("lakeside").reading() as books:
        assert not list(books.runs())
    generated(ledger, LOG)
    again = pressed(ledger, "payroll.generate", a_click(LOG, headings=NOTED))
    assert again["asks"] is None


def test_unsigned_visits_are_held_by_themselves_and_the_others_paid(ledger: Ledger) -> None:
    reply = generated(ledger, LOG)

    assert counts(reply) == {"paid": 2, "held": 2}
    assert reply["level"] == "done"
    assert "2 visits are held for a later run, because their notes are not signed." in reply["summary"]
    (jane,) = reply["figures"]["providers"]
    assert (jane["visits"], jane["held"], jane["released"]) == (2, 2, 0)
    excluded = cells(ledger, reply, "Excluded")
    assert [(row[0], *row[6:8]) for row in excluded if row[6] == "held"] == [
        (4, "held", "The note is not signed"),
        (5, "held", "The note is not signed"),
    ]
    statement = statement_with_held_visits(ledger, reply)
    assert "2 visits held for a later run" in statement
    assert "Note not signed" in statement
    assert "2 visits held for a later run: Jane Roe 2." in texts(cells(ledger, reply, "Payroll Summary"))


def test_the_approval_says_what_it_holds_and_asks_nothing_about_it(ledger: Ledger) -> None:
    shown = generated(ledger, LOG)
    click = a_click(LOG, headings=NOTED, sheets=[summary_sheet(ledger, shown)])
    asked = pressed(ledger, "payroll.close", click | {"asked_sheets": ["Appointments"]})

    assert [field["name"] for field in asked["asks"]["fields"]] == ["approve"]
    assert (
        "2 visits are not paid now and will be held for the next run (2 because the note is not signed): Jane Roe 2. "
        "They come back by themselves in the next log that has them."
    ) in asked["asks"]["title"]
    reply = approved(ledger, shown, LOG)
    assert (reply["figures"]["paid"], reply["figures"]["held"]) == (2, 2)
    assert states(ledger) == ["waiting", "waiting"]
    assert [one.row.problem for one in held(ledger)] == [
        "By “Progress Note Status”, the note of this visit is not signed. The visit is held for a later run."
    ] * 2


def test_a_signed_visit_comes_back_as_a_normal_line(ledger: Ledger) -> None:
    run_of(ledger, LOG)
    half = [*SIGNED[:3], LOG[3]]

    reply = generated(ledger, half)
    assert counts(reply) == {"paid": 1, "already_paid": 2, "held": 1, "released": 1}
    assert reply["figures"]["run"] == AGAIN
    assert (reply["figures"]["adjustments"], reply["figures"]["total_cents"]) == (0, 50_00)
    assert reply["figures"]["providers"][0]["released"] == 1
    approved(ledger, reply, half)
    assert sorted(states(ledger)) == ["held_again", "paid", "waiting"]

    run_of(ledger, SIGNED)
    assert sorted(states(ledger)) == ["held_again", "paid", "paid"]
    assert counts(generated(ledger, SIGNED)) == {"already_paid": 4}


def test_it_is_paid_in_a_run_of_another_period_too(ledger: Ledger) -> None:
    run_of(ledger, LOG)
    log = [*map(november, range(1, 21)), visit(7, "Signed"), visit(8, "Draft")]

    reply = generated(ledger, log)
    assert reply["figures"]["run"] == NOVEMBER
    assert counts(reply) == {"paid": 21, "held": 1, "released": 1}
    assert not reply["figures"]["adjustments"]
    approved(ledger, reply, log)
    assert sorted(states(ledger)) == ["held_again", "paid", "waiting"]


def test_a_log_without_a_signed_note_is_recorded_so_that_nothing_is_lost(ledger: Ledger) -> None:
    log = [visit(5, None), visit(6, "Draft")]
    reply = generated(ledger, log)

    assert (counts(reply), reply["figures"]["run"]) == ({"held": 2}, OCTOBER)
    assert "Approve it, so that what is held is kept in the books." in reply["summary"]
    assert approved(ledger, reply, log)["figures"]["held"] == 2
    later = generated(ledger, [*map(november, range(1, 21)), visit(5, "Signed"), visit(6, "Signed")])
    assert counts(later) == {"paid": 22, "released": 2}


def test_a_paid_visit_whose_note_is_unlocked_adjusts_nothing(ledger: Ledger) -> None:
    run_of(ledger, SIGNED)
    unlocked = [*SIGNED[:3], visit(8, "Draft"), november(2)]

    reply = generated(ledger, unlocked, **{"from": "2026-10-01", "to": "2026-10-31"})
    assert counts(reply) == {"already_paid": 4, "excluded": 1}
    assert (reply["figures"]["run"], reply["figures"]["adjustments"]) == ("", 0)
    assert "paid-note-not-signed" in codes(reply)


def test_pay_that_was_taken_back_is_paid_again_only_once_the_note_is_signed(ledger: Ledger) -> None:
    run_of(ledger, SIGNED)
    cancelled = [*SIGNED[:3], visit(8, "Signed", status="Cancelled")]
    assert run_of(ledger, cancelled)["figures"]["adjustment_cents"] == -50_00

    unsigned = generated(ledger, [*LOG[:3], visit(8, "Draft")])
    assert unsigned["figures"]["adjustments"] == 0
    assert "returned-since-paid" not in codes(unsigned)
    signed = generated(ledger, SIGNED)
    assert signed["figures"]["adjustment_cents"] == 50_00


def test_a_held_visit_that_was_cancelled_is_settled_as_others_are(ledger: Ledger) -> None:
    run_of(ledger, LOG)
    later = [*LOG[:2], visit(7, "Signed"), visit(8, None, status="Cancelled")]

    reply = generated(ledger, later)
    assert counts(reply) == {"paid": 1, "excluded": 1, "already_paid": 2, "released": 1}
    assert "held-visit-excluded" in codes(reply)
    approved(ledger, reply, later)
    assert sorted(states(ledger)) == ["excluded", "paid"]


def test_blocked_rows_are_still_asked_about_and_both_are_on_the_sheets(ledger: Ledger) -> None:
    log = [*LOG, visit(9, "Signed", status="Perhaps"), visit(12, "Draft", provider="Nobody Known")]
    reply = generated(ledger, log)

    assert counts(reply) == {"paid": 2, "held": 2, "blocked": 2}
    assert "Rows that need attention" in texts(cells(ledger, reply, "Payroll Summary"))
    closed = approved(ledger, reply, log, **{"hold-rows": "yes"})
    assert (closed["figures"]["held"], closed["figures"]["blocked"]) == (4, 0)
    assert [row[6] for row in cells(ledger, closed, "Excluded") if row[6] == "held"] == ["held"] * 4
    statement = statement_with_held_visits(ledger, closed)
    assert "3 visits held for a later run" in statement
    assert [statement.count(why) for why in ("Note not signed", "Unknown status")] == [2, 1]
    assert states(ledger) == ["waiting"] * 4


def test_a_note_signed_after_the_draft_was_made_is_noticed(ledger: Ledger) -> None:
    shown = generated(ledger, LOG)
    reply = approved(ledger, shown, [*LOG[:3], SIGNED[3]])

    assert [field["name"] for field in reply["asks"]["fields"]] == ["stale"]
    assert "it would now pay $150.00, not $100.00" in reply["asks"]["title"]
    assert not states(ledger)


def test_two_drafts_that_hold_and_pay_the_same_visit_pay_it_once(ledger: Ledger) -> None:
    waiting = generated(ledger, LOG)
    days = {"from": "2026-10-05", "to": "2026-10-12"}
    paying = generated(ledger, SIGNED, **days)
    approved(ledger, paying, SIGNED, **days)
    stale = {"stale": "approve"}
    with pytest.raises(AlreadyPaidElsewhere):
        approved(ledger, waiting, LOG, **stale)

    assert counts(generated(ledger, SIGNED)) == {"already_paid": 4}
    assert not states(ledger)


def test_an_approved_run_that_is_voided_gives_its_held_visits_back_to_the_log(ledger: Ledger) -> None:
    run_of(ledger, LOG)
    pressed(ledger, "payroll.void", a_click(inputs={"run": OCTOBER, "reason": "a slip"}))

    assert states(ledger) == ["ended", "ended"]
    assert counts(generated(ledger, SIGNED)) == {"paid": 4}


def test_a_missed_visit_that_is_paid_needs_no_note(tmp_path: Path) -> None:
    rule = MissedVisitRule("*", "*", CountsAs.NO_SHOW, MissedPay.FLAT, 20_00, JANUARY)
    ledger = a_ledger(tmp_path / "ledger", replace(HOURLY, missed_visits=(rule,)))
    log = [
        visit(5, None, status="No show", minutes=60),
        visit(6, None, minutes=60),
        visit(7, "Signed", minutes=60),
    ]

    assert counts(generated(ledger, log)) == {"paid": 2, "held": 1}


def test_pay_anyway_is_remembered_and_changes_nothing(ledger: Ledger) -> None:
    reply = generated(ledger, LOG, note_signed_progressnotestatus="pay")
    again = pressed(ledger, "payroll.generate", a_click(LOG, headings=NOTED))

    assert counts(reply) == counts(again) == {"paid": 4}

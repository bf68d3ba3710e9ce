"""Blocked rows held by an approval: they wait, come back in a later log, and are paid once."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from server.billing.payroll.held_visits import HeldDecision, HeldVisit
from server.billing.people import LOCAL_PERSON
from server.errors import (
    HeldVisitNotOpen,
    MissingInput,
    RunHasBlockers,
    UnknownHeldVisit,
    WrittenOffMeanwhile,
)
from server.ledger.store import Ledger
from server.operations.held_visits import decide_visit
from server.operations.session import Session
from server.sheets.sheet import Cell
from tests.invented import a_row
from tests.ribbon.clicks import (
    a_click,
    a_ledger,
    confirmed,
    generated_past_vanished,
    pressed,
    summary_sheet,
    visits,
)
from tests.ribbon.held_history import HOURLY

OCTOBER, AGAIN, NOVEMBER = "lakeside-2026-10-r1", "lakeside-2026-10-r2", "lakeside-2026-11-r1"
Rows = Sequence[Sequence[Cell]]
Reply = dict[str, Any]

BLOCKED = a_row(date="2026-10-08", id="B-1", status="Pending note")
REPAIRED = a_row(date="2026-10-08", id="B-1")
LOG = [*visits(5, 6), BLOCKED]
CORRECTED = [*visits(5, 6), REPAIRED]


def generated(ledger: Ledger, rows: Rows, **inputs: str) -> Reply:
    return generated_past_vanished(ledger, a_click(rows, inputs=inputs))


def approved(ledger: Ledger, shown: Reply, log: Rows, hold: str = "yes") -> Reply:
    """Approve the run of a reply in the workbook with its log; ``hold`` is the answer about blocked rows."""
    inputs = {"hold-rows": hold} if hold else {}
    click = a_click(log, sheets=[summary_sheet(ledger, shown)], inputs=inputs)
    return confirmed(ledger, "payroll.close", click | {"asked_sheets": ["Appointments"]})


def run_of(ledger: Ledger, log: Rows, hold: str = "yes") -> Reply:
    """Generate and approve."""
    return approved(ledger, generated(ledger, log), log, hold)


def voided(ledger: Ledger, run_id: str) -> None:
    pressed(ledger, "payroll.void", a_click(inputs={"run": run_id, "reason": "a slip"}))


def held(ledger: Ledger) -> list[HeldVisit]:
    with ledger.clinic("lakeside").reading() as books:
        return books.held_visits.find()


def states(ledger: Ledger) -> list[str]:
    return [visit.state.value for visit in held(ledger)]


def decided(ledger: Ledger, held_id: int, decision: HeldDecision, reason: str = "left the clinic") -> None:
    session = Session(ledger, LOCAL_PERSON, "lakeside")
    with session.transaction():
        decide_visit(session, held_id, decision, reason)


def found(reply: Reply, code: str) -> list[str]:
    return [finding["message"] for finding in reply["findings"] if finding["code"] == code]


def test_an_approval_with_blocked_rows_asks_whether_to_hold_them_and_lists_them_first(ledger: Ledger) -> None:
    reply = run_of(ledger, LOG, hold="")

    assert reply["asks"]["title"] == f"1 row of run {OCTOBER} (Oct 1–31, 2026) is blocked."
    (field,) = reply["asks"]["fields"]
    assert (field["name"], field["kind"], field["default"]) == ("hold-rows", "yes-no", None)
    (row,) = reply["findings"]
    assert (row["sheet"], row["cell"], row["code"]) == ("Appointments", "E4", "unknown-status")
    assert row["message"].startswith("Jane Roe, 10/08/2026: ")
    assert not states(ledger)


def test_the_others_are_paid_and_the_held_row_is_on_its_sheets(ledger: Ledger) -> None:
    reply = run_of(ledger, LOG)

    assert reply["summary"] == (
        f"Run {OCTOBER} (Oct 1–31, 2026) is approved: 1 provider, $100.00. 1 visit is held for the next run."
    )
    figures = reply["figures"]
    assert [figures[name] for name in ("state", "rows_in", "paid", "held", "blocked")] == [
        "closed",
        3,
        2,
        1,
        0,
    ]
    book = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    excluded = [[cell.value for cell in row] for row in book["Excluded"].iter_rows(min_row=2)]
    assert [(row[0], row[6]) for row in excluded] == [(4, "held")]
    counts = {row[0].value: row[1].value for row in book["Reconciliation"].iter_rows()}
    assert (counts["Held"], counts["Blocked"], counts["Total"], counts["Rows in the log"]) == (1, 0, 3, 3)
    (visit,) = held(ledger)
    assert (visit.state, visit.row.day, visit.row.provider, visit.held_by) == (
        "waiting",
        "2026-10-08",
        "Jane Roe",
        "local",
    )


def test_a_no_leaves_the_draft_as_it_is(ledger: Ledger) -> None:
    with pytest.raises(RunHasBlockers):
        run_of(ledger, LOG, hold="no")
    assert not states(ledger)


def test_the_corrected_log_pays_the_held_row_alone_and_settles_it_once_approved(ledger: Ledger) -> None:
    run_of(ledger, LOG)

    reply = generated(ledger, CORRECTED)
    assert (reply["figures"]["run"], reply["figures"]["paid"], reply["figures"]["already_paid"]) == (
        AGAIN,
        1,
        2,
    )
    assert found(reply, "held-visit-paid") == [f"Run {OCTOBER} held this visit. It is paid here."]
    assert not found(reply, "held-visits-wait")
    assert states(ledger) == ["waiting"]
    approved(ledger, reply, CORRECTED)

    assert states(ledger) == ["paid"]
    nothing = generated(ledger, CORRECTED)
    assert (nothing["figures"]["run"], nothing["next"]) == ("", None)


def test_a_log_of_another_period_says_that_the_visit_still_waits(ledger: Ledger) -> None:
    run_of(ledger, LOG)
    reply = generated(ledger, visits(3, 4, month=11))
    (message,) = found(reply, "held-visits-wait")
    assert message == (
        f"1 visit held from Oct 1–31, 2026 (run {OCTOBER}) still waits to be paid, and no row of this log is known to be "
        "one: 10/08/2026 Jane Roe."
    )
    assert reply["level"] == "review"


def test_a_later_log_that_has_the_visit_pays_it_although_it_is_of_another_period(ledger: Ledger) -> None:
    run_of(ledger, LOG)
    november = [*visits(*range(2, 20), month=11), REPAIRED]

    reply = generated(ledger, november)
    assert (reply["figures"]["run"], reply["figures"]["paid"]) == (NOVEMBER, 19)
    approved(ledger, reply, november)
    assert states(ledger) == ["paid"]
    assert generated(ledger, CORRECTED)["figures"]["run"] == ""


def test_rows_that_are_still_blocked_are_held_again(ledger: Ledger) -> None:
    run_of(ledger, [*LOG, a_row(date="2026-10-09", id="B-2", status="Pending note")])
    half = [*CORRECTED, a_row(date="2026-10-09", id="B-2", status="Pending note")]
    run_of(ledger, half)
    assert states(ledger) == ["paid", "held_again", "waiting"]
    assert run_of(ledger, [*CORRECTED, a_row(date="2026-10-09", id="B-2")])["figures"]["paid"] == 1
    assert states(ledger) == ["paid", "held_again", "paid"]


def test_voiding_what_paid_a_held_visit_makes_it_wait_again(ledger: Ledger) -> None:
    run_of(ledger, LOG)
    run_of(ledger, CORRECTED)
    voided(ledger, AGAIN)
    assert states(ledger) == ["waiting"]
    assert run_of(ledger, CORRECTED)["figures"]["paid"] == 1
    assert states(ledger) == ["paid"]


def test_voiding_what_held_a_visit_ends_the_hold(ledger: Ledger) -> None:
    run_of(ledger, LOG)
    voided(ledger, OCTOBER)
    assert states(ledger) == ["ended"]
    reply = generated(ledger, CORRECTED)
    assert reply["figures"]["paid"] == 3
    assert not [one for one in reply["findings"] if one["code"].startswith("held-")]


def test_what_is_written_off_is_not_paid_until_it_is_restored(ledger: Ledger) -> None:
    run_of(ledger, LOG)
    decided(ledger, 1, HeldDecision.WRITE_OFF)
    assert states(ledger) == ["written_off"]

    reply = generated(ledger, [*CORRECTED, *visits(20)])
    assert (reply["figures"]["paid"], reply["figures"]["excluded"]) == (1, 1)
    assert found(reply, "held-visit-written-off") == [
        f"Run {OCTOBER} held this visit, and on 11/20/2026 it was written off: “left the clinic”. It is not paid."
    ]
    still_blocked = generated(ledger, [*LOG, *visits(20)])
    assert (still_blocked["figures"]["blocked"], still_blocked["level"]) == (0, "review")

    decided(ledger, 1, HeldDecision.RESTORE, "it was paid elsewhere by mistake")
    assert run_of(ledger, [*CORRECTED, *visits(20)])["figures"]["paid"] == 2
    assert states(ledger) == ["paid"]


def test_a_decision_needs_an_open_visit_and_a_reason(ledger: Ledger) -> None:
    run_of(ledger, LOG)
    with pytest.raises(HeldVisitNotOpen):
        decided(ledger, 1, HeldDecision.RESTORE)
    with pytest.raises(MissingInput):
        decided(ledger, 1, HeldDecision.WRITE_OFF, "  ")
    run_of(ledger, CORRECTED)
    with pytest.raises(HeldVisitNotOpen, match=f"is paid by run {AGAIN}"):
        decided(ledger, 1, HeldDecision.WRITE_OFF)


def test_a_draft_that_pays_what_was_written_off_since_is_refused(ledger: Ledger) -> None:
    run_of(ledger, LOG)
    generated(ledger, CORRECTED)
    decided(ledger, 1, HeldDecision.WRITE_OFF)
    with pytest.raises(WrittenOffMeanwhile):
        confirmed(ledger, "payroll.close", a_click(inputs={"run": AGAIN, "stale": "approve"}))


def test_past_runs_list_the_held_visits(ledger: Ledger) -> None:
    run_of(ledger, LOG)
    reply = pressed(ledger, "payroll.history", a_click())
    assert (
        reply["summary"]
        == "Lakeside has 1 pay run. 1 held visit waits for a later run, listed on the sheet Held Visits."
    )
    book = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    assert [cell.value for cell in book["Held Visits"][2]][:4] == [1, OCTOBER, "Appointments", "E4"]


def test_past_runs_write_off_and_restore_a_held_visit(ledger: Ledger) -> None:
    run_of(ledger, LOG)
    asked = pressed(ledger, "payroll.history", a_click(inputs={"held": "1", "decision": "write off"}))
    assert [field["name"] for field in asked["asks"]["fields"]] == ["decision", "reason"]
    assert states(ledger) == ["waiting"]

    inputs = {"held": "1", "decision": "write off", "reason": "no note"}
    reply = pressed(ledger, "payroll.history", a_click(inputs=inputs))
    assert reply["summary"].startswith("Held visit 1 is written off. It is not paid.")
    assert states(ledger) == ["written_off"]

    pressed(ledger, "payroll.history", a_click(inputs=inputs | {"decision": "restore"}))
    assert states(ledger) == ["waiting"]
    with pytest.raises(MissingInput, match="no number"):
        pressed(ledger, "payroll.history", a_click(inputs=inputs | {"held": "one"}))
    with pytest.raises(UnknownHeldVisit):
        pressed(ledger, "payroll.history", a_click(inputs=inputs | {"held": "7"}))


def test_a_row_that_only_looks_like_a_written_off_visit_is_paid_with_a_remark(ledger: Ledger) -> None:
    run_of(ledger, [*visits(5, 6), a_row(date="2026-10-08", service="EX-999")])
    decided(ledger, 1, HeldDecision.WRITE_OFF)
    reply = generated(ledger, [*visits(5, 6), a_row(date="2026-10-08")])
    assert reply["figures"]["paid"] == 1
    assert found(reply, "looks-written-off")


@pytest.fixture
def hourly(tmp_path: Path) -> Ledger:
    """Have a clinic that pays a dollar a minute."""
    return a_ledger(tmp_path / "hourly", HOURLY)


def test_of_equal_visits_without_an_id_the_one_that_was_paid_is_told_by_its_amount(hourly: Ledger) -> None:
    short = a_row(minutes=30)
    run_of(hourly, [a_row(minutes=60, service="EX-999"), short])
    reply = run_of(hourly, [a_row(minutes=60), short])
    assert (reply["figures"]["paid"], reply["figures"]["paid_cents"]) == (1, 60_00)
    assert states(hourly) == ["paid"]


def test_a_log_of_the_corrected_rows_alone_is_not_asked_whether_they_were_paid(ledger: Ledger) -> None:
    """They look like the visits that the run has paid, and they are the rows that it held."""
    alike = [a_row(id=f"A-{place}") for place in range(3)]
    run_of(ledger, [*alike, a_row(id="B-1", status="Perhaps")])
    reply = run_of(ledger, [a_row(id="B-1")])
    assert reply["figures"]["paid"] == 1
    asked = generated(ledger, [a_row(id="B-2")])
    assert [field["name"] for field in asked["asks"]["fields"]] == ["paid_visits"]


def test_a_row_without_a_date_is_no_visit_of_another_period(ledger: Ledger) -> None:
    run_of(ledger, [*visits(5, 6), a_row(date="2026-10-08", service="EX-999")])
    november = [*visits(3, 4, month=11), a_row(date=None, service="EX-999")]
    reply = generated(ledger, november)
    assert found(reply, "held-visits-wait")
    approved(ledger, reply, november)
    assert states(ledger) == ["waiting", "waiting"]


def test_a_draft_generated_again_without_blocked_rows_holds_none(ledger: Ledger) -> None:
    generated(ledger, LOG)
    assert run_of(ledger, CORRECTED, hold="")["figures"]["held"] == 0
    assert not states(ledger)


def test_whether_rows_are_held_is_no_answer_about_the_log(ledger: Ledger) -> None:
    shown = generated(ledger, LOG)
    changed = [*LOG, *visits(12)]
    summary = summary_sheet(ledger, shown)
    click = a_click(changed, sheets=[summary], inputs={"hold-rows": "yes", "stale": "generate"})
    reply = pressed(ledger, "payroll.close", click | {"asked_sheets": ["Appointments"]})
    assert reply["figures"]["paid"] == 3
    with ledger.clinic("lakeside").reading() as books:
        assert "hold-rows" not in books.draft_basis(OCTOBER).answers

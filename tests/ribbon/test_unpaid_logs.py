"""Logs that pay nobody, or not everybody: what is said, and that no run is left to approve."""

from dataclasses import replace
from typing import Any

import pytest

from server.ledger.store import Ledger
from tests.invented import LAKESIDE, a_rate
from tests.ribbon.clicks import a_click, confirmed, pressed, summary_sheet, visits

RUN, NEXT = "lakeside-2026-10-r1", "lakeside-2026-10-r2"
HEADING = "Payroll for Lakeside, Oct 1–31, 2026:"
BLOCKED, EXCLUDED = visits(20, status="Perhaps"), visits(21, status="No show")


def generated(ledger: Ledger, rows: list[Any], **inputs: str) -> dict[str, Any]:
    return pressed(ledger, "payroll.generate", a_click(rows, inputs=inputs))


def run_states(ledger: Ledger) -> dict[str, str]:
    with ledger.clinic("lakeside").reading() as books:
        return {run.id: run.state.value for run in books.runs()}


@pytest.fixture
def paid_before(ledger: Ledger) -> list[tuple[Any, ...]]:
    """Close a run of three visits and return their log."""
    log = visits(5, 6, 7)
    generated(ledger, log)
    confirmed(ledger, "payroll.close", a_click(inputs={"run": RUN}))
    return log


def test_a_log_that_was_paid_already_says_in_which_run_and_leaves_no_draft(
    ledger: Ledger, paid_before: list[tuple[Any, ...]]
) -> None:
    reply = generated(ledger, paid_before)

    assert reply["summary"] == (
        f"{HEADING} All 3 visits were already paid in run {RUN}; nothing is left to pay. No run is recorded."
    )
    assert (reply["level"], reply["figures"]["run"]) == ("done", "")
    assert (reply["figures"]["already_paid"], reply["figures"]["already_paid_cents"]) == (3, 15_000)
    assert run_states(ledger) == {RUN: "closed"}


def test_the_sheets_of_a_payroll_that_pays_nobody_show_no_run(
    ledger: Ledger, paid_before: list[tuple[Any, ...]]
) -> None:
    summary = summary_sheet(ledger, generated(ledger, paid_before))

    cells = [cell for column in summary["columns"] for cell in column if cell is not None]
    assert "Nothing to pay: no run" in cells
    assert f"Already paid in run {RUN}: 3 visits, $150.00." in cells
    generated(ledger, visits(5, month=9))
    asked = confirmed(ledger, "payroll.close", a_click(sheets=[summary]))
    assert [field["name"] for field in asked["asks"]["fields"]] == ["run"]


def test_what_is_new_is_paid_and_what_is_not_is_called_already_paid(
    ledger: Ledger, paid_before: list[tuple[Any, ...]]
) -> None:
    reply = generated(ledger, [*paid_before, *visits(8, 9), *BLOCKED])
    paid = f"{HEADING} 1 provider, $100.00. 3 visits ($150.00) were already paid. 1 row needs attention."
    assert reply["summary"] == paid
    assert reply["figures"]["run"] == NEXT


def test_visits_paid_in_two_runs_name_both(ledger: Ledger, paid_before: list[tuple[Any, ...]]) -> None:
    later = [*paid_before, *visits(8)]
    generated(ledger, later)
    confirmed(ledger, "payroll.close", a_click(inputs={"run": NEXT}))
    sentence = f"All 4 visits were already paid in runs {RUN} and {NEXT}; nothing is left to pay."
    assert sentence in generated(ledger, later)["summary"]


@pytest.mark.parametrize(
    ("more", "level", "why"),
    [
        (EXCLUDED, "done", " and 1 row is excluded"),
        (BLOCKED, "blocked", " and 1 row needs attention"),
        ([*EXCLUDED, *BLOCKED], "blocked", ", 1 row is excluded and 1 row needs attention"),
    ],
    ids=["excluded", "blocked", "both"],
)
def test_already_paid_beside_other_rows_says_how_many_of_each(
    ledger: Ledger, paid_before: list[tuple[Any, ...]], more: list[Any], level: str, why: str
) -> None:
    reply = generated(ledger, [*paid_before, *more])
    paid = f"3 visits ($150.00) were already paid in run {RUN}"
    assert reply["summary"] == f"{HEADING} No row can be paid: {paid}{why}. No run is recorded."
    assert reply["level"] == level
    assert run_states(ledger) == {RUN: "closed"}


def test_a_log_of_excluded_rows_says_so_and_wants_a_look(ledger: Ledger) -> None:
    reply = generated(ledger, EXCLUDED)
    assert reply["summary"] == (
        f"{HEADING} Every row is excluded; the sheet Excluded says why. No run is recorded."
    )
    assert (reply["level"], reply["figures"]["excluded"]) == ("review", 1)
    assert run_states(ledger) == {}


def test_a_log_of_blocked_rows_still_gets_its_sheets(ledger: Ledger) -> None:
    reply = generated(ledger, BLOCKED)
    cells = [cell for column in summary_sheet(ledger, reply)["columns"] for cell in column]
    assert "DRAFT – 1 row needs attention. See the sheet Findings." in cells
    assert (reply["level"], run_states(ledger)) == ("blocked", {})


def test_a_visit_that_is_paid_at_nothing_is_a_run_for_its_line_claims_the_visit(ledger: Ledger) -> None:
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(replace(LAKESIDE, rates=(a_rate(0, note="unpaid"),)), "tests")
    reply = generated(ledger, visits(5))
    assert (reply["figures"]["run"], reply["figures"]["paid_cents"]) == (RUN, 0)
    assert run_states(ledger) == {RUN: "draft"}


@pytest.mark.parametrize("rows", [EXCLUDED, BLOCKED], ids=["excluded", "blocked"])
def test_the_earlier_draft_of_a_period_that_pays_nothing_now_is_voided_and_said(
    ledger: Ledger, rows: list[Any]
) -> None:
    shown = generated(ledger, visits(5, 6))

    reply = generated(ledger, rows)

    (said,) = [finding for finding in reply["findings"] if finding["code"] == "draft-withdrawn"]
    assert said["message"].startswith(f"The earlier draft {RUN} (2 visits, $100.00) is voided")
    assert run_states(ledger) == {RUN: "voided"}
    assert generated(ledger, visits(5, 6))["figures"]["run"] == NEXT
    assert shown["figures"]["run"] == RUN


def test_a_check_says_what_was_already_paid(ledger: Ledger, paid_before: list[tuple[Any, ...]]) -> None:
    reply = pressed(ledger, "payroll.check", a_click([*paid_before, *visits(8)]))
    assert reply["summary"].endswith("4 rows. 3 visits ($150.00) were already paid. No problems found.")

"""A log after a close that says otherwise: each change is an adjustment line of the next run, once (rule: pay-runs#adjustments)."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.billing.clinics import PayBasis, Rate
from server.errors import AdjustmentsOvertaken, RunIsBuiltOn
from server.ledger.store import Ledger
from server.sheets.sheet import Cell
from tests.invented import a_rate, paying
from tests.ribbon.clicks import a_click, a_ledger, confirmed, pressed

HEADINGS = ("Appointment ID", "Date", "Provider", "Service", "Status", "Patient")
Row = tuple[Cell, ...]
SEPTEMBER: tuple[Row, ...] = (
    ("AB-001", "2026-09-03", "Jane Roe", "EX-101", "Show", "Pat Poe"),
    ("AB-002", "2026-09-10", "Max Doe", "EX-101", "Show", "Quin Quoe"),
    ("AB-003", "2026-09-17", "Jane Roe", "EX-102", "Show", "Pat Poe"),
    ("AB-004", "2026-09-24", "Jane Roe", "EX-101", "Show", "Rae Roe"),
    ("AB-005", "2026-09-28", "Jane Roe", "EX-101", "Show", "Sam Soe"),
)
OCTOBER: tuple[Row, ...] = (
    ("AB-101", "2026-10-01", "Jane Roe", "EX-101", "Show", "Pat Poe"),
    ("AB-102", "2026-10-08", "Max Doe", "EX-101", "Show", "Quin Quoe"),
    ("AB-103", "2026-10-30", "Max Doe", "EX-101", "Show", "Quin Quoe"),
)
IN_OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}
RUN = "lakeside-2026-09-r1"


def generated(ledger: Ledger, rows: Sequence[Row], **inputs: str) -> dict[str, Any]:
    return pressed(ledger, "payroll.generate", a_click(rows, headings=HEADINGS, inputs=inputs))


def approved(ledger: Ledger, rows: Sequence[Row], **inputs: str) -> dict[str, Any]:
    """Generate and approve the payroll of some rows; return the reply of generating."""
    reply = generated(ledger, rows, **inputs)
    assert reply["figures"]["run"], reply["summary"]
    confirmed(ledger, "payroll.close", a_click(inputs={"run": reply["figures"]["run"]}))
    return reply


def with_cell(row: Row, column: str, value: Cell) -> Row:
    place = HEADINGS.index(column)
    return (*row[:place], value, *row[place + 1 :])


Lines = list[tuple[str, str, int]]


def adjustments(ledger: Ledger, reply: dict[str, Any]) -> Lines:
    """Return the provider, the kind and the cents of each adjustment line of a run."""
    with ledger.clinic("lakeside").reading() as books:
        found, _ = books.adjustments_of_run(reply["figures"]["run"])
    return [(one.provider, one.kind.value, one.amount_cents) for one in found]


def carried(ledger: Ledger, run: str) -> list[tuple[str, int, int, int]]:
    """Return the provider, and what is carried in, handed over and carried out."""
    with ledger.clinic("lakeside").reading() as books:
        _, found = books.adjustments_of_run(run)
    return [(one.provider, one.in_cents, one.paid_cents, one.out_cents) for one in found]


def september_with(place: int, column: str, value: Cell) -> list[Row]:
    return [with_cell(row, column, value) if row is SEPTEMBER[place] else row for row in SEPTEMBER]


CHANGES: dict[str, tuple[Sequence[Row], Lines]] = {
    "nothing": (SEPTEMBER, []),
    "cancelled": (september_with(0, "Status", "Cancelled"), [("Jane Roe", "status changed", -5000)]),
    "another-provider": (
        september_with(0, "Provider", "Max Doe"),
        [("Jane Roe", "provider changed", -5000), ("Max Doe", "provider changed", 5000)],
    ),
    "another-service": (september_with(0, "Service", "EX-103"), [("Jane Roe", "service changed", 2000)]),
    "another-day": (september_with(0, "Date", "2026-09-04"), [("Jane Roe", "day changed", 0)]),
    "another-month": (september_with(0, "Date", "2026-10-02"), [("Jane Roe", "day changed", 0)]),
    "late": (
        [*SEPTEMBER, ("AB-006", "2026-09-29", "Max Doe", "EX-103", "Show", "Tea Toe")],
        [("Max Doe", "late visit", 7000)],
    ),
}


@pytest.fixture
def books_with_september(tmp_path: Path) -> Ledger:
    rates = (a_rate(5_000), a_rate(7_000, service="EX-103"))
    ledger = a_ledger(tmp_path / "adjusted", paying(*rates))
    approved(ledger, SEPTEMBER)
    return ledger


@pytest.mark.parametrize(("rows", "lines"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_an_adjustment_of_the_next_run_once(
    books_with_september: Ledger, rows: Sequence[Row], lines: Lines
) -> None:
    ledger = books_with_september

    october = approved(ledger, [*rows, *OCTOBER], **IN_OCTOBER)
    again = generated(ledger, [*rows, *OCTOBER], **IN_OCTOBER)

    assert adjustments(ledger, october) == lines
    assert (again["figures"]["run"], again["figures"]["paid"], again["figures"]["already_paid"]) == (
        "", 0, october["figures"]["paid"] + october["figures"]["already_paid"],
    )  # fmt: skip
    assert again["asks"] is None


def test_the_closed_run_never_changes(books_with_september: Ledger) -> None:
    ledger = books_with_september
    with ledger.clinic("lakeside").reading() as books:
        before = books.run(RUN), books.lines_of_run(RUN)

    approved(ledger, [*september_with(0, "Provider", "Max Doe"), *OCTOBER], **IN_OCTOBER)

    with ledger.clinic("lakeside").reading() as books:
        assert (books.run(RUN), books.lines_of_run(RUN)) == before


def test_a_visit_taken_back_and_kept_again_is_paid_once(books_with_september: Ledger) -> None:
    ledger = books_with_september
    cancelled = september_with(0, "Status", "Cancelled")
    approved(ledger, [*cancelled, *OCTOBER], **IN_OCTOBER)

    november = approved(ledger, [*SEPTEMBER, *OCTOBER], **{"from": "2026-11-01", "to": "2026-11-15"})
    again = generated(ledger, [*SEPTEMBER, *OCTOBER], **{"from": "2026-11-01", "to": "2026-11-15"})

    assert adjustments(ledger, november) == [("Jane Roe", "in the log again", 5000)]
    assert again["figures"]["run"] == ""


@pytest.mark.parametrize(
    ("answer", "lines"), [("deleted", [("Jane Roe", "no longer in the log", -5000)]), ("elsewhere", [])]
)
def test_a_vanished_visit_is_asked_about_once(
    books_with_september: Ledger, answer: str, lines: Lines
) -> None:
    ledger = books_with_september
    without = [row for row in SEPTEMBER if row is not SEPTEMBER[2]]

    asked = generated(ledger, [*without, *OCTOBER], **IN_OCTOBER)
    october = approved(ledger, [*without, *OCTOBER], vanished_visits=answer, **IN_OCTOBER)
    again = generated(ledger, [*without, *OCTOBER], **IN_OCTOBER)

    assert [field["name"] for field in asked["asks"]["fields"]] == ["vanished_visits"]
    assert adjustments(ledger, october) == lines
    assert again["asks"] is None
    assert again["figures"]["run"] == ""


def test_an_answer_about_other_vanished_visits_counts_for_nothing(books_with_september: Ledger) -> None:
    ledger = books_with_september
    rows = [row for row in SEPTEMBER if row is not SEPTEMBER[2]]
    number = generated(ledger, [*rows, *OCTOBER], **IN_OCTOBER)["asks"]["fields"][0]["choices"][0]["value"]

    fewer = [row for row in rows if row is not SEPTEMBER[3]]
    asked = generated(ledger, [*fewer, *OCTOBER], vanished_visits=number, **IN_OCTOBER)

    assert "does not belong to this question" in asked["asks"]["fields"][0]["label"]
    assert asked["output"] is None


def test_days_that_the_log_does_not_reach_are_not_missed(books_with_september: Ledger) -> None:
    ledger = books_with_september

    october = generated(ledger, [*SEPTEMBER[3:], *OCTOBER], **IN_OCTOBER)

    assert october["asks"] is None
    assert adjustments(ledger, october) == []


def test_a_negative_total_is_carried_until_it_is_used_up(books_with_september: Ledger) -> None:
    ledger = books_with_september
    cancelled = [with_cell(row, "Status", "Cancelled") if row[2] == "Jane Roe" else row for row in SEPTEMBER]

    october = approved(ledger, [*cancelled, *OCTOBER], **IN_OCTOBER)["figures"]["run"]
    first = approved(ledger, [("N-1", "2026-11-02", "Jane Roe", "EX-103", "Show", "A")])["figures"]["run"]
    rows: list[Row] = [(f"N-{n}", "2026-11-10", "Jane Roe", "EX-103", "Show", f"P{n}") for n in range(2, 5)]
    second = approved(ledger, rows, **{"from": "2026-11-09", "to": "2026-11-12"})["figures"]["run"]

    assert carried(ledger, october) == [("Jane Roe", 0, 0, -15000)]
    assert carried(ledger, first) == [("Jane Roe", -15000, 0, -8000)]
    assert carried(ledger, second) == [("Jane Roe", -8000, 13000, 0)]
    with ledger.clinic("lakeside").reading() as books:
        assert books.balances() == []
        assert books.run(october).total_cents == 10000
        assert books.run(first).total_cents == 0


def test_a_run_that_others_are_based_on_is_not_voided(books_with_september: Ledger) -> None:
    ledger = books_with_september
    october = approved(ledger, [*september_with(0, "Status", "Cancelled"), *OCTOBER], **IN_OCTOBER)

    with pytest.raises(RunIsBuiltOn):
        pressed(ledger, "payroll.void", a_click(inputs={"run": RUN, "reason": "wrong"}))
    pressed(ledger, "payroll.void", a_click(inputs={"run": october["figures"]["run"], "reason": "wrong"}))
    voided = pressed(ledger, "payroll.void", a_click(inputs={"run": RUN, "reason": "wrong"}))

    assert "is voided" in voided["summary"]


def test_a_draft_is_not_approved_after_another_run_adjusted_the_same_visit(
    books_with_september: Ledger,
) -> None:
    ledger = books_with_september
    cancelled = september_with(0, "Status", "Cancelled")
    early = {"from": "2026-10-01", "to": "2026-10-15"}
    late = {"from": "2026-10-16", "to": "2026-10-31"}
    first = generated(ledger, [*cancelled, *OCTOBER], **early)["figures"]["run"]
    approved(ledger, [*cancelled, *OCTOBER], **late)

    with pytest.raises(AdjustmentsOvertaken):
        confirmed(ledger, "payroll.close", a_click(inputs={"run": first}))


def test_two_drafts_do_not_use_up_one_negative_total_twice(books_with_september: Ledger) -> None:
    ledger = books_with_september
    cancelled = [with_cell(row, "Status", "Cancelled") if row[2] == "Jane Roe" else row for row in SEPTEMBER]
    approved(ledger, [*cancelled, *OCTOBER], **IN_OCTOBER)
    first = generated(
        ledger,
        [("N-1", "2026-11-02", "Jane Roe", "EX-103", "Show", "A")],
        **{"from": "2026-11-01", "to": "2026-11-05"},
    )
    approved(
        ledger,
        [("N-2", "2026-11-06", "Jane Roe", "EX-103", "Show", "A")],
        **{"from": "2026-11-06", "to": "2026-11-10"},
    )

    with pytest.raises(AdjustmentsOvertaken):
        confirmed(ledger, "payroll.close", a_click(inputs={"run": first["figures"]["run"]}))


def with_rates(ledger: Ledger, *rates: Rate) -> None:
    """Save other rates for the clinic, later than all that happened."""
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(replace(books.setup(), rates=rates), "ana")


SINCE_SEPTEMBER = (
    a_rate(5_000),
    a_rate(7_000, service="EX-103"),
    a_rate(6_500, provider="Jane Roe", since=date(2026, 9, 15)),
)


@pytest.mark.parametrize("reaches_back", [True, False], ids=["september-again", "october-alone"])
def test_a_backdated_rate_is_offered_and_paid_only_once_it_is_accepted(
    books_with_september: Ledger, *, reaches_back: bool
) -> None:
    ledger = books_with_september
    with_rates(ledger, *SINCE_SEPTEMBER)
    rows = [*(SEPTEMBER if reaches_back else ()), *OCTOBER]

    offered = generated(ledger, rows, **IN_OCTOBER)
    (offer,) = [one for one in offered["findings"] if one["code"] == "rate-changed-since-paid"]
    (remedy,) = offer["remedies"]
    accepted = generated(ledger, rows, **IN_OCTOBER, **remedy["inputs"])
    october = approved(ledger, rows, **IN_OCTOBER)
    again = generated(ledger, rows, **IN_OCTOBER)

    assert "+$45.00" in offer["message"]
    assert "3 visits" in offer["message"]
    assert accepted["figures"]["run"] == october["figures"]["run"]
    assert adjustments(ledger, october) == [("Jane Roe", "rate changed", 1500)] * 3
    with ledger.clinic("lakeside").reading() as books:
        found, _ = books.adjustments_of_run(october["figures"]["run"])
    assert {one.accepted_by for one in found} == {"local"}
    assert again["figures"]["run"] == ""
    assert "rate-changed-since-paid" not in {one["code"] for one in again["findings"]}


def test_a_backdated_rate_that_nobody_accepts_moves_no_money(books_with_september: Ledger) -> None:
    ledger = books_with_september
    with_rates(ledger, *SINCE_SEPTEMBER)

    october = approved(ledger, [*SEPTEMBER, *OCTOBER], **IN_OCTOBER)

    assert adjustments(ledger, october) == []


def test_a_visit_that_is_now_longer_is_adjusted_at_the_rate_of_then(tmp_path: Path) -> None:
    hourly = a_rate(6_000, PayBasis.PER_HOUR)
    ledger = a_ledger(tmp_path, paying(hourly))
    headings = ("Appointment ID", "Date", "Provider", "Service", "Status", "Minutes")
    september = [
        ("AB-1", "2026-09-03", "Jane Roe", "EX-101", "Show", 60),
        ("AB-2", "2026-09-04", "Jane Roe", "EX-101", "Show", 30),
    ]
    run = pressed(ledger, "payroll.generate", a_click(september, headings=headings))["figures"]["run"]
    confirmed(ledger, "payroll.close", a_click(inputs={"run": run}))
    with_rates(ledger, a_rate(9_000, PayBasis.PER_HOUR))
    longer = [
        (*september[0][:-1], 90),
        september[1],
        ("AB-3", "2026-10-02", "Jane Roe", "EX-101", "Show", 60),
    ]

    reply = pressed(ledger, "payroll.generate", a_click(longer, headings=headings, inputs=IN_OCTOBER))

    assert adjustments(ledger, reply) == [("Jane Roe", "amount changed", 3000)]
    assert reply["figures"]["paid_cents"] == 9000
    (offer,) = [one for one in reply["findings"] if one["code"] == "rate-changed-since-paid"]
    assert "1 visit" in offer["message"]
    assert "+$15.00" in offer["message"]


def test_a_late_visit_is_the_line_that_pays_it(books_with_september: Ledger) -> None:
    """Adjustments are listed by provider, lines in the order of the log."""
    ledger = books_with_september
    late = [
        ("AB-006", "2026-09-29", "Max Doe", "EX-103", "Show", "Tea Toe"),
        ("AB-007", "2026-09-28", "Jane Roe", "EX-101", "Show", "Uma Uoe"),
    ]
    run = approved(ledger, [*SEPTEMBER, *late, *OCTOBER], **IN_OCTOBER)["figures"]["run"]

    with closing(sqlite3.connect(ledger.folder / "clinics" / "lakeside.db")) as db:
        rows = db.execute(
            "SELECT adjusted.provider, line.provider, adjusted.now_cents - line.amount_cents FROM pay_adjustment AS adjusted"
            " JOIN pay_line AS line ON line.run = adjusted.run AND line.place = adjusted.own_line WHERE adjusted.run = ?",
            [run],
        ).fetchall()
    assert rows == [("Jane Roe", "Jane Roe", 0), ("Max Doe", "Max Doe", 0)]

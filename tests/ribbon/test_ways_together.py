"""Several ways of being paid at once: plans beside shares, supervision and payments, over two runs of one period."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.billing.clinics import (
    PayBasis,
    PayPlan,
    PlanKind,
    PlanMeasure,
    Setup,
    ShareRule,
    Supervision,
)
from server.errors import RunIsBuiltOn
from server.ledger.store import Ledger
from server.sheets.sheet import Cell
from tests.invented import a_rate, paying
from tests.ribbon.clicks import a_click, confirmed, pressed, visits
from tests.ribbon.payment_sheets import payments_sheet
from tests.ribbon.test_payments import over_time

JANE, MAX = "Jane Roe", "Max Doe"
NEW_YEAR = date(2026, 1, 1)
OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}
PER_SESSION = paying(a_rate(100_00, PayBasis.PER_SESSION))
ON_COLLECTION = paying(a_rate(600_000, PayBasis.OF_COLLECTED))
SHARED = (ShareRule(JANE, "*", MAX, 400_000, NEW_YEAR),)
SUPERVISED = (Supervision(JANE, MAX, "*", PayBasis.PER_SESSION, 10_00, NEW_YEAR),)
A, B = "A-10-5-0", "A-10-6-1"

Rows = Sequence[Sequence[Cell]]


def bounded(kind: PlanKind, cents: int, provider: str = JANE) -> PayPlan:
    return PayPlan(provider, "", kind, None, None, None, None, cents, NEW_YEAR)


TIER = PayPlan(JANE, "*", PlanKind.CLIFF, PlanMeasure.VISITS, 0, None, PayBasis.PER_SESSION, 120_00, NEW_YEAR)


def approved(ledger: Ledger, rows: Rows, payments: Rows | None = None) -> dict[str, tuple[int, int]]:
    """Generate and approve a payroll of October; return what its plans and all of it pay each provider."""
    sheets = (
        [] if payments is None else [payments_sheet(payments, ("Payment date", "Appointment ID", "Amount"))]
    )
    reply: dict[str, Any] = pressed(ledger, "payroll.generate", a_click(rows, sheets=sheets, inputs=OCTOBER))
    assert reply["asks"] is None, reply["asks"]
    figures = reply["figures"]
    closed = confirmed(ledger, "payroll.close", a_click(inputs={"run": figures["run"]}))
    assert closed["figures"]["state"] == "closed", closed["summary"]
    return {one["provider"]: (one["plans_cents"], one["total_cents"]) for one in figures["providers"]}


@pytest.mark.parametrize(
    ("setup", "first", "second"),
    [
        # Two visits of $100.00 leave Jane $120.00 after Max's 40 %; a third one makes it $180.00.
        (
            replace(PER_SESSION, shares=SHARED, pay_plans=(bounded(PlanKind.MINIMUM, 150_00),)),
            {JANE: (30_00, 150_00), MAX: (0, 80_00)},
            {JANE: (-30_00, 30_00), MAX: (0, 40_00)},
        ),
        (
            replace(PER_SESSION, shares=SHARED, pay_plans=(bounded(PlanKind.CAP, 100_00),)),
            {JANE: (-20_00, 100_00), MAX: (0, 80_00)},
            {JANE: (-60_00, 0), MAX: (0, 40_00)},
        ),
        # A tier pays in place of the Rates list; the share is of what the visit earns by the Rates list.
        (
            replace(PER_SESSION, shares=SHARED, pay_plans=(TIER,)),
            {JANE: (40_00, 160_00), MAX: (0, 80_00)},
            {JANE: (20_00, 80_00), MAX: (0, 40_00)},
        ),
        # Supervision counts for the minimum of the supervisor.
        (
            replace(PER_SESSION, supervision=SUPERVISED, pay_plans=(bounded(PlanKind.MINIMUM, 150_00, MAX),)),
            {JANE: (0, 200_00), MAX: (130_00, 150_00)},
            {JANE: (0, 100_00), MAX: (-10_00, 0)},
        ),
    ],
)
def test_plans_count_shares_and_supervision_over_all_runs_of_a_period(
    tmp_path: Path,
    setup: Setup,
    first: dict[str, tuple[int, int]],
    second: dict[str, tuple[int, int]],
) -> None:
    ledger = over_time(tmp_path / "books", setup)
    assert approved(ledger, visits(5, 6)) == first
    assert approved(ledger, [*visits(5, 6), *visits(30)]) == second


def test_payments_count_for_minimum_and_cap_over_all_runs_of_a_period(tmp_path: Path) -> None:
    plans = (bounded(PlanKind.MINIMUM, 100_00), bounded(PlanKind.CAP, 130_00))
    ledger = over_time(tmp_path / "books", replace(ON_COLLECTION, pay_plans=plans))
    first = ("2026-10-15", A, 100)
    # 60 % of $100.00, and what is missing to the minimum
    assert approved(ledger, visits(5, 6), [first]) == {JANE: (40_00, 100_00)}
    # 60 % of $200.00 more are $180.00 in all: the minimum is taken back, and what is above the cap
    again = approved(ledger, [*visits(5, 6), *visits(9)], [first, ("2026-10-20", B, 200)])
    assert again == {JANE: (-90_00, 30_00)}


def test_a_run_whose_payments_a_later_plan_counts_is_not_voided(tmp_path: Path) -> None:
    plans = (bounded(PlanKind.CAP, 130_00),)
    ledger = over_time(tmp_path / "books", replace(ON_COLLECTION, pay_plans=plans))
    first = ("2026-10-15", A, 100)
    approved(ledger, visits(5, 6), [first])
    approved(ledger, [*visits(5, 6), *visits(9)], [first, ("2026-10-20", B, 200)])
    with pytest.raises(RunIsBuiltOn):
        pressed(ledger, "payroll.void", a_click(inputs={"run": "lakeside-2026-10-r1", "reason": "a slip"}))

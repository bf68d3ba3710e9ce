"""Weeks of more than 40 hours: the regular rate and the half-time premium of 29 CFR 778.111(a)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.clinics import PayBasis, Provider, WorksAs
from server.billing.payroll.overtime import FULL_WEEK, LongWorkweek, long_workweeks, overtime_findings
from server.sheets.sheet import Cell
from tests.invented import LAKESIDE, a_rate, a_row, a_run

EMPLOYED = (
    Provider("Jane Roe", provider_id="P1", works_as=WorksAs.EMPLOYEE),
    Provider("Max Doe", provider_id="P2", works_as=WorksAs.CONTRACTOR),
)
SETUP = replace(LAKESIDE, providers=EMPLOYED, rates=(a_rate(2_000, PayBasis.PER_HOUR),))
HOUR = 60_000


def week(
    *hours: float, provider: str = "Jane Roe", first: date = date(2026, 10, 4)
) -> list[tuple[Cell, ...]]:
    """Return a visit for each day from a day on."""
    days = [(first + timedelta(place)).isoformat() for place in range(len(hours))]
    return [
        a_row(id=f"{provider}-{day}", date=day, provider=provider, minutes=worked * 60)
        for day, worked in zip(days, hours, strict=True)
    ]


def test_the_example_of_the_regulation() -> None:
    """50 hours that earned $523.00: $10.46 an hour, and 10 hours at half of it, together $575.30."""
    found = LongWorkweek("Jane Roe", date(2026, 10, 4), 50 * HOUR, 523_00)

    assert (found.regular_rate_cents, found.premium_cents) == (10_46, 52_30)
    assert found.earned_cents + found.premium_cents == 575_30


def test_an_employee_of_more_than_forty_hours_is_a_review_finding() -> None:
    run = a_run(week(10, 10, 10, 10, 5), SETUP)

    (finding,) = overtime_findings(run, SETUP.providers)
    assert finding.code == "long-week"
    assert "45.00 hours" in finding.message
    assert "Oct 4–10, 2026" in finding.message
    assert "$50.00" in finding.message


@pytest.mark.parametrize(
    "rows",
    [
        week(10, 10, 10, 10),
        week(12, 12, 12, 12, provider="Max Doe"),
        week(10, 10, 10, 10, first=date(2026, 10, 8)),
    ],
    ids=["forty", "contractor", "two weeks"],
)
def test_nobody_else_is(rows: list[tuple[Cell, ...]]) -> None:
    assert long_workweeks(a_run(rows, SETUP), SETUP.providers) == []


@given(st.integers(1, 100_000_00), st.integers(FULL_WEEK + 1, 7 * 24 * HOUR))
def test_the_premium_is_half_of_the_rate_for_the_hours_over_forty(cents: int, minutes: int) -> None:
    found = LongWorkweek("Jane Roe", date(2026, 10, 4), minutes, cents)

    exact = cents / minutes * (minutes - FULL_WEEK) / 2
    assert abs(found.premium_cents - exact) <= (minutes - FULL_WEEK) / HOUR / 4 + 1

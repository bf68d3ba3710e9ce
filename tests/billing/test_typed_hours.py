"""Typed hours: of a provider, day and kind, what approved runs have not paid yet is paid (rule: pay-runs#hours)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from server.billing.clinics import PayBasis, Service
from server.billing.payroll.pay_run import Period
from server.billing.payroll.plan_lines import PaidPlan
from server.billing.payroll.typed_hours import HoursOfRun, HoursRow, SheetHours, hours_of_run
from tests.invented import LAKESIDE, a_rate

JANE, MAX = "Jane Roe", "Max Doe"
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
CENTS = 33_33
SETUP = replace(
    LAKESIDE,
    services=(*LAKESIDE.services, Service("ADMIN", "", ("Office",))),
    rates=(a_rate(CENTS, PayBasis.PER_HOUR, service="ADMIN"),),
)


def a_row(minutes: int, day: int = 5, provider: str = JANE) -> HoursRow:
    """A row of a day of October; ``minutes`` are thousandths."""
    return HoursRow(provider, "ADMIN", date(2026, 10, day), minutes, 2)


def decided(rows: Sequence[HoursRow], paid: Sequence[PaidPlan] = ()) -> HoursOfRun:
    return hours_of_run(SETUP, OCTOBER, SheetHours(tuple(rows)), paid)


def pay_of(minutes: int) -> int:
    """Return what an amount of minutes earns, rounded once."""
    return (2 * minutes * CENTS + 60_000) // (2 * 60_000)


def test_a_day_is_one_line_and_rounded_once() -> None:
    lines = decided([a_row(60_000), a_row(20_000), a_row(60_000, 6), a_row(60_000, 5, MAX)]).lines
    assert [(line.provider, line.first.day, line.amount_cents) for line in lines] == [
        (JANE, 5, 44_44), (JANE, 6, 33_33), (MAX, 5, 33_33),
    ]  # fmt: skip
    assert lines[0].title == "Hours, ADMIN"
    assert lines[0].explanation == "1.33 hours at $33.33 per hour."


def test_hours_of_a_renamed_kind_and_provider_are_known_again() -> None:
    (line,) = decided([a_row(60_000)]).lines
    paid = [PaidPlan("r1", replace(line, service="office", provider="Roe, Jane LCSW"))]
    assert not decided([a_row(60_000)], paid).lines


def test_a_changed_rate_pays_only_the_further_hours_by_the_rate_of_now() -> None:
    paid = [PaidPlan("r1", line) for line in decided([a_row(60_000)]).lines]
    raised = replace(SETUP, rates=(a_rate(50_00, PayBasis.PER_HOUR, service="ADMIN"),))
    assert not hours_of_run(raised, OCTOBER, SheetHours((a_row(60_000),)), paid).lines
    (line,) = hours_of_run(raised, OCTOBER, SheetHours((a_row(90_000),)), paid).lines
    assert line.amount_cents == 25_00


DAYS = st.dictionaries(st.integers(1, 3), st.integers(0, 24 * 60_000), max_size=3)


@settings(max_examples=200, deadline=None)
@given(sheets=st.lists(st.tuples(DAYS, st.booleans()), min_size=1, max_size=6))
def test_whatever_is_typed_approved_and_voided_each_day_is_paid_as_it_was_last_typed(
    sheets: list[tuple[dict[int, int], bool]],
) -> None:
    paid: list[PaidPlan] = []
    voided: set[str] = set()
    for place, (days, is_voided) in enumerate(sheets):
        counted = [one for one in paid if one.run_id not in voided]
        lines = decided([a_row(minutes, day) for day, minutes in days.items()], counted).lines
        paid += [PaidPlan(f"r{place}", line) for line in lines]
        if is_voided:
            voided.add(f"r{place}")
    # The sheet that has everything is sent again after all voids.
    typed: dict[int, int] = {}
    for days, _ in sheets:
        typed |= days
    counted = [one for one in paid if one.run_id not in voided]
    last = decided([a_row(minutes, day) for day, minutes in typed.items()], counted).lines
    sums = dict.fromkeys(typed, 0)
    for line in (*(one.line for one in counted), *last):
        sums[line.first.day] += line.amount_cents
    assert sums == {day: pay_of(minutes) for day, minutes in typed.items()}

"""Pay plans: tiers, minimum, cap and salary over a pay period, whatever the order of runs (rule: pay-runs#pay-plans)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.billing.clinics import ANY, PayBasis, PayPlan, PlanKind, PlanMeasure, Provider, Setup
from server.billing.payroll.pay_plans import PlannedPeriod, PlansOfRun, plans_of_run
from server.billing.payroll.pay_run import Period
from server.billing.payroll.plan_lines import PaidPlan, PlanLine
from server.billing.payroll.plan_work import Work, WorkRow
from server.billing.payroll.tiers import TypedHours, pay_of_tiers
from server.errors import Finding
from tests.invented import LAKESIDE

JANE, MAX = "Jane Roe", "Max Doe"
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
DAYS = (OCTOBER.first, OCTOBER.last)
JANUARY = date(2026, 1, 1)


def a_tier(
    bounds: tuple[int | None, int | None],
    amount: int | None,
    *,
    kind: PlanKind = PlanKind.CLIFF,
    measure: PlanMeasure = PlanMeasure.VISITS,
    basis: PayBasis = PayBasis.PER_SESSION,
) -> PayPlan:
    """A tier of Jane Roe's visits of any service; bounds are thousandths, or cents."""
    return PayPlan(JANE, ANY, kind, measure, *bounds, basis, amount, JANUARY)


def an_amount(kind: PlanKind, cents: int | None, provider: str = JANE, since: date = JANUARY) -> PayPlan:
    return PayPlan(provider, "", kind, None, None, None, None, cents, since)


def worked(visits: int, cents: int, service: str = "EX-101", **sums: int) -> WorkRow:
    """What Jane Roe did in October; ``cents`` is what the Rates list pays for one visit."""
    given = {f"with_{name}": visits for name in sums}
    work = Work(visits=visits, cents=visits * cents, **sums, **given)
    return WorkRow("p1", JANE, service, OCTOBER.first, is_attended=True, work=work, period_of=DAYS)


def decided(
    plans: Sequence[PayPlan], rows: Sequence[WorkRow], paid: Sequence[PaidPlan] = (), setup: Setup = LAKESIDE
) -> PlansOfRun:
    """Return what a run of October pays by these plans."""
    return plans_of_run(setup, [PlannedPeriod(OCTOBER, plans, plans, rows, paid)])


def added(plans: Sequence[PayPlan], *rows: WorkRow) -> list[tuple[str, int]]:
    return [(line.kind, line.amount_cents) for line in decided(plans, rows).lines if line.provider == JANE]


@pytest.mark.parametrize(
    ("cents", "expected"),
    [
        (99_999, []),
        (100_000, [("tier cliff", 10_000)]),
        # 110 % of $1,999.99 is $2,199.989, which is rounded once.
        (199_999, [("tier cliff", 20_000)]),
        (200_000, [("tier cliff", 100_000)]),
    ],
)
def test_a_bound_belongs_to_the_tier_that_begins_with_it(cents: int, expected: list[tuple[str, int]]) -> None:
    tiers = [
        a_tier((100_000, 200_000), 1_100_000, measure=PlanMeasure.CHARGE, basis=PayBasis.OF_CHARGE),
        a_tier((200_000, None), 1_500_000, measure=PlanMeasure.CHARGE, basis=PayBasis.OF_CHARGE),
    ]
    assert added(tiers, worked(1, cents, charge_cents=cents)) == expected


@pytest.mark.parametrize(("visits", "pay"), [(2, None), (3, 3 * 60_00), (4, 4 * 60_00), (5, 5 * 70_00)])
def test_a_cliff_pays_everything_at_the_tier_reached(visits: int, pay: int | None) -> None:
    tiers = [a_tier((3_000, 5_000), 60_00), a_tier((5_000, None), 70_00)]
    found = pay_of_tiers(tiers, Work(visits=visits, cents=visits * 50_00))
    assert (found.tiers_cents if found else None) == pay
    lines = added(tiers, worked(visits, 50_00))
    assert lines == ([] if pay is None else [("tier cliff", pay - visits * 50_00)])


@pytest.mark.parametrize(
    ("visits", "pay"),
    [(0, 0), (10, 10 * 40_00), (11, 10 * 40_00 + 60_00), (30, 10 * 40_00 + 10 * 60_00 + 10 * 80_00)],
)
def test_marginal_tiers_pay_each_slice_at_its_own_rate(visits: int, pay: int) -> None:
    tiers = [
        a_tier(bounds, rate, kind=PlanKind.MARGINAL)
        for bounds, rate in (((0, 10_000), 40_00), ((10_000, 20_000), 60_00), ((20_000, None), 80_00))
    ]
    found = pay_of_tiers(tiers, Work(visits=visits, cents=visits * 50_00))
    assert (found.tiers_cents if found else 0) == pay
    assert (found.replaced_cents if found else 0) == visits * 50_00


def test_below_the_first_marginal_tier_the_rates_list_pays_its_average() -> None:
    tiers = [a_tier((10_000, None), 80_00, kind=PlanKind.MARGINAL)]
    found = pay_of_tiers(tiers, Work(visits=15, cents=15 * 50_00))
    assert found
    assert (found.tiers_cents, found.replaced_cents) == (5 * 80_00, 5 * 50_00)


def test_hours_are_compared_as_exact_minutes_and_typed_hours_count() -> None:
    tiers = [a_tier((40_000, None), 60_00, measure=PlanMeasure.HOURS, basis=PayBasis.PER_HOUR)]
    just_below, full = 40 * 60_000 - 1, 40 * 60_000
    assert pay_of_tiers(tiers, Work(visits=1, minutes=just_below)) is None
    found = pay_of_tiers(tiers, Work(visits=1, minutes=full))
    assert found
    assert found.tiers_cents == 40 * 60_00
    with_typed = pay_of_tiers(tiers, Work(visits=1, minutes=just_below), TypedHours(1, 0))
    assert with_typed
    assert with_typed.tiers_cents == 40 * 60_00


@pytest.mark.parametrize(("measure", "sums", "reached"), [
    (PlanMeasure.UNITS, {"units": 30_000}, "30 units"),
    (PlanMeasure.HOURS, {"minutes": 30 * 60_000}, "30.00 hours"),
    (PlanMeasure.CHARGE, {"charge_cents": 30_000}, "$300.00 charged"),
    (PlanMeasure.COLLECTED, {"collected_cents": 30_000}, "$300.00 collected"),
    (PlanMeasure.PAY, {"cents": 30_000}, "$300.00 of pay"),
])  # fmt: skip
def test_each_measure_is_counted(measure: PlanMeasure, sums: dict[str, int], reached: str) -> None:
    tiers = [a_tier((30_000, None), 60_00, measure=measure)]
    found = pay_of_tiers(tiers, Work(visits=6, **sums))
    assert found
    assert found.words.startswith(f"Tier 1 of {measure}: {reached}, ")
    assert found.tiers_cents == 6 * 60_00
    (counted,) = sums.items()
    assert pay_of_tiers(tiers, Work(visits=6, **{counted[0]: counted[1] - 1})) is None


def test_a_tier_says_how_it_comes_to_its_amount() -> None:
    tiers = [a_tier((0, 30_000), 60_00), a_tier((30_000, 50_000), 65_00), a_tier((50_000, None), 70_00)]
    (line,) = decided(tiers, [worked(41, 60_00)]).lines
    assert line.words == (
        "Tier 2 of visits: 41 visits, 30 to 50, $65.00 per session."
        " That is $2,665.00, in place of $2,460.00 by the Rates list."
    )
    assert line.title == "Tiers of visits"


def test_the_most_specific_tiers_count_and_an_ended_table_gives_way() -> None:
    of_any = replace(a_tier((0, None), 60_00), provider=ANY)
    of_talks = replace(a_tier((0, None), 70_00), service="EX-101")
    rows = [worked(2, 50_00), worked(3, 50_00, "EX-102")]
    assert added([of_any, of_talks], *rows) == [("tier cliff", 3 * 10_00), ("tier cliff", 2 * 20_00)]
    ended = replace(of_talks, lower=None, basis=None, amount=None, effective_from=OCTOBER.first)
    assert added([of_any, of_talks, ended], *rows) == [("tier cliff", 5 * 10_00)]


def test_missed_visits_are_no_work_of_tiers_but_are_pay_of_a_minimum() -> None:
    missed = replace_attended(worked(4, 25_00))
    plans = [a_tier((4_000, None), 90_00), an_amount(PlanKind.MINIMUM, 150_00)]
    assert added(plans, missed) == [("minimum", 50_00)]


def replace_attended(row: WorkRow) -> WorkRow:
    return row._replace(is_attended=False)


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        (0, [("minimum", 200_00)]),
        (3, [("minimum", 50_00)]),
        (4, []),
        (6, []),
        (7, [("cap", -50_00)]),
    ],
)
def test_minimum_and_cap_bound_the_pay_of_the_period(visits: int, expected: list[tuple[str, int]]) -> None:
    plans = [an_amount(PlanKind.MINIMUM, 200_00), an_amount(PlanKind.CAP, 300_00)]
    assert added(plans, worked(visits, 50_00)) == expected


def test_a_salary_and_tiers_are_part_of_what_minimum_and_cap_bound() -> None:
    plans = [
        an_amount(PlanKind.SALARY, 100_00), an_amount(PlanKind.MINIMUM, 260_00), an_amount(PlanKind.CAP, 400_00),
        a_tier((2_000, None), 75_00),
    ]  # fmt: skip
    assert added(plans, worked(1, 50_00)) == [("salary", 100_00), ("minimum", 110_00)]
    assert added(plans, worked(2, 50_00)) == [("tier cliff", 50_00), ("salary", 100_00), ("minimum", 10_00)]
    assert added(plans, worked(5, 50_00)) == [("tier cliff", 125_00), ("salary", 100_00), ("cap", -75_00)]


def test_a_plan_of_one_provider_comes_before_that_of_anybody_and_each_is_counted_alone() -> None:
    plans = [an_amount(PlanKind.SALARY, 100_00, ANY), an_amount(PlanKind.SALARY, 70_00, MAX)]
    found = {line.provider: line.amount_cents for line in decided(plans, []).lines}
    assert found == {JANE: 100_00, MAX: 70_00}


def test_an_inactive_provider_has_no_salary_without_visits() -> None:
    left = replace(LAKESIDE, providers=(Provider(JANE, provider_id="P1", active=False),))
    plans = [an_amount(PlanKind.SALARY, 100_00)]
    assert not decided(plans, [], setup=left).lines
    assert [line.amount_cents for line in decided(plans, [worked(1, 50_00)], setup=left).lines] == [100_00]
    assert not decided(plans, [], as_paid(decided(plans, []).lines), left).lines, "nothing is taken back"


@pytest.mark.parametrize(
    ("since", "amount"),
    [(OCTOBER.first, 100_00), (date(2026, 10, 2), 0), (OCTOBER.last, 0), (date(2026, 11, 1), 0)],
)
def test_a_plan_counts_for_a_period_if_it_is_in_force_on_its_first_day(since: date, amount: int) -> None:
    found = decided([an_amount(PlanKind.SALARY, 100_00, since=since)], [])
    assert sum(line.amount_cents for line in found.lines) == amount
    is_within = OCTOBER.first < since <= OCTOBER.last
    assert [what.code for what in found.findings] == ["plan-begins-within-period"] * is_within


def test_an_empty_rate_ends_a_plan() -> None:
    plans = [
        an_amount(PlanKind.SALARY, 100_00), an_amount(PlanKind.SALARY, None, since=date(2026, 9, 1)),
    ]  # fmt: skip
    assert added(plans) == []
    assert added([*plans, an_amount(PlanKind.SALARY, 80_00, ANY)]) == [("salary", 80_00)]


def as_paid(lines: Sequence[PlanLine], run_id: str = "r1") -> list[PaidPlan]:
    return [PaidPlan(run_id, line) for line in lines]


def test_plan_lines_for_other_days_of_the_period_leave_the_provider_to_a_person() -> None:
    plans = [an_amount(PlanKind.SALARY, 100_00)]
    (line,) = decided(plans, []).lines
    half = replace(line, last=date(2026, 10, 15))
    found = decided(plans, [], as_paid([half]))
    assert not found.lines
    assert [what.code for what in found.findings] == ["plan-of-another-period"]


def test_plans_of_then_pay_and_plans_of_now_are_a_finding() -> None:
    then, now = (an_amount(PlanKind.SALARY, cents) for cents in (100_00, 130_00))
    found = plans_of_run(LAKESIDE, [PlannedPeriod(OCTOBER, [then], [now], [])])
    assert [line.amount_cents for line in found.lines] == [100_00]
    (what,) = found.findings
    assert Finding(what, "Log").message == (
        "The pay plans were changed after a run of Oct 1–31, 2026 was generated. With the plans of now, Jane Roe would be paid"
        " $30.00 more for that period. This run pays by the plans of then."
    )


def test_a_changed_earlier_period_is_a_finding() -> None:
    plans = [a_tier((2_000, None), 60_00)]
    late = PlannedPeriod(OCTOBER, plans, plans, [worked(2, 50_00)], is_own=False)
    found = plans_of_run(LAKESIDE, [late])
    assert [line.amount_cents for line in found.lines] == [20_00]
    assert [what.code for what in found.findings] == ["plan-recomputed"]


AMOUNTS = st.integers(0, 400_00)
RUNS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 90_00), st.booleans()), min_size=1, max_size=6)


@settings(max_examples=200, deadline=None)
@given(
    runs=RUNS,
    rates=st.lists(AMOUNTS, min_size=3, max_size=3),
    bounds=st.tuples(AMOUNTS, AMOUNTS),
    marginal=st.booleans(),
)
def test_the_plan_lines_of_all_runs_add_up_to_those_of_the_final_facts(
    runs: list[tuple[int, int, bool]], rates: list[int], bounds: tuple[int, int], *, marginal: bool
) -> None:
    """Each run finds other visits of the period than the one before; some runs are voided after the next ones were closed."""
    kind = PlanKind.MARGINAL if marginal else PlanKind.CLIFF
    plans = [
        a_tier((1_000, 3_000), rates[0], kind=kind),
        a_tier((3_000, None), rates[1], kind=kind),
        an_amount(PlanKind.SALARY, rates[2]),
        an_amount(PlanKind.MINIMUM, min(bounds), ANY),
        an_amount(PlanKind.CAP, max(bounds)),
    ]
    paid: list[PaidPlan] = []
    voided: set[str] = set()
    for place, (visits, cents, is_voided) in enumerate(runs):
        counted = [one for one in paid if one.run_id not in voided]
        paid += as_paid(decided(plans, [worked(visits, cents)], counted).lines, f"r{place}")
        if is_voided and place < len(runs) - 1:
            voided.add(f"r{place}")
    # The last run counts after every void.
    visits, cents, _ = runs[-1]
    final = decided(plans, [worked(visits, cents)])
    totals = dict.fromkeys((JANE, MAX), 0)
    for one in paid:
        if one.run_id not in voided:
            totals[one.line.provider] += one.line.amount_cents
    assert totals == {
        name: sum(line.amount_cents for line in final.lines if line.provider == name) for name in totals
    }

"""What a run is read beside: which approved runs are the last period and the year, and how papers say it."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.clinics import Clinic, Provider
from server.billing.payroll.pay_history import (
    EarlierRuns,
    ProviderNames,
    RunInTime,
    WorkRow,
    earlier_runs,
    history_lines,
    lines_as_frame,
    pay_date_of,
    pay_history,
    pay_in_words,
    visits_in_words,
    work_rows,
)
from server.billing.payroll.pay_lines import PayLines
from server.billing.payroll.pay_run import Period, RateUsed
from server.billing.payroll.recorded_runs import RunHeader, RunState
from tests.billing.recorded_runs import a_header

SEPTEMBER, OCTOBER = (Period(date(2026, month, 1), date(2026, month, 30)) for month in (9, 10))
DECEMBER = Period(date(2025, 12, 1), date(2025, 12, 31))
RUN = RunInTime("lakeside-2026-10-r1", OCTOBER, None)


def recorded(
    period: Period, number: int = 1, state: RunState = RunState.CLOSED, pay_date: date | None = None
) -> RunHeader:
    name = f"lakeside-{period.first:%Y-%m}-r{number}"
    return replace(a_header(state), id=name, period=period, pay_date=pay_date)


def test_only_approved_runs_count_for_the_last_period_and_the_year() -> None:
    runs = [
        recorded(SEPTEMBER, 1),
        recorded(SEPTEMBER, 2),
        recorded(SEPTEMBER, 3, RunState.VOIDED),
        recorded(SEPTEMBER, 4, RunState.DRAFT),
        recorded(OCTOBER, 1),
    ]
    earlier = earlier_runs(runs, RUN)

    assert earlier.last_period == SEPTEMBER
    assert earlier.of_last_period == earlier.of_year == ("lakeside-2026-09-r1", "lakeside-2026-09-r2")
    assert earlier.of_same_period == ()


def test_a_second_run_of_a_period_counts_together_with_the_first() -> None:
    second = RunInTime("lakeside-2026-10-r2", OCTOBER, None)
    earlier = earlier_runs([recorded(SEPTEMBER), recorded(OCTOBER)], second)

    assert earlier.of_same_period == ("lakeside-2026-10-r1",)
    assert earlier.of_year == ("lakeside-2026-09-r1", "lakeside-2026-10-r1")


def test_a_period_that_overlaps_is_not_the_last_one() -> None:
    overlapping = Period(date(2026, 9, 15), date(2026, 10, 14))
    assert earlier_runs([recorded(overlapping)], RUN).last_period is None


def test_a_run_counts_in_the_year_of_its_pay_date() -> None:
    paid_in_january = recorded(DECEMBER, pay_date=date(2026, 1, 5))
    assert earlier_runs([paid_in_january], RUN).of_year == (paid_in_january.id,)
    assert earlier_runs([recorded(DECEMBER)], RUN).of_year == ()
    paid_next_year = replace(RUN, pay_date=date(2027, 1, 4))
    assert earlier_runs([recorded(SEPTEMBER)], paid_next_year).of_year == ()


def of_a_day(day: date, number: int, state: RunState, pay_date: date | None) -> RunHeader:
    return replace(
        recorded(Period(day, day), number, state, pay_date), id=f"lakeside-{day}-to-{day}-r{number}"
    )


runs_in_time = st.lists(
    st.builds(
        of_a_day,
        st.dates(date(2025, 12, 20), date(2026, 1, 10)),
        st.integers(1, 3),
        st.sampled_from(list(RunState)),
        st.none() | st.dates(date(2025, 12, 1), date(2026, 3, 1)),
    ),
    max_size=8,
    unique_by=lambda run: run.id,
)


@given(runs_in_time)
def test_over_all_approved_runs_of_a_year_each_is_the_sum_of_those_before_it(runs: list[RunHeader]) -> None:
    """The last run of a year has all others of the year before it, and nothing counts before itself."""
    approved = [one for one in runs if one.state is RunState.CLOSED]
    places = {one.id: RunInTime(one.id, one.period, one.pay_date) for one in approved}
    for year in {place.counting_day.year for place in places.values()}:
        of_year = sorted(
            (place for place in places.values() if place.counting_day.year == year), key=lambda run: run.place
        )
        for number, run in enumerate(of_year):
            found = earlier_runs(runs, run).of_year
            assert sorted(found) == sorted(place.id for place in of_year[:number])


def test_the_pay_date_is_so_many_days_after_the_period() -> None:
    clinic = Clinic("lakeside", "Lakeside")
    assert pay_date_of(clinic, OCTOBER) is None
    assert pay_date_of(replace(clinic, days_to_pay_date=0), OCTOBER) == OCTOBER.last
    assert pay_date_of(replace(clinic, days_to_pay_date=5), SEPTEMBER) == date(2026, 10, 5)


def test_a_provider_is_the_same_after_a_new_name_or_a_new_id() -> None:
    names = ProviderNames([Provider("Ada New", ("Ada Old",), "P-1")])
    assert names.name_of("p1", "Ada Old") == names.name_of("adaold", "Ada Old") == "Ada New"
    assert names.name_of("p9", "Bo Gone") == "Bo Gone"


def a_row(provider: str = "Ada", visits: int = 2, cents: int = 100_00) -> WorkRow:
    return WorkRow(
        provider.casefold(), provider, "EX-101", "attended", "per session", 50_00,
        visits, None, None, None, None, cents,
    )  # fmt: skip


def test_the_history_adds_up_the_year_and_compares_with_the_last_period() -> None:
    names = ProviderNames([Provider("Ada"), Provider("Bo")])
    before = {"last": names.works_of([a_row(), a_row("Bo")])}
    earlier = EarlierRuns(SEPTEMBER, ("last",), (), ("last",))
    history = pay_history(
        RUN, earlier, names.works_of([a_row(visits=3, cents=150_00)]), before, {"Ada": 700_00, "Bo": 300_00}
    )

    ada, bo = history.of("Ada"), history.of("Bo")
    assert ada.year_to_date_cents == 850_00
    assert ada.change is not None
    assert (ada.change.visits, ada.change.last_visits, ada.change.volume_cents) == (3, 2, 50_00)
    assert bo.change is not None
    assert (bo.change.paid_cents, bo.change.last_cents, bo.year_to_date_cents) == (0, 100_00, 300_00)
    lines = [
        (line.label, visits_in_words(line), line.note, pay_in_words(line))
        for line in history_lines(history, ada, OCTOBER)
    ]
    assert lines == [
        ("Oct 1–30, 2026", "3", "", "$150.00"),
        ("Sep 1–30, 2026", "2", "", "$100.00"),
        ("Difference", "+1", "volume +$50.00", "+$50.00"),
        ("Year to date 2026", "", "approved runs and this one, by last day of the period", "$850.00"),
    ]


def test_without_an_earlier_period_there_is_only_the_year() -> None:
    works = ProviderNames([]).works_of([a_row()])
    run = replace(RUN, pay_date=date(2026, 11, 5))
    history = pay_history(run, EarlierRuns(None, (), (), ()), works, {}, {})
    (line,) = history_lines(history, history.of("Ada"), OCTOBER)
    assert (line.label, line.amount_cents) == ("Year to date 2026", 100_00)
    assert line.note.endswith("by pay date")


@pytest.mark.parametrize("as_categories", [False, True])
def test_lines_add_up_by_provider_service_and_rate(*, as_categories: bool) -> None:
    rates = [
        RateUsed(
            "*",
            "*",
            "per hour",
            60_00,
            is_share=False,
            effective_from=date(2026, 1, 1),
            note="",
            lines=2,
            paid_cents=110_00,
        ),
        RateUsed(
            "*",
            "*",
            "% of charge",
            500_000,
            is_share=True,
            effective_from=date(2026, 1, 1),
            note="",
            lines=1,
            paid_cents=25_00,
        ),
    ]
    lines = PayLines(
        ["a", "b", "c"], [1, 2, 3], ["", "", ""], ["2026-10-01"] * 3, ["Ada"] * 3, ["EX-101"] * 3,
        ["attended"] * 3, ["ada"] * 3, [""] * 3, [None] * 3, [60_000, 50_000, None], [None, None, 50_00],
        [None] * 3, [0, 0, 1], [60_00, 50_00, 25_00],
    )  # fmt: skip
    frame = lines_as_frame(lines)
    if as_categories:
        frame = frame.assign(
            provider=pd.Categorical(frame["provider"]), service=pd.Categorical(frame["service"])
        )
    works = [row.work() for row in work_rows(frame, rates)]
    assert [(work.basis, work.visits, work.quantity, work.paid_cents) for work in works] == [
        ("per hour", 2, 110_000, 110_00),
        ("% of charge", 1, 50_00, 25_00),
    ]

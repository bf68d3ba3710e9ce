"""What a run is read beside: which approved runs are the last period and the year, and how papers say it."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.clinics import Clinic, Provider
from server.billing.names import fold
from server.billing.payroll.pay_history import (
    EarlierRuns,
    ProviderNames,
    RunInTime,
    WorkRow,
    YearPay,
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


def of_days(first: date, last: date, number: int = 1, pay_date: date | None = None) -> RunHeader:
    """Return an approved run of these days."""
    name = f"lakeside-{first}-to-{last}-r{number}"
    return replace(recorded(Period(first, last), number, pay_date=pay_date), id=name)


def test_a_correction_of_one_day_is_not_the_last_period() -> None:
    """It counts together with the period that it corrects."""
    correction = of_days(date(2026, 9, 30), date(2026, 9, 30))
    earlier = earlier_runs([correction, recorded(SEPTEMBER)], RUN)

    assert earlier.last_period == SEPTEMBER
    assert earlier.of_last_period == (correction.id, "lakeside-2026-09-r1")


def test_a_run_of_some_days_of_this_period_counts_as_part_of_it() -> None:
    within = of_days(date(2026, 10, 5), date(2026, 10, 5))
    assert earlier_runs([within], RUN).of_same_period == (within.id,)
    assert earlier_runs([recorded(OCTOBER, 2)], RUN).of_same_period == ()
    across = of_days(date(2026, 9, 30), date(2026, 10, 5))
    assert earlier_runs([across], RUN) == EarlierRuns(None, (), (), (across.id,))


def test_a_pay_date_given_by_hand_does_not_change_the_periods() -> None:
    late = recorded(SEPTEMBER, pay_date=date(2026, 12, 20))
    paid_soon = replace(RUN, pay_date=date(2026, 11, 2))
    earlier = earlier_runs([late], paid_soon)
    assert (earlier.last_period, earlier.of_last_period, earlier.of_year) == (SEPTEMBER, (late.id,), ())


some_days = st.lists(st.dates(date(2026, 8, 20), date(2026, 11, 10)), min_size=2, max_size=2).map(sorted)
pay_dates = st.none() | st.dates(date(2026, 8, 20), date(2027, 2, 1))


@given(st.lists(st.tuples(some_days, st.integers(1, 2), pay_dates), max_size=8), pay_dates)
def test_the_last_period_goes_by_days_and_holds_whole_runs_once(
    drawn: list[tuple[list[date], int, date | None]], pay_date: date | None
) -> None:
    runs = [of_days(first, last, number, paid_on) for (first, last), number, paid_on in drawn]
    runs = list({run.id: run for run in runs if run.id != RUN.id}.values())
    found = earlier_runs(runs, replace(RUN, pay_date=pay_date))
    undated = earlier_runs([replace(run, pay_date=None) for run in runs], RUN)

    assert (found.last_period, found.of_last_period, found.of_same_period) == (
        undated.last_period,
        undated.of_last_period,
        undated.of_same_period,
    )
    assert not set(found.of_last_period) & set(found.of_same_period)
    ended = [run for run in runs if run.period.last < OCTOBER.first]
    assert (found.last_period is None) == (not ended)
    for run in ended:
        assert found.last_period is not None
        assert run.period.last <= found.last_period.last
        assert run.period.last < found.last_period.last or run.id in found.of_last_period
        assert (run.id in found.of_last_period) == (run.period.first >= found.last_period.first)
    assert set(found.of_same_period) == {
        run.id
        for run in runs
        if OCTOBER.first <= run.period.first and run.period.last <= OCTOBER.last and run.period != OCTOBER
    }


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
            found = earlier_runs(runs, run)
            before = {place.id for place in of_year[:number]}
            assert {*found.of_year} == before | {
                place.id for place in of_year if place.id in found.of_same_period
            }
            assert run.id not in found.of_year
            assert len(found.of_year) == len({*found.of_year})


@given(st.lists(st.tuples(some_days, st.integers(1, 2), pay_dates), max_size=8), pay_dates)
def test_what_counts_in_a_period_counts_in_its_year(
    drawn: list[tuple[list[date], int, date | None]], pay_date: date | None
) -> None:
    """Also a run of some of its days that is ordered after it: else a period would have more pay than its year."""
    runs = [of_days(first, last, number, paid_on) for (first, last), number, paid_on in drawn]
    run = replace(RUN, pay_date=pay_date)
    found = earlier_runs(list({one.id: one for one in runs if one.id != run.id}.values()), run)
    years = {one.id: RunInTime(one.id, one.period, one.pay_date).counting_day.year for one in runs}
    assert {one for one in found.of_same_period if years[one] == run.counting_day.year} <= {*found.of_year}


def test_the_pay_date_is_so_many_days_after_the_period() -> None:
    clinic = Clinic("lakeside", "Lakeside")
    assert pay_date_of(clinic, OCTOBER) is None
    assert pay_date_of(replace(clinic, days_to_pay_date=0), OCTOBER) == OCTOBER.last
    assert pay_date_of(replace(clinic, days_to_pay_date=5), SEPTEMBER) == date(2026, 10, 5)


def test_a_provider_is_the_same_after_a_new_name_that_the_setup_knows() -> None:
    names = ProviderNames([Provider("Ada New", ("Ada Old",), "P-1")])
    assert names.name_of("Ada Old") == names.name_of("ADA-OLD") == names.name_of("Ada New") == "Ada New"
    assert names.name_of("Bo Gone") == "Bo Gone"


PEOPLE = ("Ada", "Bo", "Cy", "Di", "Ed")


@given(
    listed=st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(["", "P-1", "P-2"]), max_size=4),
    paid=st.lists(
        st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["p1", "p2", "ada"]), st.integers(1, 900)),
        max_size=12,
    ),
)
def test_neither_an_id_nor_a_name_that_is_given_again_mixes_the_pay_of_two_people(
    listed: dict[str, str], paid: list[tuple[str, str, int]]
) -> None:
    """Lines of two names, or of one name with two IDs, are two people. A line without an ID is anybody's of that name."""
    providers = [Provider(name, provider_id=provider_id) for name, provider_id in listed.items()]
    rows = [a_row(name, 1, cents, key) for name, key, cents in paid]
    names = ProviderNames(providers, [(row.provider_key, row.provider) for row in rows])
    people: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        people.setdefault(names.name_of(row.provider, row.provider_key), set()).add(
            (row.provider, row.provider_key)
        )
    for person, lines in people.items():
        (name,) = {name for name, _ in lines}
        ids = {key for _, key in lines if key != name.casefold()}
        own = fold(listed.get(name, ""))
        assert len(ids) <= 1 or (not own and person in listed)
        assert person not in listed or not own or ids <= {own}
    works = names.works_of(rows)
    assert sum(work.paid_cents for mine in works.values() for work in mine) == sum(
        cents for *_, cents in paid
    )


def test_a_person_of_the_same_name_with_another_id_is_another_one() -> None:
    names = ProviderNames([Provider("Ada", ("P-0",), "P-1"), Provider("Bo")])
    assert names.name_of("Ada", "p1") == names.name_of("Ada", "ada") == names.name_of("Ada") == "Ada"
    assert names.name_of("Ada", "p9") == "Ada (p9)"
    assert names.name_of("Ada", "p0") == "Ada", "the former ID is another spelling"
    assert names.name_of("Bo", "p9") == "Bo", "the setup gives Bo no ID to differ from"


def test_two_people_of_one_name_who_left_are_two() -> None:
    recorded = [("p1", "Ada"), ("p2", "Ada"), ("p3", "Bo"), ("bo", "Bo")]
    names = ProviderNames([], recorded)
    assert [names.name_of(name, key) for key, name in recorded] == ["Ada (p1)", "Ada (p2)", "Bo", "Bo"]


def a_row(provider: str = "Ada", visits: int = 2, cents: int = 100_00, key: str = "") -> WorkRow:
    return WorkRow(
        key or provider.casefold(), provider, "EX-101", "attended", "per session", 50_00,
        visits, None, None, None, None, cents,
    )  # fmt: skip


def test_the_history_adds_up_the_year_and_compares_with_the_last_period() -> None:
    names = ProviderNames([Provider("Ada"), Provider("Bo")])
    before = {"last": names.works_of([a_row(), a_row("Bo")])}
    earlier = EarlierRuns(SEPTEMBER, ("last",), (), ("last",))
    history = pay_history(
        RUN,
        earlier,
        names.works_of([a_row(visits=3, cents=150_00)]),
        before,
        YearPay({"Ada": 700_00, "Bo": 300_00}),
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


def test_everybody_paid_this_year_is_in_the_history() -> None:
    """Also who is neither in this run nor in the last period: the year of the clinic is everybody's."""
    earlier = EarlierRuns(SEPTEMBER, (), (), ("august",))
    works = ProviderNames([]).works_of([a_row()])
    history = pay_history(RUN, earlier, works, {}, YearPay({"Ada": 1_00, "Cy Gone": 500_00, "Unpaid": 0}))

    assert set(history.providers) == {"Ada", "Cy Gone"}
    assert history.of("Cy Gone").change is None
    assert sum(one.year_to_date_cents for one in history.providers.values()) == 601_00


def test_without_an_earlier_period_there_is_only_the_year() -> None:
    works = ProviderNames([]).works_of([a_row()])
    run = replace(RUN, pay_date=date(2026, 11, 5))
    history = pay_history(run, EarlierRuns(None, (), (), ()), works, {}, YearPay())
    (line,) = history_lines(history, history.of("Ada"), OCTOBER)
    assert (line.label, line.amount_cents) == ("Year to date 2026", 100_00)
    assert line.note.endswith("by pay date")


def a_rate_used(basis: str, amount: int, *, is_share: bool = False) -> RateUsed:
    since = date(2026, 1, 1)
    return RateUsed(
        "*", "*", basis, amount, is_share=is_share, effective_from=since, note="", lines=1, paid_cents=25_00
    )


@pytest.mark.parametrize("as_categories", [False, True])
def test_lines_add_up_by_provider_service_and_rate(*, as_categories: bool) -> None:
    rates = [a_rate_used("per hour", 60_00), a_rate_used("% of charge", 500_000, is_share=True)]
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

"""Pay periods: which days are paid together, and which period a log speaks for."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.clinics import Cadence, Clinic
from server.billing.days import serial_of
from server.billing.payroll.pay_periods import (
    LONGEST_PERIOD,
    how_many,
    in_words,
    period_findings,
    period_of,
    period_of_log,
    spoken_for,
)
from server.billing.payroll.pay_run import Period
from server.errors import ImplausiblePeriod

TODAY = date(2026, 11, 20)
ANCHOR = date(2026, 10, 5)


def paying(cadence: Cadence, anchor: date | None = None) -> Clinic:
    return Clinic("lakeside", "Lakeside", cadence=cadence, anchor=anchor)


MONTHLY = paying(Cadence.MONTHLY)
BIWEEKLY = paying(Cadence.BIWEEKLY, ANCHOR)
CUSTOM = paying(Cadence.CUSTOM)


def a_period(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


def serials(*days: str) -> npt.NDArray[np.int64]:
    return np.array([serial_of(date.fromisoformat(day)) for day in days], dtype=np.int64)


@pytest.mark.parametrize(
    ("clinic", "day", "first", "last"),
    [
        (paying(Cadence.WEEKLY, ANCHOR), "2026-10-05", "2026-10-05", "2026-10-11"),
        (paying(Cadence.WEEKLY, ANCHOR), "2026-10-11", "2026-10-05", "2026-10-11"),
        (paying(Cadence.WEEKLY, ANCHOR), "2026-10-04", "2026-09-28", "2026-10-04"),
        (paying(Cadence.WEEKLY), "2026-10-11", "2026-10-05", "2026-10-11"),
        (BIWEEKLY, "2026-10-18", "2026-10-05", "2026-10-18"),
        (BIWEEKLY, "2026-10-04", "2026-09-21", "2026-10-04"),
        (BIWEEKLY, "2024-02-29", "2024-02-26", "2024-03-10"),
        (paying(Cadence.SEMI_MONTHLY), "2026-10-15", "2026-10-01", "2026-10-15"),
        (paying(Cadence.SEMI_MONTHLY), "2026-10-16", "2026-10-16", "2026-10-31"),
        (paying(Cadence.SEMI_MONTHLY), "2026-02-16", "2026-02-16", "2026-02-28"),
        (paying(Cadence.SEMI_MONTHLY), "2024-02-29", "2024-02-16", "2024-02-29"),
        (MONTHLY, "2026-02-28", "2026-02-01", "2026-02-28"),
        (MONTHLY, "2024-02-29", "2024-02-01", "2024-02-29"),
        (MONTHLY, "2026-12-31", "2026-12-01", "2026-12-31"),
        (paying(Cadence.MONTHLY, date(2020, 1, 25)), "2026-10-24", "2026-09-25", "2026-10-24"),
        (paying(Cadence.MONTHLY, date(2020, 1, 25)), "2026-12-25", "2026-12-25", "2027-01-24"),
        (paying(Cadence.MONTHLY, date(2020, 1, 31)), "2026-02-28", "2026-02-28", "2026-03-30"),
        (paying(Cadence.MONTHLY, date(2020, 1, 31)), "2024-02-28", "2024-01-31", "2024-02-28"),
        (CUSTOM, "2026-10-05", "2026-10-05", "2026-10-05"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.cadence,
)
def test_a_day_falls_in_its_period(clinic: Clinic, day: str, first: str, last: str) -> None:
    assert period_of(clinic, date.fromisoformat(day)) == a_period(first, last)


days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
clinics = st.builds(
    paying,
    st.sampled_from(list(Cadence)),
    st.none() | st.dates(date(1990, 1, 1), date(2099, 12, 31)),
)


@given(clinics, days)
def test_every_day_lies_in_its_own_period_and_so_does_every_day_of_that(clinic: Clinic, day: date) -> None:
    period = period_of(clinic, day)
    assert period.first <= day <= period.last
    assert period_of(clinic, period.first) == period_of(clinic, period.last) == period


@given(clinics, days)
def test_periods_follow_each_other_without_a_gap(clinic: Clinic, day: date) -> None:
    period = period_of(clinic, day)
    assert period_of(clinic, period.last + timedelta(days=1)).first == period.last + timedelta(days=1)
    assert period_of(clinic, period.first - timedelta(days=1)).last == period.first - timedelta(days=1)


@given(clinics, days, st.integers(0, 120))
def test_as_many_periods_are_counted_as_are_touched(clinic: Clinic, day: date, length: int) -> None:
    touched = {period_of(clinic, day + timedelta(days=offset)) for offset in range(length + 1)}
    expected = 1 if clinic.cadence is Cadence.CUSTOM else len(touched)
    assert how_many(clinic, Period(day, day + timedelta(days=length))) == expected


def test_a_log_without_visits_speaks_for_the_period_of_today() -> None:
    assert spoken_for(MONTHLY, serials(), TODAY) == a_period("2026-11-01", "2026-11-30")


def test_a_log_speaks_for_the_period_that_holds_all_its_visits() -> None:
    assert spoken_for(MONTHLY, serials("2026-10-05", "2026-10-30"), TODAY) == a_period(
        "2026-10-01", "2026-10-31"
    )


def test_one_stray_visit_in_ten_makes_no_second_period() -> None:
    ten = serials("2026-09-30", *["2026-10-05"] * 9)
    eleven = serials("2026-09-30", *["2026-10-05"] * 10)
    assert spoken_for(MONTHLY, ten, TODAY) == a_period("2026-09-01", "2026-10-31")
    assert spoken_for(MONTHLY, eleven, TODAY) == a_period("2026-10-01", "2026-10-31")


@pytest.mark.parametrize(("edge", "stray"), [("2026-10-31", "2026-11-01"), ("2026-10-01", "2026-09-30")])
def test_visits_on_the_first_and_last_day_of_a_period_speak_for_it(edge: str, stray: str) -> None:
    assert spoken_for(MONTHLY, serials(stray, *[edge] * 10), TODAY) == a_period("2026-10-01", "2026-10-31")


def test_a_clinic_without_a_rhythm_is_paid_from_the_first_visit_to_the_last() -> None:
    visits = serials("2026-09-30", *["2026-10-05"] * 20)
    assert spoken_for(CUSTOM, visits, TODAY) == a_period("2026-09-30", "2026-10-05")


@given(clinics, st.lists(days, min_size=1, max_size=30))
def test_a_log_speaks_for_whole_periods_that_hold_nearly_all_its_visits(
    clinic: Clinic, on: list[date]
) -> None:
    period = spoken_for(clinic, np.array([serial_of(day) for day in on], dtype=np.int64), TODAY)
    inside = [day for day in on if period.first <= day <= period.last]
    assert len(inside) > 0.9 * len(on)
    assert period_of(clinic, period.first).first == period.first
    assert period_of(clinic, period.last).last == period.last


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-10-01", "2026-10-31", "Oct 1–31, 2026"),
        ("2026-09-25", "2026-10-24", "Sep 25–Oct 24, 2026"),
        ("2026-12-25", "2027-01-24", "Dec 25, 2026–Jan 24, 2027"),
        ("2025-10-01", "2026-10-31", "Oct 1, 2025–Oct 31, 2026"),
        ("2026-10-05", "2026-10-05", "Oct 5, 2026"),
    ],
)
def test_a_period_is_read_as_staff_would_say_it(first: str, last: str, words: str) -> None:
    assert in_words(a_period(first, last)) == words


NOBODY_ASKED = (None, None)


def codes(period: Period, *days: str, clinic: Clinic = MONTHLY, asked: bool = False) -> list[str]:
    found = period_findings(clinic, period, serials(*days), "Log", is_asked_for=asked)
    assert {finding.sheet for finding in found} <= {"Log"}
    return [finding.code for finding in found]


@given(clinics, st.lists(days, max_size=5))
def test_a_log_is_paid_for_the_period_its_visits_speak_for_unless_one_is_asked_for(
    clinic: Clinic, on: list[date]
) -> None:
    visits = np.array([serial_of(day) for day in on], dtype=np.int64)
    asked = a_period("2026-10-03", "2026-10-09")
    assert period_of_log(clinic, (asked.first, asked.last), visits, TODAY) == asked

    spoken = spoken_for(clinic, visits, TODAY)
    if (spoken.last - spoken.first).days < LONGEST_PERIOD:
        assert period_of_log(clinic, NOBODY_ASKED, visits, TODAY) == spoken
    else:
        with pytest.raises(ImplausiblePeriod, match="over a year"):
            period_of_log(clinic, NOBODY_ASKED, visits, TODAY)


@pytest.mark.parametrize("asked", [(TODAY, None), (None, TODAY)])
def test_one_end_of_a_period_is_not_enough(asked: tuple[date | None, date | None]) -> None:
    with pytest.raises(ImplausiblePeriod, match="Only one end"):
        period_of_log(MONTHLY, asked, serials(), TODAY)


@pytest.mark.parametrize("length", [-400, -1, 0, 1, 365, 366, 4_000])
def test_a_period_lasts_from_a_day_to_a_leap_year(length: int) -> None:
    asked = (ANCHOR, ANCHOR + timedelta(days=length))
    if 0 <= length < LONGEST_PERIOD:
        assert period_of_log(MONTHLY, asked, serials(), TODAY) == Period(*asked)
    else:
        with pytest.raises(ImplausiblePeriod, match="before it begins" if length < 0 else "over a year"):
            period_of_log(MONTHLY, asked, serials(), TODAY)


def test_a_period_nobody_asked_for_is_explained_where_visits_lie_outside_or_it_is_several() -> None:
    october = a_period("2026-10-01", "2026-10-31")
    assert codes(october, "2026-10-05") == codes(october) == []
    assert codes(october, "2026-10-05", "2026-09-30", "2026-11-01") == ["outside-period"]
    assert codes(a_period("2026-09-01", "2026-10-31"), "2026-09-30", "2026-10-05") == ["several-periods"]
    assert codes(a_period("2026-09-01", "2026-10-31"), "2026-09-30", clinic=CUSTOM) == []


def test_a_period_that_was_asked_for_is_questioned_where_most_visits_lie_outside() -> None:
    october, stray = a_period("2026-10-01", "2026-10-31"), "2026-09-30"
    assert codes(october, "2026-10-05", stray, asked=True) == []
    assert codes(october, "2026-10-05", stray, stray, asked=True) == ["outside-period"]
    assert codes(a_period("2026-09-01", "2026-10-31"), "2026-10-05", asked=True) == []

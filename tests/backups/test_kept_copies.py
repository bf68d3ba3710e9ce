"""Which backups are kept: never less than is promised, and never the newest lost."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.backups.kept_copies import PERIODS, KeptCounts, copies_to_keep, copies_to_keep_by_any_clock

INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - they get their zone here
SETS = st.sets(INSTANTS, max_size=60)
COUNTS = st.builds(KeptCounts, st.integers(1, 9), st.integers(0, 6), st.integers(0, 14))
USUAL = KeptCounts()
FIRST_NIGHT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


def nights(days: int) -> list[datetime]:
    return [FIRST_NIGHT + timedelta(days=number) for number in range(days)]


def kept_night_by_night(made: list[datetime], counts: KeptCounts) -> set[datetime]:
    """Return what is left if, after each backup, all are removed that are not to be kept."""
    there: set[datetime] = set()
    for one in made:
        there = copies_to_keep({*there, one}, counts)
    return there


@given(SETS.filter(bool), COUNTS)
def test_the_newest_is_always_kept(made: set[datetime], counts: KeptCounts) -> None:
    kept = copies_to_keep(made, counts)
    assert max(made) in kept
    assert kept <= made


@given(SETS, SETS, COUNTS)
def test_what_is_not_kept_now_is_not_kept_after_other_backups(
    made: set[datetime], further: set[datetime], counts: KeptCounts
) -> None:
    assert copies_to_keep(made | further, counts) & made <= copies_to_keep(made, counts)


@given(SETS, COUNTS)
def test_a_second_look_removes_nothing_more(made: set[datetime], counts: KeptCounts) -> None:
    kept = copies_to_keep(made, counts)
    assert copies_to_keep(kept, counts) == kept


@given(SETS, COUNTS, st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_greater_numbers_keep_no_less(
    made: set[datetime], counts: KeptCounts, days: int, weeks: int, months: int
) -> None:
    greater = KeptCounts(counts.daily + days, counts.weekly + weeks, counts.monthly + months)
    assert copies_to_keep(made, counts) <= copies_to_keep(made, greater)


@given(st.lists(st.timedeltas(timedelta(minutes=1), timedelta(days=40)), max_size=120), COUNTS)
def test_after_any_nights_the_kept_ones_cover_what_is_promised(
    gaps: list[timedelta], counts: KeptCounts
) -> None:
    """Nights may be missing, and days may have several backups: each period that counts has its newest one."""
    made = [FIRST_NIGHT]
    for gap in gaps:
        made.append(made[-1] + gap)
    kept = kept_night_by_night(made, counts)
    for name, period_of in PERIODS:
        periods = list(dict.fromkeys(period_of(one) for one in reversed(made)))[: getattr(counts, name)]
        for period in periods:
            assert max(one for one in made if period_of(one) == period) in kept
    assert len(kept) <= counts.daily + counts.weekly + counts.monthly


def test_after_two_years_of_nights_there_are_seven_days_five_weeks_and_twelve_months() -> None:
    made = nights(730)
    kept = kept_night_by_night(made, USUAL)
    assert set(made[-7:]) <= kept
    assert len({one.isocalendar()[:2] for one in kept if one > made[-1] - timedelta(days=30)}) >= 5
    assert {(one.year, one.month) for one in kept} == {(2027, month) for month in range(2, 13)} | {(2028, 1)}
    assert len(kept) == 20


@pytest.mark.parametrize("off", [30, 400])
def test_a_computer_that_was_off_for_long_loses_nothing_by_it(off: int) -> None:
    before = kept_night_by_night(nights(60), USUAL)
    again = max(before) + timedelta(days=off)
    assert len(copies_to_keep({*before, again}, USUAL)) >= len(before) - 2


def test_of_three_years_exactly_the_promised_backups_are_left() -> None:
    made = nights(3 * 365)
    kept = kept_night_by_night(made, USUAL)
    last = made[-1]
    assert last == datetime(2029, 1, 3, 2, tzinfo=UTC), "a Wednesday"
    daily = {last - timedelta(days=number) for number in range(7)}
    sundays = {last - timedelta(days=3 + 7 * number) for number in range(4)}
    ends = {datetime(2028, month + 1, 1, 2, tzinfo=UTC) - timedelta(days=1) for month in range(2, 12)}
    assert kept == daily | sundays | ends | {datetime(2028, 12, 31, 2, tzinfo=UTC)}


def test_after_weeks_without_a_backup_exactly_the_promised_ones_are_left() -> None:
    """Each of the last 7 days, 5 weeks and 12 months that have one, however far apart they are."""
    off = [FIRST_NIGHT + timedelta(days=first) for first in (40, 100, 101, 200)]
    made = [one for one in nights(250) if not any(begun <= one < begun + timedelta(weeks=4) for begun in off)]
    kept = kept_night_by_night(made, USUAL)
    newest_first = made[::-1]
    weeks = {one.isocalendar()[:2]: one for one in made}
    months = {(one.year, one.month): one for one in made}
    assert kept == {*newest_first[:7], *list(weeks.values())[-5:], *list(months.values())[-12:]}


@pytest.mark.parametrize("nights_wrong", [1, 60, 500])
def test_nights_with_a_clock_years_ahead_take_no_place_from_the_nights_after_them(nights_wrong: int) -> None:
    right = nights(60)
    ahead = [one + timedelta(days=4_000) for one in nights(nights_wrong)]
    after = [right[-1] + timedelta(days=number) for number in range(1, 31)]
    there: set[datetime] = set()
    for one in (*right, *ahead, *after):
        there = copies_to_keep_by_any_clock({*there, one}, USUAL, one)
    assert set(after[-7:]) <= there
    assert len({one.isocalendar()[:2] for one in there if one <= after[-1]}) >= 5
    assert max(ahead) in there


@pytest.mark.parametrize("nights_wrong", [1, 60])
def test_nights_with_a_clock_years_back_remove_nothing_of_the_nights_before(nights_wrong: int) -> None:
    there = kept_night_by_night(nights(60), USUAL)
    before = set(there)
    for one in nights(nights_wrong):
        there = copies_to_keep_by_any_clock(
            {*there, one - timedelta(days=9_000)}, USUAL, one - timedelta(days=9_000)
        )
    assert before <= there


def test_a_backup_of_a_clock_that_was_ahead_does_not_cost_the_others() -> None:
    made = nights(20)
    ahead = FIRST_NIGHT + timedelta(days=4_000)
    assert copies_to_keep(made, USUAL) - copies_to_keep([*made, ahead], USUAL) <= {made[-7], made[-14]}

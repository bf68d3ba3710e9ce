"""Dates of service are whole days, whatever Excel made of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.days import date_of, serial_of
from server.sheets.cells import Unreadable
from server.sheets.dates import EARLIEST, LATEST, MIXED, OFFSET_1904, day_of, read_days
from server.sheets.sheet import Cell

FIFTH = serial_of(date(2026, 10, 5))


@pytest.mark.parametrize(
    "cell",
    [
        "2026-10-05", "2026-10-05T09:30:00", "2026/10/05", "10/05/2026", "10/5/26", "10-05-2026", "10.5.2026",
        "10/05/2026 3:00 PM", "Mon 10/05/2026", "Oct 5, 2026", "October 5th 2026", "Monday, October 5, 2026",
        "5-Oct-26", "5 October 2026", 20261005, "20261005", FIFTH, FIFTH + 0.99999, FIFTH - 1e-9, f" {'10/05/2026'} ",
    ],
)  # fmt: skip
def test_one_day_is_written_in_many_ways(cell: Cell) -> None:
    assert day_of(cell) == FIFTH


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("13/13/2026", "not-a-date"), ("02/30/2026", "not-a-date"), ("soon", "not-a-date"), (True, "not-a-date"),
        ("#VALUE!", "error-value"), (12, "implausible-date"), ("10/05/1926", "implausible-date"),
        ("5 Foo 2026", "not-a-date"), (3e9, "implausible-date"),
    ],
)  # fmt: skip
def test_what_is_no_day_of_service_is_refused(cell: Cell, code: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        day_of(cell)
    assert refusal.value.code == code


@given(st.dates(date_of(EARLIEST), date_of(LATEST) - timedelta(days=1)), st.floats(0, 0.99999))
def test_a_day_keeps_its_day_whatever_the_time(day: date, time: float) -> None:
    assert day_of(serial_of(day) + time) == serial_of(day)
    assert day_of(serial_of(day) - OFFSET_1904 + time, 1904) == serial_of(day)
    assert day_of(day.isoformat()) == serial_of(day)
    assert date_of(serial_of(day)) == day


def test_a_column_finds_its_own_order() -> None:
    assert read_days(["10/25/2026", "10/05/2026"], 1900).values.tolist()[1] == serial_of(date(2026, 10, 5))
    assert read_days(["25/10/2026", "10/05/2026"], 1900).values.tolist()[1] == serial_of(date(2026, 5, 10))


def test_what_the_column_proves_outweighs_what_the_clinic_once_answered() -> None:
    assert read_days(["25/10/2026", "10/05/2026"], 1900, "mdy").order == "dmy"


def test_a_column_of_small_days_cannot_tell_and_says_so() -> None:
    days = read_days(["10/05/2026", "10/06/2026", "05/05/2026"], 1900)

    assert days.order == ""
    assert days.undecided == (0, 1)
    assert days.given.tolist() == [False, False, True]


def test_a_column_of_both_orders_is_read_only_where_it_is_certain() -> None:
    days = read_days(["10/25/2026", "25/10/2026", "10/05/2026"], 1900)

    assert days.order == MIXED
    assert days.given.tolist() == [True, True, False]
    assert days.undecided == (2,)


def test_real_dates_beside_day_first_text_are_not_trusted() -> None:
    """Excel with US settings reads 05/10/2026 of a day-first file as May 10, and leaves 25/10/2026."""
    days = read_days([serial_of(date(2026, 5, 10)), "25/10/2026"], 1900)

    assert days.wrong == {"swapped-date": [0]}
    assert days.given.tolist() == [False, True]


@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=12), st.floats(allow_nan=False, allow_infinity=False)),
        max_size=20,
    )
)
def test_no_cell_breaks_the_reader_and_none_is_given_twice(cells: list[Cell]) -> None:
    days = read_days(cells, 1900)

    wrong = [position for positions in days.wrong.values() for position in positions]
    assert not set(wrong) & set(days.undecided)
    for position in (*wrong, *days.undecided):
        assert not days.given[position]

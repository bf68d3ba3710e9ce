"""Dates of service are whole days, whatever Excel made of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.days import date_of, serial_of
from server.sheets.cells import Unreadable
from server.sheets.date_order import MIXED
from server.sheets.dates import EARLIEST, LATEST, OFFSET_1904, day_of, read_days
from server.sheets.sheet import Cell
from tests.invented import by_code

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


@pytest.mark.parametrize(
    ("written", "meant"),
    [("10/{}/2026", date(2026, 10, 5)), ("{}/10/2026", date(2026, 5, 10))],
    ids=["month first", "day first"],
)
def test_a_column_finds_its_own_order(written: str, meant: date) -> None:
    days = read_days([written.format(25), written.format(26), "10/05/2026"], 1900)
    assert days.values.tolist()[2] == serial_of(meant)


@pytest.mark.parametrize("told", [{"answered": "mdy"}, {"remembered": "mdy"}])
def test_one_date_against_what_is_known_is_left_out_alone(told: dict[str, str]) -> None:
    """Ten days of October typed month first, and one 13/10/2026."""
    october = [f"10/{day:02}/2026" for day in range(1, 13)]

    days = read_days([*october, "13/10/2026"], 1900, **told)

    assert days.values.tolist() == [*(serial_of(date(2026, 10, day)) for day in range(1, 13)), 0]
    assert by_code(days.wrong) == {"not-month-first": [12]}


def test_one_odd_date_among_many_that_could_be_either_is_no_proof() -> None:
    for count in range(1, 10):
        october = [f"10/{day:02}/2026" for day in range(1, 1 + count)]

        days = read_days([*october, "13/10/2026"], 1900)

        assert days.must_be_asked
        assert days.undecided == tuple(range(count))


def test_a_clinic_whose_logs_are_written_the_other_way_now_is_asked_again() -> None:
    assert read_days(["25/10/2026", "26/10/2026", "05/10/2026"], 1900, remembered="mdy").must_be_asked
    assert read_days(["25/10/2026", "26/10/2026", "05/10/2026"], 1900, "dmy", "mdy").order == "dmy"


def test_a_typing_error_among_many_certain_dates_is_left_out_alone() -> None:
    days = read_days([*(f"10/{day}/2026" for day in range(13, 32)), "10/05/2026", "13/10/2026"], 1900)

    assert days.order == "mdy"
    assert by_code(days.wrong) == {"not-month-first": [20]}
    assert days.values[19] == serial_of(date(2026, 10, 5))


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


@pytest.mark.parametrize("order", ["mdy", "dmy"])
def test_real_dates_that_excel_of_another_country_made_are_not_trusted(order: str) -> None:
    """It reads 05/10/2026 of a file written the other way as a real date, and leaves 25/10/2026 as text."""
    truth = [date(2026, 10, day) for day in range(1, 32)]

    days = read_days([_opened_abroad(day, order) for day in truth], 1900)

    assert by_code(days.wrong) == {"swapped-date": [place for place in range(12) if place != 9]}
    assert days.order == order
    assert days.values[9] == serial_of(date(2026, 10, 10))


def _opened_abroad(day: date, order: str) -> Cell:
    if day.day > 12:
        return f"{day:%m/%d/%Y}" if order == "mdy" else f"{day:%d/%m/%Y}"
    return serial_of(date(day.year, day.day, day.month))


@pytest.mark.parametrize("typed", ["10/13/2026", "13/10/2026"])
def test_one_date_typed_as_text_makes_no_real_date_doubtful(typed: str) -> None:
    real: list[Cell] = [serial_of(date(2026, 10, day)) for day in range(1, 13)]

    days = read_days([*real, typed], 1900)

    assert by_code(days.wrong) == {}
    assert days.values.tolist()[:12] == real


def test_a_date_typed_into_a_log_opened_abroad_does_not_hide_the_swapped_ones() -> None:
    truth = [date(2026, 10, day) for day in range(1, 32)]
    cells = [_opened_abroad(day, "mdy") for day in truth]

    days = read_days([*cells, serial_of(date(2026, 10, 30))], 1900)

    assert len(by_code(days.wrong)["swapped-date"]) == 11


@st.composite
def dated_columns(draw: st.DrawFn) -> tuple[list[date], str, list[Cell]]:
    """A month of visits written in one order, as real dates, or in words."""
    first = draw(st.dates(date(2025, 1, 1), date(2026, 12, 1)))
    truth = [first + timedelta(days=draw(st.integers(0, 27))) for _ in range(draw(st.integers(1, 30)))]
    order = draw(st.sampled_from(["mdy", "dmy"]))
    written = {"mdy": "%m/%d/%Y", "dmy": "%d/%m/%Y"}[order]
    kind = draw(st.sampled_from([written, "%Y-%m-%d", "%b %d, %Y"]))
    return truth, order, [day.strftime(kind) for day in truth]


@given(
    dated_columns(),
    st.sampled_from(
        ["13/10/2026", "10/13/2026", "05/06/2026", "soon", "", None, 12, 46_300, "2026-13-01", "#N/A"]
    ),
    st.data(),
)
@pytest.mark.parametrize("known", ["answered", "remembered", ""])
def test_one_changed_cell_never_changes_the_meaning_of_another(
    known: str, column: tuple[list[date], str, list[Cell]], other: Cell, data: st.DataObject
) -> None:
    truth, order, cells = column
    place = data.draw(st.integers(0, len(cells) - 1))
    told = {known: order} if known else {}

    days = read_days([*cells[:place], other, *cells[place + 1 :]], 1900, **told)

    blocked = {position for positions in days.wrong.values() for position in positions}
    if not days.must_be_asked:
        for position, day in enumerate(truth):
            read = days.given[position] and days.values[position] == serial_of(day)
            assert position == place or position in blocked or read
        if known:
            assert blocked <= {place}


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

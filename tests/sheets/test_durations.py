"""A duration is read by its own cell: a time, words, or a number of what the column counts."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.clinics import ImportProfile, PayBasis
from server.errors import Severity
from server.sheets.appointment_log.reader import read_log
from server.sheets.cells import Unreadable, is_time_format
from server.sheets.durations import HOURS, MINUTES, minutes_of, read_between, read_durations
from server.sheets.questions import Unanswered
from server.sheets.sheet import Cell
from tests.invented import a_rate, a_sheet, by_code, paying, run_of_log

BY_THE_HOUR = paying(a_rate(10_000, PayBasis.PER_HOUR))


@pytest.mark.parametrize(
    ("cell", "shown_as", "minutes"),
    [
        (50, None, 50), ("50 min", None, 50), ("50 mins.", None, 50), ("50m", None, 50), ("1:30", None, 90),
        ("0:45", None, 45), ("0:45:30", None, 45.5), ("1h 30m", None, 90), ("1.5 hrs", None, 90), ("1 hour", None, 60),
        ("1 hr, 15 min", None, 75), ("2 Hours and 5 Minutes", None, 125), (".5 h", None, 30), ("60", None, 60),
        (0.0625, "[h]:mm", 90), (0.03125, "h:mm AM/PM", 45), (50 / 1440, "h:mm", 50), (0.5, "0.0", 0.5),
    ],
)  # fmt: skip
def test_minutes_are_read_as_people_write_them(cell: Cell, shown_as: str | None, minutes: float) -> None:
    assert minutes_of(cell, shown_as) == minutes * 1_000


@pytest.mark.parametrize(
    ("cell", "minutes"), [(1.5, 90), ("0.75", 45), (1 / 3, 20), ("0:45", 45), ("50 min", 50), (None, None)]
)
def test_only_plain_numbers_count_hours_in_a_column_of_hours(cell: Cell, minutes: int | None) -> None:
    assert minutes_of(cell, None, HOURS) == (None if minutes is None else minutes * 1_000)


@pytest.mark.parametrize(
    ("cell", "shown_as", "code"),
    [
        (60, "h:mm", "time-or-number"), (46_300.5, "[h]:mm", "time-or-number"), (-0.1, "h:mm", "time-or-number"),
        ("an hour", None, "not-a-number"), ("h", None, "not-a-number"), ("1:75", None, "not-a-number"),
        ("-5 min", None, "not-a-number"), (-5, None, "negative-number"), ("#N/A", None, "error-value"),
        (True, None, "not-a-number"),
    ],
)  # fmt: skip
def test_what_is_no_duration_is_refused(cell: Cell, shown_as: str | None, code: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        minutes_of(cell, shown_as)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("number_format", "is_time"),
    [
        ("h:mm", True), ("[h]:mm", True), ("[mm]:ss", True), ("h:mm AM/PM", True), ("[Red]h:mm", True),
        ("General", False), ("0.00", False), ("yyyy-mm-dd h:mm", False), ('0 "hours"', False), (None, False),
    ],
)  # fmt: skip
def test_a_format_shows_a_time_or_not(number_format: str | None, is_time: bool) -> None:  # noqa: FBT001
    assert is_time_format(number_format) is is_time


pairs = st.one_of(
    st.tuples(st.integers(0, 600), st.just("General")),
    st.tuples(st.integers(0, 86_399).map(lambda second: second / 86_400), st.just("h:mm")),
    st.tuples(
        st.sampled_from(["0:45", "50:00", "50 min", "1.5 hrs", "45", "", "#N/A", "soon", "1:99"]), st.none()
    ),
    st.tuples(st.one_of(st.none(), st.booleans(), st.integers(-5, 100)), st.sampled_from(["h:mm", None])),
)


@given(st.lists(pairs, min_size=1), st.sampled_from([MINUTES, HOURS]))
def test_a_column_says_the_same_as_its_cells_one_by_one(
    column: list[tuple[Cell, str | None]], unit: str
) -> None:
    cells, formats = [cell for cell, _ in column], [shown_as for _, shown_as in column]
    numbers = read_durations(cells, formats, unit).numbers

    for position, (cell, shown_as) in enumerate(column):
        answer = _one(cell, shown_as, unit)
        assert numbers.given[position] == isinstance(answer, int)
        assert numbers.values[position] == (answer if isinstance(answer, int) else 0)
        assert not isinstance(answer, str) or position in by_code(numbers.wrong)[answer]


def _one(cell: Cell, shown_as: str | None, unit: str) -> int | str | None:
    try:
        return minutes_of(cell, shown_as, unit)
    except Unreadable as refusal:
        return refusal.code


@given(st.lists(pairs, min_size=1), pairs, st.data())
def test_one_changed_cell_never_changes_another(
    column: list[tuple[Cell, str | None]], other: tuple[Cell, str | None], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(column) - 1))
    changed = [*column[:place], other, *column[place + 1 :]]

    before, after = (
        read_durations([cell for cell, _ in each], [shown_as for _, shown_as in each], MINUTES).numbers
        for each in (column, changed)
    )

    others = [position for position in range(len(column)) if position != place]
    assert before.values[others].tolist() == after.values[others].tolist()
    assert before.given[others].tolist() == after.given[others].tolist()


def test_the_bounds_of_a_column_are_those_of_its_plain_numbers() -> None:
    column = read_durations([1, "0:45", 0.75, "1.5", 0, "50 min", None], None, MINUTES)
    assert (column.time, column.plain, column.least, column.most) == ("0:45", ("1", "0.75", "1.5"), 0.75, 1.5)


@pytest.mark.parametrize(
    ("cells", "formats"),
    [
        ([30, "50:00", 45], None),
        ([30, 50, 45], ["General", "h:mm", "General"]),
        ([30, -0.5, 45], ["General", "h:mm", "General"]),
    ],
)
def test_a_time_that_cannot_be_read_blocks_alone_and_says_nothing_of_the_others(
    cells: list[Cell], formats: list[str | None] | None
) -> None:
    column = read_durations(cells, formats, MINUTES)
    assert (column.time, column.numbers.values.tolist()) == (None, [30_000, 0, 45_000])
    assert list(column.numbers.wrong.values()) == [[1]]


hostile = st.one_of(
    pairs,
    st.tuples(st.sampled_from([1e300, 1e-9, 46_300, 0.1 + 0.2, -1e300]), st.sampled_from(["h:mm", None])),
    st.tuples(st.sampled_from(["1e300", "9" * 40, "99:99", "24:00", "0.0001", "\u200b1:30"]), st.none()),
)


@given(st.lists(hostile, min_size=1), st.sampled_from(["Minutes", "Hours", "Duration"]))
def test_every_column_of_durations_is_read_or_asked_about(
    column: list[tuple[Cell, str | None]], heading: str
) -> None:
    rows = [("2026-10-05", "Jane Roe", "EX-101", "Attended", cell) for cell, _ in column]
    sheet = a_sheet(rows, ["Date", "Provider", "Service", "Status", heading])
    formats = ("General", "General", "General", "General", [None, *(shown_as for _, shown_as in column)])
    answers = {} if heading == "Duration" else {"duration_unit": "minutes"}
    try:
        log, _ = read_log(replace(sheet, formats=formats), "", BY_THE_HOUR, ImportProfile(), answers)
    except Unanswered:
        assert heading == "Duration"
        return
    run = run_of_log(log, BY_THE_HOUR)
    assert run.rows_in == len(rows)
    blocked = {row for one in run.findings if one.severity is Severity.BLOCKER for row in one.rows}
    assert not blocked & set(run.lines.row)


def test_start_and_end_give_minutes_whatever_they_are_written_as() -> None:
    day = 46_300
    starts: list[Cell] = [
        "9:00 AM",
        0.375,
        day + 0.375,
        "2026-10-05T09:00:00",
        "10/05/2026 9:00 AM",
        "09:00",
        None,
        day + 0.99,
    ]
    ends: list[Cell] = [
        "9:50 AM",
        "9:50",
        day + 0.375 + 50 / 1440,
        "2026-10-05 09:50",
        "9:50AM",
        590 / 1440,
        "9:50",
        day + 1.01,
    ]

    numbers, bad_starts = read_between(starts, ends)

    assert numbers.values.tolist() == [50_000] * 6 + [0, int(Fraction(288, 10) * 1_000)]
    assert numbers.given.tolist() == [True] * 6 + [False, True]
    assert not numbers.wrong
    assert not bad_starts


def test_an_end_before_its_start_and_a_day_without_time_give_no_minutes() -> None:
    numbers, bad_starts = read_between(
        ["11:30 PM", 46_300, "soon", "13:00 PM"], ["12:20 AM", 46_300, "10:00", "14:00"]
    )

    assert not numbers.given.any()
    assert by_code(numbers.wrong) == {"end-before-start": [0]}
    assert by_code(bad_starts) == {"not-a-time": [2, 3]}

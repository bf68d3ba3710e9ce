"""A visit's minutes come from its start and end where it has none of its own, row by row."""

from collections.abc import Sequence
from random import Random

import pytest

from server.billing.clinics import ImportProfile, PayBasis
from server.billing.payroll.pay_run import PayRun
from server.errors import Severity
from server.sheets.appointment_log.reader import read_log
from server.sheets.questions import Unanswered
from server.sheets.sheet import Cell
from tests.invented import a_rate, a_sheet, amounts, codes, paying, run_of_log

BY_THE_HOUR = paying(a_rate(6_000, PayBasis.PER_HOUR))
"""A dollar a minute."""

VISIT: tuple[Cell, ...] = ("2026-10-05", "Jane Roe", "EX-101", "Attended")
BASE = ("Date", "Provider", "Service", "Status")


def generated(headings: Sequence[str], *rows: Sequence[Cell]) -> PayRun:
    """Return the pay run of a visit for each of some rows of times."""
    log, _ = read_log(
        a_sheet([(*VISIT, *row) for row in rows], [*BASE, *headings]), "", BY_THE_HOUR, ImportProfile(), {}
    )
    return run_of_log(log, BY_THE_HOUR)


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_an_empty_column_of_minutes_keeps_no_times_from_being_read(blank: Cell) -> None:
    run = generated(["Minutes", "Start Time", "End Time"], (blank, "9:00", "9:50"), (blank, "10:00", "11:30"))

    assert amounts(run) == [5_000, 9_000]
    assert [one.code for one in run.findings][:1] == ["minutes-from-times"]


@pytest.mark.parametrize("column", ["Minutes", "Hours"])
def test_only_rows_without_minutes_take_them_from_the_times(column: str) -> None:
    own = 50 if column == "Minutes" else 1.5
    run = generated(
        [column, "Start", "End"], (own, "9:00", "9:10"), (None, "9:00", "9:45"), (None, None, "9:45")
    )

    assert amounts(run) == [5_000 if column == "Minutes" else 9_000, 4_500]
    (finding,) = [one for one in run.findings if one.code == "minutes-from-times"]
    assert finding.message == (
        f"The minutes of 1 visit without any under “{column}” (row 3) come from “Start” and “End”: row 3 has 45 minutes."
    )
    (blocker,) = [one for one in run.findings if one.severity is Severity.BLOCKER]
    assert (blocker.code, list(blocker.rows), blocker.heading) == ("missing-measure", [4], column)


@pytest.mark.parametrize(
    ("start", "end"), [("soon", "9:50"), ("9:00", "late"), ("23:30", "00:20"), ("9:00", None)]
)
def test_times_that_say_no_length_leave_the_row_without_minutes(start: Cell, end: Cell) -> None:
    run = generated(["Minutes", "Start Time", "End Time"], (50, "9:00", "9:50"), (None, start, end))

    assert amounts(run) == [5_000]
    assert codes(run) == ["missing-measure"]


def test_minutes_that_cannot_be_read_are_not_replaced() -> None:
    run = generated(["Minutes", "Start Time", "End Time"], ("an hour", "9:00", "9:50"))

    assert (amounts(run), codes(run)) == ([], ["not-a-number"])


def test_an_empty_column_of_minutes_keeps_no_hours_from_being_read() -> None:
    run = generated(["Minutes", "Hours"], (None, 1.5), (None, 0.75))

    assert amounts(run) == [9_000, 4_500]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("Start Date & Time", "End Date & Time"),
        ("Start Date/Time", "End Date/Time"),
        ("Start Date and Time", "End Date and Time"),
        ("Starts At", "Ends At"),
        ("Appointment Start", "Appointment End Date/Time"),
        ("Start", "End"),
        ("Start Time", "End Time"),
    ],
)
def test_a_date_with_its_time_starts_and_ends_the_visit(start: str, end: str) -> None:
    headings = ["Provider", "Service", "Status", start, end]
    rows = [(*VISIT[1:], "2026-10-05 09:00", "2026-10-05 09:50")]
    beside = [("2026-10-05", *row) for row in rows]
    for log in (a_sheet(rows, headings), a_sheet(beside, ["Date", *headings])):
        read, _ = read_log(log, "", BY_THE_HOUR, ImportProfile(), {})
        assert amounts(run_of_log(read, BY_THE_HOUR)) == [5_000]


def test_what_is_not_the_date_is_the_start_in_the_next_log_too() -> None:
    headings = ["Date", "Start Date & Time", *BASE[1:], "End Date & Time"]
    rows = [("2026-10-05", "2026-10-06 09:00", *VISIT[1:], "2026-10-06 09:50")]
    sheet = a_sheet(rows, headings)
    with pytest.raises(Unanswered):
        read_log(sheet, "", BY_THE_HOUR, ImportProfile(), {})

    log, learned = read_log(sheet, "", BY_THE_HOUR, ImportProfile(), {"date_column": "Date"})
    again, _ = read_log(sheet, "", BY_THE_HOUR, learned, {})

    for one in (log, again):
        assert amounts(run_of_log(one, BY_THE_HOUR)) == [5_000]


@pytest.mark.parametrize("seed", range(20))
def test_a_row_is_paid_by_its_own_minutes_else_by_its_times_else_not_at_all(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - no secret
    rows: list[tuple[Cell, ...]] = []
    expected: dict[int, int] = {}
    for number in range(30):
        own = chance.choice([None, None, "", chance.randint(30, 90), f"{chance.randint(30, 90)} min"])
        length = chance.randint(5, 120)
        times = chance.choice(
            [("09:00", f"{9 + length // 60:02}:{length % 60:02}"), (None, "10:00"), ("09:00", "")]
        )
        rows.append((own, *times))
        has_times = times[0] and times[1]
        minutes = int(str(own).split()[0]) if own else length if has_times else None
        if minutes is not None:
            expected[number + 2] = minutes * 100

    run = generated(["Duration", "Start Time", "End Time"], *rows)

    assert dict(zip(run.lines.row, run.lines.amount_cents, strict=True)) == expected

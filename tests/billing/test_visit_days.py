"""Which days of a log say what its pay period is."""

from collections.abc import Sequence
from datetime import date

import pytest

from server.billing.days import date_of
from server.billing.payroll.classify import visit_days
from tests.invented import LAKESIDE, TODAY, a_log, a_row, a_sheet


def days_of(visits: Sequence[tuple[str, str | None]]) -> list[date]:
    rows = [a_row(date=day, status=status) for day, status in visits]
    return [date_of(int(day)) for day in visit_days(a_log(a_sheet(rows)), LAKESIDE, TODAY)]


@pytest.mark.parametrize("status", ["Our own word", None])
def test_a_visit_nobody_has_said_the_status_of_may_have_taken_place(status: str | None) -> None:
    assert days_of([("2026-09-30", status), ("2026-09-29", "Cancelled")]) == [date(2026, 9, 30)]


def test_a_log_of_missed_visits_alone_speaks_for_their_days() -> None:
    assert days_of([("2026-09-30", "No show")]) == [date(2026, 9, 30)]


def test_what_lies_ahead_says_nothing() -> None:
    assert days_of([("2026-09-30", "Attended"), ("2027-01-04", "Attended")]) == [date(2026, 9, 30)]

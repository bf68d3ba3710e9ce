"""Pay periods: which days are paid together.

A clinic's periods follow its cadence; weekly and biweekly ones are counted from its anchor, a
monthly one begins on the anchor's day of the month (25th to 24th; rule: pay-runs#periods). Both ends of a
period belong to it.
"""

from calendar import monthrange
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from server.billing.clinics import Cadence, Clinic
from server.billing.days import date_of, serial_of
from server.billing.payroll.pay_run import Period

FIRST_HALF = 15
"""Semi-monthly periods end on the 15th and on the last day of the month."""

NEARLY_ALL = 0.9
"""Share of a log's visits in one pay period from which the others are stray."""

MONDAY = date(2024, 1, 1)
"""Where weeks are counted from when a clinic gives no anchor."""


def period_of(clinic: Clinic, day: date) -> Period:
    """Return the pay period a day falls in; a custom cadence has periods of that one day."""
    match clinic.cadence:
        case Cadence.WEEKLY:
            return _weeks(day, clinic.anchor or MONDAY, 7)
        case Cadence.BIWEEKLY:
            return _weeks(day, clinic.anchor or MONDAY, 14)
        case Cadence.SEMI_MONTHLY:
            return _half_month(day)
        case Cadence.MONTHLY:
            return _month(day, clinic.anchor.day if clinic.anchor else 1)
        case Cadence.CUSTOM:
            return Period(day, day)


def spoken_for(clinic: Clinic, days: npt.NDArray[np.int64], today: date) -> Period:
    """Return the pay period the visits of a log speak for; ``days`` are their serials.

    The one that holds nearly all of them, since a log often ends with a stray visit of the month
    before; else all the pay periods they touch. A log without visits speaks for today's.
    """
    if not len(days):
        return period_of(clinic, today)
    median = period_of(clinic, date_of(int(np.median(days))))
    inside = (days >= serial_of(median.first)) & (days <= serial_of(median.last))
    if clinic.cadence is not Cadence.CUSTOM and inside.mean() > NEARLY_ALL:
        return median
    first, last = (date_of(int(day)) for day in (days.min(), days.max()))
    return Period(period_of(clinic, first).first, period_of(clinic, last).last)


def how_many(clinic: Clinic, period: Period) -> int:
    """Return how many of the clinic's pay periods a stretch of days touches."""
    if clinic.cadence is Cadence.CUSTOM:
        return 1
    count, day = 0, period.first
    while day <= period.last:
        count, day = count + 1, period_of(clinic, day).last + timedelta(days=1)
    return count


def in_words(period: Period) -> str:
    """Return a period as staff read it: ``Oct 1-31, 2026``, ``Sep 25-Oct 24, 2026``, ``Oct 5, 2026``."""
    first, last = period.first, period.last
    if first == last:
        return f"{first:%b} {first.day}, {first.year}"
    if first.year != last.year:
        return f"{first:%b} {first.day}, {first.year}-{last:%b} {last.day}, {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%b} {first.day}-{last.day}, {last.year}"
    return f"{first:%b} {first.day}-{last:%b} {last.day}, {last.year}"


def _weeks(day: date, anchor: date, length: int) -> Period:
    first = day - timedelta(days=(day - anchor).days % length)
    return Period(first, first + timedelta(days=length - 1))


def _half_month(day: date) -> Period:
    if day.day <= FIRST_HALF:
        return Period(day.replace(day=1), day.replace(day=FIRST_HALF))
    return Period(day.replace(day=FIRST_HALF + 1), day.replace(day=monthrange(day.year, day.month)[1]))


def _month(day: date, begins: int) -> Period:
    """Return the month-long period that begins on a day of the month, or on its last day if shorter."""
    first = _begin(day.year, day.month, begins)
    if day < first:
        first = _begin(*_step(first, -1), begins)
    return Period(first, _begin(*_step(first, 1), begins) - timedelta(days=1))


def _begin(year: int, month: int, begins: int) -> date:
    return date(year, month, min(begins, monthrange(year, month)[1]))


def _step(day: date, months: int) -> tuple[int, int]:
    index = day.year * 12 + day.month - 1 + months
    return index // 12, index % 12 + 1

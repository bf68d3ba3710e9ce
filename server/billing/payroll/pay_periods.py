"""Pay periods: which days are paid together.

A clinic's periods follow its cadence. Weekly and biweekly periods are counted from its anchor, a monthly period begins
on the anchor's day of the month (25th to 24th; rule: pay-runs#periods). The first and the last day of a period belong
to it.
"""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from server.billing.clinics import Cadence, Clinic
from server.billing.days import date_of, serial_of, us
from server.billing.payroll.pay_run import Period
from server.errors import Finding, ImplausiblePeriod, count_of
from server.errors.log_column_findings import OutsidePeriod, SeveralPeriods

VisitDays = npt.NDArray[np.int64]
"""The days that decide which period a log is about, as serials, one for each visit."""

FIRST_HALF = 15
"""Semi-monthly periods end on the 15th and on the last day of the month."""

NEARLY_ALL = 0.9
"""If more than this share of a log's visits is in one pay period, the others are stray."""

LONGEST_PERIOD = 366
"""Days in the longest pay period. A longer one comes from a mistyped date."""

MONDAY = date(2024, 1, 1)
"""The day that weeks are counted from if a clinic gives no anchor."""


def period_of(clinic: Clinic, day: date) -> Period:
    """Return the pay period a day is in; with a custom cadence, each day is a period."""
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


def spoken_for(clinic: Clinic, days: VisitDays, today: date) -> Period:
    """Return the pay period the visits of a log are about; ``days`` are their serials.

    This is the period with nearly all of the visits, because a log often ends with a stray visit of the month before;
    else all the pay periods that the visits touch. A log without visits is about today's period.
    """
    if not len(days):
        return period_of(clinic, today)
    median = period_of(clinic, date_of(int(np.median(days))))
    inside = (days >= serial_of(median.first)) & (days <= serial_of(median.last))
    if clinic.cadence is not Cadence.CUSTOM and inside.mean() > NEARLY_ALL:
        return median
    first, last = (date_of(int(day)) for day in (days.min(), days.max()))
    return Period(period_of(clinic, first).first, period_of(clinic, last).last)


def period_of_log(
    clinic: Clinic, asked: tuple[date | None, date | None], days: VisitDays, today: date
) -> Period:
    """Return the period asked for, by its first and last day, else the period the visits of a log are about.

    Refuses a period that lacks one end, ends before it begins, or is too long. (rule: pay-runs#period-of-a-log)
    """
    first, last = asked
    if first is None and last is None:
        period = spoken_for(clinic, days, today)
    elif first is None or last is None:
        raise ImplausiblePeriod("Only one end of the pay period was given.")
    else:
        period = Period(first, last)
    if period.last < period.first:
        raise ImplausiblePeriod(f"The pay period would end on {us(period.last)}, before it begins.")
    if (period.last - period.first).days >= LONGEST_PERIOD:
        raise ImplausiblePeriod(
            f"The visits reach from {us(period.first)} to {us(period.last)}, over a year."
        )
    return period


def period_findings(
    clinic: Clinic, period: Period, days: VisitDays, sheet: str, *, is_asked_for: bool
) -> list[Finding]:
    """Return findings about a pay period that was assumed: visits outside it, or several periods.

    For a period that was asked for, there is a finding only if most visits are outside: the days may be misread.
    """
    outside = int(((days < serial_of(period.first)) | (days > serial_of(period.last))).sum())
    if is_asked_for and 2 * outside <= len(days):
        return []
    if outside:
        return [Finding(OutsidePeriod(visits=count_of(outside, "visit"), period=in_words(period)), sheet)]
    count = how_many(clinic, period)
    if count > 1 and not is_asked_for:
        return [Finding(SeveralPeriods(count=count, first=us(period.first), last=us(period.last)), sheet)]
    return []


def how_many(clinic: Clinic, period: Period) -> int:
    """Return how many of the clinic's pay periods a period touches."""
    if clinic.cadence is Cadence.CUSTOM:
        return 1
    count, day = 0, period.first
    while day <= period.last:
        count, day = count + 1, period_of(clinic, day).last + timedelta(days=1)
    return count


def merge_periods(periods: Iterable[Period]) -> list[Period]:
    """Return the days of some periods as few periods as possible, in order; those that touch become one."""
    merged: list[Period] = []
    for period in sorted(periods, key=lambda one: (one.first, one.last)):
        if merged and period.first <= merged[-1].last + timedelta(days=1):
            merged[-1] = Period(merged[-1].first, max(merged[-1].last, period.last))
        else:
            merged.append(period)
    return merged


def stretches_of(days: Iterable[date]) -> list[Period]:
    """Return days as few periods as possible, in order."""
    return merge_periods(Period(day, day) for day in days)


def in_words(period: Period) -> str:
    """Return a period as staff read it: ``Oct 1–31, 2026``, ``Sep 25–Oct 24, 2026``, ``Oct 5, 2026``."""
    first, last = period.first, period.last
    if first == last:
        return f"{first:%b} {first.day}, {first.year}"
    if first.year != last.year:
        return f"{first:%b} {first.day}, {first.year}–{last:%b} {last.day}, {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%b} {first.day}–{last.day}, {last.year}"
    return f"{first:%b} {first.day}–{last:%b} {last.day}, {last.year}"


def _weeks(day: date, anchor: date, length: int) -> Period:
    first = day - timedelta(days=(day - anchor).days % length)
    return Period(first, first + timedelta(days=length - 1))


def _half_month(day: date) -> Period:
    if day.day <= FIRST_HALF:
        return Period(day.replace(day=1), day.replace(day=FIRST_HALF))
    return Period(day.replace(day=FIRST_HALF + 1), day.replace(day=monthrange(day.year, day.month)[1]))


def _month(day: date, begins: int) -> Period:
    """Return the month-long period that begins on a day of the month, or on the month's last day if it is shorter."""
    first = _begin(day.year, day.month, begins)
    if day < first:
        first = _begin(*_step(first, -1), begins)
    return Period(first, _begin(*_step(first, 1), begins) - timedelta(days=1))


def _begin(year: int, month: int, begins: int) -> date:
    return date(year, month, min(begins, monthrange(year, month)[1]))


def _step(day: date, months: int) -> tuple[int, int]:
    index = day.year * 12 + day.month - 1 + months
    return index // 12, index % 12 + 1

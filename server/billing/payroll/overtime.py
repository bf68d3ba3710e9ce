"""Weeks of more than 40 hours of employees who are paid by the piece, and the half-time premium (rule: pay-runs#overtime).

An employee's workweek is taken to be Sunday to Saturday. The regular rate is the pay of the week divided by its hours; the
hours over 40 earn half of it on top (29 CFR 778.111(a)).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from server.billing.clinics import Provider, WorksAs
from server.billing.days import date_of, serial_of
from server.billing.money import THOUSAND, divide, dollars
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import PayRun, Period
from server.billing.payroll.plan_lines import HOURS
from server.billing.payroll.register import hours_in_words
from server.billing.payroll.run_columns import whole_numbers
from server.errors import Finding
from server.errors.pay_findings import LongWeek

FULL_WEEK = 40 * 60 * THOUSAND
"""The minutes of a week without overtime, in thousandths."""

_HOUR = 60 * THOUSAND


@dataclass(frozen=True, slots=True)
class LongWorkweek:
    """A week of more than 40 hours. ``minutes`` are thousandths."""

    provider: str
    first_day: date
    minutes: int
    earned_cents: int

    @property
    def regular_rate_cents(self) -> int:
        """Return the regular rate for an hour: the pay of the week divided by its hours."""
        return _quotient(self.earned_cents * _HOUR, self.minutes)

    @property
    def premium_cents(self) -> int:
        """Return half of the regular rate for each hour over 40."""
        return _quotient(self.regular_rate_cents * (self.minutes - FULL_WEEK), 2 * _HOUR)


def long_workweeks(run: PayRun, providers: Iterable[Provider]) -> list[LongWorkweek]:
    """Return the weeks of more than 40 hours of the employees of a run, by name and day.

    Only visits with minutes and typed hours count, so a week may be longer than the log says. Days outside the run are not known.
    """
    lines = run.lines
    employees = {one.name for one in providers if one.works_as is WorksAs.EMPLOYEE}
    if not employees:
        return []
    days = lines.day.to_numpy(dtype=np.int64)
    # Serial 1 is Sunday, January 1, 1900, as Excel counts: the rest of a division by 7 is 1 on Sundays.
    first_days = days - (days - 1) % 7
    minutes, amounts = whole_numbers(lines.minutes), whole_numbers(lines.amount_cents)
    sums: dict[tuple[str, int], list[int]] = {}
    timed = np.flatnonzero(minutes)
    names = lines.provider.to_numpy(dtype=object)[timed].tolist()
    weeks = zip(
        names, first_days[timed].tolist(), minutes[timed].tolist(), amounts[timed].tolist(), strict=True
    )
    for name, first_day, worked, earned in weeks:
        if name in employees:
            week = sums.setdefault((name, first_day), [0, 0])
            week[0] += worked
            week[1] += earned
    for line in run.plans:
        if line.kind == HOURS and line.provider in employees:
            day = serial_of(line.first)
            week = sums.setdefault((line.provider, day - (day - 1) % 7), [0, 0])
            week[0] += line.minutes
            week[1] += line.amount_cents
    return [
        LongWorkweek(name, date_of(first_day), worked, earned)
        for (name, first_day), (worked, earned) in sorted(sums.items())
        if worked > FULL_WEEK
    ]


def overtime_findings(run: PayRun, providers: Sequence[Provider]) -> list[Finding]:
    """Return a finding for each week of more than 40 hours of an employee."""
    return [_finding_of(week, run.log.sheet) for week in long_workweeks(run, providers)]


def _finding_of(week: LongWorkweek, sheet: str) -> Finding:
    return Finding(
        LongWeek(
            provider=week.provider,
            hours=hours_in_words(week.minutes),
            week=in_words(Period(week.first_day, week.first_day + timedelta(days=6))),
            earned=dollars(week.earned_cents),
            rate=dollars(week.regular_rate_cents),
            over=hours_in_words(week.minutes - FULL_WEEK),
            premium=dollars(week.premium_cents),
        ),
        sheet,
    )


def _quotient(number: int, by: int) -> int:
    return int(divide(np.array([number], dtype=object), np.array([by], dtype=object))[0])

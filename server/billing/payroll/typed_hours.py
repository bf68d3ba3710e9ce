"""Typed hours: work that no visit shows, paid per hour (rule: pay-runs#hours).

The sheet says all hours of a provider, day and kind that it names. A line pays what approved runs have not paid of them, so the same
hours are never paid twice, and a corrected number pays or takes back the difference.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from server.billing.clinics import MEASURE, PayBasis, Rate, Setup
from server.billing.days import serial_of, us
from server.billing.effective_dates import NO_ROW, in_force
from server.billing.money import divide, dollars
from server.billing.names import fold
from server.billing.payroll.pay_history import ProviderNames
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import Period
from server.billing.payroll.plan_lines import HOURS, PaidPlan, PlanLine
from server.billing.payroll.tiers import hours_in_words
from server.billing.rate_words import amount_on_basis
from server.errors import Finding
from server.errors.finding_facts import FindingFacts
from server.errors.hours_findings import HoursChangedSincePaid, HoursOutsidePeriod, HoursWithoutRate

HOURS_SHEET = "Hours"


class HoursRow(NamedTuple):
    """A row of the sheet: a provider, a kind (the code of a service), a day, and minutes in thousandths.

    ``row`` is its Excel row, ``columns`` are the columns of the sheet by heading.
    """

    provider: str
    service: str
    day: date
    minutes: int
    row: int
    columns: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class SheetHours:
    """The usable rows of the sheet of hours, and what was found in the others."""

    rows: tuple[HoursRow, ...] = ()
    findings: tuple[Finding, ...] = ()


NO_SHEET_OF_HOURS = SheetHours()


class HoursOfRun(NamedTuple):
    """The lines of hours of a run, and findings about the rows."""

    lines: tuple[PlanLine, ...] = ()
    findings: tuple[Finding, ...] = ()


def hours_of_run(setup: Setup, period: Period, hours: SheetHours, paid: Sequence[PaidPlan]) -> HoursOfRun:
    """Return what a run of a period pays for typed hours, by provider, day and kind. ``paid`` are lines of approved runs."""
    if not hours.rows:
        return HoursOfRun(findings=hours.findings)
    findings = [*hours.findings]
    outside = [row for row in hours.rows if not period.first <= row.day <= period.last]
    inside = [row for row in hours.rows if period.first <= row.day <= period.last]
    if outside:
        findings.append(_finding(HoursOutsidePeriod(period=in_words(period)), outside))
    together: dict[tuple[str, date, str], list[HoursRow]] = defaultdict(list)
    rate_of: dict[tuple[str, date, str], Rate] = {}
    for row, rate in zip(inside, _rates_of(setup, inside), strict=True):
        if rate is None:
            what = HoursWithoutRate(provider=row.provider, work=row.service, day=us(row.day))
            findings.append(_finding(what, [row], "Kind"))
        else:
            key = (row.provider, row.day, row.service)
            together[key].append(row)
            rate_of[key] = rate
    before = _paid_before(setup, paid)
    lines = []
    for key in sorted(together, key=lambda one: (one[0].casefold(), one[1], one[2])):
        rows = together[key]
        now, (was, was_cents) = sum(row.minutes for row in rows), before.get(key, (0, 0))
        if now == was:
            continue
        line = _line(setup, key, (was, now), was_cents, rate_of[key])
        lines.append(line)
        if was:
            change = HoursChangedSincePaid(
                provider=line.provider,
                work=line.service,
                day=us(line.first),
                was=hours_in_words(was),
                now=hours_in_words(now),
                difference=dollars(line.amount_cents),
            )
            findings.append(_finding(change, rows, "Hours"))
    return HoursOfRun(tuple(lines), tuple(findings))


def _rates_of(setup: Setup, rows: Sequence[HoursRow]) -> list[Rate | None]:
    """Return the rate per hour that is in force for each row, ``None`` where there is none."""
    providers = [one.name for one in setup.providers]
    services = [one.code for one in setup.services]
    pairs = [providers.index(row.provider) * len(services) + services.index(row.service) for row in rows]
    days = [serial_of(row.day) for row in rows]
    places = in_force(
        setup.rates, providers, services, np.array(pairs, dtype=np.int64), np.array(days, dtype=np.int64)
    )
    found = [None if place == NO_ROW else setup.rates[place] for place in places.tolist()]
    return [rate if rate and rate.basis is PayBasis.PER_HOUR else None for rate in found]


def _paid_before(setup: Setup, paid: Iterable[PaidPlan]) -> dict[tuple[str, date, str], tuple[int, int]]:
    """Return the minutes and the cents that approved runs have paid by provider, day and kind."""
    lines = [one.line for one in paid if one.line.kind == HOURS]
    names = ProviderNames(setup.providers, ((line.provider_key, line.provider) for line in lines))
    codes = {fold(text): one.code for one in setup.services for text in one.spellings}
    found: dict[tuple[str, date, str], tuple[int, int]] = {}
    for line in lines:
        name = names.name_of(line.provider, line.provider_key)
        key = (name, line.first, codes.get(fold(line.service), line.service))
        minutes, cents = found.get(key, (0, 0))
        found[key] = (minutes + line.minutes, cents + line.amount_cents)
    return found


def _line(
    setup: Setup, key: tuple[str, date, str], minutes: tuple[int, int], was_cents: int, rate: Rate
) -> PlanLine:
    """Return the line of a day. Only the hours that are not paid yet are paid by the rate of now."""
    provider, day, service = key
    was, now = minutes
    divisor = MEASURE[PayBasis.PER_HOUR][1]
    numerators = np.array([now * (rate.amount or 0), was * (rate.amount or 0)], dtype=np.int64)
    added = divide(numerators, np.array([divisor, divisor]))
    listed = next(one for one in setup.providers if one.name == provider)
    words = f"{hours_in_words(now)} at {amount_on_basis(rate.amount or 0, rate.basis.value)}."
    if was:
        words = f"{words} {hours_in_words(was)} were paid before."
    return PlanLine(
        provider, fold(listed.provider_id or listed.name), HOURS, service, "", day, day,
        was_cents, was_cents + int(added[0] - added[1]), words, was, now,
    )  # fmt: skip


def _finding(what: FindingFacts, rows: Sequence[HoursRow], column: str = "Date") -> Finding:
    return Finding(what, HOURS_SHEET, tuple(row.row for row in rows), rows[0].columns.get(column), column)

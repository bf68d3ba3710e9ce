"""What a log uses and the setup lacks: a provider, a service, a status, a rate; and what could be added for it.

A gap is one thing to decide, however many rows it blocks. Resemblance only orders the offers: a person decides
(rule: payroll#fixes).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np

from server.billing.clinics import ANY, Provider, Rate, Service, Setup
from server.billing.days import day_of_us, serial_of
from server.billing.effective_dates import NO_ROW, in_force
from server.billing.names import closest_names, fold
from server.errors import Finding
from server.errors.log_row_findings import UnknownProvider, UnknownService, UnknownStatus
from server.errors.pay_findings import NoRate

DIGITS = 10
"""Digits of the digest in the name of a gap: two gaps of one log never share it."""


GAP_NAMES = "fix_"
"""The names of all gaps begin with this."""


class GapKind(StrEnum):
    """What the setup lacks."""

    PROVIDER = "provider"
    SERVICE = "service"
    STATUS = "status"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class SetupGap:
    """Something that the setup lacks, and the rows of the sheet that need it.

    ``spelling`` is the word in the log. Of a missing rate, ``provider`` and ``service`` are those of the setup, and
    ``first`` is the first day without a rate.
    """

    kind: GapKind
    spelling: str
    rows: tuple[int, ...] = ()
    provider: str = ""
    service: str = ""
    first: date | None = None

    @property
    def name(self) -> str:
        """Return the name of the gap in clicks. It is the same for every spelling that is matched alike."""
        key = "\n".join((fold(self.spelling), self.provider, self.service))
        return f"{GAP_NAMES}{self.kind}_{hashlib.sha256(key.encode()).hexdigest()[:DIGITS]}"


def gaps_in(findings: Iterable[Finding]) -> list[SetupGap]:
    """Return the gaps that findings are about, in the order in which they first occur."""
    gaps: dict[str, SetupGap] = {}
    for finding in findings:
        if gap := gap_of(finding):
            known = gaps.get(gap.name)
            gaps[gap.name] = _join_gaps(known, gap) if known else gap
    return list(gaps.values())


def gap_of(finding: Finding) -> SetupGap | None:
    """Return the gap of one finding, ``None`` if nothing can be added to the setup for it."""
    rows = tuple(finding.rows)
    match finding.what:
        case UnknownProvider(value=value):
            gap = SetupGap(GapKind.PROVIDER, _one_line(value), rows)
        case UnknownService(value=value):
            gap = SetupGap(GapKind.SERVICE, _one_line(value), rows)
        case UnknownStatus(value=value):
            gap = SetupGap(GapKind.STATUS, _one_line(value), rows)
        case NoRate(provider=provider, service=service, day=day):
            who, what = str(provider), str(service)
            return SetupGap(GapKind.RATE, "", rows, who, what, day_of_us(str(day)))
        case _:
            return None
    return gap if fold(gap.spelling) else None


def _one_line(value: object) -> str:
    return " ".join(str(value).split())


def _join_gaps(gap: SetupGap, other: SetupGap) -> SetupGap:
    rows = tuple(sorted({*gap.rows, *other.rows}))
    if gap.first and other.first:
        return replace(gap, rows=rows, first=min(gap.first, other.first))
    return replace(gap, rows=rows)


def likely_owners(spelling: str, listed: Sequence[Provider | Service], most: int) -> list[str]:
    """Return the providers or services with a spelling that this one resembles, the closest first."""
    owners: dict[str, str] = {}
    for one in listed:
        owners |= dict.fromkeys(one.spellings, one.name if isinstance(one, Provider) else one.code)
    close = closest_names(spelling, owners, 2 * most)
    return list(dict.fromkeys(owners[name] for name in close))[:most]


@dataclass(frozen=True, slots=True)
class OfferedRate:
    """A rate that could be used for a gap.

    It lasts until the day ``ends``, from which the setup has a rate of its own again. ``since`` is the day from which the setup has it for this provider and service, ``None`` if it is the rate of
    somebody or something else: ``of_provider`` and ``of_service``.
    """

    rate: Rate
    ends: date | None
    of_provider: str
    of_service: str
    since: date | None = None


def offered_rates(gap: SetupGap, setup: Setup, most: int) -> list[OfferedRate]:
    """Return the rates of the setup that could be used for a gap from its first day on, the likeliest first.

    First the rate that holds for the same provider and service on other days, then what others are paid for the service,
    then what the provider is paid for other services.
    """
    first = gap.first
    if first is None:
        return []
    found: dict[tuple[object, object], OfferedRate] = {}
    for source in (*_of_other_days(gap, setup, first), *_of_others(gap, setup, first)):
        found.setdefault((source.rate.basis, source.rate.amount), source)
    return list(found.values())[:most]


def _of_other_days(gap: SetupGap, setup: Setup, first: date) -> list[OfferedRate]:
    """Return the rates of the same provider and service on other days, the nearest later one first."""
    rows = [
        row
        for row in setup.rates
        if row.amount and row.provider in {gap.provider, ANY} and row.service in {gap.service, ANY}
    ]
    rows.sort(key=lambda row: (row.effective_from < first, abs((row.effective_from - first).days)))
    return [
        OfferedRate(
            _for_gap(row, gap, first), rated_again(gap, setup), gap.provider, gap.service, row.effective_from
        )
        for row in rows
    ]


def _of_others(gap: SetupGap, setup: Setup, first: date) -> list[OfferedRate]:
    """Return what others are paid for the service, and the provider for other services, the most frequent first."""
    others = [one.name for one in setup.providers if one.name != gap.provider and one.active]
    services = [one.code for one in setup.services if one.code != gap.service]
    return [
        OfferedRate(_for_gap(row, gap, first), rated_again(gap, setup), *pair)
        for people, work in ((others, [gap.service]), ([gap.provider], services))
        for row, pair in _by_frequency(setup.rates, people, work, first)
    ]


def _by_frequency(
    rates: Sequence[Rate], providers: Sequence[str], services: Sequence[str], day: date
) -> list[tuple[Rate, tuple[str, str]]]:
    """Return the rates in force for providers and services on a day, each with the first pair that has it."""
    pairs = [(provider, service) for provider in providers for service in services]
    days = np.full(len(pairs), serial_of(day), dtype=np.int64)
    positions = in_force(rates, providers, services, np.arange(len(pairs), dtype=np.int64), days).tolist()
    counts: Counter[tuple[object, object]] = Counter()
    found: dict[tuple[object, object], tuple[Rate, tuple[str, str]]] = {}
    for pair, position in zip(pairs, positions, strict=True):
        if position != NO_ROW and rates[position].amount:
            row = rates[position]
            counts[row.basis, row.amount] += 1
            found.setdefault((row.basis, row.amount), (row, pair))
    return [found[key] for key, _ in counts.most_common()]


def rated_again(gap: SetupGap, setup: Setup) -> date | None:
    """Return the first day after the beginning of a gap from which a row for more than its provider and service holds.

    A rate that is added for the gap ends there, so that it changes no pay but that of the gap. ``None`` if no such row
    begins, or a row of the same provider and service comes first, which ends the added rate anyway.
    """
    if gap.first is None:
        return None
    days = sorted({row.effective_from for row in setup.rates if row.effective_from > gap.first})
    pairs = np.zeros(len(days), dtype=np.int64)
    serials = np.array([serial_of(day) for day in days], dtype=np.int64)
    for day, position in zip(
        days, in_force(setup.rates, [gap.provider], [gap.service], pairs, serials).tolist(), strict=True
    ):
        if position != NO_ROW:
            row = setup.rates[position]
            return None if (row.provider, row.service) == (gap.provider, gap.service) else day
    return None


def _for_gap(row: Rate, gap: SetupGap, first: date) -> Rate:
    return Rate(gap.provider, gap.service, row.basis, row.amount, first)


def count_blocked(gaps: Iterable[SetupGap]) -> int:
    """Return the number of rows that need any of these gaps closed."""
    return len({row for gap in gaps for row in gap.rows})

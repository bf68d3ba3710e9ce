"""Who has a share of a visit, and who supervises it, by the setup (rule: pay-runs#shares, pay-runs#supervision).

For each further provider, the most specific row counts, and of these the latest on or before the day of service.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from server.billing.clinics import ANY, Setup
from server.billing.money import MILLION
from server.billing.payroll.adjustments import AdjustmentKind, PaidBy

SHARE_OF_VISIT = "share"
"""In place of a pay basis: the rate is a share of what the visit earns, by a rule of the setup."""

SHARE_OF_APPOINTMENT = "share of the appointment"
"""The same, by the sheet Shares of the log's workbook."""


@dataclass(frozen=True, slots=True)
class FurtherTerm:
    """What a provider is paid for a visit beside the line of the visit's own provider. ``paid_by`` has no measures."""

    kind: AdjustmentKind
    provider: str
    paid_by: PaidBy


@dataclass(frozen=True, slots=True)
class _Rule:
    """A row of Shares or Supervision; without a term it ends the row before it."""

    provider: str
    service: str
    first: date
    last: date | None
    term: FurtherTerm | None


class FurtherRules:
    """Answers which terms hold for a visit."""

    def __init__(self, setup: Setup) -> None:
        self._rules: dict[tuple[AdjustmentKind, str], list[_Rule]] = defaultdict(list)
        for share in setup.shares:
            by = None if share.share is None else PaidBy(SHARE_OF_VISIT, share.share)
            term = FurtherTerm(AdjustmentKind.SHARE, share.partner, by) if by else None
            rule = _Rule(share.provider, share.service, share.effective_from, None, term)
            self._rules[AdjustmentKind.SHARE, share.partner].append(rule)
        for row in setup.supervision:
            paid_by = PaidBy(row.basis.value, row.amount)
            term = FurtherTerm(AdjustmentKind.SUPERVISION, row.supervisor, paid_by)
            rule = _Rule(row.provider, row.service, row.effective_from, row.until, term)
            self._rules[AdjustmentKind.SUPERVISION, row.supervisor].append(rule)
        self.terms = cache(self._terms_of)

    def __bool__(self) -> bool:
        """Return whether there is any rule."""
        return bool(self._rules)

    def _terms_of(self, provider: str, service: str, day: date) -> tuple[FurtherTerm, ...]:
        """Return the terms of a visit of a provider, shares first."""
        found = (
            _term_in_force(rules, provider, service, day)
            for (_, person), rules in self._rules.items()
            if person != provider
        )
        return tuple(term for term in found if term is not None)


def _term_in_force(rules: Sequence[_Rule], provider: str, service: str, day: date) -> FurtherTerm | None:
    """Return the term of the row in force. A row that has ended leaves its place to a less specific one."""
    for key in ((provider, service), (provider, ANY), (ANY, service), (ANY, ANY)):
        begun = [one for one in rules if (one.provider, one.service) == key and one.first <= day]
        latest = max(begun, key=lambda one: one.first, default=None)
        if latest is not None and latest.term is not None and (latest.last is None or day <= latest.last):
            return latest.term
    return None


def split_cents(cents: int, shares: Sequence[int]) -> list[int]:
    """Return the parts of an amount in cents: what is left of it first, then the part of each share (parts per million).

    The parts add up to the amount. Cents that remain after rounding down go to the largest fractions, the first of equal ones.
    """
    every = [MILLION - sum(shares), *shares]
    exact = [divmod(abs(cents) * share, MILLION) for share in every]
    parts = [whole for whole, _ in exact]
    left = abs(cents) - sum(parts)
    for place in sorted(range(len(every)), key=lambda place: (-exact[place][1], place))[:left]:
        parts[place] += 1
    return parts if cents >= 0 else [-part for part in parts]

"""The plan lines of a run: what pay plans pay or take off for a pay period (rule: pay-runs#pay-plans)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from server.billing.clinics import ANY
from server.billing.money import dollars
from server.errors import count_of

HOURS = "hours"
"""The kind of a line that pays typed hours (rule: pay-runs#hours)."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One line. ``now_cents`` is what the plan comes to over the whole pay period, ``was_cents`` what approved runs paid of it.

    ``kind`` is the plan, as the sheet Pay plans names it. ``service`` and ``measure`` are those of a tier, else "". ``first`` and
    ``last`` are the days of the pay period. ``words`` say how the plan comes to its amount. A line of typed hours has the kind
    ``HOURS``, the service that is its kind of work, one day, and minutes in thousandths.
    """

    provider: str
    provider_key: str
    kind: str
    service: str
    measure: str
    first: date
    last: date
    was_cents: int
    now_cents: int
    words: str
    was_minutes: int = 0
    now_minutes: int = 0

    @property
    def minutes(self) -> int:
        """Return the typed hours that the line pays, in thousandths of minutes; below 0 where some are taken back."""
        return self.now_minutes - self.was_minutes

    @property
    def amount_cents(self) -> int:
        """Return what the line adds to the provider's pay; it may be below 0."""
        return self.now_cents - self.was_cents

    @property
    def title(self) -> str:
        """Return the plan as people read it: ``Tiers of visits``, ``Minimum``."""
        if self.kind == HOURS:
            return f"Hours, {self.service}"
        if not self.measure:
            return self.kind.capitalize()
        return f"Tiers of {self.measure}" + (f", {self.service}" if self.service != ANY else "")

    @property
    def explanation(self) -> str:
        """Return how the line comes to its amount, with what was paid before."""
        if not self.was_cents or self.kind == HOURS:
            return self.words
        return f"{self.words} Approved runs have paid {dollars(self.was_cents)} of {dollars(self.now_cents)}."


class PaidPlan(NamedTuple):
    """A plan line of an approved run."""

    run_id: str
    line: PlanLine


class PlanBasis(NamedTuple):
    """What the plan lines of a draft are based on: a pay period, and a digest of what approved runs had paid of it.

    ``by_run`` says whether a period is the days of a run (custom cadence) rather than one of the clinic's.
    """

    first: date
    last: date
    by_run: bool
    digest: str


def digest_of_period(work: Sequence[object], paid: Sequence[PaidPlan]) -> str:
    """Return a digest of the work and the plan lines of approved runs that decide the plan lines of a period."""
    return sha256(repr((work, paid)).encode()).hexdigest()


def sum_of_plans(lines: Iterable[PlanLine]) -> int:
    """Return the sum of plan lines in cents."""
    return sum(line.amount_cents for line in lines)


def plans_in_words(count: int, cents: int) -> str:
    """Return how many plan lines there are and their sum: ``3 plan lines ($450.00)``."""
    return f"{count_of(count, 'plan line')} ({dollars(cents)})"

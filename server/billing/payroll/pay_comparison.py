"""Why a provider's pay differs from the last period: other rates, more or less work, or a new service
(rule: payroll#last-period).

The parts always add up to the difference, to the cent.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from server.billing.clinics import MEASURE, CountsAs
from server.billing.money import divide

COUNTED: dict[str, str] = {basis: column for basis, (column, _) in MEASURE.items() if column}
"""The column of a line that each way of paying counts. Where there is none, each line counts as one."""

Kind = tuple[str, str]
"""The folded code of a service, and what its visits count as."""


@dataclass(frozen=True, slots=True)
class PaidWork:
    """What one provider was paid for one service at one rate, added up over visits.

    ``service`` is a folded code. ``quantity`` is what the rate is multiplied by: visits, thousandths of units or minutes, or
    cents. ``rate`` is cents, or parts per million.
    """

    service: str
    counts_as: str
    basis: str
    rate: int
    visits: int
    quantity: int
    paid_cents: int

    @property
    def kind(self) -> Kind:
        """Return what is compared with the same of the last period."""
        return self.service, self.counts_as


@dataclass(frozen=True, slots=True)
class PayChange:
    """One provider's pay in this period beside the last one. Visits are those that took place.

    ``was_paid`` says whether the last period paid the provider for anything.
    """

    visits: int
    last_visits: int
    paid_cents: int
    last_cents: int
    rate_cents: int
    volume_cents: int
    new_service_cents: int
    was_paid: bool

    @property
    def difference_cents(self) -> int:
        """Return this period's pay less the last period's."""
        return self.paid_cents - self.last_cents


def explain_change(now: Sequence[PaidWork], last: Sequence[PaidWork]) -> PayChange:
    """Return how one provider's pay changed, and why.

    A service that the provider was not paid for in the last period is new, and all its pay is that part. For any other
    work, the rate part is what the rates alone changed, and the volume part is the rest.
    """
    known = {work.service for work in last}
    rate_cents = sum(_rate_part(current, earlier) for current, earlier in _pairs(now, last))
    new_service_cents = sum_of_pay(work for work in now if work.service not in known)
    paid_cents, last_cents = sum_of_pay(now), sum_of_pay(last)
    return PayChange(
        visits=attended_visits(now),
        last_visits=attended_visits(last),
        paid_cents=paid_cents,
        last_cents=last_cents,
        rate_cents=rate_cents,
        volume_cents=paid_cents - last_cents - rate_cents - new_service_cents,
        new_service_cents=new_service_cents,
        was_paid=bool(last),
    )


def attended_visits(works: Iterable[PaidWork]) -> int:
    """Return how many visits took place."""
    return sum(work.visits for work in works if work.counts_as == CountsAs.ATTENDED)


def sum_of_pay(works: Iterable[PaidWork]) -> int:
    """Return the pay of some work in cents."""
    return sum(work.paid_cents for work in works)


def _pairs(
    now: Sequence[PaidWork], last: Sequence[PaidWork]
) -> Iterator[tuple[list[PaidWork], list[PaidWork]]]:
    """Yield the work of each kind that was paid in both periods."""
    current, earlier = _works_by_kind(now), _works_by_kind(last)
    for kind in current.keys() & earlier.keys():
        yield current[kind], earlier[kind]


def _works_by_kind(works: Sequence[PaidWork]) -> dict[Kind, list[PaidWork]]:
    found: dict[Kind, list[PaidWork]] = {}
    for work in works:
        found.setdefault(work.kind, []).append(work)
    return found


def _rate_part(current: Sequence[PaidWork], earlier: Sequence[PaidWork]) -> int:
    """Return this period's pay less what the same work would have earned at the last period's average rate.

    It is 0 if the rates are the same: then only the rounding of lines differs. Work is measured by what its rate counts, or
    by visits if that changed or was nothing.
    """
    if _rates_of(current) == _rates_of(earlier):
        return 0
    bases = {work.basis for work in (*current, *earlier)}
    quantity, last_quantity = (sum(work.quantity for work in works) for works in (current, earlier))
    if len(bases) > 1 or last_quantity <= 0:
        quantity, last_quantity = (sum(work.visits for work in works) for works in (current, earlier))
    product = np.array([sum_of_pay(earlier) * quantity], dtype=object)
    at_last_rate = int(divide(product, np.array([last_quantity], dtype=object))[0])
    return sum_of_pay(current) - at_last_rate


def _rates_of(works: Sequence[PaidWork]) -> set[tuple[str, int]]:
    return {(work.basis, work.rate) for work in works}

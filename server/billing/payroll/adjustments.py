"""Adjustments: what a run pays or takes back for visits of earlier periods, and what a provider still owes after it.

A closed run never changes. If the log says otherwise about a visit that it paid, the next run has an adjustment line:
the new amount less the old one, with the old run cited (rule: pay-runs#adjustments). If a provider's total is negative,
nothing is paid and the rest is carried forward (rule: pay-runs#carry-forward).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.billing.money import dollars


class AdjustmentKind(StrEnum):
    """Why a visit of an earlier period is adjusted."""

    AMOUNT = "amount changed"
    STATUS = "status changed"
    PROVIDER = "provider changed"
    SERVICE = "service changed"
    DAY = "day changed"
    LATE = "late visit"
    RATE = "rate changed"
    VANISHED = "no longer in the log"
    RETURNED = "in the log again"
    SHARE = "share"
    SUPERVISION = "supervision"


FURTHER_PAY = frozenset({AdjustmentKind.SHARE, AdjustmentKind.SUPERVISION})
"""The kinds of lines that are no change of earlier pay by themselves: what a visit pays beside its own provider's line."""


@dataclass(frozen=True, slots=True)
class PaidBy:
    """What a visit was paid by: a pay basis and its rate, and what it is multiplied by.

    ``basis`` is a pay basis, or "flat" or "% of rate" for a missed visit. ``rate`` is cents, or parts per million of a
    share. Units and minutes are thousandths; what the log does not have is ``None``.
    """

    basis: str
    rate: int
    units: int | None = None
    minutes: int | None = None
    charge_cents: int | None = None
    collected_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One adjustment line, for one provider.

    ``of_run`` and ``of_place`` are the closed run and its line that paid the visit. A late visit was never paid: its
    ``of_run`` is the run that closed its period, and ``of_place`` is ``None``. ``was_cents`` is what this provider was
    paid for the visit so far, ``now_cents`` what the visit earns now. A line of ``FURTHER_PAY`` cites
    the line that pays the visit, of this run or of a closed one, and is about what this provider has beside that line; what a
    provider gives to others is below 0. A visit that another provider did is two lines:
    the one of the provider who was paid ``is_taken_back``, and the other one has the facts of the visit from now on.
    ``source_row`` is the Excel row of the log, ``None`` if the log has none. ``paid_by`` is how the visit is paid from now
    on, ``None`` if it is not or if the log does not say. ``accepted_by`` is who accepted a changed rate, else "".
    """

    kind: AdjustmentKind
    of_run: str
    of_place: int | None
    source_row: int | None
    appointment: str
    day: date
    provider: str
    provider_key: str
    service: str
    counts_as: str
    was_cents: int
    now_cents: int
    reason: str
    is_taken_back: bool = False
    paid_by: PaidBy | None = None
    accepted_by: str = ""

    @property
    def amount_cents(self) -> int:
        """Return what the line adds to the provider's pay; it may be negative."""
        return self.now_cents - self.was_cents

    @property
    def takes_all_back(self) -> bool:
        """Return whether the visit is paid nothing from then on, because it did not take place or is gone from the log."""
        return not self.now_cents and self.kind in {AdjustmentKind.STATUS, AdjustmentKind.VANISHED}


@dataclass(frozen=True, slots=True)
class FurtherPaid:
    """What closed runs paid a provider beside the line of a visit, after all their changes, and by what."""

    kind: AdjustmentKind
    provider: str
    provider_key: str
    cents: int
    paid_by: PaidBy | None


def sum_of_adjustments(adjustments: Iterable[Adjustment]) -> int:
    """Return the sum of adjustment lines in cents."""
    return sum(one.amount_cents for one in adjustments)


def count_late(adjustments: Iterable[Adjustment]) -> int:
    """Return how many of these lines pay late visits."""
    return sum(one.of_place is None for one in adjustments)


@dataclass(frozen=True, slots=True)
class CarriedForward:
    """What a provider's negative total does to a run, in cents. Neither ``in_cents`` nor ``out_cents`` is above 0.

    ``in_cents`` is left from earlier runs, ``earned_cents`` are the lines, adjustments, plan lines and pay items of this run,
    and ``out_cents`` is left for the next run.
    """

    provider: str
    provider_key: str
    in_cents: int
    earned_cents: int

    @property
    def out_cents(self) -> int:
        """Return what is left for the next run."""
        return min(0, self.in_cents + self.earned_cents)

    @property
    def paid_cents(self) -> int:
        """Return what the provider is handed over; never below 0."""
        return max(0, self.in_cents + self.earned_cents)

    @property
    def in_words(self) -> str:
        """Return the carry-forward as a sentence for summaries and statements."""
        if self.out_cents and self.in_cents:
            return f"{dollars(-self.in_cents)} was carried in; {dollars(-self.out_cents)} is carried to the next run."
        if self.out_cents:
            return f"{dollars(-self.out_cents)} is carried to the next run."
        return f"{dollars(-self.in_cents)} was carried in and is settled with this run."

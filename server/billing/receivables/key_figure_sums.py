"""What the books add up for the key figures: counts and cents by payer, attorney, physician and month.

A party that an invoice does not name has the name "".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce

from server.billing.receivables.aging_buckets import BUCKETS


@dataclass(frozen=True, slots=True)
class InvoiceSums:
    """The sums of invoices that are not voided, in cents. ``sent`` and ``denied`` count those that ever were.

    ``agreed_cents`` is of those for which an amount is agreed. ``earliest`` is the first day one was created.
    """

    invoices: int = 0
    billed_cents: int = 0
    agreed_cents: int = 0
    collected_cents: int = 0
    sent: int = 0
    denied: int = 0
    earliest: date | None = None

    def __add__(self, other: "InvoiceSums") -> "InvoiceSums":
        """Return the sums of the invoices of both."""
        days = [one.earliest for one in (self, other) if one.earliest]
        return InvoiceSums(
            self.invoices + other.invoices,
            self.billed_cents + other.billed_cents,
            self.agreed_cents + other.agreed_cents,
            self.collected_cents + other.collected_cents,
            self.sent + other.sent,
            self.denied + other.denied,
            min(days, default=None),
        )


@dataclass(frozen=True, slots=True)
class PhysicianSums:
    """What a physician's invoices add up to. ``exams`` counts the exams they are about."""

    name: str
    exams: int
    sums: InvoiceSums


@dataclass(frozen=True, slots=True)
class OwedInBucket:
    """What a payer owes in a bucket, by its place in ``BUCKETS``: how many invoices, and their balances in cents."""

    payer: str
    bucket: int
    invoices: int
    balance_cents: int


@dataclass(frozen=True, slots=True)
class PaidAfter:
    """How many invoices of a payer were paid a number of days after they were created."""

    payer: str
    days: int
    invoices: int


@dataclass(frozen=True, slots=True)
class ReducedBy:
    """The invoices of a party that were reduced by the same share of what was billed, in whole thousandths."""

    party: str
    thousandths: int
    invoices: int
    billed_cents: int
    agreed_cents: int


@dataclass(frozen=True, slots=True)
class MonthSums:
    """What the steps of a month add up to, by the day on which each happened. What a step takes back counts against its month.

    ``first`` is the first day of the month.
    """

    first: date
    invoices: int = 0
    billed_cents: int = 0
    agreed_cents: int = 0
    collected_cents: int = 0
    written_off_cents: int = 0
    denials: int = 0


@dataclass(frozen=True, slots=True)
class DenialNote:
    """How many denials have the same note."""

    note: str
    denials: int


@dataclass(frozen=True, slots=True)
class KeyFigureSums:
    """Everything that the books add up for the key figures.

    ``physicians``, ``by_attorney`` and ``by_payer`` are of the invoices created on the days of the figures, ``paid`` of
    those paid on these days, ``owed`` is of today.
    """

    physicians: tuple[PhysicianSums, ...]
    owed: tuple[OwedInBucket, ...]
    paid: tuple[PaidAfter, ...]
    unapplied_cents: int
    by_attorney: tuple[ReducedBy, ...] = ()
    by_payer: tuple[ReducedBy, ...] = ()
    months: tuple[MonthSums, ...] = ()
    denials: tuple[DenialNote, ...] = ()

    @property
    def period_sums(self) -> InvoiceSums:
        """Return the sums of all invoices created on the days of the figures."""
        return reduce(InvoiceSums.__add__, (one.sums for one in self.physicians), InvoiceSums())

    @property
    def outstanding_cents(self) -> int:
        """Return all open balances of today."""
        return sum(one.balance_cents for one in self.owed)

    def in_bucket(self, place: int) -> tuple[int, int]:
        """Return how many invoices are owed in a bucket, and their balances in cents."""
        found = [one for one in self.owed if one.bucket == place]
        return sum(one.invoices for one in found), sum(one.balance_cents for one in found)


def sums_of_clinics(clinics: Iterable[KeyFigureSums]) -> KeyFigureSums:
    """Return what rates and balances of several clinics add up to."""
    every = list(clinics)
    return KeyFigureSums(
        physicians=tuple(one for sums in every for one in sums.physicians),
        owed=tuple(one for sums in every for one in sums.owed),
        paid=tuple(one for sums in every for one in sums.paid),
        unapplied_cents=sum(sums.unapplied_cents for sums in every),
    )


BUCKET_PLACES = range(len(BUCKETS))

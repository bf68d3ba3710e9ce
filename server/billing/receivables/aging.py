"""What is owed, by how long it has been owed: the question and its answer (rule: receivables#aging)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from server.billing.money import MILLION, divide
from server.billing.names import fold
from server.billing.receivables.aging_buckets import BUCKETS, DIVIDED_BUCKETS, Bucket


class AgingBasis(StrEnum):
    """The day from which the age of an invoice is counted."""

    CREATED = "created"
    EXAM = "exam"
    SENT = "sent"
    AGREED = "agreed"

    @property
    def day_in_words(self) -> str:
        """Return the day in the words of titles and sentences."""
        return _BASIS_WORDS[self]


_BASIS_WORDS = {
    AgingBasis.CREATED: "the day the invoice was created",
    AgingBasis.EXAM: "the day of the exam",
    AgingBasis.SENT: "the day the invoice was sent",
    AgingBasis.AGREED: "the day of the agreement",
}


class AgingGroup(StrEnum):
    """Whose invoices are added up together."""

    PAYER = "payer"
    ATTORNEY = "attorney"
    FACILITY = "facility"
    PHYSICIAN = "physician"

    @property
    def nobody(self) -> str:
        """Return what invoices that name none are listed under."""
        return "No payer yet" if self is AgingGroup.PAYER else f"No {self}"


_ADVICE = {
    "Low": "Check that it was sent.",
    "Moderate": "Remind payer and attorney.",
    "High": "Ask for a day of payment.",
    "Very High": "Have a manager write.",
    "Critical": "Settle, sue or write off.",
}


def advice_for(bucket: Bucket) -> str:
    """Return what to do about the invoices of a bucket."""
    return _ADVICE[bucket.risk]


def buckets_for(*, is_divided: bool) -> tuple[Bucket, ...]:
    """Return the buckets of an aging. If divided, the last one is 121-180, 181-365 and 366 or more days."""
    return DIVIDED_BUCKETS if is_divided else BUCKETS


def first_days(buckets: Sequence[Bucket], as_of: date) -> list[date]:
    """Return the earliest day of each bucket but the last, which has none: what began on an earlier day is older."""
    return [as_of - timedelta(days=bucket.last) for bucket in buckets if bucket.last is not None]


@dataclass(frozen=True, slots=True)
class Owed:
    """A number of invoices, and the sum of their balances in cents."""

    invoices: int = 0
    balance_cents: int = 0

    def __add__(self, other: "Owed") -> "Owed":
        """Return both together."""
        return Owed(self.invoices + other.invoices, self.balance_cents + other.balance_cents)


@dataclass(frozen=True, slots=True)
class BucketTotal:
    """The open invoices of one party in one bucket. ``bucket`` is its place, ``party`` is "" if nobody is named.

    ``without_basis`` is how many of them lack the day of the basis and are counted from their creation.
    """

    bucket: int
    party: str
    invoices: int
    balance_cents: int
    without_basis: int = 0

    @property
    def amount(self) -> Owed:
        """Return the number of invoices and their balance."""
        return Owed(self.invoices, self.balance_cents)


@dataclass(frozen=True, slots=True)
class PartyOwed:
    """What is owed on the invoices of one party, by bucket. ``name`` is "" for those that name nobody."""

    name: str
    buckets: tuple[Owed, ...]

    @property
    def total(self) -> Owed:
        """Return all buckets together."""
        return sum(self.buckets, Owed())


@dataclass(frozen=True, slots=True)
class Aging:
    """What is owed on a day, by age. Every amount is in cents; ``unapplied_cents`` is credit that is to be taken off.

    ``credits`` is how many invoices hold that credit. ``without_basis`` is how many open invoices lack the day of the
    basis.
    """

    as_of: date
    basis: AgingBasis
    buckets: tuple[Bucket, ...]
    owed: tuple[Owed, ...]
    groups: Mapping[AgingGroup, tuple[PartyOwed, ...]]
    unapplied_cents: int = 0
    credits: int = 0
    without_basis: int = 0

    @property
    def total(self) -> Owed:
        """Return what is outstanding: all buckets together."""
        return sum(self.owed, Owed())

    @property
    def shares(self) -> tuple[int, ...]:
        """Return the share of each bucket in what is outstanding, in parts per million; 0 if nothing is."""
        cents = np.array([one.balance_cents for one in self.owed], dtype=np.int64)
        whole = np.array(max(self.total.balance_cents, 1), dtype=np.int64)
        return tuple(divide(cents * MILLION, whole).tolist())

    @property
    def net_cents(self) -> int:
        """Return what is outstanding, less the unapplied credit."""
        return self.total.balance_cents - self.unapplied_cents


def parties_owed(totals: Iterable[BucketTotal], buckets: Sequence[Bucket]) -> tuple[PartyOwed, ...]:
    """Return what each party owes by bucket: the largest sum first, those that name nobody last."""
    found: dict[str, list[Owed]] = defaultdict(lambda: [Owed()] * len(buckets))
    for one in totals:
        found[one.party][one.bucket] += one.amount
    parties = [PartyOwed(name, tuple(owed)) for name, owed in found.items()]
    return tuple(sorted(parties, key=lambda one: (not one.name, -one.total.balance_cents, fold(one.name))))


def buckets_owed(totals: Iterable[BucketTotal], buckets: Sequence[Bucket]) -> tuple[Owed, ...]:
    """Return what is owed in each bucket, of all parties together."""
    found = [Owed()] * len(buckets)
    for one in totals:
        found[one.bucket] += one.amount
    return tuple(found)


@dataclass(frozen=True, slots=True)
class OpenInvoices:
    """Invoices with a balance as columns of equal length, those of the earliest basis day first. Amounts are in cents.

    A name is "" where nobody is named, and ``agreed_cents`` ``None`` where nothing is agreed. ``basis_days`` are the days
    from which the ages are counted; ``lacks_basis`` says where that is the creation because the invoice lacks the other.
    """

    numbers: list[str]
    patients: list[str]
    cases: list[str]
    payers: list[str]
    attorneys: list[str]
    facilities: list[str]
    physicians: list[str]
    exam_days: list[date]
    created_days: list[date]
    basis_days: list[date]
    lacks_basis: list[bool]
    states: list[str]
    billed_cents: list[int]
    agreed_cents: list[int | None]
    collected_cents: list[int]
    balance_cents: list[int]

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self.numbers)

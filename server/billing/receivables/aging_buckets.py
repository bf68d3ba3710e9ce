"""Buckets for the age of an open balance, both ends included (rule: receivables#buckets)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.billing.names import fold


@dataclass(frozen=True, slots=True)
class Bucket:
    """A range of ages in days, both ends included. The last bucket has no end."""

    risk: str
    first: int
    last: int | None

    @property
    def name(self) -> str:
        """Return the ages in words: ``31-60``, ``121+``."""
        return f"{self.first}+" if self.last is None else f"{self.first}-{self.last}"

    def creation_days(self, today: date) -> tuple[date | None, date | None]:
        """Return the first and the last creation day of invoices that have this age today.

        The last bucket has no first day. The newest has no last day: its invoices may be dated ahead (``age_on``).
        """
        oldest = None if self.last is None else today - timedelta(days=self.last)
        return oldest, today - timedelta(days=self.first) if self.first else None


BUCKETS = (
    Bucket("Low", 0, 30),
    Bucket("Moderate", 31, 60),
    Bucket("High", 61, 90),
    Bucket("Very High", 91, 120),
    Bucket("Critical", 121, None),
)

DIVIDED_BUCKETS = (
    *BUCKETS[:-1],
    Bucket("Critical", 121, 180),
    Bucket("Critical", 181, 365),
    Bucket("Critical", 366, None),
)
"""The same, with the last bucket divided in three."""

EVERY_BUCKET = tuple(dict.fromkeys((*BUCKETS, *DIVIDED_BUCKETS)))
"""The buckets by which a list can be narrowed."""


def bucket_named(text: str) -> Bucket | None:
    """Return the bucket of an age range or a risk in words: ``31-60``, ``critical``. A risk names a whole bucket."""
    return next(
        (bucket for bucket in EVERY_BUCKET if fold(text) in {fold(bucket.name), fold(bucket.risk)}), None
    )


def age_on(today: date, created: date) -> int:
    """Return how old an invoice is, in days. One dated ahead, because the clock was set back since, is 0 days old."""
    return max(0, (today - created).days)


def bucket_of(age: int, buckets: Sequence[Bucket] = BUCKETS) -> Bucket:
    """Return the bucket of an age in days, as ``age_on`` returns it."""
    return next(bucket for bucket in reversed(buckets) if age >= bucket.first)

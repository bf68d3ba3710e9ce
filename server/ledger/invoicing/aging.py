"""What is owed, by how long ago it was billed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import orjson
from sqlite_utils import Database

from server.billing.invoicing.values import Account
from server.ledger.stamp import instant


@dataclass(frozen=True, slots=True)
class Owed:
    """How many invoices somebody still owes something on, and how much together."""

    invoices: int
    balance_cents: int


_NOW = """
SELECT COUNT(*), COALESCE(SUM(balance_cents), 0) FROM invoice
WHERE balance_cents > 0 AND created BETWEEN ? AND ?
"""
_THEN = """
WITH owed AS (
    SELECT invoice.created AS created, SUM(CASE ? WHEN transfer.debit THEN transfer.amount_cents
        WHEN transfer.credit THEN -transfer.amount_cents ELSE 0 END) AS balance_cents
    FROM step JOIN transfer ON transfer.step = step.id JOIN invoice ON invoice.id = step.invoice
    WHERE step.recorded_at < ? GROUP BY invoice.id
)
SELECT COUNT(owed.created), COALESCE(SUM(owed.balance_cents), 0) FROM json_each(?) AS bucket
LEFT JOIN owed ON owed.balance_cents > 0 AND owed.created BETWEEN bucket.value ->> 0 AND bucket.value ->> 1
GROUP BY bucket.key ORDER BY bucket.key
"""


def now(db: Database, as_of: date, oldest: Sequence[int]) -> list[Owed]:
    """Return what is owed now by age in days on ``as_of``.

    ``oldest`` are the last ages of the buckets but the last one, which has no end: 30, 60, 90, 120
    makes 0-30, 31-60, 61-90, 91-120 and 121 on.
    """
    # One search of the index for each bucket: a join with a list of the buckets takes half as long again.
    return [Owed(*db.execute(_NOW, days).fetchone()) for days in _stretches(as_of, oldest)]


def then(db: Database, as_of: date, oldest: Sequence[int]) -> list[Owed]:
    """Return what was owed at the end of a past day, from nothing but what was recorded by then."""
    midnight = datetime.combine(as_of + timedelta(days=1), time.min).astimezone()
    stretches = orjson.dumps(_stretches(as_of, oldest)).decode()
    found = db.execute(_THEN, [Account.RECEIVABLE.value, instant(midnight), stretches])
    return [Owed(*row) for row in found]


def _stretches(as_of: date, oldest: Sequence[int]) -> list[tuple[str, str]]:
    """Return the first and the last day of creation of each bucket."""
    lasts = [as_of, *(as_of - timedelta(days=age + 1) for age in oldest)]
    firsts = [*(as_of - timedelta(days=age) for age in oldest), date.min]
    return [(first.isoformat(), last.isoformat()) for first, last in zip(firsts, lasts, strict=True)]

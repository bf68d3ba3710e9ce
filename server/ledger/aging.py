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


# One search of the index for each bucket: as quick as asking for them one by one.
_NOW = """
SELECT (SELECT COUNT(*) FROM invoice WHERE balance_cents > 0
        AND created BETWEEN bucket.value ->> 0 AND bucket.value ->> 1),
    (SELECT COALESCE(SUM(balance_cents), 0) FROM invoice WHERE balance_cents > 0
        AND created BETWEEN bucket.value ->> 0 AND bucket.value ->> 1)
FROM json_each(?) AS bucket ORDER BY bucket.key
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
    return [Owed(*row) for row in db.execute(_NOW, [_stretches(as_of, oldest)])]


def then(db: Database, as_of: date, oldest: Sequence[int]) -> list[Owed]:
    """Return what was owed at the end of a past day, from nothing but what was recorded by then."""
    midnight = datetime.combine(as_of + timedelta(days=1), time.min).astimezone()
    return [
        Owed(*row)
        for row in db.execute(_THEN, [Account.RECEIVABLE.value, instant(midnight), _stretches(as_of, oldest)])
    ]


def _stretches(as_of: date, oldest: Sequence[int]) -> str:
    """Return the first and the last day of creation of each bucket."""
    lasts = [as_of, *(as_of - timedelta(days=age + 1) for age in oldest)]
    firsts = [*(as_of - timedelta(days=age) for age in oldest), date.min]
    return orjson.dumps(list(zip(firsts, lasts, strict=True))).decode()

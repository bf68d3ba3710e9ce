"""Amounts owed, by days since the invoice was created."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from server.billing.invoices.invoice import Account
from server.ledger.clock import instant
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable


@dataclass(frozen=True, slots=True)
class AmountOwed:
    """The number of invoices with a balance, and the total of their balances in cents."""

    invoices: int
    balance_cents: int


_BUCKETS = ValueTable("bucket", "place", "first_day", "last_day")
_NOW = """
SELECT COUNT(*), COALESCE(SUM(balance_cents), 0) FROM invoice
WHERE balance_cents > 0 AND created BETWEEN ? AND ?
"""
_THEN = fill_in(
    """
WITH owed AS (
    SELECT invoice.created AS created, SUM(CASE ? WHEN transfer.debit THEN transfer.amount_cents
        WHEN transfer.credit THEN -transfer.amount_cents ELSE 0 END) AS balance_cents
    FROM step JOIN transfer ON transfer.step = step.id JOIN invoice ON invoice.id = step.invoice
    WHERE step.recorded_at < ? GROUP BY invoice.id
)
SELECT COUNT(owed.created), COALESCE(SUM(owed.balance_cents), 0) FROM {buckets}
LEFT JOIN owed ON owed.balance_cents > 0 AND owed.created BETWEEN bucket.first_day AND bucket.last_day
GROUP BY bucket.place ORDER BY bucket.place
""",
    buckets=_BUCKETS.sql,
)


def owed_now(session: DatabaseSession, as_of: date, oldest: Sequence[int]) -> list[AmountOwed]:
    """Return what is owed now, by age in days on ``as_of``.

    ``oldest`` has the highest age of each bucket except the last, which has no limit: 30, 60, 90, 120
    makes 0-30, 31-60, 61-90, 91-120 and 121 or more.
    """
    # One index search for each bucket: a join with a list of the buckets takes 50 % longer.
    return [AmountOwed(*row) for days in _bucket_days(as_of, oldest) for row in session.all(_NOW, days)]


def owed_at(session: DatabaseSession, as_of: date, oldest: Sequence[int]) -> list[AmountOwed]:
    """Return what was owed at the end of a past day, based only on what was recorded by then."""
    midnight = datetime.combine(as_of + timedelta(days=1), time.min).astimezone()
    buckets = _BUCKETS.rows((place, *days) for place, days in enumerate(_bucket_days(as_of, oldest)))
    found = session.all(
        _THEN,
        [Account.RECEIVABLE.value, instant(midnight), buckets],
    )
    return [AmountOwed(*row) for row in found]


def _bucket_days(as_of: date, oldest: Sequence[int]) -> list[tuple[str, str]]:
    """Return the first and the last day of creation of each bucket. The newest one has those that are dated ahead, too."""
    lasts = [date.max, *(as_of - timedelta(days=age + 1) for age in oldest)]
    firsts = [*(as_of - timedelta(days=age) for age in oldest), date.min]
    return [(first.isoformat(), last.isoformat()) for first, last in zip(firsts, lasts, strict=True)]

"""Races the aging of invoices against bare sqlite3 on the same file, and prints ratios.

    uv run python -m bench.receivables_aging [--rounds 7] [--invoices 1000000] [--open 250000]

Each invoice has three steps: created, sent, agreed. Those that are not open have a cheque for the whole amount, too.
Rounds of both sides alternate, and only the ratios mean anything elsewhere.
"""

import argparse
import sqlite3
import statistics
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from bench.invoices import open_database, seconds_of, sent_invoices
from server.billing.receivables.aging import AgingBasis, AgingGroup, buckets_for, first_days
from server.ledger.clinic_store import ClinicStore
from server.ledger.receivables.aging import AgingQuestion
from server.ledger.store import Ledger

DAYS, PAYERS, ATTORNEYS, FACILITIES, PHYSICIANS = 730, 200, 500, 20, 60
DAY = f"date(?, printf('-%d days', 3 + (value * 7919) % {DAYS}))"
STEPS = (
    ("create", "'receivable', 'billed', 10000"),
    ("send", ""),
    ("agree", "'reduction', 'receivable', 2000"),
    ("record cheque", "'bank', 'receivable', 8000"),
)
BUCKETS = buckets_for(is_divided=False)
COUNTING = "WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ?)"
BARE_NOW = """
SELECT payer, CASE WHEN created >= ? THEN 0 WHEN created >= ? THEN 1 WHEN created >= ? THEN 2 WHEN created >= ? THEN 3 ELSE 4 END,
    SUM(invoices), SUM(cents)
FROM (
    SELECT payer, created, COUNT(*) AS invoices, SUM(balance_cents) AS cents FROM invoice
    WHERE balance_cents > 0 GROUP BY payer, created
) GROUP BY 1, 2
"""
BARE_RANGES = (
    "SELECT COUNT(*), SUM(balance_cents) FROM invoice WHERE balance_cents > 0 AND created BETWEEN ? AND ?"
)
BARE_THEN = """
SELECT CASE WHEN created >= ? THEN 0 WHEN created >= ? THEN 1 WHEN created >= ? THEN 2 WHEN created >= ? THEN 3 ELSE 4 END,
    COUNT(*), SUM(cents)
FROM (
    SELECT step.invoice AS id, SUM(CASE 'receivable' WHEN transfer.debit THEN transfer.amount_cents
        WHEN transfer.credit THEN -transfer.amount_cents ELSE 0 END) AS cents
    FROM step JOIN transfer ON transfer.step = step.id
    WHERE step.recorded_at < ? GROUP BY step.invoice HAVING cents > 0
) AS owed JOIN invoice ON invoice.id = owed.id GROUP BY 1
"""


def main() -> None:
    """Run the races and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=250_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = sent_invoices(Path(folder))
        today = Ledger(Path(folder)).today()
        with closing(open_database(Path(folder))) as db:
            fill_books(db, today, asked.invoices, asked.open)
            print(f"{asked.invoices:,} invoices, {asked.open:,} open, median of {asked.rounds}")
            _race_now(store, db, today, asked.rounds)
            for days_ago in (1, 31, 365):
                _race_then(store, db, today - timedelta(days=days_ago), asked.rounds)


def _race_now(store: ClinicStore, db: sqlite3.Connection, today: date, rounds: int) -> None:
    days = first_days(BUCKETS, today)
    texts = [day.isoformat() for day in days]

    def ours(group: AgingGroup, basis: AgingBasis) -> Counter[int]:
        with store.reading() as books:
            totals = books.aging.totals(AgingQuestion(today, days, basis), group)
        return _cents_by_bucket((one.bucket, one.balance_cents) for one in totals)

    def bare() -> Counter[int]:
        rows = db.execute(BARE_NOW, texts).fetchall()
        return _cents_by_bucket((bucket, cents) for _, bucket, _, cents in rows)

    def ranges() -> None:
        lasts = [date.max, *(day - timedelta(days=1) for day in days)]
        for first, last in zip([*days, date.min], lasts, strict=True):
            db.execute(BARE_RANGES, [first.isoformat(), last.isoformat()]).fetchone()

    _refuse_differing(ours(AgingGroup.PAYER, AgingBasis.CREATED), bare())
    _race("now, by payer", lambda: ours(AgingGroup.PAYER, AgingBasis.CREATED), bare, rounds)
    print(f"  {'bare range sums, no parties':36} {seconds_of(ranges) * 1e3:8.1f} ms")
    for group in AgingGroup:
        for basis in AgingBasis:
            took = seconds_of(lambda group=group, basis=basis: ours(group, basis))  # type: ignore[misc]
            print(f"  {f'now, by {group}, from {basis}':36} {took * 1e3:8.1f} ms")


def _race_then(store: ClinicStore, db: sqlite3.Connection, as_of: date, rounds: int) -> None:
    days = first_days(BUCKETS, as_of)
    midnight = datetime.combine(as_of + timedelta(days=1), time.min).astimezone(UTC)
    parameters = [*(day.isoformat() for day in days), midnight.isoformat(timespec="milliseconds")]

    def ours(basis: AgingBasis = AgingBasis.CREATED) -> Counter[int]:
        with store.reading() as books:
            totals = books.aging.totals(AgingQuestion(as_of, days, basis, is_past=True))
        return _cents_by_bucket((one.bucket, one.balance_cents) for one in totals)

    def bare() -> Counter[int]:
        rows = db.execute(BARE_THEN, parameters).fetchall()
        return _cents_by_bucket((bucket, cents) for bucket, _, cents in rows)

    _refuse_differing(ours(), bare())
    _race(f"as of {as_of}, by payer", ours, bare, rounds)
    print(f"  {'  from the agreement':36} {seconds_of(lambda: ours(AgingBasis.AGREED)) * 1e3:8.1f} ms")


def _cents_by_bucket(rows: object) -> Counter[int]:
    found: Counter[int] = Counter()
    for bucket, cents in rows:  # type: ignore[attr-defined]
        found[bucket] += cents
    return found


def _refuse_differing(ours: Counter[int], bare: Counter[int]) -> None:
    if ours != bare:
        raise ArithmeticError("The books and the bare query do not agree.")


def _race(name: str, ours: Callable[[], object], bare: Callable[[], object], rounds: int) -> None:
    times = [(seconds_of(ours), seconds_of(bare)) for _ in range(rounds)]
    books_s, bare_s = (statistics.median(one) for one in zip(*times, strict=True))
    print(f"  {name:36} {books_s * 1e3:8.1f} ms, bare {bare_s * 1e3:8.1f} ms  {books_s / bare_s:5.2f}")


def fill_books(db: sqlite3.Connection, today: date, count: int, still_open: int) -> None:
    """Have many invoices of the last two years, copied from the first one, with their steps and transfers."""
    db.execute("BEGIN IMMEDIATE")
    parties = {"payer": PAYERS, "attorney": ATTORNEYS, "facility": FACILITIES, "physician": PHYSICIANS}
    for table, many in parties.items():
        db.execute(
            f"INSERT INTO {table} (name, folded) {COUNTING} SELECT 'Invented ' || value, 'invented ' || value FROM n",  # noqa: S608
            [many],
        )
    _fill_invoices(db, today, count, still_open)
    _fill_steps(db, today, count, still_open)
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _fill_invoices(db: sqlite3.Connection, today: date, count: int, still_open: int) -> None:
    (first,) = db.execute("SELECT MAX(id) FROM invoice").fetchone()
    changed = {
        "id": f"value + {first}",
        "number": f"printf('INV-%06d', value + {first})",
        "created": DAY,
        "sent_on": "NULL",
        "payer": f"1 + value % {PAYERS}",
        "attorney": f"1 + value % {ATTORNEYS}",
        "facility": f"1 + value % {FACILITIES}",
        "physician": f"1 + value % {PHYSICIANS}",
        "state": f"CASE WHEN value <= {still_open} THEN 'pending_cheque' ELSE 'paid' END",
        "reduction_cents": "2000",
        "balance_cents": f"CASE WHEN value <= {still_open} THEN 8000 ELSE 0 END",
        "banked_cents": f"CASE WHEN value <= {still_open} THEN 0 ELSE 8000 END",
        "agreed_cents": "8000",
    }
    columns = [name for (name,) in db.execute("SELECT name FROM pragma_table_info('invoice')")]
    copied = ", ".join(changed.get(name, name) for name in columns)
    db.execute(
        f"INSERT INTO invoice SELECT {copied} FROM ({COUNTING} SELECT value FROM n), invoice WHERE invoice.id = 1",  # noqa: S608
        [today.isoformat(), count],
    )


def _fill_steps(db: sqlite3.Connection, today: date, count: int, still_open: int) -> None:
    last_step, last_hash = db.execute("SELECT id, hash FROM step ORDER BY id DESC LIMIT 1").fetchone()
    invoice = db.execute("SELECT MAX(id) FROM invoice").fetchone()[0] - count
    for place, (action, transfer) in enumerate(STEPS):
        skipped = still_open if action == "record cheque" else 0
        first = last_step + count * place
        facts = "NULL" if place else "facts"
        db.execute(
            f"INSERT INTO step SELECT {first} + value, 'bench', value + {invoice + skipped}, {place + 1}, '{action}', 'pending_cheque',"  # noqa: S608
            f" 'pending_cheque', {DAY}, '{{\"amount_cents\": 8000}}', '', '[]', {facts}, 'ana',"
            f" {DAY} || 'T15:00:0{place}.000+00:00', '{last_hash}', '{last_hash}' FROM ({COUNTING} SELECT value FROM n), step WHERE step.id = 1",
            [today.isoformat(), today.isoformat(), count - skipped],
        )
        if transfer:
            moved = f"SELECT {first} + value, 1, {transfer} FROM n"  # noqa: S608
            db.execute(f"INSERT INTO transfer {COUNTING} {moved}", [count - skipped])


if __name__ == "__main__":
    main()

"""Races the key figures of a clinic with 1,000,000 invoices against bare SQL for the same figures, and prints ratios.

    uv run python -m bench.receivables_dashboard [--invoices 1000000] [--rounds 5]

The invoices are of three years and have all their steps and transfers, written by SQL. Rounds of both sides alternate.
"""

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from server.billing.clinics import Clinic
from server.billing.receivables.figure_days import FigureDays, figure_days
from server.billing.receivables.key_figures import KeyFigures, key_figures
from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger

YEARS = 3
PARTIES = {"patient": 200_000, "payer": 120, "attorney": 400, "facility": 6, "physician": 40}
BOUNDS = (31, 61, 91, 121)


def main() -> None:
    """Fill the books, race both sides, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder))
        lakeside = ledger.open_clinic(Clinic("lakeside", "Lakeside Clinic"))
        today = ledger.today()
        path = Path(folder, "clinics", "lakeside.db")
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            fill_books(db, today, asked.invoices)
            race(lakeside, db, figure_days(None, None, today), asked.rounds)


def race(lakeside: ClinicStore, db: sqlite3.Connection, days: FigureDays, rounds: int) -> None:
    """Ask both sides for the figures, compare the figures, and print the seconds."""

    def ours() -> KeyFigures:
        with lakeside.reading() as books:
            return key_figures(books.key_figures.sums(days), days)

    figures, bare = ours(), bare_figures(db, days)
    if bare != _totals_of(figures):
        raise ArithmeticError(f"The books and the bare queries do not agree: {bare}")
    seconds = [(_seconds_of(ours), _seconds_of(lambda: bare_figures(db, days))) for _ in range(rounds)]
    books_s, bare_s = (statistics.median(times) for times in zip(*seconds, strict=True))
    ((count, steps),) = db.execute(
        "SELECT (SELECT COUNT(*) FROM invoice), (SELECT COUNT(*) FROM step)"
    ).fetchall()
    print(
        f"key figures of {count:,} invoices with {steps:,} steps, {figures.period_sums.invoices:,} of them in the year"
    )
    print(f"  bare {bare_s:.2f} s, books {books_s:.2f} s  {books_s / bare_s:.2f}")


def _totals_of(figures: KeyFigures) -> list[int]:
    of = figures.period_sums
    months = [(one.billed_cents, one.agreed_cents, one.collected_cents) for one in figures.months]
    return [
        of.invoices, of.billed_cents, of.agreed_cents, of.collected_cents, of.sent, of.denied,
        sum(one.exams for one in figures.physicians), sum(one.balance_cents for one in figures.buckets),
        sum(one.paid for one in figures.payers), sum(one.invoices for one in figures.by_attorney),
        sum(one.invoices for one in figures.by_payer), *map(sum, zip(*months, strict=True)),
        sum(one.denials for one in figures.denials),
    ]  # fmt: skip


def bare_figures(db: sqlite3.Connection, days: FigureDays) -> list[int]:
    """Ask for the same figures as a program would that knows nothing but these tables and their indexes."""
    within = (days.first.isoformat(), days.last.isoformat())
    months = (days.months[0].isoformat(), days.last.isoformat())
    bounds = [(days.today - timedelta(days=age - 1)).isoformat() for age in BOUNDS]
    made = db.execute(_BARE_CREATED, within).fetchall()
    exams = db.execute(_BARE_EXAMS, within).fetchall()
    owed = db.execute(_BARE_OWED, bounds).fetchall()
    paid = db.execute(_BARE_PAID, within).fetchall()
    reduced = [
        db.execute(_BARE_REDUCED.format(party=party), within).fetchall() for party in ("attorney", "payer")
    ]
    moved = db.execute(_BARE_MOVED, months).fetchall()
    agreed = db.execute(_BARE_AGREED, months).fetchall()
    denied = db.execute(_BARE_DENIED, within).fetchall()
    totals = [sum(row[place] for row in made) for place in range(1, 7)]
    by_kind = {kind: sum(row[2] for row in moved if row[1] == kind) for kind in ("billed", "receivable")}
    return [
        *totals, sum(row[1] for row in exams), sum(row[2] for row in owed), sum(row[2] for row in paid),
        *(sum(row[2] for row in rows) for rows in reduced),
        by_kind["billed"], sum(row[1] for row in agreed), by_kind["receivable"], sum(row[1] for row in denied),
    ]  # fmt: skip


_WITHIN = "state <> 'voided' AND created BETWEEN ? AND ?"
_BARE_CREATED = f"""
SELECT physician, COUNT(*), SUM(billed_cents), SUM(agreed_cents), SUM(in_hand_cents + banked_cents - unapplied_cents),
    COUNT(sent_on), SUM(denied_on <> '[]') FROM invoice WHERE {_WITHIN} GROUP BY physician
"""  # noqa: S608
_BARE_EXAMS = f"""
SELECT physician, COUNT(*) FROM (
    SELECT DISTINCT physician, patient_case, exam_date, facility FROM invoice WHERE {_WITHIN}
) GROUP BY physician
"""  # noqa: S608
_BARE_OWED = """
SELECT payer, COUNT(*), SUM(balance_cents), SUM(balance_cents) FILTER (WHERE created >= ?),
    SUM(balance_cents) FILTER (WHERE created >= ?), SUM(balance_cents) FILTER (WHERE created >= ?),
    SUM(balance_cents) FILTER (WHERE created >= ?)
FROM invoice WHERE balance_cents > 0 GROUP BY payer
"""
_BARE_PAID = """
SELECT payer, CAST(julianday(paid_on) - julianday(created) AS INTEGER) AS days, COUNT(*) FROM invoice
WHERE paid_on BETWEEN ? AND ? GROUP BY payer, days
"""
_BARE_REDUCED = f"""
SELECT {{party}}, (2000 * (billed_cents - agreed_cents) + billed_cents) / (2 * billed_cents) AS share, COUNT(*)
FROM invoice WHERE {_WITHIN} AND agreed_cents > 0 GROUP BY {{party}}, share
"""  # noqa: S608
_BARE_MOVED = """
SELECT SUBSTR(step.day, 1, 7) AS month, transfer.credit, SUM(transfer.amount_cents)
FROM step JOIN transfer ON transfer.step = step.id
WHERE step.action IN ('create', 'record cheque') AND step.day BETWEEN ? AND ? GROUP BY month, transfer.credit
"""
_BARE_AGREED = """
SELECT SUBSTR(day, 1, 7) AS month, SUM(CASE WHEN json_valid(inputs) THEN inputs ->> 'amount_cents' END) FROM step
WHERE action = 'agree' AND day BETWEEN ? AND ? GROUP BY month
"""
_BARE_DENIED = "SELECT note, COUNT(*) FROM step WHERE action = 'deny' AND day BETWEEN ? AND ? GROUP BY note"


def fill_books(db: sqlite3.Connection, today: date, count: int) -> None:
    """Write parties, invoices, steps and transfers: quickly, so without triggers and indexes, which come back afterward."""
    db.create_function(
        "day_before", 2, lambda day, days: (date.fromisoformat(day) - timedelta(days=days)).isoformat()
    )
    aside = db.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
    ).fetchall()
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    for kind, name, _ in aside:
        db.execute(f'DROP {kind} "{name}"')
    for table, size in PARTIES.items():
        db.execute(
            f"INSERT INTO {table} (id, name, folded) {_COUNTING} SELECT value, '{table} ' || value, '{table} ' || value FROM n",  # noqa: S608
            [size],
        )
    db.execute(
        f"INSERT INTO patient_case (id, patient, name, folded) {_COUNTING} SELECT value, value, 'A', 'a' FROM n",  # noqa: S608
        [PARTIES["patient"]],
    )
    db.execute(_FILL_LIVES, {"count": count, "today": today.isoformat(), "days": YEARS * 365})
    for statement in (_FILL_INVOICES, _FILL_STEPS, _FILL_TRANSFERS):
        db.execute(statement)
    db.execute("DROP TABLE life")
    for kind in ("index", "trigger"):
        for _, _, sql in (one for one in aside if one[0] == kind):
            db.execute(sql)
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


_COUNTING = "WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ?)"

_FILL_LIVES = """
CREATE TABLE life AS
WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < :count),
drawn AS (
    SELECT value AS id, :days - 1 - (value - 1) * :days / :count AS age, value * 7919 % 100 AS luck,
        10000 + value * 104729 % 80000 AS billed, 400 + value * 31 % 7 * 100 AS kept, 40 + value * 613 % 90 AS wait FROM n
)
SELECT id, billed, luck < 4 AS denied, billed * kept / 1000 AS agreed, day_before(:today, age) AS created,
    CASE WHEN age >= 2 THEN day_before(:today, age - 2) END AS sent,
    CASE WHEN age >= 20 AND luck < 90 THEN day_before(:today, age - 20) END AS agreed_on,
    CASE WHEN age >= wait AND luck < 75 THEN day_before(:today, age - wait) END AS received,
    CASE WHEN age >= wait + 5 AND luck < 75 THEN day_before(:today, age - wait - 5) END AS cleared
FROM drawn
"""

_FILL_INVOICES = """
INSERT INTO invoice (id, number, patient_case, exam_date, created, payer, attorney, facility, physician, state, version,
    billed_cents, reduction_cents, written_off_cents, balance_cents, in_hand_cents, banked_cents, unapplied_cents,
    agreed_cents, sent_on, agreed_on, paid_on, lined, offers, denied_on, standing)
SELECT id, printf('INV-%06d', id), 1 + id * 37 % 200000, created, created, 1 + id * 101 % 120, 1 + id * 53 % 400, 1 + id % 6,
    1 + id * 11 % 40,
    CASE WHEN cleared THEN 'paid' WHEN received THEN 'cheque_received' WHEN agreed_on THEN 'pending_cheque'
        WHEN sent THEN 'pending_reduction' ELSE 'pending_invoice' END,
    1 + (sent IS NOT NULL) + (agreed_on IS NOT NULL) + (received IS NOT NULL) + (cleared IS NOT NULL) + (denied AND sent IS NOT NULL),
    billed, iif(agreed_on, billed - agreed, 0), 0, iif(received, 0, iif(agreed_on, agreed, billed)),
    iif(received AND cleared IS NULL, agreed, 0), iif(cleared, agreed, 0), 0, iif(agreed_on, agreed, NULL), sent, agreed_on, cleared,
    1, '[]', iif(denied AND sent IS NOT NULL, json_array(sent), '[]'), '[1]'
FROM life
"""

_FILL_STEPS = """
WITH happened (invoice, place, action, day, inputs, note) AS (
    SELECT id, 1, 'create', created, json_object('lines', json_array(json_object('code', 'EX-101', 'description', 'Invented exam',
        'units', 1, 'unit_price_cents', billed, 'multiplier_thousandths', 1000, 'total_cents', billed))), '' FROM life
    UNION ALL SELECT id, 2, 'send', sent, json_object('day', sent), '' FROM life WHERE sent IS NOT NULL
    UNION ALL SELECT id, 3, 'deny', sent, json_object('day', sent), 'Reason ' || (id % 12) FROM life WHERE sent IS NOT NULL AND denied
    UNION ALL SELECT id, 3 + denied, 'agree', agreed_on, json_object('day', agreed_on, 'amount_cents', agreed), 'by phone' FROM life
        WHERE agreed_on IS NOT NULL
    UNION ALL SELECT id, 4 + denied, 'record cheque', received, json_object('amount_cents', agreed, 'cheque_number', '77-' || id,
        'cheque_date', received, 'received_date', received, 'paying_party', 'Invented'), 'in the folder' FROM life
        WHERE received IS NOT NULL
    UNION ALL SELECT id, 5 + denied, 'clear', cleared, json_object('day', cleared), '' FROM life WHERE cleared IS NOT NULL
), numbered AS (SELECT ROW_NUMBER() OVER (ORDER BY day, place, invoice) AS id, * FROM happened)
INSERT INTO step (id, request, invoice, place, action, from_state, to_state, day, inputs, note, reverses, facts, actor, recorded_at,
    previous, hash)
SELECT id, 'click-' || id, invoice, place, action, 'pending_invoice', 'pending_invoice', day, inputs, note, '[]',
    iif(place = 1, '{}', NULL), 'ana', day || 'T12:00:00.000+00:00', iif(id = 1, '', printf('%064d', id - 1)), printf('%064d', id)
FROM numbered
"""

_FILL_TRANSFERS = """
INSERT INTO transfer (step, place, debit, credit, amount_cents)
SELECT step.id, 1,
    CASE action WHEN 'create' THEN 'receivable' WHEN 'agree' THEN 'reduction' WHEN 'record cheque' THEN 'cheques in hand' ELSE 'bank' END,
    CASE action WHEN 'create' THEN 'billed' WHEN 'clear' THEN 'cheques in hand' ELSE 'receivable' END,
    CASE action WHEN 'create' THEN billed WHEN 'agree' THEN billed - agreed ELSE agreed END
FROM step JOIN life ON life.id = step.invoice
WHERE action IN ('create', 'record cheque', 'clear') OR (action = 'agree' AND billed > agreed)
"""


def _seconds_of(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()

"""Times what is due among many invoices: counted for the badge, listed, and with everything else that waits.

    uv run python -m bench.receivables_reminders [--invoices 1000000] [--rounds 9]

Three of four invoices are paid. A quarter of the others has waited long enough to be suggested. Thousands of reminders were
added and done. The bare query reads the same invoices without knowing what anybody decided.
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

from bench.invoices import sent_invoices
from server.billing.receivables.reminder_settings import USUAL_SETTINGS
from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger

_BARE = """
SELECT COUNT(*) FROM invoice WHERE state = 'pending_invoice' AND state_since <= ?
    OR state = 'pending_reduction' AND state_since <= ? OR state = 'pending_cheque' AND state_since <= ?
"""


def main() -> None:
    """Build the books, and print the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lakeside = sent_invoices(Path(folder))
        today = Ledger(Path(folder)).today()
        with closing(sqlite3.connect(Path(folder) / "clinics" / "lakeside.db")) as db:
            fill_books(db, today, asked.invoices)
            print_times(lakeside, db, today, asked.rounds)


def fill_books(db: sqlite3.Connection, today: date, count: int) -> None:
    """Add invoices, reminders and decisions to books, fast: without steps."""
    days = [(today - timedelta(days=ago)).isoformat() for ago in range(120)]
    (first,) = db.execute("SELECT MAX(id) FROM invoice").fetchone()
    states = ("pending_invoice", "pending_reduction", "pending_cheque", "cheque_received")
    # Of those that wait, one of four has done so for long; the others are of the last days.
    waits = [days[110 - place % 20] if place % 4 == 0 else days[place % 15] for place in range(60)]
    rows = (
        (
            first + place,
            f"INV-{first + place:07d}",
            1 + place % 500,
            states[place // 4 % 4] if place % 4 == 0 else "paid",
            waits[place // 16 % 60],
        )
        for place in range(1, count + 1)
    )
    db.execute("PRAGMA foreign_keys = OFF")
    with db:
        db.executemany(
            "INSERT INTO invoice (id, number, patient_case, exam_date, created, payer, state, version, billed_cents, reduction_cents,"
            " written_off_cents, balance_cents, in_hand_cents, banked_cents, unapplied_cents, lined, offers, denied_on, standing,"
            " state_place, state_since)"
            " SELECT ?1, ?2, ?3, ?5, ?5, 1, ?4, 1, 10000, 0, 0, 10000, 0, 0, 0, 1, '[]', '[]', '[]', 1, ?5",
            rows,
        )
        db.executemany(
            "INSERT INTO reminder (kind, patient_case, invoice, due_on, what_to_do, note, for_whom, waits_until, recorded_at, recorded_by)"
            " VALUES ('invoice', 1, ?, ?, 'Call', '', '', ?, '2026-01-01T00:00:00.000+00:00', 'ana')",
            (
                (first + place, days[9], days[9] if place % 10 == 0 else None)
                for place in range(1, count // 20)
            ),
        )
        db.execute(
            "INSERT INTO reminder (kind, patient_case, invoice, place, due_on, what_to_do, note, for_whom, waits_until, recorded_at,"
            " recorded_by) SELECT 'pending reduction', patient_case, id, 1, state_since, '', '', '', NULL,"
            " '2026-01-01T00:00:00.000+00:00', 'ana' FROM invoice WHERE state = 'pending_reduction' AND id % 3 = 0"
        )
        db.execute("DELETE FROM journal_pending")
    db.execute("ANALYZE")


def print_times(lakeside: ClinicStore, db: sqlite3.Connection, today: date, rounds: int) -> None:
    """Print the medians of counting, listing and the worklist, and of the bare query with and without its index."""
    settings = USUAL_SETTINGS
    waits = (settings.pending_invoice_days, settings.pending_reduction_days, settings.late_cheque_days)
    parameters = [(today - timedelta(days=days)).isoformat() for days in waits]

    def count() -> int:
        with lakeside.reading() as books:
            return books.reminders.count_due_by(today)

    def due_list() -> int:
        with lakeside.reading() as books:
            return len(books.reminders.due_by(today))

    def other_work() -> int:
        with lakeside.reading() as books:
            return len(list(books.worklist.work_items(today)))

    def bare() -> int:
        found: tuple[int] = db.execute(_BARE, parameters).fetchone()
        return found[0]

    (invoices,) = db.execute("SELECT COUNT(*) FROM invoice").fetchone()
    print(f"{invoices:,} invoices, median of {rounds}")
    for name, work in (
        ("bare count, every invoice read", bare),
        ("count for the badge", count),
        ("list of what is due", due_list),
        ("what else waits", other_work),
    ):
        seconds, found = _median_of(work, rounds)
        print(f"  {name:32} {seconds * 1e3:8.1f} ms  {found:,} found")


def _median_of(work: Callable[[], int], rounds: int) -> tuple[float, int]:
    taken = []
    found = 0
    for _ in range(rounds):
        started = time.perf_counter()
        found = work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken), found


if __name__ == "__main__":
    main()

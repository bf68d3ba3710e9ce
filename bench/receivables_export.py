"""Races the export of invoices against bare csv.writer and against the floor of the payroll workbook, and prints ratios.

    uv run python -m bench.receivables_export [--rounds 3] [--invoices 1000000]

Each side runs in a process of its own, because the largest memory of a process is measured. Seconds are those of the processor, so
that other programs disturb less. Rounds of the sides alternate, medians are compared, and only the ratios mean anything elsewhere.
"""

import argparse
import csv
import multiprocessing
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

from bench.floor import pay, read
from bench.floor_book import workbook
from bench.invoices import sent_invoices
from bench.request import generate_body
from server.billing.people import LOCAL_PERSON
from server.billing.receivables.invoice_export import COLUMNS, ExportFormat
from server.demo.bulk_logs import bulk_setup, month_of
from server.ledger.invoices.invoice_filter import EVERY
from server.ledger.receivables.invoice_export import export_query
from server.ledger.store import Ledger
from server.operations.accounting_journal import export_journal
from server.operations.invoice_export import export_invoices
from server.operations.session import Session
from server.papers.accounting_journal import journal_pieces
from server.papers.export_files import export_pieces

MEGABYTE = 1 << 20

FLOOR_ROWS = 200_000
"""The lines of the payroll workbook whose seconds for a line are the floor. It has each line on a second sheet, too."""


def main() -> None:
    """Run the races and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--invoices", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sent_invoices(folder / "ledger")
        fill(folder, asked.invoices)
        sides = {
            "bare csv.writer": bare_csv,
            "csv": our_csv,
            "bare query": bare_query,
            "reading": our_reading,
            "xlsx": our_xlsx,
            "hledger": our_hledger,
        }
        found: dict[str, list[tuple[float, int]]] = {side: [] for side in sides}
        for _ in range(asked.rounds):
            for side, work in sides.items():
                found[side].append(measure_side(work, folder))
    floor = statistics.median(floor_row(FLOOR_ROWS) for _ in range(asked.rounds)) * asked.invoices
    print(f"export of {asked.invoices:,} invoices, median of {asked.rounds}")
    seconds = {side: statistics.median(one for one, _ in told) for side, told in found.items()}
    for side, told in found.items():
        print(f"  {side:16} {seconds[side]:6.2f} s, {max(one for _, one in told) / MEGABYTE:5.0f} MB")
    print(f"  {'floor of rows':16} {floor:6.2f} s, from a payroll workbook of {FLOOR_ROWS:,} rows")
    print(f"  bare csv.writer / csv         {seconds['bare csv.writer'] / seconds['csv']:5.2f}")
    print(f"  (xlsx - reading) / floor      {(seconds['xlsx'] - seconds['reading']) / floor:5.2f}")
    print(f"  xlsx / (bare query + floor)   {seconds['xlsx'] / (seconds['bare query'] + floor):5.2f}")


def fill(folder: Path, count: int) -> None:
    """Have many invoices of different patients, each with its step, copied from the first one; one in two has a cheque."""
    with closing(sqlite3.connect(folder / "ledger" / "clinics" / "lakeside.db", isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        triggers = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        db.execute("BEGIN IMMEDIATE")
        for (name,) in triggers:
            db.execute(f"DROP TRIGGER {name}")
        numbers = "WITH RECURSIVE n (value) AS (SELECT 1001 UNION ALL SELECT value + 1 FROM n WHERE value < 1000 + ?)"
        copies = {
            "patient": {
                "id": "value",
                "name": "printf('Patient %d of many', value)",
                "folded": "printf('patient%dofmany', value)",
            },
            "patient_case": {"id": "value", "patient": "value"},
            "invoice": {
                "id": "value",
                "number": "printf('INV-%06d', value)",
                "patient_case": "value",
                "lined": "1",
                "standing": "CASE WHEN value % 2 THEN '[2]' ELSE '[]' END",
                "in_hand_cents": "CASE WHEN value % 2 THEN 8000 ELSE 0 END",
                "balance_cents": "CASE WHEN value % 2 THEN 2000 ELSE 10000 END",
            },
            "step": {"id": "value * 2", "invoice": "value", "previous": "hash"},
        }
        for table, changed in copies.items():
            copy_rows(db, numbers, table, changed, count)
        cheque = '{"amount_cents":8000,"cheque_date":"2026-10-05","cheque_number":"77-1","paying_party":"Acme","received_date":"2026-10-05"}'
        changed = {
            "id": "value * 2 + 1",
            "invoice": "value",
            "place": "2",
            "facts": "NULL",
            "previous": "hash",
            "action": "'record cheque'",
            "inputs": f"'{cheque}'",
        }
        copy_rows(db, numbers, "step", changed, count, "value % 2")
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def copy_rows(  # noqa: PLR0913, PLR0917 - what is copied, and how it is changed
    db: sqlite3.Connection, numbers: str, table: str, changed: dict[str, str], count: int, only: str = "1"
) -> None:
    """Copy the first row of a table as often as there are numbers."""
    columns = [name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", [table])]
    copied = ", ".join(changed.get(name, f"{table}.{name}") for name in columns)
    db.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) {numbers} SELECT {copied} FROM n, {table} WHERE {table}.id = 1 AND {only}",  # noqa: S608
        [count],
    )


def measure_side(work: Callable[[Path], None], folder: Path) -> tuple[float, int]:
    """Return the seconds of the processor that some work took in a process of its own, and the most memory of that process in bytes."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_measure, args=(work, folder, theirs))
    process.start()
    told: tuple[float, int] = ours.recv()
    process.join()
    return told


def _measure(work: Callable[[Path], None], folder: Path, told: Connection) -> None:
    started = time.process_time()
    work(folder)
    seconds = time.process_time() - started
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told.send((seconds, most if sys.platform == "darwin" else most * 1024))


def floor_row(rows: int) -> float:
    """Return the seconds that the floor takes to write a row of a payroll workbook, with everything calculated before."""
    setup = bulk_setup(30)
    paid = pay(read(generate_body(month_of(rows, 30, seed=1), setup.clinic.id)), setup)
    started = time.process_time()
    workbook(paid)
    return (time.process_time() - started) / rows


def bare_csv(folder: Path) -> None:
    """Write the rows of the same query with csv.writer: codes and cheques as JSON, no dollars, no text made harmless."""
    query, parameters = export_query(EVERY)
    with (
        closing(sqlite3.connect(folder / "ledger" / "clinics" / "lakeside.db")) as db,
        (folder / "bare.csv").open("w", encoding="utf-8", newline="") as out,
    ):
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows(db.execute(query, parameters))


def bare_query(folder: Path) -> None:
    """Read the rows of the same query, and do nothing with them."""
    query, parameters = export_query(EVERY)
    with closing(sqlite3.connect(folder / "ledger" / "clinics" / "lakeside.db")) as db:
        for _ in db.execute(query, parameters):
            pass


def our_reading(folder: Path) -> None:
    """Read all invoices for an export with their totals, and write nothing."""
    session = Session(Ledger(folder / "ledger"), LOCAL_PERSON, "lakeside")
    with export_invoices(session, EVERY, ExportFormat.XLSX) as export:
        for _ in export.chunks:
            pass


def our_csv(folder: Path) -> None:
    """Export all invoices as a CSV file."""
    _export(folder, ExportFormat.CSV)


def our_xlsx(folder: Path) -> None:
    """Export all invoices as an .xlsx file."""
    _export(folder, ExportFormat.XLSX)


def our_hledger(folder: Path) -> None:
    """Export the journal."""
    session = Session(Ledger(folder / "ledger"), LOCAL_PERSON, "lakeside")
    made_as = ExportFormat.HLEDGER
    with (
        export_journal(session, (None, None), made_as) as journal,
        (folder / "ours.journal").open("wb") as out,
    ):
        out.writelines(journal_pieces(made_as, journal.clinic, journal.transactions))


def _export(folder: Path, made_as: ExportFormat) -> None:
    session = Session(Ledger(folder / "ledger"), LOCAL_PERSON, "lakeside")
    with (
        export_invoices(session, EVERY, made_as) as export,
        (folder / f"ours.{made_as}").open("wb") as out,
    ):
        out.writelines(export_pieces(made_as, export.clinic, export.totals.invoices, export.chunks))


if __name__ == "__main__":
    main()

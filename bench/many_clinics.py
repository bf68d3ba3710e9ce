"""Times a firm of many clinics on PostgreSQL and in files: to record their invoices, list, age and verify all of them.

    uv run python -m bench.many_clinics [--clinics 3000] [--invoices 300]

Also how much room the books take, and how much memory one connection of the database needs after one clinic and after all
of them. It needs PostgreSQL's programs (``apt-get install postgresql``) and Linux.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.engines import needed_programs
from bench.invoices import decided_steps, seconds_of
from server.billing.clinics import Clinic
from server.billing.invoices.exams import Draft, Exam
from server.billing.invoices.invoice import Action, InvoiceLine
from server.billing.invoices.new_invoices import begin_invoices
from server.billing.receivables.aging import AgingGroup
from server.ledger.receivables.aging import AgingQuestion
from server.ledger.store import Ledger
from server.ledger.verify import FirstBadRow
from server.storage import IN_FOLDER, Storage
from tests.postgresql import PostgresqlOfTests, running_server

CENTS = 100_00
_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE usename = 'ledger_service'"


def main() -> None:
    """Make the firm on both engines, and print what it takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clinics", type=int, default=3_000)
    parser.add_argument("--invoices", type=int, default=300)
    asked = parser.parse_args()
    with running_server(needed_programs(), is_durable=True) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = server.database_of(folder)
        of_database = Storage(server.address_of(folder))

        def in_database() -> int:
            ((found,),) = server.execute(f"SELECT pg_database_size('{database}')")
            return int(str(found))

        def in_files() -> int:
            return sum(file.stat().st_size for file in (folder / "files").rglob("*.db"))

        work_all(Firm("files", Ledger(folder / "files", storage=IN_FOLDER), in_files), asked, None)
        work_all(
            Firm("postgresql", Ledger(folder / "postgresql", storage=of_database), in_database), asked, server
        )


@dataclass(frozen=True)
class Firm:
    """The clinics of a firm on one engine, and what measures the room that their books take."""

    name: str
    ledger: Ledger
    size: Callable[[], int]


def work_all(firm: Firm, asked: argparse.Namespace, server: PostgresqlOfTests | None) -> None:
    """Record, list, age and verify, and print how long each took."""
    took = [
        seconds_of(partial(_record, firm.ledger, place, asked.invoices)) for place in range(asked.clinics)
    ]
    tenth = max(len(took) // 10, 1)
    first, last = (statistics.median(part) * 1e3 for part in (took[:tenth], took[-tenth:]))
    print(
        f"{firm.name}: {asked.clinics:,} clinics with {asked.invoices} invoices recorded in {sum(took):.0f} s,"
        f" each of the first tenth in {first:.0f} ms, of the last in {last:.0f} ms, {firm.size() / 1e6:,.0f} MB"
    )
    if server:
        server.execute("VACUUM ANALYZE", server.database_of(Path(firm.ledger.folder).parent))
    for what, work in (("list", _list), ("age", _age), ("verify", _verify)):
        print(f"  {what:8} {seconds_of(partial(work, firm.ledger)):8.2f} s", end="")
        print(f", a connection has {_memory_of(server) / 1e6:.1f} MB of its own" if server else "")
    firm.ledger.close()


def _record(ledger: Ledger, place: int, invoices: int) -> None:
    """Make the books of a clinic, and record invoices and that they were sent."""
    clinic = ledger.open_clinic(Clinic(f"clinic-{place:05d}", f"Invented Clinic {place}"))
    today = ledger.today()
    line = InvoiceLine("EX-101", "Invented exam", 1, CENTS, 1_000, CENTS)
    drafts = [
        Draft((Exam("Exams", row, today, f"Patient {row}", "Case A", payer=f"Payer {row % 20}"),), (line,))
        for row in range(invoices)
    ]
    with clinic.transaction() as books:
        numbers = books.invoices.create(
            begin_invoices(drafts, books.invoices.count(), today), "create", "ana"
        )
        steps = decided_steps(books.invoices.with_numbers, numbers, Action.SEND, today)
        books.invoices.record(steps, "send", "ana")


def _list(ledger: Ledger) -> None:
    """List the clinics."""
    ledger.clinics()


def _age(ledger: Ledger) -> None:
    """Add up what is owed to each clinic by payer and age."""
    for entry in ledger.clinics():
        with ledger.clinic(entry.id).reading() as books:
            books.aging.totals(AgingQuestion(ledger.today()), AgingGroup.PAYER)


def _verify(ledger: Ledger) -> None:
    """Check every row of every clinic. Raises ArithmeticError if one is not as it was recorded."""
    for entry in ledger.clinics():
        found = ledger.verify_clinic(entry.id)
        if isinstance(found, FirstBadRow):
            raise ArithmeticError(found)  # noqa: TRY004 - the books, not a type


def _memory_of(server: PostgresqlOfTests) -> int:
    """Return the most bytes that a connection of the service has for itself."""
    return max(_private_bytes(int(str(pid))) for (pid,) in server.execute(_BACKENDS))


def _private_bytes(pid: int) -> int:
    """Return the bytes of a process without the pages that it shares, such as the database's buffers."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss_Anon"))


if __name__ == "__main__":
    main()

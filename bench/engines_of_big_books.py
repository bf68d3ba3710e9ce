"""Races the books on PostgreSQL against the books in files where the books are big, and prints ratios.

    uv run python -m bench.engines_of_big_books [--invoices 1000000] [--open 250000] [--rows 100000] [--rounds 5]

The aging of a clinic with many invoices, and a draft of a payroll with many visits. The invoices are made in the file, as
``bench.receivables_aging`` makes them, and moved into the database. It needs PostgreSQL's programs (``apt-get install postgresql``).
"""

import argparse
import gc
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import orjson

from bench.engines import needed_programs, print_ratio
from bench.invoices import open_database, seconds_of, sent_invoices
from bench.receivables_aging import BUCKETS, fill_books
from bench.request import generate_body
from server.billing.clinics import Setup
from server.billing.people import LOCAL_PERSON
from server.billing.receivables.aging import AgingBasis, AgingGroup, first_days
from server.demo.bulk_logs import WireColumn, bulk_setup, month_of
from server.ledger.clinic_store import ClinicStore
from server.ledger.engine.sqlite.folder import CLINICS
from server.ledger.receivables.aging import AgingQuestion
from server.ledger.store import Ledger
from server.operations.session import Asker
from server.ribbon.dispatch import press
from server.storage import IN_FOLDER, Storage
from tests.postgresql import OWNER, PostgresqlOfTests, running_server

PROVIDERS = 30
Side = TypeVar("Side")


def main() -> None:
    """Run the races and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=250_000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with running_server(needed_programs(), is_durable=True) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draft_payroll(folder, {"files": IN_FOLDER, "postgresql": Storage(server.address_of(folder))}, asked)
        with moved_books(folder / "aging", server, asked) as books:
            age(books, asked.rounds)


@contextmanager
def moved_books(
    folder: Path, server: PostgresqlOfTests, asked: argparse.Namespace
) -> Iterator[dict[str, ClinicStore]]:
    """Yield the books of many invoices in a file, and moved from a copy of it into the database."""
    in_file = sent_invoices(folder)
    with closing(open_database(folder)) as db:
        fill_books(db, Ledger(folder).today(), asked.invoices, asked.open)
        db.execute("ANALYZE")
    copy = folder / "copy"
    (copy / CLINICS).mkdir(parents=True)
    file = Path(shutil.copy(folder / CLINICS / "lakeside.db", copy / CLINICS))
    ledger = Ledger(folder / "moved", storage=Storage(server.address_of(folder)))
    ledger.open_clinic(bulk_setup(1).clinic)  # makes the firm's tables
    in_database = ledger._books_of("lakeside")  # noqa: SLF001 - not on the list: the steps of the bench are no chain
    seconds = seconds_of(lambda: in_database.move_in(copy))
    database = server.database_of(folder)
    server.execute("VACUUM ANALYZE", database)
    ((size,),) = server.execute(f"SELECT pg_database_size('{database}')", user=OWNER)
    print(
        f"{asked.invoices:,} invoices, {asked.open:,} open: moved in {seconds:.0f} s,"
        f" {file.stat().st_size / 1e6:,.0f} MB as a file, {int(str(size)) / 1e6:,.0f} MB in the database"
    )
    yield {"files": in_file, "postgresql": in_database}
    ledger.close()


def age(books: Mapping[str, ClinicStore], rounds: int) -> None:
    """Add up what is owed by payer and age, now and as of past days."""
    today = datetime.now().astimezone().date()
    for days_ago in (0, 1, 31, 365):
        as_of = today - timedelta(days=days_ago)
        days = first_days(BUCKETS, as_of)
        for basis in AgingBasis if not days_ago else (AgingBasis.CREATED, AgingBasis.AGREED):
            question = AgingQuestion(as_of, days, basis, is_past=bool(days_ago))

            def totals(clinic: ClinicStore, question: AgingQuestion = question) -> object:
                with clinic.reading() as opened:
                    return sorted(map(str, opened.aging.totals(question, AgingGroup.PAYER)))

            compare(f"aging of {days_ago} days ago, from {basis}", totals, books, rounds)


def draft_payroll(folder: Path, engines: Mapping[str, Storage], asked: argparse.Namespace) -> None:
    """Draft a payroll of many visits, again and again."""
    setup, log = bulk_setup(PROVIDERS), month_of(asked.rows, PROVIDERS, seed=1)
    ledgers = {engine: _new_ledger(folder / engine, where, setup) for engine, where in engines.items()}
    print(f"{asked.rows:,} visits")
    compare("payroll draft", lambda ledger: _draft(ledger, log), ledgers, asked.rounds)


def compare(what: str, work: Callable[[Side], object], sides: Mapping[str, Side], rounds: int) -> None:
    """Do the same on all sides in turn, and print the medians. Raises ArithmeticError if they do not answer the same."""
    answers = [orjson.dumps(work(side), default=str) for side in sides.values()]
    if len(set(answers)) > 1:
        raise ArithmeticError(what)
    took: dict[str, list[float]] = {name: [] for name in sides}
    gc.disable()
    for _ in range(rounds):
        for name, side in sides.items():
            took[name].append(seconds_of(lambda side=side: work(side)))  # type: ignore[misc]
    gc.enable()
    print_ratio(what, {name: statistics.median(seconds) for name, seconds in took.items()})


def _new_ledger(folder: Path, where: Storage, setup: Setup) -> Ledger:
    ledger = Ledger(folder, storage=where)
    with ledger.open_clinic(setup.clinic).transaction() as books:
        books.save_setup(setup, "bench")
    return ledger


def _draft(ledger: Ledger, log: Mapping[str, WireColumn]) -> object:
    reply = orjson.loads(press("payroll.generate", generate_body(log, "bulk"), ledger, Asker(LOCAL_PERSON)))
    if not reply["figures"]["run"]:
        raise ValueError(reply["summary"])
    return reply["figures"]["total_cents"]


if __name__ == "__main__":
    main()

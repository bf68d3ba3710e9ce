"""Races the books on PostgreSQL against the books in files: the same clicks, the same code, in turn, and prints ratios.

    uv run python -m bench.engines [--rounds 20]

PostgreSQL is started for the race, on a socket, and waits for the disk as SQLite does. Rounds of both alternate. It needs
PostgreSQL's programs (``apt-get install postgresql``).
"""

import argparse
import gc
import multiprocessing
import os
import statistics
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path

import orjson
import psycopg

from bench.invoices import NUMBERS, batch, decided_steps, seconds_of, sent_invoices
from bench.service import running_service
from server.billing.invoices.invoice import Action
from server.billing.receivables.aging import AgingGroup
from server.ledger.clinic_store import ClinicStore
from server.ledger.receivables.aging import AgingQuestion
from server.ledger.store import Ledger
from server.storage import IN_FOLDER, Storage
from tests.postgresql import SERVICE, PostgresqlOfTests, programs_folder, running_server

CLINICS, PROGRAMS, CLICKS = 16, 3, 40
WARM_UP = 8
"""Rounds before the race: a connection has planned a statement for good after six."""
UNGUARDED = "ledger_unguarded"
"""A role that may do what the service does, and is not held by the policies."""
STATEMENTS = {
    "owed by payer": "SELECT payer, COUNT(*), SUM(balance_cents) FROM invoice WHERE balance_cents > 0 {and_clinic_of_invoice} GROUP BY payer",
    "an invoice and its steps": "SELECT invoice.*, step.* FROM invoice JOIN step ON step.invoice = invoice.id {and_clinic_of_step}"
    " WHERE invoice.number = 'INV-000250' {and_clinic_of_invoice}",
    "100 invoices written": "UPDATE invoice SET state = state WHERE id BETWEEN 101 AND 200 {and_clinic_of_invoice}",
}


def main() -> None:
    """Run the races and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with running_server(needed_programs(), is_durable=True) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engines = {"files": IN_FOLDER, "postgresql": Storage(server.address_of(folder))}
        books = {engine: sent_invoices(folder / engine, where) for engine, where in engines.items()}
        server.execute("ANALYZE", server.database_of(folder))  # as the server does by itself within a minute
        one_client(books, rounds)
        service = server.address_of(folder).service
        over_http(folder, {"files": "", "postgresql": service}, rounds)
        policies(server, folder, rounds)
        many_writers(server, folder, engines)


def needed_programs() -> Path:
    """Return the folder of PostgreSQL's programs. Ends the program, and says what to install, if there are none."""
    return programs_folder() or sys.exit("PostgreSQL is not installed: apt-get install postgresql")


def one_client(books: dict[str, ClinicStore], rounds: int) -> None:
    """Work as one client: single steps, 500 updates at once, and the aging of them."""
    gc.disable()
    for what, work in (("single step", single_step), ("500 updates, twice", five_hundred), ("aging", age)):
        took: dict[str, list[float]] = {engine: [] for engine in books}
        for turn in range(rounds + WARM_UP):
            for engine, clinic in books.items():
                took[engine].append(seconds_of(partial(work, clinic, turn)))
        print_ratio(what, {engine: statistics.median(seconds[WARM_UP:]) for engine, seconds in took.items()})
    gc.enable()


def single_step(clinic: ClinicStore, turn: int) -> None:
    """Note something on an invoice."""
    with clinic.transaction() as books:
        number = NUMBERS[turn % len(NUMBERS)]
        steps = decided_steps(books.invoices.with_numbers, [number], Action.NOTE, _today())
        books.invoices.record(steps, "click", "ana")


def five_hundred(clinic: ClinicStore, _turn: int) -> None:
    """Agree on 500 invoices, and take it back."""
    batch(clinic, Action.AGREE)
    batch(clinic, Action.REOPEN)


def age(clinic: ClinicStore, _turn: int) -> None:
    """Add up what is owed by payer and age."""
    with clinic.reading() as books:
        books.aging.totals(AgingQuestion(_today()), AgingGroup.PAYER)


def over_http(folder: Path, addresses: Mapping[str, str], rounds: int) -> None:
    """Note something as a program does, through a service of each engine."""
    with ExitStack() as running:
        services = {}
        for engine, address in addresses.items():
            os.environ["CLINIC_LEDGER_DATABASE"] = address
            services[engine] = running.enter_context(running_service(folder / engine))
        del os.environ["CLINIC_LEDGER_DATABASE"]
        took: dict[str, list[float]] = {engine: [] for engine in services}
        for turn in range(rounds + WARM_UP):
            number = NUMBERS[turn % len(NUMBERS)]
            for engine, service in services.items():
                body = orjson.dumps({"request_id": f"step {turn}", "action": "note", "note": "so"})
                took[engine].append(
                    seconds_of(partial(service.post, f"/clinics/lakeside/invoices/{number}/steps", body))
                )
    print_ratio(
        "single step over HTTP",
        {engine: statistics.median(seconds[WARM_UP:]) for engine, seconds in took.items()},
    )


def many_writers(server: PostgresqlOfTests, folder: Path, engines: dict[str, Storage]) -> None:
    """Let sixteen writers work on sixteen clinics, from three programs."""
    took = {}
    for engine, where in engines.items():
        for place in range(CLINICS):
            sent_invoices(folder / engine, where, f"clinic-{place}")
        server.execute("ANALYZE", server.database_of(folder))
        with ProcessPoolExecutor(PROGRAMS, mp_context=multiprocessing.get_context("spawn")) as pool:
            shares = [range(place, CLINICS, PROGRAMS) for place in range(PROGRAMS)]
            work = partial(_write_all, folder / engine, where)
            list(pool.map(work, shares))  # everything is imported, connected and planned
            took[engine] = seconds_of(lambda: list(pool.map(work, shares)))  # noqa: B023 - called at once
    print_ratio(f"{CLINICS} writers, {PROGRAMS} programs, {CLINICS * CLICKS} steps", took)


def policies(server: PostgresqlOfTests, folder: Path, rounds: int) -> None:
    """Execute statements that the policies hold to one clinic, and the same ones that name it as a role that they do not hold."""
    name = server.database_of(folder)
    server.execute(f"CREATE ROLE {UNGUARDED} LOGIN BYPASSRLS IN ROLE {SERVICE}")
    options = "-c search_path=clinics -c app.clinic=lakeside -c jit=off"
    with (
        psycopg.connect(server.address(UNGUARDED, name), autocommit=True, options=options) as unguarded,
        psycopg.connect(server.address(SERVICE, name), autocommit=True, options=options) as guarded,
    ):
        for what, statement in STATEMENTS.items():
            took: dict[str, list[float]] = {"named": [], "policy": []}
            for _ in range(rounds * 20):
                for side, conn, named in (("named", unguarded, True), ("policy", guarded, False)):
                    conditions = {
                        f"and_clinic_of_{table}": f"AND {table}.clinic = 'lakeside'" if named else ""
                        for table in ("invoice", "step")
                    }
                    text = statement.format(**conditions).encode()
                    took[side].append(seconds_of(partial(conn.execute, text)))
            print_ratio(
                f"policies: {what}", {side: statistics.median(seconds) for side, seconds in took.items()}
            )


def _today() -> date:
    return date.today()  # noqa: DTZ011 - as the clock of the books has it


def print_ratio(what: str, seconds: dict[str, float]) -> None:
    """Print how long each took, and how many times as long the last took as the first."""
    shown = ", ".join(f"{name} {took * 1e3:8.2f} ms" for name, took in seconds.items())
    first, *_, last = seconds.values()
    print(f"  {what:45} {shown}  {last / first:5.2f}")


def _write_all(folder: Path, where: Storage, places: range) -> None:
    ledger = Ledger(folder, storage=where)
    with ThreadPoolExecutor(len(places)) as pool:
        list(pool.map(partial(_write_often, ledger), places))


def _write_often(ledger: Ledger, place: int) -> None:
    clinic = ledger.clinic(f"clinic-{place}")
    for turn in range(CLICKS):
        single_step(clinic, turn)


if __name__ == "__main__":
    main()

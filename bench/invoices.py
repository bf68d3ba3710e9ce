"""Races the books of invoices against bare sqlite3 on a file of the same tables, and prints ratios.

    uv run python -m bench.invoices [--rounds 30]

Rounds of both sides alternate, medians are compared, and only the ratios mean anything elsewhere.
"""

import argparse
import gc
import multiprocessing
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path

import orjson

from server.billing.clinics import Clinic
from server.billing.invoices.exams import Draft, Exam
from server.billing.invoices.invoice import Action, ActionRequest, Invoice, InvoiceLine, Step
from server.billing.invoices.new_invoices import begin_invoices
from server.billing.invoices.step_batches import Asked, decide_all
from server.billing.people import Role
from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger
from server.storage import IN_FOLDER, Storage

BATCH, CLIENTS, STEPS_EACH = 500, 8, 100
AGREED_CENTS, BILLED_CENTS = 80_00, 100_00
NUMBERS = [f"INV-{place:06d}" for place in range(1, BATCH + 1)]


def main() -> None:
    """Run both races and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        batches(Path(folder), asked.rounds)
        single_steps(Path(folder))


def batches(folder: Path, rounds: int) -> None:
    """Agree on 500 invoices, take it back, and so on: in our books and in bare ones.

    Without the cycle collector, as the service works a click.
    """
    gc.disable()
    ours = sent_invoices(folder / "ours")
    sent_invoices(folder / "bare")
    with closing(open_database(folder / "bare")) as db:
        recorded, whole, floor = [], [], []
        for place in range(rounds + 2):
            action = (Action.AGREE, Action.REOPEN)[place % 2]
            took, record = batch(ours, action)
            whole.append(took)
            recorded.append(record)
            floor.append(seconds_of(partial(_bare_batch, db, action)))
    gc.enable()
    print(f"batch of {BATCH} updates, median of {rounds}")
    for name, figures in (("bare", floor), ("recorded", recorded), ("read, decided, recorded", whole)):
        median = statistics.median(figures[2:])
        print(f"  {name:24} {median * 1e3:7.1f} ms  {median / statistics.median(floor[2:]):5.2f}")


def single_steps(folder: Path) -> None:
    """Note something on one invoice at a time: eight threads as in the service, then eight programs."""
    sent_invoices(folder / "single")
    print(f"single steps, {CLIENTS} clients at once, {CLIENTS * STEPS_EACH} of them")
    pools: tuple[tuple[str, Executor], ...] = (
        ("threads", ThreadPoolExecutor(CLIENTS)),
        ("programs", ProcessPoolExecutor(CLIENTS, mp_context=multiprocessing.get_context("spawn"))),
    )
    for name, pool in pools:
        with pool:
            told = list(pool.map(_client, [folder / "single"] * CLIENTS, range(CLIENTS)))
        every = [seconds * 1e3 for one in told for seconds in one]
        p99 = statistics.quantiles(every, n=100)[98]
        print(f"  {name:9} median {statistics.median(every):6.1f} ms, p99 {p99:6.1f} ms")


def sent_invoices(folder: Path, storage: Storage = IN_FOLDER, clinic: str = "lakeside") -> ClinicStore:
    """Return books with a batch of invoices that were sent."""
    ledger = Ledger(folder, storage=storage)
    today = ledger.today()
    lakeside = ledger.open_clinic(Clinic(clinic, f"{clinic.capitalize()} Clinic"))
    line = InvoiceLine("EX-101", "Invented exam", 1, BILLED_CENTS, 1_000, BILLED_CENTS)
    drafts = [
        Draft((Exam("Exams", row, today, f"Patient {row}", "Case A", payer="Acme"),), (line,))
        for row in range(BATCH)
    ]
    with lakeside.transaction() as books:
        new = begin_invoices(drafts, books.invoices.count(), today)
        numbers = books.invoices.create(new, "create", "ana")
        books.invoices.record(
            decided_steps(books.invoices.with_numbers, numbers, Action.SEND, today), "send", "ana"
        )
    return lakeside


def decided_steps(
    read: Callable[[list[str]], dict[str, Invoice]], numbers: list[str], action: Action, today: date
) -> list[Step]:
    """Return the steps that an action takes with invoices."""
    invoices = read(numbers)
    asked = [
        Asked(
            row, ActionRequest(number, action, Role.MANAGER, day=today, amount_cents=AGREED_CENTS, note="so")
        )
        for row, number in enumerate(numbers)
    ]
    batch = decide_all(asked, invoices, today, {})
    if batch.refused:
        raise next(iter(batch.refused.values()))
    return list(batch.decided.values())


def batch(lakeside: ClinicStore, action: Action) -> tuple[float, float]:
    """Take an action with every invoice; return the seconds of all of it, and of recording and committing."""
    started = time.perf_counter()
    with lakeside.transaction() as books:
        today = date.today()  # noqa: DTZ011 - as the clock of the books has it
        steps = decided_steps(books.invoices.with_numbers, NUMBERS, action, today)
        decided = time.perf_counter()
        books.invoices.record(steps, "click", "ana")
    ended = time.perf_counter()
    return ended - started, ended - decided


def _bare_batch(db: sqlite3.Connection, action: Action) -> None:
    """Write what a batch writes, as a program would that knows nothing but these two actions.

    It reads where the invoices stand, chains and hashes the steps, and moves the money; it decides
    nothing, checks nothing but the version it read, and makes no value of anything.
    """
    agree = action is Action.AGREE
    state, debit, credit = (
        ("pending_cheque", "reduction", "receivable")
        if agree
        else ("pending_reduction", "receivable", "reduction")
    )
    moved = BILLED_CENTS - AGREED_CENTS
    db.execute("BEGIN IMMEDIATE")
    standing = db.execute(
        "SELECT id, version, state, standing FROM invoice WHERE number IN (SELECT value FROM json_each(?))",
        [orjson.dumps(NUMBERS).decode()],
    ).fetchall()
    step_id, previous = db.execute("SELECT id, hash FROM step ORDER BY id DESC LIMIT 1").fetchone()
    today = date.today().isoformat()  # noqa: DTZ011 - as the clock of the books has it
    inputs = orjson.dumps({"role": "manager", "day": today, "amount_cents": AGREED_CENTS}).decode()
    steps, transfers, invoices = [], [], []
    for invoice, version, before, places in standing:
        step_id += 1
        reverses = "[]" if agree else f"[{version}]"
        row = (step_id, "click", invoice, version + 1, action.value, before, state, today, inputs, "so", reverses,
               None, "ana", "2026-01-01T00:00:00.000+00:00", previous)  # fmt: skip
        previous = sha256(orjson.dumps([row, [(debit, credit, moved)]])).hexdigest()
        steps.append((*row, previous))
        transfers.append((step_id, 1, debit, credit, moved))
        kept = orjson.loads(places)
        kept = [*kept, version + 1] if agree else kept[:-1]
        invoices.append((
            state, version + 1, moved if agree else 0, AGREED_CENTS if agree else BILLED_CENTS,
            AGREED_CENTS if agree else None, today if agree else None, orjson.dumps(kept).decode(), invoice,
        ))  # fmt: skip
    db.executemany(f"INSERT INTO step VALUES ({'?, ' * 15}?)", steps)  # noqa: S608 - question marks
    db.executemany("INSERT INTO transfer VALUES (?, ?, ?, ?, ?)", transfers)
    db.executemany(
        "UPDATE invoice SET state = ?, version = ?, reduction_cents = ?, balance_cents = ?, agreed_cents = ?,"
        " agreed_on = ?, standing = ? WHERE id = ?",
        invoices,
    )
    db.execute("COMMIT")


def _client(folder: Path, place: int) -> list[float]:
    """Note something on this client's own invoices; return the seconds of each click."""
    ledger = Ledger(folder)
    lakeside, today = ledger.clinic("lakeside"), ledger.today()

    def click(number: str) -> None:
        with lakeside.transaction() as books:
            steps = decided_steps(books.invoices.with_numbers, [number], Action.NOTE, today)
            books.invoices.record(steps, "click", "ana")

    mine = NUMBERS[place::CLIENTS]
    return [seconds_of(partial(click, mine[turn % len(mine)])) for turn in range(STEPS_EACH)]


def open_database(folder: Path) -> sqlite3.Connection:
    """Return a bare connection to the clinic's file."""
    db = sqlite3.connect(folder / "clinics" / "lakeside.db", timeout=10, isolation_level=None)
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA synchronous = FULL")
    return db


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()

"""A program of its own that writes to a clinic's books, for the tests of many at once.

``worker.py FOLDER write TIMES [PROGRAMS]``: record that often, in as many transactions each.
``worker.py FOLDER hang``: write, say so, and never commit.
``worker.py FOLDER hold TIMES``: approve that many runs, each with a row held that the next run holds again.
"""

import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from server.billing.clinics import Provider, Setup
from server.billing.payroll.held_visits import DraftHolds, HeldRowFound
from server.billing.payroll.pay_run import Outcome
from server.cli.options import open_or_make_ledger
from server.ledger.clinic_store import ClinicStore
from server.ledger.payroll.drafts import KnownBy
from tests.ledger.invented import LAKESIDE, OCTOBER, a_blocked_row, a_run


def write(books_of: ClinicStore, turn: int) -> None:
    """Save a setup, record a draft and an access, in one transaction."""
    with books_of.transaction() as books:
        known = books.setup().providers
        newcomer = Provider(f"Provider {len(known) + 1}")
        books.save_setup(replace(Setup(LAKESIDE), providers=(*known, newcomer)), "worker")
        books.record_draft(a_run(run_id=books.run_id_for(OCTOBER)), KnownBy(["A-1"], ()), b"{}", "worker")
        books.log_access("worker", "wrote", f"turn {turn}")


def write_often(folder: Path, times: int) -> None:
    """Open the ledger, making it if need be, and write again and again."""
    lakeside = open_or_make_ledger(folder).open_clinic(LAKESIDE)
    for turn in range(times):
        write(lakeside, turn)


def hold_often(folder: Path, times: int) -> None:
    """Record drafts with a blocked row and approve them with the row held, each in a transaction of its own."""
    lakeside = open_or_make_ledger(folder).open_clinic(LAKESIDE)
    for _ in range(times):
        with lakeside.transaction() as books:
            turn = len(books.runs())
            run = a_run((f"H-{turn}",), run_id=books.run_id_for(OCTOBER), blocked=1)
            compared = tuple(one.id for one in books.runs() if one.closed_at)
            books.record_draft(run, KnownBy([f"id:h-{turn}"], compared), b"{}", "worker")
            waiting = books.held_visits.unsettled_visits()
            found = tuple(HeldRowFound(visit.id, 4, Outcome.BLOCKED) for visit in waiting)
            books.held_visits.record_draft(run.id, DraftHolds((a_blocked_row(),), found))
        with lakeside.transaction() as books:
            books.close_run(run.id, "worker", holds_rows=True)


def at_once(folder: Path, times: int, programs: int) -> None:
    """Write from many programs; forked where that can be, since importing takes each a second."""
    start = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
    with ProcessPoolExecutor(programs, mp_context=start) as pool:
        for done in [pool.submit(write_often, folder, times) for _ in range(programs)]:
            done.result()


def hang(books_of: ClinicStore) -> None:
    """Write a draft of many lines, and stop in the middle of the transaction."""
    many = [f"A-{number}" for number in range(20_000)]
    with books_of.transaction() as books:
        books.record_draft(a_run(many), KnownBy(many, ()), b"{}", "worker")
        sys.stdout.write("written\n")
        sys.stdout.flush()
        time.sleep(60)


if __name__ == "__main__":
    ledger, task, *counts = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:])
    match task, counts:
        case "write", [times]:
            write_often(ledger, times)
        case "write", [times, programs]:
            at_once(ledger, times, programs)
        case "hold", [times]:
            hold_often(ledger, times)
        case "hang", []:
            hang(open_or_make_ledger(ledger).open_clinic(LAKESIDE))

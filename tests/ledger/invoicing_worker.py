"""Programs of their own that work on a clinic's invoices, for the tests of many at once.

Forked from this one where that can be: importing takes each of them a second.

``invoicing_worker.py FOLDER work TIMES PROGRAMS``: that many programs, each that often, note something on
every invoice, deciding anew when refused. Prints how often each was refused a stale row.
``invoicing_worker.py FOLDER kill TIMES``: that many programs or more, one after the other, do so without end, and are
killed, until some have recorded something. Prints how many steps there are after each.
"""

import multiprocessing
import os
import random
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from server.billing.invoices.invoice import Action, ActionRequest, Step
from server.billing.invoices.step_decisions import decide_step
from server.cli.options import open_ledger
from server.errors import StaleInvoice
from server.ledger.clinic_store import ClinicStore
from server.ledger.verify import Verified
from tests.ledger.invoiced import TODAY

MOST_KILLS = 2_000
"""On a busy machine, most programs are killed before they have recorded anything; each has more time until one has."""


def decided(lakeside: ClinicStore, note: str) -> list[Step]:
    """Decide a note for every invoice, as the sheet in front of somebody shows them."""
    with lakeside.reading() as books:
        seen = books.invoices.find()
    return [decide_step(one, ActionRequest(one.number, Action.NOTE, note=note), TODAY) for one in seen]


def note_all(lakeside: ClinicStore, note: str) -> int:
    """Note something on every invoice; return how often that was refused."""
    stale = 0
    while True:
        sheet = decided(lakeside, note)
        try:
            with lakeside.transaction() as books:
                books.invoices.record(sheet, note, "worker")
        except StaleInvoice:
            stale += 1
        else:
            return stale


def work(folder: Path, times: int) -> int:
    lakeside = open_ledger(folder).clinic("lakeside")
    return sum(note_all(lakeside, f"{os.getpid()} {turn}") for turn in range(times))


def at_once(folder: Path, times: int, programs: int) -> None:
    start = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
    with ProcessPoolExecutor(programs, mp_context=start) as pool:
        done = [pool.submit(work, folder, times) for _ in range(programs)]
        sys.stdout.write(" ".join(str(one.result()) for one in done))


def work_until_killed(folder: Path) -> None:
    lakeside = open_ledger(folder).clinic("lakeside")
    while True:
        note_all(lakeside, str(os.getpid()))


def killed(folder: Path, times: int) -> None:
    lakeside = open_ledger(folder).clinic("lakeside")
    chance = random.Random(1)  # noqa: S311 - the same moments each time, as far as the machine lets them be
    invoices = len(decided(lakeside, "before"))
    turns, recorded = 0, False
    while turns < times or (not recorded and turns < MOST_KILLS):
        turns += 1
        program = os.fork()
        if not program:
            work_until_killed(folder)
        time.sleep(chance.uniform(0.01, 0.06 if recorded else 0.06 + turns / 100))
        os.kill(program, signal.SIGKILL)
        os.waitpid(program, 0)
        verified = lakeside.verify()
        if not isinstance(verified, Verified):
            raise SystemExit(str(verified))
        recorded = recorded or verified.steps > invoices
        sys.stdout.write(f"{verified.steps} ")


if __name__ == "__main__":
    ledger, task, *counts = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:])
    if task == "work":
        at_once(ledger, *counts)
    else:
        killed(ledger, *counts)

"""Times ``ledger verify`` over many rows of every kind, and prints rows a minute.

    uv run python -m bench.verify [--rows 1000000]

A third of the rows are pay lines, a third entries of the access log, a third steps of invoices. All of them are written
through the ledger, so that the journal has them.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench.invoices import BATCH, NUMBERS, sent_invoices
from server.billing.invoices.invoice import Action, ActionRequest
from server.billing.invoices.step_batches import Asked, decide_all
from server.billing.payroll.pay_run import Period
from server.billing.people import Role
from server.ledger.clinic_store import ClinicStore
from server.ledger.payroll.drafts import KnownBy
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from tests.ledger.invented import a_run

LINES_EACH = 5_000
"""The lines of each pay run."""


def main() -> None:
    """Fill a ledger, verify it, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger"
        lakeside = sent_invoices(path)
        started = time.perf_counter()
        for fill in (fill_runs, fill_access, fill_steps):
            fill(lakeside, rows // 3)
        print(f"{rows:,} rows written in {time.perf_counter() - started:.1f} s")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started, cpu = time.perf_counter(), time.process_time()
        found = Ledger(path).verify_clinic("lakeside")
        took, cpu = time.perf_counter() - started, time.process_time() - cpu
        if not isinstance(found, Verified):
            raise TypeError(found)
        print(
            f"{found.entries:,} entries, {found.steps:,} steps, verified in {took:.1f} s ({cpu:.1f} s of processor time)"
        )
        print(
            f"{rows / took * 60:,.0f} rows a minute; peak {before // 1024} MB before, {_peak_mb()} MB after"
        )


def fill_runs(lakeside: ClinicStore, rows: int) -> None:
    """Record runs until they have so many lines, each of its own month."""
    for place in range(-(-rows // LINES_EACH)):
        year, month = divmod(place, 12)
        day = date(1990 + year, month + 1, 1)
        names = [f"A-{place}-{line}" for line in range(LINES_EACH)]
        period = Period(day, day)
        with lakeside.transaction() as books:
            run = a_run(names, run_id=books.run_id_for(period), period=period)
            books.record_draft(run, KnownBy(names, ()), b"{}", "ana")


def fill_access(lakeside: ClinicStore, rows: int) -> None:
    """Log so many entries, a thousand in each transaction."""
    for _ in range(-(-rows // 1_000)):
        with lakeside.transaction() as books:
            for _ in range(1_000):
                books.log_access("ana", "opened invoices", "lakeside")


def fill_steps(lakeside: ClinicStore, rows: int) -> None:
    """Note something on every invoice, again and again."""
    for turn in range(-(-rows // BATCH)):
        with lakeside.transaction() as books:
            batch = decide_all(
                list(_notes(turn)), books.invoices.with_numbers(NUMBERS), date(2026, 11, 20), {}
            )
            books.invoices.record(list(batch.decided.values()), f"click {turn}", "ana")


def _notes(turn: int) -> Iterator[Asked]:
    for row, number in enumerate(NUMBERS):
        yield Asked(row, ActionRequest(number, Action.NOTE, Role.MANAGER, note=f"call {turn}"))


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()

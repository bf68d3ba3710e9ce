"""Times ``payroll.generate`` beside months that were paid before: none, and ten approved runs of 100,000 visits each.

    uv run python -m bench.paid_months [--rows 100000] [--months 10] [--rounds 5]

Both ledgers get the same log in turn, so that each round is a pair. Then a rate is changed for days that were paid, which is
compared with every line of its days, and the log reaches back into the last month that was paid.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import orjson

from bench.request import click
from server.billing.clinics import ANY, PayBasis, Rate, Setup
from server.billing.payroll.pay_run import Period
from server.billing.people import LOCAL_PERSON
from server.demo.bulk_logs import BULK_FIRST, BULK_LAST, WireColumn, bulk_setup, month_of
from server.ledger.store import Ledger
from server.operations.session import Asker
from server.ribbon.dispatch import press

DAYS = (BULK_LAST - BULK_FIRST).days + 1
SINCE = date(2020, 1, 1)
PROVIDERS = 30


def main() -> None:
    """Make both ledgers and print how long a click takes beside each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--months", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    setup = long_known_setup()
    with tempfile.TemporaryDirectory() as folder:
        empty, full = (new_ledger(Path(folder) / name, setup) for name in ("empty", "full"))
        for months_ago in range(options.months, 0, -1):
            approve(full, log_of(options.rows, months_ago), months_ago)
        log = log_of(options.rows, 0)
        longer = log_that_reaches_back(log_of(options.rows, 1), log, options.rows // 10)
        print(f"{options.rows:,} rows beside {options.rows * options.months:,} rows of closed runs")
        for words, rates, columns in (
            ("as they are", (), log),
            ("after a new rate of one provider", (raise_of(setup, 0, 9_000),), log),
            ("after a new rate of any provider", (a_rate_of_all(setup),), log),
            ("whose log reaches back", (), longer),
        ):
            for ledger in (empty, full) if rates else ():
                with ledger.clinic(setup.clinic.id).transaction() as books:
                    known = books.setup()
                    books.save_setup(replace(known, rates=(*known.rates, *rates)), "bench")
            compare(words, empty, full, columns, options.rounds)


def compare(words: str, empty: Ledger, full: Ledger, columns: Mapping[str, WireColumn], rounds: int) -> None:
    """Print the median seconds of processor time of both, and the median ratio of the pairs."""
    pairs = [(seconds_of(empty, columns), seconds_of(full, columns)) for _ in range(rounds + 1)][1:]
    alone, beside = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(second / first for first, second in pairs)
    print(f"  {words}: {alone:.2f} s alone, {beside:.2f} s beside them, ratio {ratio:.2f}")


def long_known_setup() -> Setup:
    """Return the clinic of the benchmarks, with rates since a day before all of its runs."""
    setup = bulk_setup(PROVIDERS)
    first = [replace(rate, effective_from=SINCE) for rate in setup.rates if not rate.note]
    return replace(setup, rates=tuple(first))


def new_ledger(path: Path, setup: Setup) -> Ledger:
    """Return a new ledger with the clinic."""
    ledger = Ledger(path)
    with ledger.open_clinic(setup.clinic).transaction() as books:
        books.save_setup(setup, "bench")
    return ledger


def raise_of(setup: Setup, place: int, cents: int) -> Rate:
    """Return a rate of one provider since the first day of all."""
    return Rate(
        setup.providers[place].name, "EX-301", PayBasis.PER_SESSION, cents, BULK_FIRST - timedelta(DAYS * 20)
    )


def a_rate_of_all(setup: Setup) -> Rate:
    """Return a rate of any provider that changes one service, since the first day of all."""
    return Rate(ANY, setup.services[5].code, PayBasis.PER_SESSION, 8_125, BULK_FIRST - timedelta(DAYS * 20))


def log_of(rows: int, months_ago: int) -> dict[str, WireColumn]:
    """Return the month of the benchmarks, so many months earlier, with IDs of its own."""
    columns = month_of(rows, PROVIDERS, seed=months_ago)
    columns["Date of service"] = [int(day) - DAYS * months_ago for day in columns["Date of service"]]
    columns["Appointment ID"] = [f"{identity}-{months_ago}" for identity in columns["Appointment ID"]]
    return columns


def log_that_reaches_back(
    earlier: Mapping[str, WireColumn], log: Mapping[str, WireColumn], rows: int
) -> dict[str, WireColumn]:
    """Return a log that begins with the last days of an earlier one, about so many rows."""
    days = [*earlier["Date of service"]]
    rows = sum(day >= days[-rows] for day in days)
    return {heading: [*earlier[heading][-rows:], *values] for heading, values in log.items()}


def period_of(months_ago: int) -> Period:
    """Return the days of a month of the benchmarks."""
    back = timedelta(DAYS * months_ago)
    return Period(BULK_FIRST - back, BULK_LAST - back)


def body_of(columns: Mapping[str, WireColumn], months_ago: int) -> bytes:
    """Return a click on payroll.generate for a month."""
    sheet = {"name": "Appointments", "columns": [[heading, *values] for heading, values in columns.items()]}
    period = period_of(months_ago)
    days = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    return click([sheet], "bulk", days)


def approve(ledger: Ledger, columns: Mapping[str, WireColumn], months_ago: int) -> None:
    """Generate a run and approve it."""
    reply = orjson.loads(press("payroll.generate", body_of(columns, months_ago), ledger, Asker(LOCAL_PERSON)))
    run = reply["figures"]["run"]
    if not run:
        raise ValueError(reply["summary"])
    with ledger.clinic("bulk").transaction() as books:
        books.close_run(run, "bench", ())


def seconds_of(ledger: Ledger, columns: Mapping[str, WireColumn]) -> float:
    """Return how much processor time one click takes."""
    body = body_of(columns, 0)
    started = time.process_time()
    reply = orjson.loads(press("payroll.generate", body, ledger, Asker(LOCAL_PERSON)))
    took = time.process_time() - started
    if reply["asks"] or not reply["figures"]["run"]:
        raise ValueError(reply["summary"], reply["asks"])
    return took


if __name__ == "__main__":
    main()

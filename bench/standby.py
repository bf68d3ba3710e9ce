"""Measures what it costs that a click waits for a synchronous standby: single steps, in turn on one pair of servers.

    uv run python -m bench.standby [--rounds 200]

A primary and its standby are started for it. They are on one computer and share its disk, and there is no network between
them. It needs PostgreSQL's programs (``apt-get install postgresql``) and Linux.
"""

import argparse
import gc
import statistics
import tempfile
from functools import partial
from pathlib import Path

from bench.engines import needed_programs, single_step
from bench.invoices import seconds_of, sent_invoices
from server.database_address import DatabaseAddress
from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger
from server.storage import Storage
from tests.postgresql import SERVICE
from tests.postgresql_pair import Pair, running_pair

WARM_UP = 10
WAYS = {
    "local": "its own disk alone",
    "on": "the disk of the standby",
    "remote_apply": "the standby to show it",
}
"""What a commit waits for, by the setting ``synchronous_commit``."""


def main() -> None:
    """Race the settings and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    with running_pair(needed_programs()) as pair, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sent_invoices(folder, Storage(pair.database))
        race({setting: books_that_wait(pair, folder, setting) for setting in WAYS}, rounds)


def books_that_wait(pair: Pair, folder: Path, setting: str) -> ClinicStore:
    """Return the books as a role uses them whose commits have a setting of ``synchronous_commit``."""
    role = f"{SERVICE}_{setting}"
    pair.primary.execute(f"CREATE ROLE {role} LOGIN IN ROLE {SERVICE}")
    pair.primary.execute(f"ALTER ROLE {role} SET synchronous_commit = {setting}")
    return Ledger(folder, storage=Storage(DatabaseAddress(pair.address(role)))).clinic("lakeside")


def race(books: dict[str, ClinicStore], rounds: int) -> None:
    """Take single steps, one of each setting in turn, and print the medians and how they compare to the first one."""
    gc.disable()
    took: dict[str, list[float]] = {setting: [] for setting in books}
    for turn in range(rounds + WARM_UP):
        for setting, clinic in books.items():
            took[setting].append(seconds_of(partial(single_step, clinic, turn)))
    gc.enable()
    medians = {setting: statistics.median(seconds[WARM_UP:]) for setting, seconds in took.items()}
    first = next(iter(medians.values()))
    for setting, median in medians.items():
        print(
            f"  {setting:14} waits for {WAYS[setting]:26} {median * 1e3:7.2f} ms  {median / first:5.2f},"
            f" slowest of a hundred {statistics.quantiles(took[setting][WARM_UP:], n=100)[98] * 1e3:7.2f} ms"
        )


if __name__ == "__main__":
    main()

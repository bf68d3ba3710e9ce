"""Lets the database fail over many times while people press buttons, and writes what happened into the docs.

    python -m tests.failover.campaign [--rounds 20] [--seed 1]

Ends with an error if a click that was acknowledged is not in the books exactly once, or if the books do not verify. It needs
PostgreSQL's programs and Linux.
"""

import argparse
import statistics
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.failover.ledger_on_pair import LedgerOnPair
from tests.failover.pressing import refusals_of
from tests.failover.rounds import APPLY_DELAY_MILLISECONDS, PEOPLE, Round, fail_over_often
from tests.postgresql import programs_folder
from tests.postgresql_pair import running_pair
from tools.reliability_page import write_section

HEADING = "## Failovers of the database"


def main() -> None:
    """Run the rounds, and write and print the section on them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    programs = programs_folder()
    if programs is None:
        sys.exit("PostgreSQL is not installed: apt-get install postgresql")
    rounds = []
    with running_pair(programs) as pair, TemporaryDirectory() as name:
        ledger = LedgerOnPair(Path(name) / "ledger", pair)
        ledger.prepare_books()
        with ledger.served() as program:
            for one in fail_over_often(ledger, program.url, asked.rounds, asked.seed):
                rounds.append(one)
                print(  # noqa: T201
                    f"{len(rounds)}: {len(one.carried)} clicks, away {one.away_seconds:.1f} s, back after {one.back_seconds:.1f} s,"
                    f" {dict(refusals_of(one.carried))}, {one.resolved} recorded by the killed primary",
                    file=sys.stderr,
                )
    written = section(rounds, asked.seed)
    write_section(HEADING, written)
    print(written)  # noqa: T201


def section(rounds: Sequence[Round], seed: int) -> str:
    """Return the section of the docs on these rounds."""
    today = datetime.now(UTC).date()
    carried = [click for one in rounds for click in one.carried]
    said = refusals_of(carried)
    away = [one.away_seconds for one in rounds]
    back = [one.back_seconds for one in rounds]
    rows = [
        ("Failovers: the primary killed under load, the standby promoted, the books verified", len(rounds)),
        ("Clicks carried out, each acknowledged and in the books exactly once", len(carried)),
        (
            "recorded by the killed primary, and acknowledged once the other server had them",
            sum(one.resolved for one in rounds),
        ),
        ("refused with a sentence, and recorded by their repeat", sum(bool(one.refusals) for one in carried)),
        *((f"sentences of `{code}`", number) for code, number in sorted(said.items())),
        ("Clicks acknowledged and lost, or recorded twice", 0),
        ("Without a primary: median, longest", f"{statistics.median(away):.1f} s, {max(away):.1f} s"),
        (
            "From the promotion to the first click carried out: median, longest",
            f"{statistics.median(back):.1f} s, {max(back):.1f} s",
        ),
        ("Longest wait for any answer", f"{max(one.longest_wait for one in carried):.1f} s"),
    ]
    table = "".join(
        f"| {what} | {number:,} |\n" if isinstance(number, int) else f"| {what} | {number} |\n"
        for what, number in rows
    )
    moment = "so that many a kill falls between a commit and its answer"
    return f"""{HEADING}

{today:%B} {today.day}, {today.year}, Python {sys.version.split()[0]}, seed {seed}. {PEOPLE} people bill exams at a service with the client of the desktop add-in, while the primary is killed with
all of its processes and its [synchronous standby](postgresql.md#failover) is promoted up to two seconds later. The standby shows each commit {APPLY_DELAY_MILLISECONDS} ms late, {moment}. The promoted server goes on alone until the killed one has joined it as its standby. Written by `just failover`; the tests run two rounds.

| what | count |
|---|--:|
{table}"""


if __name__ == "__main__":
    main()

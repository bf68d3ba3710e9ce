"""Races an encrypted ledger against a plain one: the same clicks, the same code, in turn, and prints ratios.

    uv run python -m bench.encryption [--rounds 20]

Rounds of both alternate. The aim is at most 1.2 for what staff wait for: steps, batches, lists, and requests over HTTP.
"""

import argparse
import gc
import os
import secrets
import statistics
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import orjson

from bench.engines import WARM_UP, age, five_hundred, print_ratio, single_step
from bench.invoices import NUMBERS, seconds_of, sent_invoices
from bench.service import running_service
from server.ledger.clinic_store import ClinicStore
from server.ledger.ledger_keys import encrypt_new_ledger
from server.ledger.store import Ledger

SIDES = ("plain", "encrypted")
SCAN_BYTES = 5_000_000
"""The size of a scanned document."""


def main() -> None:
    """Run the races and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["CLINIC_LEDGER_KEYS"] = str(folder / "keys")
        encrypt_new_ledger(folder / "encrypted")
        books = {side: sent_invoices(folder / side) for side in SIDES}
        ledgers = {side: Ledger(folder / side) for side in SIDES}
        gc.disable()
        for what, work in (
            ("single step", single_step),
            ("500 updates, twice", five_hundred),
            ("aging", age),
            ("a document of 5 MB, kept and read", keep_and_read),
            ("verify", verify),
        ):
            race(what, {side: partial(work, books[side]) for side in SIDES}, rounds)
        race("list, files just opened", {side: partial(list_afresh, ledgers[side]) for side in SIDES}, rounds)
        race("backup", {side: partial(back_up, ledgers[side], folder) for side in SIDES}, max(3, rounds // 5))
        gc.enable()
        over_http(folder, rounds)


def race(what: str, sides: dict[str, Callable[[int], None]], rounds: int) -> None:
    """Let the sides work in turn, and print the medians."""
    took: dict[str, list[float]] = {side: [] for side in sides}
    for turn in range(rounds + WARM_UP):
        for side, work in sides.items():
            took[side].append(seconds_of(partial(work, turn)))
    print_ratio(what, {side: statistics.median(seconds[WARM_UP:]) for side, seconds in took.items()})


def keep_and_read(clinic: ClinicStore, _turn: int) -> None:
    """Keep a scanned document, and fetch it."""
    data = b"%PDF-1.7" + secrets.token_bytes(SCAN_BYTES)
    clinic.read_document(clinic.keep_document(data, "scan.pdf", "ana").digest)


def verify(clinic: ClinicStore, _turn: int) -> None:
    """Verify the books and the documents."""
    clinic.verify()


def list_afresh(ledger: Ledger, turn: int) -> None:
    """Open the files, as the first click in a while does, and add up what is owed."""
    ledger.close()
    age(ledger.clinic("lakeside"), turn)


def back_up(ledger: Ledger, folder: Path, _turn: int) -> None:
    """Copy the books and the documents."""
    ledger.backup(folder / "copies" / secrets.token_hex(4))


def over_http(folder: Path, rounds: int) -> None:
    """Note something as a program does, through a service of each side."""
    with ExitStack() as running:
        services = {side: running.enter_context(running_service(folder / side)) for side in SIDES}

        def note(side: str, turn: int) -> None:
            body = orjson.dumps({"request_id": f"step {turn}", "action": "note", "note": "so"})
            services[side].post(f"/clinics/lakeside/invoices/{NUMBERS[turn % len(NUMBERS)]}/steps", body)

        race("single step over HTTP", {side: partial(note, side) for side in SIDES}, rounds)


if __name__ == "__main__":
    main()

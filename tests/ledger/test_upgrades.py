"""Ledgers that earlier programs made are opened by this one: each is brought up to date, verifies, and loses nothing.

``tests/data/ledgers`` has what the demo of earlier programs left, each named by the number of its last SQL step.
"""

import sqlite3
import zipfile
from collections import Counter
from contextlib import closing
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from server.billing.invoices.invoice import Action
from server.errors import DiskFull
from server.ledger.clinic_store import ClinicStore
from server.ledger.clock import utc_now
from server.ledger.encryption_change import encrypt_ledger
from server.ledger.engine.sqlite.connections import BUSY_SECONDS, connect_new
from server.ledger.engine.sqlite.earlier_copies import FOLDER, remove_earlier_copies
from server.ledger.engine.sqlite.schema import CLINIC, FIRM, database_of
from server.ledger.invoices.invoice_filter import EVERY
from server.ledger.retention import COPIES_BEFORE_UPGRADES_DAYS, RetentionPeriods, remove_expired
from server.ledger.store import FIRM_FILE, Ledger
from server.ledger.verify import Verified, VerifiedFirm
from server.storage import IN_FOLDER
from tests.contract.repository import ROOT
from tests.disks import fill, free, small_disk
from tests.encrypted import encrypt_folder
from tests.ledger.invented import LAKESIDE
from tests.ledger.invoiced import take

pytestmark = pytest.mark.sqlite("files of earlier programs")

KEPT = sorted((ROOT / "tests" / "data" / "ledgers").glob("*.zip"))

REWRITTEN = {"_sqlite_migrations": "gets the new steps", "journal_head": "moves with the journals"}
"""The tables whose rows an upgrade changes beyond its new columns, and why."""

Rows = dict[str, Counter[tuple[object, ...]]]


@pytest.fixture(params=KEPT, ids=lambda path: path.stem)
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a ledger folder as an earlier program left it."""
    return unpacked(request.param, tmp_path / "ledger")


def unpacked(kept: Path, folder: Path) -> Path:
    with zipfile.ZipFile(kept) as packed:
        packed.extractall(folder)
    return folder


def files_of(folder: Path) -> list[Path]:
    return [folder / "firm.db", *sorted((folder / "clinics").glob("*.db"))]


def columns_of(path: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(path)) as conn:
        tables = conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        return {table: [row[1] for row in conn.execute(f"PRAGMA table_info({table})")] for (table,) in tables}


def rows_of(path: Path, columns: dict[str, list[str]]) -> Rows:
    """Return how often each row is in each table of a file, with these columns of it."""
    with closing(sqlite3.connect(path)) as conn:
        return {
            table: Counter(conn.execute(f"SELECT {', '.join(map(quoted, names))} FROM {table}"))  # noqa: S608
            for table, names in columns.items()
        }


def quoted(name: str) -> str:
    return f'"{name}"'


def text_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as conn:
        return list(conn.iterdump())


def later(days: int) -> datetime:
    return utc_now() + timedelta(days=days)


def lacks_steps(path: Path) -> bool:
    kind = FIRM if path.name == FIRM_FILE else CLINIC
    with closing(sqlite3.connect(path)) as conn:
        return kind.lacks_steps(conn)


def copies_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.parent.name == FOLDER)


def expect_whole(ledger: Ledger) -> None:
    assert isinstance(ledger.verify_firm(), VerifiedFirm)
    for entry in ledger.clinics():
        assert isinstance(ledger.verify_clinic(entry.id), Verified)


def note_something(books_of: ClinicStore) -> None:
    with books_of.reading() as books:
        first = books.invoices.find(EVERY, most=1)[0]
    take(books_of, Action.NOTE, [first.number], note="asked again")


def test_ledgers_of_several_earlier_programs_are_kept() -> None:
    assert len(KEPT) >= 5
    assert {kept.stem for kept in KEPT} <= {step[:4] for step in CLINIC.steps}


def test_an_earlier_ledger_opens_with_every_row_it_had_and_verifies(earlier: Path) -> None:
    columns = {path: columns_of(path) for path in files_of(earlier)}
    had = {path: rows_of(path, columns[path]) for path in columns}

    ledger = Ledger(earlier)
    expect_whole(ledger)

    assert len(ledger.clinics()) == 2
    for path, tables in had.items():
        now = rows_of(path, columns[path])
        changed = {table for table, rows in tables.items() if rows - now[table]}
        assert changed <= REWRITTEN.keys()


def test_an_upgraded_ledger_goes_on(earlier: Path) -> None:
    ledger = Ledger(earlier)
    for entry in ledger.clinics():
        note_something(ledger.clinic(entry.id))

    expect_whole(ledger)


def test_each_file_is_copied_once_before_it_is_changed(earlier: Path) -> None:
    lacking = [path for path in files_of(earlier) if lacks_steps(path)]
    was = {path.name: text_of(path) for path in lacking}

    for _ in range(2):
        ledger = Ledger(earlier)
        expect_whole(ledger)
        ledger.close()

    copies = copies_in(earlier)
    assert sorted(copy.name.split(" ")[1] for copy in copies) == sorted(was)
    assert all(text_of(copy) == was[copy.name.split(" ")[1]] for copy in copies)


def test_the_copies_in_their_places_are_the_ledger_of_before(earlier: Path) -> None:
    was = {path: text_of(path) for path in files_of(earlier)}
    ledger = Ledger(earlier)
    for entry in ledger.clinics():
        note_something(ledger.clinic(entry.id))
    ledger.close()

    for copy in copies_in(earlier):
        copy.replace(copy.parent.parent / copy.name.split(" ")[1])

    replaced = {path for path in was if text_of(path) == was[path]}
    assert len(replaced) == 3 or earlier.joinpath(FIRM_FILE) in replaced
    expect_whole(Ledger(earlier))


def test_a_ledger_of_this_program_is_not_copied(lakeside: ClinicStore, folder: Path) -> None:
    note_setup = lakeside.journal_head()

    Ledger(folder).clinic(lakeside.clinic_id).journal_head()

    assert note_setup == lakeside.journal_head()
    assert copies_in(folder) == []


def test_without_room_for_the_copy_nothing_is_changed_and_a_later_opening_goes_on(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 8_000) as disk:
        folder = unpacked(KEPT[0], disk / "ledger")
        was = {path: text_of(path) for path in files_of(folder)}
        fill(disk, leaving=100)

        with pytest.raises(DiskFull):
            _ = [Ledger(folder).clinic(one.stem).journal_head() for one in files_of(folder)[1:]]

        assert copies_in(folder / "clinics") == []
        assert {path: text_of(path) for path in was if path.name != FIRM_FILE}.items() <= was.items()
        free(disk)
        expect_whole(Ledger(folder))


def test_the_copies_are_removed_after_their_time(earlier: Path) -> None:
    expect_whole(Ledger(earlier))
    made = copies_in(earlier)
    week = RetentionPeriods(timedelta(days=7), timedelta(days=7))

    for days, kept in ((COPIES_BEFORE_UPGRADES_DAYS - 1, made), (COPIES_BEFORE_UPGRADES_DAYS + 2, [])):
        remove_expired(Ledger(earlier, partial(later, days)), week)
        assert copies_in(earlier) == kept


@pytest.mark.plain("makes its own encrypted ledger")
def test_the_copy_of_an_encrypted_file_is_encrypted_and_goes_when_the_key_changes(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    key = encrypt_folder(folder)
    ledger = Ledger(folder)
    ledger.open_clinic(LAKESIDE)
    ledger.close()
    path = folder / "clinics" / "lakeside.db"
    path.write_bytes(b"")
    with closing(connect_new(path, BUSY_SECONDS, key)) as old:
        CLINIC.take_steps(database_of(old), before=CLINIC.steps[-1])
        old.execute("INSERT INTO books VALUES (1, 'lakeside', '2025-01-01')")

    with Ledger(folder).clinic("lakeside").reading():
        pass

    (copied,) = copies_in(folder)
    assert b"SQLite" not in copied.read_bytes()
    with closing(connect_new(copied, BUSY_SECONDS, key)) as copy:
        assert copy.execute("SELECT clinic FROM books").fetchone() == ("lakeside",)

    remove_earlier_copies(folder / "clinics", date.max)
    assert copies_in(folder) == []


@pytest.mark.plain("makes its own encrypted ledger")
def test_plain_copies_do_not_stay_beside_an_encrypted_ledger(earlier: Path) -> None:
    expect_whole(Ledger(earlier))
    assert copies_in(earlier) or not any(map(lacks_steps, files_of(earlier)))

    encrypt_ledger(earlier, IN_FOLDER, lambda _: None)

    assert copies_in(earlier) == []
    expect_whole(Ledger(earlier))

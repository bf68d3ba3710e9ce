"""Whatever is changed behind the program's back, in any table, ``verify`` sees it: a thousand seeded edits.

Triggers are dropped before each edit and created again after it, so that only the rows are different.
"""

# ruff: noqa: S311, S608 -- seeded, and statements of the file's own words

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
import sqlcipher3

from server.errors import BooksNotOpened, UnknownClinic
from server.ledger.clinic_store import ClinicStore
from server.ledger.engine.sqlite.database_file import close_files
from server.ledger.engine.sqlite.library import integrity_errors
from server.ledger.engine.table_rules import (
    CLINIC_JOURNAL,
    CLINIC_TABLES,
    FIRM_JOURNAL,
    FIRM_TABLES,
    NOT_VERIFIED,
)
from server.ledger.store import Ledger
from server.ledger.verify import FirstBadRow
from tests.behind import connect_file
from tests.ledger import journal_reader
from tests.ledger.conftest import a_clock
from tests.ledger.lived import live_through_a_month
from tests.ledger.peopled import CHEAP, live_with_users

pytestmark = pytest.mark.sqlite("edits of a file; what test_invoices_verified.py spoils runs on both")

EDITS = 1_000
PARTS = 10


@dataclass(frozen=True)
class Edit:
    """A statement, and the table that it changes."""

    table: str
    sql: str
    values: Sequence[object] = ()


@pytest.fixture
def lived(lakeside: ClinicStore, folder: Path) -> Ledger:
    ledger = Ledger(folder, a_clock, sign_in_rules=CHEAP)
    live_through_a_month(lakeside)
    ledger.tokens.give("desktop")
    ledger.pairing_codes.make("Front desk")
    ledger.access.record_refusal("token-unknown", "127.0.0.1")
    ledger.tokens.give("office")
    live_with_users(ledger)
    close_files(ledger.folder)
    return ledger


def random_edit(db: sqlite3.Connection, tables: Sequence[str], random: Random) -> Edit:
    """Return an edit of one row: a changed value, a removed row, a row twice, or two values exchanged."""
    table = random.choice(tables)
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    key = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[5]] or columns
    rows = db.execute(f"SELECT * FROM {table}").fetchall()
    if not rows:
        return Edit(table, f"INSERT INTO {table} ({', '.join(columns)}) VALUES ('rate', '1')")
    row = random.choice(rows)
    where = " AND ".join(f"{name} IS ?" for name in key)
    keys = [row[columns.index(name)] for name in key]
    match random.choice(["change", "change", "change", "delete", "add"]):
        case "delete":
            return Edit(table, f"DELETE FROM {table} WHERE {where}", keys)
        case "add":
            changed = [*row]
            place = columns.index(random.choice(key))
            changed[place] = _another(row[place], random)
            return Edit(table, f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", changed)
        case _:
            column = random.choice(columns)
            value = _another(row[columns.index(column)], random)
            return Edit(table, f"UPDATE {table} SET {column} = ? WHERE {where}", [value, *keys])


def _another(value: object, random: Random) -> object:
    """Return a value that differs from another one as little as can be, of the same kind where possible."""
    match value:
        case int():
            return value + random.choice([1, -1, 100_00])
        case str() if value:
            place = random.randrange(len(value))
            return value[:place] + chr((ord(value[place]) + 1) % 0x250) + value[place + 1 :]
        case bytes() if value:
            return value[:-1] + bytes([value[-1] ^ 1])
        case bytes():
            return b"{}"
        case _:
            return random.choice(["1", "x", "2026-10-01"])


def apply_edit(path: Path, edit: Edit) -> bool:
    """Change a file behind the program's back; return whether SQLite let it happen and something differs."""
    db = connect_file(path)
    try:
        triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA ignore_check_constraints = ON")
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        try:
            changed = db.execute(edit.sql, edit.values).rowcount
        except (*integrity_errors(), sqlite3.DataError, sqlcipher3.DataError):
            changed = 0
        for _, sql in triggers:
            db.execute(sql)
    finally:
        db.close()
    return changed > 0


def is_seen(ledger: Ledger) -> bool:
    """Return whether a check names a row."""
    try:
        found = (ledger.verify_firm(), *(ledger.verify_clinic(entry.id) for entry in ledger.clinics()))
    except (BooksNotOpened, UnknownClinic):  # the firm's file was changed
        return isinstance(ledger.verify_firm(), FirstBadRow)
    return any(isinstance(one, FirstBadRow) for one in found)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_random_edit_is_seen(
    lived: Ledger, folder: Path, tmp_path: Path, part: int, record_property: Callable[[str, object], None]
) -> None:
    random = Random(part)
    original = tmp_path / "original"
    shutil.copytree(folder, original)
    edited: Counter[str] = Counter()
    unseen: list[Edit] = []
    while edited.total() < EDITS // PARTS:
        is_firm = random.randrange(8) == 0
        name = "firm.db" if is_firm else "clinics/lakeside.db"
        tables, journal = (FIRM_TABLES, FIRM_JOURNAL) if is_firm else (CLINIC_TABLES, CLINIC_JOURNAL)
        db = connect_file(original / name)
        edit = random_edit(db, sorted((tables.keys() | journal.keys()) - NOT_VERIFIED), random)
        db.close()
        shutil.copy(original / name, folder / name)
        if not apply_edit(folder / name, edit):
            continue
        edited[edit.table] += 1
        if not is_seen(lived):
            unseen.append(edit)
        if edit.table in journal:
            assert list(journal_reader.problems_in(folder / name)), edit
        close_files(folder)
        for leftover in folder.rglob("*.db-*"):
            leftover.unlink()
        shutil.copy(original / name, folder / name)

    assert unseen == []
    assert len(edited) > len(CLINIC_TABLES) // 2
    record_property("Random edits of rows with the triggers dropped, each seen", edited.total())

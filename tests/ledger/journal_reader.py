"""A second program that reads a journal. It was written from docs/journal.md and imports nothing of the service.

The tables are read from the page itself, so that a page that goes stale fails the tests.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from tests.behind import connect_file

PAGE = Path(__file__).parents[2] / "docs" / "journal.md"
NOTHING = sha256(b"").hexdigest()


def problems_in(path: Path) -> Iterator[str]:
    """Yield what in a ledger file does not agree with its journal."""
    db = connect_file(path)
    try:
        yield from _wrong_entries(db)
        tables = _tables_on_page("firm" if path.name == "firm.db" else "clinic")
        for table, (key, order, columns, grows) in tables.items():
            yield from (_wrong_growth if grows else _wrong_rows)(db, table, key, order, columns)
        if "step" in tables:
            yield from _wrong_steps(db)
    finally:
        db.close()


def head_of(path: Path) -> tuple[int, str]:
    """Return the number and the hash of the last entry."""
    db = connect_file(path)
    try:
        number, found = db.execute("SELECT id, hash FROM journal ORDER BY id DESC LIMIT 1").fetchone()
        return number, found
    finally:
        db.close()


def _wrong_entries(db: sqlite3.Connection) -> Iterator[str]:
    before = ""
    columns = "id, recorded_at, subject, first_row, last_row, digest, hash"
    for count, (*content, found) in enumerate(
        db.execute(f"SELECT {columns} FROM journal ORDER BY id"),  # noqa: S608 - columns of this file
        1,
    ):
        if content[0] != count:
            yield f"entry {count} is missing"
        if found != sha256(_json([*content, before]).encode()).hexdigest():
            yield f"entry {content[0]} has the wrong hash"
        before = found


def _wrong_rows(db: sqlite3.Connection, table: str, key: str, order: str, columns: str) -> Iterator[str]:
    recorded = dict(
        db.execute("SELECT first_row, digest FROM journal WHERE subject = ? ORDER BY id", [table])
    )
    sql = f"SELECT {key}, {columns} FROM {table} ORDER BY {key}, {order}"  # noqa: S608 - words of the page
    for value, rows in groupby(db.execute(sql), lambda row: str(row[0])):
        if recorded.pop(value, None) != _digest(table, rows):
            yield f"{table} {value} is not as it was recorded"
    yield from (f"{table} {value} is missing" for value, digest in recorded.items() if digest != NOTHING)


def _wrong_growth(db: sqlite3.Connection, table: str, key: str, _order: str, columns: str) -> Iterator[str]:
    entries = db.execute(
        "SELECT first_row, last_row, digest FROM journal WHERE subject = ? ORDER BY id", [table]
    ).fetchall()
    blocks = [(int(first), int(last), digest) for first, last, digest in entries]
    if blocks:
        lowest = min(first for first, _, _ in blocks)
        latest = max(place for place, (first, _, _) in enumerate(blocks) if first == lowest)
        blocks = blocks[latest:]
    covered: set[int] = set()
    for first, last, digest in blocks:
        covered.update(range(first, last + 1))
        sql = f"SELECT {key}, {columns} FROM {table} WHERE {key} BETWEEN ? AND ? ORDER BY {key}"  # noqa: S608
        if _digest(table, db.execute(sql, [first, last])) != digest:
            yield f"{table} {first} to {last} are not as they were recorded"
    for (value,) in db.execute(f"SELECT {key} FROM {table}"):  # noqa: S608 - words of the page
        if value not in covered:
            yield f"{table} {value} is not in the journal"


def _wrong_steps(db: sqlite3.Connection) -> Iterator[str]:
    named = re.search(r"the values of\n((?:`\w+`(?:, )?)+);", PAGE.read_text("utf-8"))
    assert named, "the page names the columns of a step"
    columns = named[1].replace("`", "")
    for *content, number, found in db.execute(f"SELECT {columns}, id, hash FROM step ORDER BY id"):  # noqa: S608
        transfers = db.execute(
            "SELECT debit, credit, amount_cents FROM transfer WHERE step = ? ORDER BY place", [number]
        ).fetchall()
        if sha256(_json([content, transfers]).encode()).hexdigest() != found:
            yield f"step {number} is not as it was recorded"


def _digest(table: str, rows: object) -> str:
    digest = sha256()
    for _, *values in rows:  # type: ignore[attr-defined]
        digest.update((_json([table, values]) + "\n").encode())
    return digest.hexdigest()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_digest_of_bytes)


def _digest_of_bytes(value: bytes) -> str:
    return f"sha256:{sha256(value).hexdigest()}"


def _tables_on_page(kind: str) -> dict[str, tuple[str, str, str, bool]]:
    """Return each table with its key, its order, its columns as SQL, and whether it grows."""
    heading = {"clinic": "### A clinic's file", "firm": "### The firm's file"}[kind]
    section = PAGE.read_text("utf-8").split(heading)[1].split("\n#")[0]
    found = {}
    for line in section.splitlines():
        cells = [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]
        if line.startswith("| `"):
            table, key, order, columns, grows = cells
            found[table] = (key, order or key, "*" if columns == "all" else columns, grows == "yes")
    return found

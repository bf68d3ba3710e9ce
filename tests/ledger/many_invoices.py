"""Many invoices at once, copied by SQL from the first one: for files that must be long."""

import sqlite3
from contextlib import closing
from pathlib import Path


def fill_books(folder: Path, count: int, clinic: str = "lakeside") -> None:
    """Have ``count`` invoices in a clinic's books, each with the step that created it, copied from the first invoice.

    They are for reading only: their steps have no hashes of their own.
    """
    with closing(
        sqlite3.connect(folder / "clinics" / f"{clinic}.db", timeout=10, isolation_level=None)
    ) as db:
        triggers = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('step', 'invoice')"
        ).fetchall()
        numbers = "WITH RECURSIVE n (value) AS (SELECT ? UNION ALL SELECT value + 1 FROM n WHERE value < ?)"
        (last,) = db.execute("SELECT MAX(id) FROM invoice").fetchone()
        first = last + 1
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN IMMEDIATE")
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        for table, changed in (
            (
                "invoice",
                {
                    "id": "value",
                    "number": "printf('INV-%06d', value)",
                    "version": "1",
                    "lined": "1",
                    "standing": "'[]'",
                },
            ),
            ("step", {"id": "1000000 + value", "invoice": "value", "previous": "hash"}),
        ):
            columns = [name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", [table])]
            copied = ", ".join(changed.get(name, f"{table}.{name}") for name in columns)
            db.execute(
                f"INSERT INTO {table} {numbers} SELECT {copied} FROM n, {table} WHERE {table}.id = 1",  # noqa: S608
                [first, count],
            )
        for _, sql in triggers:
            db.execute(sql)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

"""Rows of another database written into a new SQLite file as they are: with their ids, hashes and journal."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from server.ledger.engine import statement_texts
from server.ledger.engine.sqlite.connections import connect
from server.ledger.engine.sqlite.errors import refuse_unusable
from server.ledger.engine.sqlite.schema import Schema, database_of

Rows = tuple[tuple[str, ...], Iterable[Sequence[object]]]
"""The columns of a table, and its rows in their order."""

_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
_TRIGGERS = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"


def load_rows(path: Path, schema: Schema, tables: Iterable[tuple[str, Rows]]) -> None:
    """Make the tables of a schema in an empty file, and write all rows into them, all or nothing.

    The triggers are made last: they would mark each row for the journal, which has them already.
    """
    with refuse_unusable(path), closing(connect(path, 10.0)) as conn:
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("BEGIN IMMEDIATE")
        schema.take_steps(database_of(conn))
        triggers = dict(conn.execute(_TRIGGERS).fetchall())
        for name in triggers:
            conn.execute(f'DROP TRIGGER "{name}"')
        for (table,) in conn.execute(_TABLES).fetchall():
            conn.execute(f'DELETE FROM "{table}"')  # noqa: S608 - the names are the schema's own
        for table, (columns, rows) in tables:
            conn.executemany(statement_texts.insert(table, columns), rows)
        for statement in triggers.values():
            conn.execute(statement)
        for statement in schema.trigger_repairs(conn):
            conn.execute(statement)
        conn.execute("COMMIT")


def rows_of_file(path: Path, tables: Sequence[str]) -> Iterator[tuple[str, Rows]]:
    """Yield each table of a file that nobody writes to, with all its rows in the order of their keys."""
    with refuse_unusable(path), closing(connect(path, 10.0)) as conn:
        conn.execute("PRAGMA query_only = ON")
        for table in tables:
            found = conn.execute(f'SELECT * FROM "{table}" ORDER BY 1')  # noqa: S608 - the names are the schema's own
            yield table, (tuple(column[0] for column in found.description), found)

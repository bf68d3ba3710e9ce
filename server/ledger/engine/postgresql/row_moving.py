"""A clinic's rows, or the firm's, between PostgreSQL and a SQLite file as they are: with their ids, hashes and journal.

The file is the form in which books leave a database and enter one: a backup, an export, a move to another engine.
"""

from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from server.ledger.engine.database_session import lend_session
from server.ledger.engine.postgresql.inspection import REFERENCES
from server.ledger.engine.postgresql.schema import STEP_LIST, Schema
from server.ledger.engine.postgresql.session import PostgresqlSession
from server.ledger.engine.sqlite import schema as sqlite_schema
from server.ledger.engine.sqlite.row_loading import Rows, load_rows, rows_of_file

Conn = psycopg.Connection[Any]

_MOVING = (
    "SELECT set_config('search_path', {namespace}, true), set_config('app.clinic', {clinic}, true),"
    " set_config('app.moving', 'on', true)"
)
_KEY = """
SELECT array_agg(attname::text ORDER BY place) FROM pg_index, unnest(indkey) WITH ORDINALITY AS key (number, place)
JOIN pg_attribute ON attnum = key.number WHERE attrelid = indrelid AND indisprimary AND indrelid = {table}::regclass
"""


def copy_to_file(conn: Conn, schema: Schema, target: Path) -> None:
    """Write all rows that a transaction sees into an empty file."""
    with lend_session(PostgresqlSession(conn, schema)) as session:
        load_rows(target, _schema_of_file(schema), _tables_of(session, conn, schema))


def move_in(conn: Conn, schema: Schema, clinic_id: str, source: Path) -> None:
    """Write all rows of a file into the tables, inside the transaction of the tables' owner."""
    _begin_moving(conn, schema, clinic_id)
    with lend_session(PostgresqlSession(conn, schema)) as session:
        for table, (columns, rows) in rows_of_file(source, _tables_in_order(conn, schema)):
            session.insert_many(table, columns, rows)


def move_out(conn: Conn, schema: Schema, clinic_id: str) -> None:
    """Delete all rows of a clinic, or of the firm, inside the transaction of the tables' owner."""
    _begin_moving(conn, schema, clinic_id)
    for table in reversed(_tables_in_order(conn, schema)):
        conn.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


def _begin_moving(conn: Conn, schema: Schema, clinic_id: str) -> None:
    conn.execute(sql.SQL(_MOVING).format(namespace=schema.namespace, clinic=clinic_id))


def _tables_of(session: PostgresqlSession, conn: Conn, schema: Schema) -> Iterator[tuple[str, Rows]]:
    for table in _tables_in_order(conn, schema):
        columns = tuple(session.columns_of(table).replace('"', "").split(", "))
        query = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, _key_of(conn, table))),
        )
        yield table, (columns, session.each(query.as_string(conn)))


def _key_of(conn: Conn, table: str) -> list[str]:
    """Return the columns of a table's key, one column if it has none."""
    row = conn.execute(sql.SQL(_KEY).format(table=sql.Literal(f'"{table}"'))).fetchone()
    return list(row[0]) if row and row[0] else ["subject"]


def _tables_in_order(conn: Conn, schema: Schema) -> list[str]:
    """Return all tables, each after those that its rows speak of."""
    before: dict[str, set[str]] = {table: set() for table in (STEP_LIST, *sorted(schema.tables))}
    for child, parent, _, _ in conn.execute(REFERENCES, [schema.namespace]).fetchall():
        if child != parent:
            before[child].add(parent)
    return list(TopologicalSorter(before).static_order())


def _schema_of_file(schema: Schema) -> sqlite_schema.Schema:
    return sqlite_schema.CLINIC if schema.of_clinic else sqlite_schema.FIRM

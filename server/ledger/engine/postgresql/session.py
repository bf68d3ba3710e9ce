"""Sessions on a connection to PostgreSQL."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import psycopg

from server.ledger.engine import statement_texts
from server.ledger.engine.database_session import Cursor, DatabaseSession, Parameters
from server.ledger.engine.postgresql.schema import Schema
from server.ledger.engine.postgresql.statements import translate

_BLOCK = 2_000
"""How many rows of a long result come at a time."""

_COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s ORDER BY ordinal_position
"""
_CURSOR_NUMBERS = count()
_COLUMNS_OF: dict[tuple[str, str], dict[str, list[str]]] = {}
"""The columns of the tables of a schema by the address of the database, which only change with an upgrade."""


class PostgresqlSession(DatabaseSession):
    """One read or one transaction, about the firm or about one clinic."""

    def __init__(self, conn: "psycopg.Connection[Any]", schema: Schema) -> None:
        self._conn = conn
        self._schema = schema

    def _run(self, sql: str, parameters: Parameters) -> Cursor:
        return self._conn.execute(self._translate(sql), parameters)

    def _stream(self, sql: str, parameters: Parameters) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        cursor = self._conn.cursor(f"rows_{next(_CURSOR_NUMBERS)}")
        try:
            cursor.execute(self._translate(sql), parameters)
        except BaseException:
            cursor.close()
            raise
        return [column.name for column in cursor.description or ()], _Rows(cursor)

    def _run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        with self._conn.cursor() as cursor:
            cursor.executemany(self._translate(sql), rows)

    def insert(self, table: str, row: Mapping[str, object]) -> int:
        """Insert a row, given as values by column name; return its id if that is a number."""
        statement = statement_texts.insert(table, tuple(row))
        if table not in self._schema.numbered:
            self._run(statement, list(row.values()))
            return 0
        return int(self.value(f"{statement} RETURNING id", list(row.values())))

    def _record(self, names: list[str], row: tuple[Any, ...]) -> dict[str, Any]:
        """Return a row as a dict, without the clinic that all rows share."""
        record = super()._record(names, row)
        if self._schema.of_clinic:
            record.pop("clinic", None)
        return record

    def has_table(self, name: str) -> bool:
        """Return whether there is a table of this name."""
        return name in self._columns()

    def columns_of(self, table: str) -> str:
        """Return the columns of a table, without the clinic that PostgreSQL needs and a file does not."""
        kept = (name for name in self._columns()[table] if name != "clinic" or table in _NAMING_CLINIC)
        return ", ".join(f'"{name}"' for name in kept)

    def end(self) -> None:
        """Detach from the connection, so that every later statement of this session fails."""
        del self._conn

    def _columns(self) -> dict[str, list[str]]:
        key = self._conn.info.dsn, self._schema.namespace
        if key not in _COLUMNS_OF:
            found: dict[str, list[str]] = {}
            for table, column in self._conn.execute(_COLUMNS, [self._schema.namespace]):
                found.setdefault(table, []).append(column)
            _COLUMNS_OF[key] = found
        return _COLUMNS_OF[key]

    def _translate(self, sql: str) -> bytes:
        return translate(sql, of_clinic=self._schema.of_clinic)


class _Rows(Iterator[tuple[Any, ...]]):
    """The rows of a cursor on the server. It is closed after the last row, or when nobody wants another one."""

    def __init__(self, cursor: "psycopg.ServerCursor[Any]") -> None:
        self._cursor = cursor
        self._rows = _fetch_rows(cursor)

    def __next__(self) -> tuple[Any, ...]:
        try:
            row: tuple[Any, ...] = next(self._rows)
        except BaseException:
            self._cursor.close()
            raise
        return row

    def __del__(self) -> None:
        self._cursor.close()


def _fetch_rows(cursor: "psycopg.ServerCursor[Any]") -> Iterator[tuple[Any, ...]]:
    while True:
        block = cursor.fetchmany(_BLOCK)
        yield from block
        if len(block) < _BLOCK:
            return


_NAMING_CLINIC = frozenset({"books", "journal_head", "emergency_access"})
"""The tables that name a clinic on SQLite too."""

"""Sessions on a connection to PostgreSQL."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import count, islice
from typing import Any

import orjson
import psycopg

from server.ledger.engine import statement_texts
from server.ledger.engine.database_session import Cursor, DatabaseSession, Parameters
from server.ledger.engine.postgresql.schema import Schema, quoted_name
from server.ledger.engine.postgresql.statements import translate

_BLOCK = 2_000
"""How many rows of a long result come at a time."""

_COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = %s ORDER BY ordinal_position
"""
_CURSOR_NUMBERS = count()
_KINDS: dict[tuple[str, int, str, str], dict[str, dict[str, str]]] = {}
"""The columns of the tables of a schema by server, port and database, which only change with an upgrade."""
_ROWS = "json_to_recordset(%s::json) AS wanted ({columns})"
"""One text for any number of rows: the statement is always the same, so it is planned once, unlike one with an array for each column."""
_INSERT_ROWS = "INSERT INTO {table} ({columns}) SELECT * FROM {rows}"
_UPDATE_ROWS = "UPDATE {table} SET {changed} FROM {rows} WHERE {table}.id = wanted.id AND {table}.id = ANY (%s::bigint[])"
"""The array tells the planner that few rows are wanted: it would expect a hundred, and rather read all rows of the clinic."""


class PostgresqlSession(DatabaseSession):
    """One read or one transaction, about the firm or about one clinic."""

    def __init__(self, conn: "psycopg.Connection[Any]", schema: Schema) -> None:
        self._conn = conn
        self._schema = schema
        self._unread: set[psycopg.ServerCursor[Any]] = set()
        """The cursors on the server that may have more rows."""

    def _run(self, sql: str, parameters: Parameters) -> Cursor:
        return self._conn.execute(self._translate(sql), parameters)

    def _stream(self, sql: str, parameters: Parameters) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        cursor = self._conn.cursor(f"rows_{next(_CURSOR_NUMBERS)}")
        self._unread.add(cursor)
        cursor.execute(self._translate(sql), parameters)
        return [column.name for column in cursor.description or ()], self._fetch_rows(cursor)

    def _fetch_rows(self, cursor: "psycopg.ServerCursor[Any]") -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a cursor. If they are not read to the end, the cursor is closed with the session.

        Never when the rows are garbage: Python may collect it in the middle of a statement, which has locked the connection.
        """
        while True:
            block = cursor.fetchmany(_BLOCK)
            yield from block
            if len(block) < _BLOCK:
                break
        cursor.close()
        self._unread.discard(cursor)

    def insert_many(self, table: str, columns: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
        """Insert rows, each with its values in the order of the columns: a block of them is one statement."""
        statement = _INSERT_ROWS.format(
            table=quoted_name(table), columns=_column_list(columns), rows=self._rows_of(table, columns)
        )
        for records in _blocks_of(columns, rows):
            self._conn.execute(statement.encode(), [_json_text(records)])

    def update_many(self, table: str, columns: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
        """Update rows: each is the new values in the order of the columns, then the row's id."""
        with_id = (*columns, "id")
        statement = _UPDATE_ROWS.format(
            table=quoted_name(table),
            changed=", ".join(f'"{name}" = wanted."{name}"' for name in columns),
            rows=self._rows_of(table, with_id),
        )
        for records in _blocks_of(with_id, rows):
            ids = ",".join(str(record["id"]) for record in records)
            self._conn.execute(statement.encode(), [_json_text(records), f"{{{ids}}}"])

    def insert(self, table: str, row: Mapping[str, object]) -> int:
        """Insert a row, given as values by column name; return its id if that is a number."""
        statement = statement_texts.insert(table, tuple(row))
        if table not in self._schema.numbered_tables:
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
        return name in self._kinds()

    def columns_of(self, table: str) -> str:
        """Return the columns of a table, without the clinic that PostgreSQL needs and a file does not."""
        kept = (name for name in self._kinds()[table] if name != "clinic" or table in _NAMING_CLINIC)
        return ", ".join(f'"{name}"' for name in kept)

    def end(self) -> None:
        """Detach from the connection, so that every later statement of this session fails."""
        with suppress(psycopg.Error):  # with its transaction, the server closes what it still has open
            for cursor in self._unread:
                cursor.close()
        del self._conn

    def _rows_of(self, table: str, columns: Sequence[str]) -> str:
        """Return the table that a JSON text of records is read as, with the types of a table's columns."""
        kinds = self._kinds()[table]
        return _ROWS.format(columns=", ".join(f'"{column}" {kinds[column]}' for column in columns))

    def _kinds(self) -> dict[str, dict[str, str]]:
        """Return the types of the columns of each table, in their order."""
        info = self._conn.info
        key = info.host, info.port, info.dbname, self._schema.namespace
        if key not in _KINDS:
            found: dict[str, dict[str, str]] = {}
            for table, column, kind in self._conn.execute(_COLUMNS, [self._schema.namespace]):
                found.setdefault(table, {})[column] = kind
            _KINDS[key] = found
        return _KINDS[key]

    def _translate(self, sql: str) -> bytes:
        return translate(sql, of_clinic=self._schema.of_clinic)


def _column_list(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _blocks_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[list[dict[str, object]]]:
    """Yield so many rows at a time as records of what JSON takes."""
    waiting = iter(rows)
    while block := list(islice(waiting, _BLOCK)):
        yield [
            {column: _plain_value(value) for column, value in zip(columns, row, strict=True)} for row in block
        ]


def _json_text(records: list[dict[str, object]]) -> str:
    return orjson.dumps(records, default=_bytes_as_text).decode()


def _plain_value(value: object) -> object:
    """Return a value as JSON for a column takes it: a condition is 1 or 0."""
    return int(value) if isinstance(value, bool) else value


def _bytes_as_text(value: object) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError


_NAMING_CLINIC = frozenset({"books", "journal_head", "emergency_access"})
"""The tables that name a clinic on SQLite too."""

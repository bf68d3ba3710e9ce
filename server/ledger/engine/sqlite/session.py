"""Sessions on a connection to a SQLite file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from server.ledger.engine import statement_texts
from server.ledger.engine.database_session import Cursor, DatabaseSession, Parameters
from server.ledger.engine.sqlite.library import AnyConnection

_IS_TABLE = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = ?"


class SqliteSession(DatabaseSession):
    """One read or one transaction of a SQLite file."""

    def __init__(self, conn: AnyConnection) -> None:
        self._conn = conn

    def _run(self, sql: str, parameters: Parameters) -> Cursor:
        return self._conn.execute(sql, parameters)

    def _stream(self, sql: str, parameters: Parameters) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        found = self._conn.execute(sql, parameters)
        return [column[0] for column in found.description or ()], found

    def insert_many(self, table: str, columns: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
        """Insert rows, each with its values in the order of the columns."""
        self._conn.executemany(statement_texts.insert(table, columns), rows)

    def update_many(self, table: str, columns: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
        """Update rows: each is the new values in the order of the columns, then the row's id."""
        self._conn.executemany(statement_texts.update(table, columns), rows)

    def insert(self, table: str, row: Mapping[str, object]) -> int:
        """Insert a row, given as values by column name; return its id if that is a number."""
        added = self._conn.execute(statement_texts.insert(table, tuple(row)), list(row.values()))
        return added.lastrowid or 0

    def has_table(self, name: str) -> bool:
        """Return whether there is a table of this name."""
        return bool(self.value(_IS_TABLE, [name]))

    def columns_of(self, table: str) -> str:  # noqa: ARG002 - SQLite needs no list
        """Return all columns: a file holds nothing but what was recorded."""
        return "*"

    def end(self) -> None:
        """Detach from the connection, so that every later statement of this session fails."""
        del self._conn

"""Statements inside one read or one transaction: the ledger's modules reach its files only through these."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from server.ledger.engine import statement_texts

Parameters = Sequence[object]


class DatabaseSession:
    """One read or one transaction. Statements have a ``?`` for each parameter."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def one(self, sql: str, parameters: Parameters = ()) -> tuple[Any, ...] | None:
        """Return the first row of a query, ``None`` if there is none."""
        row: tuple[Any, ...] | None = self._conn.execute(sql, parameters).fetchone()
        return row

    def value(self, sql: str, parameters: Parameters = ()) -> Any:  # noqa: ANN401 - whatever the column holds
        """Return the first value of the first row, ``None`` if there is no row."""
        row = self._conn.execute(sql, parameters).fetchone()
        return row[0] if row else None

    def all(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self._conn.execute(sql, parameters).fetchall()

    def each(self, sql: str, parameters: Parameters = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query one by one, for results that need not fit in memory."""
        return self._conn.execute(sql, parameters)

    def records(self, sql: str, parameters: Parameters = ()) -> Iterator[dict[str, Any]]:
        """Yield the rows of a query one by one, each as a dict by column name."""
        found = self._conn.execute(sql, parameters)
        names = [column[0] for column in found.description]
        return (dict(zip(names, row, strict=True)) for row in found)

    def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Execute a statement that writes; return the number of rows written."""
        return self._conn.execute(sql, parameters).rowcount

    def insert(self, table: str, row: Mapping[str, object]) -> int:
        """Insert a row, given as values by column name; return its id if that is a number."""
        added = self._conn.execute(statement_texts.insert(table, tuple(row)), list(row.values()))
        return added.lastrowid or 0

    def insert_many(self, table: str, columns: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
        """Insert rows, each with its values in the order of the columns."""
        self._conn.executemany(statement_texts.insert(table, columns), rows)

    def update(self, table: str, row_id: object, changed: Mapping[str, object]) -> None:
        """Update the row with an id; ``changed`` has the new values by column name."""
        statement = statement_texts.update(table, tuple(changed))
        self._conn.execute(statement, [*changed.values(), row_id])

    def update_many(self, table: str, columns: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
        """Update rows: each is the new values in the order of the columns, then the row's id."""
        self._conn.executemany(statement_texts.update(table, columns), rows)

    def end(self) -> None:
        """Detach from the connection, so that every later statement of this session fails."""
        del self._conn

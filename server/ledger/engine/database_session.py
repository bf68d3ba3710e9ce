"""Statements inside one reading or one transaction: the only way from the ledger's modules to its files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from server.ledger.engine import statement_texts
from server.ledger.engine.connections import Connection

Parameters = Sequence[object]


class DatabaseSession:
    """One reading or one transaction. Statements have a ``?`` for each parameter."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def one(self, sql: str, parameters: Parameters = ()) -> tuple[Any, ...] | None:
        """Return the first row of a query, ``None`` if it finds none."""
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
        """Return the rows of a query one by one, for results that need not be in memory at once."""
        return self._conn.execute(sql, parameters)

    def records(self, sql: str, parameters: Parameters = ()) -> Iterator[dict[str, Any]]:
        """Return the rows of a query one by one, their values by the names of the columns."""
        found = self._conn.execute(sql, parameters)
        names = [column[0] for column in found.description]
        return (dict(zip(names, row, strict=True)) for row in found)

    def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Execute a statement that writes; return how many rows it wrote."""
        return self._conn.execute(sql, parameters).rowcount

    def insert(self, table: str, row: Mapping[str, object]) -> int:
        """Add a row, its values by the names of the columns; return its id where that is a number."""
        added = self._conn.execute(statement_texts.insert(table, tuple(row)), list(row.values()))
        return added.lastrowid or 0

    def insert_many(self, table: str, columns: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
        """Add rows, their values in the order of the columns."""
        self._conn.executemany(statement_texts.insert(table, columns), rows)

    def update(self, table: str, row_id: object, changed: Mapping[str, object]) -> None:
        """Change the row of an id, the new values by the names of the columns."""
        statement = statement_texts.update(table, tuple(changed))
        self._conn.execute(statement, [*changed.values(), row_id])

    def update_many(self, table: str, columns: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
        """Change rows: of each the new values in the order of the columns, then its id."""
        self._conn.executemany(statement_texts.update(table, columns), rows)

    def end(self) -> None:
        """Let go of the connection: a statement after this fails, whoever still holds on to the session."""
        del self._conn


class Inspection(DatabaseSession):
    """A reading of a file that may be damaged, and what SQLite itself finds wrong with it."""

    def broken_references(self) -> Iterator[tuple[str, str, str]]:
        """Yield rows that name a row that is not there: their table, their number, the other table."""
        for table, row, parent, _ in self._conn.execute("PRAGMA foreign_key_check"):
            yield table, str(row or ""), parent

    def file_fault(self) -> str:
        """Return the first thing SQLite finds wrong with its pages, indexes and checks, "" if nothing."""
        (found,) = self._conn.execute("PRAGMA integrity_check(1)").fetchone()
        return "" if found == "ok" else str(found)

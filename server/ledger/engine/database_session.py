"""Statements inside one read or one transaction: the ledger's modules reach its databases only through these."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from server.ledger.engine import statement_texts

Parameters = Sequence[object]


class Cursor(Protocol):
    """What a statement returned: the part of the Python database interface (PEP 249) that sessions use."""

    @property
    def description(self) -> Any:  # noqa: ANN401 - as in PEP 249
        """The columns, each a sequence that begins with its name."""

    @property
    def rowcount(self) -> int:
        """The number of rows written."""

    def fetchone(self) -> Any:  # noqa: ANN401 - a row, or None
        """Return the next row."""

    def fetchall(self) -> list[Any]:
        """Return all rows."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows."""


class DatabaseSession(ABC):
    """One read or one transaction. Statements have a ``?`` for each parameter.

    They are written as SQLite reads them; an engine that reads something else translates them.
    """

    @abstractmethod
    def _run(self, sql: str, parameters: Parameters) -> Cursor:
        """Execute a statement."""

    @abstractmethod
    def _stream(self, sql: str, parameters: Parameters) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        """Execute a query whose rows need not fit in memory; return the names of its columns, and its rows one by one."""

    @abstractmethod
    def insert(self, table: str, row: Mapping[str, object]) -> int:
        """Insert a row, given as values by column name; return its id if that is a number."""

    @abstractmethod
    def has_table(self, name: str) -> bool:
        """Return whether there is a table of this name."""

    @abstractmethod
    def columns_of(self, table: str) -> str:
        """Return the columns of a table that hold what was recorded, as SQL, in the order in which they were made."""

    @abstractmethod
    def end(self) -> None:
        """Detach from the connection, so that every later statement of this session fails."""

    def one(self, sql: str, parameters: Parameters = ()) -> tuple[Any, ...] | None:
        """Return the first row of a query, ``None`` if there is none."""
        row: tuple[Any, ...] | None = self._run(sql, parameters).fetchone()
        return row

    def value(self, sql: str, parameters: Parameters = ()) -> Any:  # noqa: ANN401 - whatever the column holds
        """Return the first value of the first row, ``None`` if there is no row."""
        row = self._run(sql, parameters).fetchone()
        return row[0] if row else None

    def all(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self._run(sql, parameters).fetchall()

    def each(self, sql: str, parameters: Parameters = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query one by one, for results that need not fit in memory."""
        return self._stream(sql, parameters)[1]

    def records(self, sql: str, parameters: Parameters = ()) -> Iterator[dict[str, Any]]:
        """Yield the rows of a query one by one, each as a dict by column name."""
        found = self._run(sql, parameters)
        names = [column[0] for column in found.description]
        return (self._record(names, row) for row in found)

    def each_record(self, sql: str, parameters: Parameters = ()) -> Iterator[dict[str, Any]]:
        """Yield what ``records`` yields, for results that need not fit in memory."""
        names, rows = self._stream(sql, parameters)
        return (self._record(names, row) for row in rows)

    def _record(self, names: list[str], row: tuple[Any, ...]) -> dict[str, Any]:
        return dict(zip(names, row, strict=True))

    def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Execute a statement that writes; return the number of rows written."""
        return self._run(sql, parameters).rowcount

    @abstractmethod
    def insert_many(self, table: str, columns: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
        """Insert rows, each with its values in the order of the columns."""

    @abstractmethod
    def update_many(self, table: str, columns: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
        """Update rows: each is the new values in the order of the columns, then the row's id."""

    def update(self, table: str, row_id: object, changed: Mapping[str, object]) -> None:
        """Update the row with an id; ``changed`` has the new values by column name."""
        self._run(statement_texts.update(table, tuple(changed)), [*changed.values(), row_id])


SomeSession = TypeVar("SomeSession", bound=DatabaseSession)


@contextmanager
def lend_session(session: SomeSession) -> Iterator[SomeSession]:
    """Yield a session that stops working when the block exits."""
    try:
        yield session
    finally:
        session.end()

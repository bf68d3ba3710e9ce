"""SQLite's own checks of a file that may be damaged."""

from collections.abc import Iterator

from server.ledger.engine.inspection import Inspection
from server.ledger.engine.sqlite.library import AnyConnection
from server.ledger.engine.sqlite.schema import Schema
from server.ledger.engine.sqlite.session import SqliteSession


class SqliteInspection(SqliteSession, Inspection):
    """A read of a file that may be damaged, with SQLite's own checks."""

    def __init__(self, conn: AnyConnection, schema: Schema) -> None:
        super().__init__(conn)
        self.journal = schema.journal
        self._schema = schema

    def schema_faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield tables, indexes and triggers that are not those of the schema: their kind, name and what is wrong."""
        return self._schema.faults(self._conn)

    def broken_references(self) -> Iterator[tuple[str, str, str]]:
        """Yield rows that reference a missing row: their table, their row id, the referenced table."""
        for table, row, parent, _ in self._conn.execute("PRAGMA foreign_key_check"):
            yield table, str(row or ""), parent

    def file_fault(self) -> str:
        """Return the first fault that SQLite finds in pages, indexes and constraints, "" if none."""
        (found,) = self._conn.execute("PRAGMA integrity_check(1)").fetchone()
        return "" if found == "ok" else str(found)

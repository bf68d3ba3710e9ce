"""A read of a database that may be damaged, with the checks that only its engine can make."""

from abc import abstractmethod
from collections.abc import Iterator

from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.table_rules import Journal


class FileDamaged(Exception):
    """A database under verification cannot be read to its end. The message is the engine's."""


class Inspection(DatabaseSession):
    """A read of a database that may be damaged, with the engine's own checks."""

    journal: Journal
    """Which tables have a journal."""

    @abstractmethod
    def schema_faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield tables, indexes and triggers that are not those of the schema: their kind, name and what is wrong."""

    @abstractmethod
    def broken_references(self) -> Iterator[tuple[str, str, str]]:
        """Yield rows that reference a missing row: their table, their row id, the referenced table."""

    @abstractmethod
    def file_fault(self) -> str:
        """Return the first fault that the engine finds in its own pages, indexes and constraints, "" if none."""

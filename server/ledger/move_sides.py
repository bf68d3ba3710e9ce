"""The two sides of a move of books: what each holds, and how the journals of the two stand to each other."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from server.errors import NotMoved
from server.ledger.clock import instant
from server.ledger.document_files import DocumentFiles
from server.ledger.engine import journal
from server.ledger.engine.database import Database, Databases, keep_no_head
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.journal import JournalHead
from server.ledger.engine.journal_check import STEP_LIST
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.table_rules import CLINIC_TABLES, FIRM_TABLES, Tables
from server.ledger.objects.object_places import ObjectPlaces
from server.ledger.store import ClinicEntry
from server.ledger.verify import FirstBadRow, Verified, VerifiedFirm, verify, verify_firm

_COUNT = "SELECT COUNT(*) FROM {table}"


class Relation(Enum):
    """How the books of the target stand to those of the source."""

    MISSING = auto()
    """The target has none."""
    SAME = auto()
    """The heads of the journals are the same."""
    BEHIND = auto()
    """The head of the target is in the journal of the source: everything of the target is in the source."""
    AHEAD = auto()
    """The head of the source is in the journal of the target."""
    APART = auto()
    """They are other books, or both went on."""


@dataclass(frozen=True, slots=True)
class VerifiedClinic:
    """The totals of a clinic's verified books, and how many rows each table has."""

    totals: Verified
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class VerifiedFirmRows:
    """The head of the firm's verified journal, and how many rows each table has."""

    totals: VerifiedFirm
    rows: Mapping[str, int]


class Side:
    """One side of a move: the databases of a ledger, and where its documents are."""

    def __init__(self, databases: Databases, places: ObjectPlaces, now: Callable[[], datetime]) -> None:
        self._databases = databases
        self._stamp = lambda: instant(now())
        self.places = places
        self.mark = databases.mark
        self.firm = databases.firm(self._stamp)

    def clinic(self, clinic_id: str) -> Database:
        """Return the database of a clinic, which may not exist yet. The firm gets no head of its journal."""
        return self._databases.clinic(clinic_id, self._stamp, keep_no_head)

    def clinics(self) -> list[ClinicEntry]:
        """Return the clinics on the firm's list, by id."""
        with self.firm.read() as session:
            return [ClinicEntry(*row) for row in session.all("SELECT id, name FROM clinic ORDER BY id")]

    def verify_clinic(self, clinic_id: str, kept_heads: Iterable[JournalHead] = ()) -> VerifiedClinic:
        """Verify the books of a clinic and its documents. Raises NotMoved for the first wrong row."""
        return verify_books(clinic_id, self.clinic(clinic_id), self.documents_of(clinic_id), kept_heads)

    def documents_of(self, clinic_id: str) -> DocumentFiles:
        """Return the documents of a clinic."""
        return DocumentFiles(self.places.documents_of(clinic_id))

    def close(self) -> None:
        """Close the connections, so that files can be moved."""
        self._databases.close()


def verify_books(
    clinic_id: str, database: Database, documents: DocumentFiles, kept_heads: Iterable[JournalHead] = ()
) -> VerifiedClinic:
    """Verify the books of a clinic, and count their rows. Raises NotMoved for the first wrong row."""
    found = verify(database, documents, kept_heads)
    if isinstance(found, FirstBadRow):
        raise _changed_row(f"the books of “{clinic_id}”", found)
    with database.read() as session:
        return VerifiedClinic(found, _rows_of(session, CLINIC_TABLES))


def verify_firm_rows(database: Database) -> VerifiedFirmRows:
    """Verify the firm's tables, and count their rows. Raises NotMoved for the first wrong row."""
    found = verify_firm(database)
    if isinstance(found, FirstBadRow):
        raise _changed_row("the list of clinics and users", found)
    with database.read() as session:
        return VerifiedFirmRows(found, _rows_of(session, FIRM_TABLES))


def relation_of(target: Database, source: Database) -> Relation:
    """Return how the journal of the target stands to that of the source."""
    if not target.exists():
        return Relation.MISSING
    with target.read() as there, source.read() as here:
        of_target, of_source = journal.read_head(there), journal.read_head(here)
        if of_target is None or of_source is None:
            return Relation.APART
        if of_target == of_source:
            return Relation.SAME
        if journal.has_entry(here, of_target):
            return Relation.BEHIND
        return Relation.AHEAD if journal.has_entry(there, of_source) else Relation.APART


def _rows_of(session: DatabaseSession, tables: Tables) -> dict[str, int]:
    return {
        table: int(session.value(fill_in(_COUNT, table=table)) or 0) for table in (STEP_LIST, *sorted(tables))
    }


def _changed_row(where: str, found: FirstBadRow) -> NotMoved:
    return NotMoved(
        f"In {where}, {found.table} {found.row} {found.why}.",
        "Look at it with clinicledger ledger verify, then give the command again.",
    )

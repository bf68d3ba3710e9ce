"""One clinic's books and documents: its database, and the store of its documents."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from server.billing.clinics import Clinic
from server.errors import BooksNotOpened
from server.ledger.clinic_books import ClinicBooks
from server.ledger.clock import instant
from server.ledger.document_files import Document, DocumentFiles
from server.ledger.engine import journal
from server.ledger.engine.database import Databases
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.journal import JournalGrowth, JournalHead
from server.ledger.engine.sqlite.folder import CLINICS
from server.ledger.journal_heads import JournalHeads
from server.ledger.objects.object_places import FolderPlaces
from server.ledger.verify import FirstBadRow, Verified, verify


class ClinicStore:
    """One clinic's database and documents. It holds no connection; each read or transaction takes its own."""

    def __init__(
        self,
        clinic_id: str,
        databases: Databases,
        documents: DocumentFiles,
        now: Callable[[], datetime],
        heads: JournalHeads | None = None,
    ) -> None:
        self.clinic_id = clinic_id
        self._heads = heads
        self._database = databases.clinic(clinic_id, lambda: instant(now()), self._keep_head)
        self._documents = documents
        self._now = now

    def make(self, clinic: Clinic) -> None:
        """Create the books, or finish those whose creation was interrupted."""
        self._database.create()
        with self._database.write() as session:
            session.execute(
                "INSERT INTO books (only_row, clinic, opened_at) VALUES (1, ?, ?) ON CONFLICT DO NOTHING",
                [clinic.id, instant(self._now())],
            )
            self._books_of_this_clinic(session).enter_clinic(clinic)

    @contextmanager
    def reading(self) -> Iterator[ClinicBooks]:
        """Yield the books as they are at this moment, read-only."""
        with self._database.read() as session:
            yield self._books_of_this_clinic(session)

    @contextmanager
    def transaction(self) -> Iterator[ClinicBooks]:
        """Yield the books; commit everything done inside, or none of it. Other writers of this clinic wait."""
        with self._database.write() as session:
            yield self._books_of_this_clinic(session)

    def confirm(self) -> None:
        """Return once everything that can be read now is as safe as what was acknowledged."""
        self._database.confirm()

    def keep_document(self, data: bytes, file_name: str, actor: str) -> Document:
        """Keep a document and return it; raises DocumentUnusable.

        The bytes are written before the transaction begins, so that no writer waits for a big scan.
        """
        written = self._documents.write(data, file_name)
        with self.transaction() as books:
            if self._documents.is_missing(written.digest):
                self._documents.write(data, file_name)  # a purge removed it a moment ago
            return books.documents.enter(written, actor)

    def purge_documents(self, before: datetime) -> int:
        """Remove documents recorded before an instant that no step names, and old files without a row; return how many rows.

        Rows go first, and files only once that is on disk. Files are removed inside a transaction that finds no row:
        whoever keeps the same document at this moment waits, and then sees that its file is missing.
        """
        with self.reading() as books:
            removed = books.documents.unattached_before(before)
        if removed:
            with self.transaction() as books:
                removed = books.documents.remove_unattached(before)
        names = {*removed, *self._documents.older_than(before)}
        with self.reading() as books:
            names = {name for name in names if not books.documents.has(name)}
        if names:
            with self.transaction() as books:
                self._documents.remove([name for name in names if not books.documents.has(name)])
        return len(removed)

    def read_document(self, digest: str) -> tuple[Document, bytes]:
        """Return a document and its bytes; refuses one that is not in the books, or that was changed."""
        with self.reading() as books:
            document = books.documents.get(digest)
        return document, self._documents.read(document.digest)

    def journal_head(self) -> JournalHead:
        """Return the head of the journal. Kept outside the ledger, it shows that nothing was cut off or rewritten."""
        with self._database.read() as session:
            return head_of(session)

    def verify(self, kept_heads: Iterable[JournalHead] = ()) -> Verified | FirstBadRow:
        """Return the totals of books with every kept head, or the first changed row: the file, if it does not open."""
        try:
            found = verify(self._database, self._documents, kept_heads)
            if isinstance(found, Verified):
                with self.reading():
                    pass  # refuses the books of another clinic
        except BooksNotOpened as problem:
            return FirstBadRow("file", problem.file, problem.why)
        return found

    def copy(self, folder: Path) -> JournalHead | None:
        """Copy the books and their documents as they are at this moment into another ledger folder.

        Returns the head of the copied journal. A file exists before its row. So the files are copied before the books,
        because a purge may then remove some, and after them, because some may be new.
        """
        copied = FolderPlaces(folder, self._now).documents_of(self.clinic_id, synced=False)
        self._documents.copy_to(copied)
        head = self._database.copy(folder / CLINICS / f"{self.clinic_id}.db")
        self._documents.copy_to(copied)
        return head

    def move_documents_in(self, stage: Path) -> None:
        """Move the documents of another folder here, before the books that name them."""
        self._documents.move_in(FolderPlaces(stage, self._now).documents_of(self.clinic_id))

    def move_in(self, stage: Path) -> None:
        """Move the books of another folder here. No program has that folder open; no books exist here yet."""
        self._database.move_in(stage / CLINICS / f"{self.clinic_id}.db")

    def move_out(self, stage: Path) -> None:
        """Move books back that ``move_in`` moved and that are not on the list yet. Their documents may stay."""
        self._database.move_out(stage / CLINICS / f"{self.clinic_id}.db")

    def is_there(self) -> bool:
        """Return whether there are books, even if the clinic is not on the list."""
        return self._database.exists()

    def _keep_head(self, growth: JournalGrowth) -> None:
        if self._heads:
            self._heads.keep_head(self.clinic_id, self._database, growth)

    def _books_of_this_clinic(self, session: DatabaseSession) -> ClinicBooks:
        """Return the books; raises BooksNotOpened if the database belongs to another clinic."""
        if session.value("SELECT clinic FROM books") != self.clinic_id:
            raise BooksNotOpened(self._database.name, "holds the books of another clinic")
        return ClinicBooks(session, self.clinic_id, self._now)


def head_of(session: DatabaseSession) -> JournalHead:
    """Return the head of the journal of an open clinic's file."""
    head = journal.read_head(session)
    if head is None:
        message = "every file has a journal from its first moment on"
        raise AssertionError(message)
    return head

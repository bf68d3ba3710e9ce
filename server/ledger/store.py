"""The ledger folder: ``firm.db`` with the list of clinics, one file for each clinic, its documents beside it.

``Ledger.clinic`` is the only way to a clinic's books, and it opens that one file, so a query
that mixes two clinics cannot be written.
"""

import secrets
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Self

from server.billing.clinics import Clinic
from server.errors import BooksNotOpened, NoLedger, NotRestored, UnknownClinic
from server.ledger import backup_folder, clinic_ids
from server.ledger.backup_folder import CLINICS, DOCUMENTS
from server.ledger.clinic_books import ClinicBooks
from server.ledger.clock import instant, utc_now
from server.ledger.document_files import Document, DocumentFiles
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.schema import CLINIC, FIRM
from server.ledger.engine.sqlite_file import SqliteFile, close_files
from server.ledger.tokens import Tokens
from server.ledger.verify import FirstBadRow, Verified, verify

FIRM_FILE = "firm.db"
"""The file of what belongs to the firm."""


@dataclass(frozen=True, slots=True)
class ClinicEntry:
    """One clinic of the firm's list."""

    id: str
    name: str


class ClinicStore:
    """One clinic's file and its documents' files. Holds no connection; each reading and each transaction has its own."""

    def __init__(self, folder: Path, clinic_id: str, now: Callable[[], datetime]) -> None:
        self.clinic_id = clinic_id
        self._file = SqliteFile(folder / CLINICS / f"{clinic_id}.db", CLINIC)
        self._documents = DocumentFiles(folder / DOCUMENTS / clinic_id)
        self._now = now

    def make(self, clinic: Clinic) -> None:
        """Make the file, or finish one whose making was interrupted."""
        self._file.create()
        with self._file.write() as session:
            session.execute(
                "INSERT INTO books (only_row, clinic, opened_at) VALUES (1, ?, ?) ON CONFLICT DO NOTHING",
                [clinic.id, instant(self._now())],
            )
            self._books(session).enter_clinic(clinic)

    @contextmanager
    def reading(self) -> Iterator[ClinicBooks]:
        """Show the books as they are at this moment; nothing can be written."""
        with self._file.read() as session:
            yield self._books(session)

    @contextmanager
    def transaction(self) -> Iterator[ClinicBooks]:
        """Commit everything done inside, or none of it; other writers of this clinic wait."""
        with self._file.write() as session:
            yield self._books(session)

    def keep_document(self, data: bytes, file_name: str, actor: str) -> Document:
        """Keep a document and return it; refuses what is none.

        Its bytes are on the disk before the books are written in: nobody waits for a big scan.
        """
        written = self._documents.write(data, file_name)
        with self.transaction() as books:
            return books.documents.enter(written, actor)

    def read_document(self, digest: str) -> tuple[Document, bytes]:
        """Return a document and its bytes; refuses one that is not in the books, or not as it was kept."""
        with self.reading() as books:
            document = books.documents.get(digest)
        return document, self._documents.read(document.digest)

    def verify(self) -> Verified | FirstBadRow:
        """Return what the books of invoices hold, or the first row that is not as it was written."""
        found = verify(self._file, self._documents)
        if isinstance(found, Verified):
            with self.reading():
                pass  # refuses the books of another clinic
        return found

    def copy(self, folder: Path) -> None:
        """Copy the books and their documents, as they are at this moment, into another ledger folder.

        The documents go last: a file is there before its row, and is never taken away.
        """
        self._file.copy(folder / CLINICS / self._file.path.name)
        self._documents.copy(folder / DOCUMENTS / self.clinic_id)

    def move_in(self, stage: Path) -> None:
        """Take the books and documents out of another folder, which nobody has open, where there are none yet."""
        self._documents.move_in(stage / DOCUMENTS / self.clinic_id)
        self._file.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (stage / CLINICS / self._file.path.name).rename(self._file.path)

    def move_out(self, stage: Path) -> None:
        """Take books that were moved in, and that nobody has seen yet, back. Their documents harm nobody."""
        self._file.path.rename(stage / CLINICS / self._file.path.name)

    def is_there(self) -> bool:
        """Return whether the file exists, listed or not."""
        return self._file.path.exists()

    def _books(self, session: DatabaseSession) -> ClinicBooks:
        """Refuse a file that was renamed to, or copied over, this clinic's."""
        if session.value("SELECT clinic FROM books") != self.clinic_id:
            raise BooksNotOpened(self._file.path.name, "holds the books of another clinic")
        return ClinicBooks(session, self.clinic_id, self._now)


class Ledger:
    """The firm's ledger folder, and the one clock."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = utc_now) -> None:
        self.folder = folder
        self._firm = SqliteFile(folder / FIRM_FILE, FIRM)
        self._now = now
        self._firm.create()
        self.tokens = Tokens(self._firm, now)

    @classmethod
    def existing(cls, folder: Path) -> Self:
        """Return the ledger of a folder that holds one: looking after books makes none where none were."""
        if not (folder / FIRM_FILE).is_file():
            raise NoLedger(str(folder))
        return cls(folder)

    def close(self) -> None:
        """Let go of the folder's files, which otherwise happens seconds after the last click."""
        close_files(self.folder)

    def now(self) -> datetime:
        """Return the instant the ledger's clock shows."""
        return self._now()

    def today(self) -> date:
        """Return the civil day it is where the service runs."""
        return self._now().astimezone().date()

    def clinics(self) -> list[ClinicEntry]:
        """Return every clinic on the list, by name."""
        with self._firm.read() as session:
            entries = [ClinicEntry(*row) for row in session.all("SELECT id, name FROM clinic")]
        return sorted(entries, key=lambda entry: (entry.name.casefold(), entry.id))

    def clinic(self, clinic_id: str) -> ClinicStore:
        """Return the books of a clinic on the list; refuses any other id."""
        with self._firm.read() as session:
            if not session.one("SELECT 1 FROM clinic WHERE id = ?", [clinic_id]):
                raise UnknownClinic(clinic_id)
        return self._books_of(clinic_id)

    def open_clinic(self, clinic: Clinic) -> ClinicStore:
        """Put a clinic on the list, with a file of its own, and return its books.

        For a clinic already there only the name on the list changes; what its file says is saved
        with ``ClinicBooks.save_setup``. The file is made first: one on no list is found again by the
        next try, one missing from its folder would be a loss to report.
        """
        books = self._books_of(clinic_ids.checked(clinic.id))
        with self._firm.write() as session:
            if not session.one("SELECT 1 FROM clinic WHERE id = ?", [clinic.id]):
                books.make(clinic)
            session.execute(
                "INSERT INTO clinic (id, name, opened_at) VALUES (?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE name <> excluded.name",
                [clinic.id, clinic.name, instant(self._now())],
            )
        return books

    def knows_elsewhere(self, folded_names: Collection[str], besides: str) -> bool:
        """Return whether any one other clinic knows more than half of these provider spellings.

        ``folded_names`` are folded with ``server.billing.names.fold``. Which clinic it is, is
        nobody's business: a truth value is all that ever leaves.
        """
        wanted = {name for name in folded_names if name}
        others = [entry.id for entry in self.clinics() if entry.id != besides]
        return any(2 * len(wanted & self._spellings(other)) > len(wanted) for other in others)

    def backup(self, folder: Path) -> list[ClinicEntry]:
        """Copy everything but outputs and the token files into a new folder, while others go on working.

        Returns the clinics copied. Refuses a folder that holds anything, and one that cannot be made.
        """
        with backup_folder.into(folder):
            self._firm.copy(folder / FIRM_FILE)
            copied = self.clinics()
            for entry in copied:
                self._books_of(entry.id).copy(folder)
        return copied

    def export(self, clinic_id: str, folder: Path) -> None:
        """Copy all of one clinic and nothing else into a new folder, as ``backup`` does."""
        books = self.clinic(clinic_id)
        with backup_folder.into(folder):
            books.copy(folder)

    def restore(self, folder: Path, clinic_id: str | None = None) -> list[ClinicEntry]:
        """Take the clinics of a backup or an export, or one of them, into this ledger: all of them or none.

        Nothing is put in place that is not as it was copied, and whole, and nothing over what is here: a
        clinic this ledger has is refused. Returns the clinics taken in.
        """
        files = backup_folder.listed(folder)
        wanted = [one for one in backup_folder.clinics_in(files) if clinic_id in {None, one}]
        if not wanted:
            raise NotRestored(
                f"The copy in {folder} holds no clinic{f' “{clinic_id}”' if clinic_id else 's'}."
            )
        self._refuse_those_here(wanted, {entry.id for entry in self.clinics()})
        stage = self.folder / f"restoring-{secrets.token_hex(4)}"
        try:
            entries = [self._fetched(folder, files, one, stage / one) for one in wanted]
            close_files(stage)
            self._take_in(entries, stage)
        except OSError as problem:
            why = f"Its clinics cannot be put into {self.folder} ({problem.strerror})."
            raise NotRestored(why) from problem
        finally:
            close_files(stage)
            shutil.rmtree(stage, ignore_errors=True)
        return entries

    def _fetched(
        self, folder: Path, files: backup_folder.Digests, clinic_id: str, stage: Path
    ) -> ClinicEntry:
        """Have a clinic of a copy in a folder for itself, verified."""
        backup_folder.fetch(folder, files, clinic_id, stage)
        books_of = ClinicStore(stage, clinic_id, self._now)
        found = books_of.verify()
        if isinstance(found, FirstBadRow):
            raise NotRestored(f"In the copy of “{clinic_id}”, {found.table} {found.row} {found.why}.")
        with books_of.reading() as books:
            return ClinicEntry(clinic_id, books.setup().clinic.name)

    def _take_in(self, entries: Sequence[ClinicEntry], stage: Path) -> None:
        """Move clinics in and put them on the list; what was moved goes back where anything fails."""
        with ExitStack() as back:
            with self._firm.write() as session:
                on_list = {clinic for (clinic,) in session.all("SELECT id FROM clinic")}
                self._refuse_those_here([entry.id for entry in entries], on_list)
                for entry in entries:
                    books_of = self._books_of(entry.id)
                    books_of.move_in(stage / entry.id)
                    back.callback(books_of.move_out, stage / entry.id)
                    session.execute(
                        "INSERT INTO clinic (id, name, opened_at) VALUES (?, ?, ?)",
                        [entry.id, entry.name, instant(self._now())],
                    )
            back.pop_all()

    def _refuse_those_here(self, wanted: Iterable[str], on_list: Collection[str]) -> None:
        for clinic_id in wanted:
            if clinic_id in on_list or self._books_of(clinic_id).is_there():
                raise NotRestored(f"This ledger has books of “{clinic_id}”, and they are not replaced.")

    def _spellings(self, clinic_id: str) -> set[str]:
        try:
            with self._books_of(clinic_id).reading() as books:
                return books.provider_spellings()
        except BooksNotOpened:
            # One clinic's damaged file must neither stop another's payroll nor be told there.
            return set()

    def _books_of(self, clinic_id: str) -> ClinicStore:
        return ClinicStore(self.folder, clinic_id, self._now)

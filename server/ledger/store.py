"""The ledger folder: ``firm.db`` with the list of clinics, one file for each clinic, its documents beside it.

``Ledger.clinic`` is the only way to a clinic's books, and it opens that one file, so a query
that mixes two clinics cannot be written.
"""

import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlite_utils import Database

from server.billing.clinic import Clinic
from server.errors import BackupNotMade, BooksNotOpened, UnknownClinic
from server.ledger import clinic_ids, file
from server.ledger.books import Books
from server.ledger.schema import CLINIC, FIRM
from server.ledger.stamp import instant, utc_now
from server.ledger.tokens import Tokens
from server.ledger.verify import FirstBadRow, Verified, verify

CLINICS, DOCUMENTS = "clinics", "documents"
"""Where in the ledger folder the clinics' files and their documents are."""


@dataclass(frozen=True, slots=True)
class ClinicEntry:
    """One clinic of the firm's list."""

    id: str
    name: str


class ClinicBooks:
    """One clinic's file. Holds no connection; each reading and each transaction opens its own."""

    def __init__(self, folder: Path, clinic_id: str, now: Callable[[], datetime]) -> None:
        self.clinic_id = clinic_id
        self._path = folder / CLINICS / f"{clinic_id}.db"
        self._papers = folder / DOCUMENTS / clinic_id
        self._now = now

    def make(self, clinic: Clinic) -> None:
        """Make the file, or finish one whose making was interrupted."""
        file.create(self._path, CLINIC)
        with file.transaction(self._path, CLINIC) as db:
            db.execute(
                "INSERT INTO books (only_row, clinic, opened_at) VALUES (1, ?, ?) ON CONFLICT DO NOTHING",
                [clinic.id, instant(self._now())],
            )
            self._books(db).enter_clinic(clinic)

    @contextmanager
    def reading(self) -> Iterator[Books]:
        """Show the books as they are at this moment; nothing can be written."""
        with file.reading(self._path, CLINIC) as db:
            yield self._books(db)

    @contextmanager
    def transaction(self) -> Iterator[Books]:
        """Commit everything done inside, or none of it; other writers of this clinic wait."""
        with file.transaction(self._path, CLINIC) as db:
            yield self._books(db)

    def verify(self) -> Verified | FirstBadRow:
        """Return what the books of invoices hold, or the first row that is not as it was written."""
        with file.reading(self._path, CLINIC) as db:
            found = verify(db)
            if isinstance(found, Verified):
                for digest in self._books(db).documents.damaged():
                    return FirstBadRow("document", digest, "has lost its file, or the file was changed")
            return found

    def copy(self, folder: Path) -> None:
        """Copy the books and their documents, as they are at this moment, into another ledger folder.

        The documents go last: a file is there before its row, and is never taken away.
        """
        file.copy(self._path, folder / CLINICS / self._path.name)
        if self._papers.is_dir():
            shutil.copytree(self._papers, folder / DOCUMENTS / self.clinic_id)

    def _books(self, db: Database) -> Books:
        """Refuse a file that was renamed to, or copied over, this clinic's."""
        owner = db.execute("SELECT clinic FROM books").fetchone()
        if owner != (self.clinic_id,):
            raise BooksNotOpened(self._path.name, "holds the books of another clinic")
        return Books(db, self.clinic_id, self._now, self._papers)


class Ledger:
    """The firm's ledger folder, and the one clock."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = utc_now) -> None:
        self.folder = folder
        self._firm = folder / "firm.db"
        self._now = now
        file.create(self._firm, FIRM)
        self.tokens = Tokens(folder, now)

    def close(self) -> None:
        """Let go of the folder's files, which otherwise happens seconds after the last click."""
        file.close(self.folder)

    def today(self) -> date:
        """Return the civil day it is where the service runs."""
        return self._now().astimezone().date()

    def clinics(self) -> list[ClinicEntry]:
        """Return every clinic on the list, by name."""
        with file.reading(self._firm, FIRM) as db:
            entries = [ClinicEntry(*row) for row in db.execute("SELECT id, name FROM clinic")]
        return sorted(entries, key=lambda entry: (entry.name.casefold(), entry.id))

    def clinic(self, clinic_id: str) -> ClinicBooks:
        """Return the books of a clinic on the list; refuses any other id."""
        with file.reading(self._firm, FIRM) as db:
            if not db.execute("SELECT 1 FROM clinic WHERE id = ?", [clinic_id]).fetchone():
                raise UnknownClinic(clinic_id)
        return self._books_of(clinic_id)

    def open_clinic(self, clinic: Clinic) -> ClinicBooks:
        """Put a clinic on the list, with a file of its own, and return its books.

        For a clinic already there only the name on the list changes; what its file says is saved
        with ``Books.save_setup``. The file is made first: one on no list is found again by the
        next try, one missing from its folder would be a loss to report.
        """
        books = self._books_of(clinic_ids.checked(clinic.id))
        with file.transaction(self._firm, FIRM) as db:
            if not db.execute("SELECT 1 FROM clinic WHERE id = ?", [clinic.id]).fetchone():
                books.make(clinic)
            db.execute(
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
        """Copy everything but tokens and outputs into a new folder, while others go on working.

        Returns the clinics copied. Refuses a folder that holds anything, and one that cannot be made.
        """
        try:
            if folder.exists() and any(folder.iterdir()):
                raise BackupNotMade(str(folder), "is not empty")
            (folder / CLINICS).mkdir(mode=0o700, parents=True)
            file.copy(self._firm, folder / self._firm.name)
            copied = self.clinics()
            for entry in copied:
                self._books_of(entry.id).copy(folder)
        except OSError as problem:
            raise BackupNotMade(str(folder), f"cannot be written to ({problem.strerror})") from problem
        return copied

    def _spellings(self, clinic_id: str) -> set[str]:
        try:
            with self._books_of(clinic_id).reading() as books:
                return books.provider_spellings()
        except BooksNotOpened:
            # One clinic's damaged file must neither stop another's payroll nor be told there.
            return set()

    def _books_of(self, clinic_id: str) -> ClinicBooks:
        return ClinicBooks(self.folder, clinic_id, self._now)

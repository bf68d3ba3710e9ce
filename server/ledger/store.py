"""The ledger folder: ``firm.db`` with the list of clinics, and for each clinic one file and a folder of documents.

The documents and the finished files may be in an object store instead (``objects``).

``Ledger.clinic`` is the only way to open a clinic's books, and it opens that one file, so a query
that mixes two clinics cannot be written.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Self

from server.billing.clinics import Clinic
from server.billing.people import LOCAL_PERSON, Person
from server.database_address import DatabaseAddress
from server.encryption.folder_encryption import FolderEncryption
from server.errors import BooksNotOpened, NoLedger, NotRestored, UnknownClinic, count_of
from server.ledger import backup_folder, clinic_ids
from server.ledger.access_search import AccessSearch, FoundAccess, search_firm
from server.ledger.clinic_store import ClinicStore, head_of
from server.ledger.clock import instant, utc_now
from server.ledger.counted_events import CountedEvents
from server.ledger.document_files import DocumentFiles
from server.ledger.engine.database import Databases, PoolUse, keep_no_head
from server.ledger.engine.journal import JournalHead
from server.ledger.engine.sqlite.folder import FIRM_FILE as FIRM_FILE  # noqa: PLC0414 - shown to the command line
from server.ledger.engine.sqlite.folder import SqliteFolder
from server.ledger.finished_workbooks import KEPT, Outputs
from server.ledger.firm_access import AccessEvent, AccessRow, FirmAccess, write_access
from server.ledger.identity import Identity
from server.ledger.journal_heads import JournalHeads, write_head
from server.ledger.ledger_places import first_entry_of, places_of
from server.ledger.objects.object_places import FolderPlaces
from server.ledger.pairing_codes import PairingCodes
from server.ledger.people.people import People
from server.ledger.people.sign_in_rules import SignInRules
from server.ledger.preparation import server_of
from server.ledger.restoring import Restore, only_restore, remove_leftovers
from server.ledger.sealing_keys import SealingKeys
from server.ledger.sent_bodies import SentBodies
from server.ledger.tokens import Tokens
from server.ledger.verify import FirstBadRow, Verified, VerifiedFirm, verify_firm
from server.storage import IN_FOLDER, Storage


@dataclass(frozen=True, slots=True)
class ClinicEntry:
    """One clinic of the firm's list."""

    id: str
    name: str


def databases_of(folder: Path, database: DatabaseAddress | None) -> Databases:
    """Return the databases of a firm: those of a PostgreSQL server if one is named, else files in the ledger folder.

    A copy has its books beside its manifest as files, wherever they came from.
    """
    if database is None or backup_folder.is_copy(folder):
        return SqliteFolder(folder)
    return server_of(database)


class Ledger:
    """The firm's ledger folder, and the one clock.

    ``storage`` says where the books and the documents are, if not in the folder.
    """

    def __init__(
        self,
        folder: Path,
        now: Callable[[], datetime] = utc_now,
        outputs_kept: timedelta = KEPT,
        sign_in_rules: SignInRules = SignInRules(),  # noqa: B008 - it never changes
        storage: Storage = IN_FOLDER,
    ) -> None:
        self.folder = folder
        self.backups = storage.backups
        self._places = places_of(folder, storage.bucket, now, self.first_entry)
        self.outputs = Outputs(self._places.finished_files(), now, outputs_kept)
        self.sent_bodies = SentBodies(self._places.sent_bodies(), now)
        self._databases = databases_of(folder, storage.database)
        self._firm = self._databases.firm(lambda: instant(now()))
        self._now = now
        self._seen_on_list: set[str] = set()  # a clinic never leaves the list
        self._databases.refuse_lost_list()
        self._firm.create()
        self.access = FirmAccess(self._firm, now)
        self._heads = JournalHeads(self._firm)
        self.tokens = Tokens(self._firm, folder, now)
        self.pairing_codes = PairingCodes(self._firm, now)
        self.counted_events = CountedEvents(self._firm, now)
        self.sealing_keys = SealingKeys(self._firm, now)
        self.people = People(self._firm, now, self.access, sign_in_rules, self.counted_events)
        self.identity = Identity(self.tokens, self.people)

    @classmethod
    def open_existing(cls, folder: Path, storage: Storage = IN_FOLDER) -> Self:
        """Return the ledger that a folder or a database holds; raises NoLedger, and creates nothing."""
        databases = databases_of(folder, storage.database)
        databases.refuse_lost_list()
        if not databases.firm(lambda: instant(utc_now())).exists():
            raise NoLedger(str(folder))
        return cls(folder, storage=storage)

    def close(self) -> None:
        """Close the folder's files now. Otherwise that happens seconds after the last click."""
        self._databases.close()

    def check_database(self) -> None:
        """Read from the firm's database. Raises the refusals of a database or a file that cannot be read."""
        with self._firm.read() as session:
            session.value("SELECT 1")

    def remove_copies_before_upgrades(self, before: date) -> None:
        """Remove the copies of books as they were before upgrades earlier than a day."""
        self._databases.remove_earlier_copies(before)

    def database_pools(self) -> list[PoolUse]:
        """Return how this program uses its pools of database connections, none if the books are files."""
        return self._databases.pools()

    def ask_objects(self) -> None:
        """Read from the store of documents, each time and without trying again. Raises the refusals of an object store."""
        self._places.ask()

    def objects_address(self) -> str:
        """Return how all addresses begin from which a browser fetches objects; "" if only the service gives them out.

        Raises the refusals of an object store.
        """
        return self._places.address()

    def check_objects(self) -> None:
        """Ask the store of documents and finished files for a sign of life. Raises the refusals of an object store."""
        self._places.check()

    def is_read_only(self) -> bool:
        """Return whether nothing can be recorded, because the folder can only be read."""
        return not self._firm.is_writable()

    def now(self) -> datetime:
        """Return the current instant of the ledger's clock."""
        return self._now()

    def today(self) -> date:
        """Return the local day where the service runs."""
        return self._now().astimezone().date()

    def clinics(self) -> list[ClinicEntry]:
        """Return every clinic on the list, by name."""
        with self._firm.read() as session:
            entries = [ClinicEntry(*row) for row in session.all("SELECT id, name FROM clinic")]
        return sorted(entries, key=lambda entry: (entry.name.casefold(), entry.id))

    def clinic(self, clinic_id: str) -> ClinicStore:
        """Return the books of a clinic on the list; refuses any other id."""
        if clinic_id not in self._seen_on_list:
            with self._firm.read() as session:
                if not session.one("SELECT 1 FROM clinic WHERE id = ?", [clinic_id]):
                    raise UnknownClinic(clinic_id)
            self._seen_on_list.add(clinic_id)
        return self._books_of(clinic_id)

    def open_clinic(self, clinic: Clinic) -> ClinicStore:
        """Put a clinic on the list, with a file of its own, and return its books.

        For a clinic on the list, only the name on the list changes; ``ClinicBooks.save_setup`` changes its
        file. The file is created first: if the listing then fails, the next try finds the file, while a
        listed clinic without a file would look like lost books.
        """
        books = self._books_of(clinic_ids.check_clinic_id(clinic.id))
        if clinic.id not in {entry.id for entry in self.clinics()}:
            books.make(clinic)
            self._heads.replace_head(clinic.id, books.journal_head())
        with self._firm.write() as session:
            session.execute(
                "INSERT INTO clinic (id, name, opened_at) VALUES (?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE clinic.name <> excluded.name",
                [clinic.id, clinic.name, instant(self._now())],
            )
        return books

    def knows_elsewhere(self, folded_names: Collection[str], except_clinic: str) -> bool:
        """Return whether any clinic but ``except_clinic`` knows more than half of these provider spellings.

        ``folded_names`` are folded with ``server.billing.names.fold``. Only yes or no is returned, never
        which clinic it is: that is confidential.
        """
        names = {name for name in folded_names if name}
        others = [entry.id for entry in self.clinics() if entry.id != except_clinic]
        return any(2 * len(names & self._provider_spellings(other)) > len(names) for other in others)

    def firms_of_attorney(self, attorney: str, clinic_ids: Collection[str] | None) -> list[str]:
        """Return the firms of an attorney in the cases that the attorney has today in these clinics, ``None`` for every clinic.

        A case without a firm gives "". A clinic whose file cannot be opened counts as having no case.
        """
        chosen = [one.id for one in self.clinics() if clinic_ids is None or one.id in clinic_ids]
        return [firm for clinic_id in chosen for firm in self._firms_in(attorney, clinic_id)]

    def _firms_in(self, attorney: str, clinic_id: str) -> list[str]:
        try:
            with self._books_of(clinic_id).reading() as books:
                return books.case_records.firms_with_attorney(attorney, self.today())
        except BooksNotOpened:
            return []

    def verify_clinic(self, clinic_id: str, on_paper: Iterable[JournalHead] = ()) -> Verified | FirstBadRow:
        """Verify a clinic's books against the heads in ``firm.db``, in the manifest of a copy, and on paper."""
        books = self.clinic(clinic_id)
        kept = self._heads.kept_head(clinic_id)  # before the file is read: it only grows
        of_copy = backup_folder.heads_of_copy(self.folder, clinic_id)
        found = books.verify([*([kept] if kept else []), *of_copy, *on_paper])
        if isinstance(found, Verified) and not self._heads.kept_head(clinic_id):
            return FirstBadRow("journal_head", clinic_id, f"is missing from {FIRM_FILE}")
        return found

    def accept_journal(self, clinic_id: str, reason: str, actor: str) -> Verified | FirstBadRow:
        """Keep the head of a clinic's journal as it is now, though the kept one is not in it; record who and why.

        That is for a file that somebody put in place by hand. Refuses nothing but a journal that is not whole in itself:
        then the first wrong row is returned, and nothing is kept.
        """
        books_of = self.clinic(clinic_id)
        found = books_of.verify()
        if isinstance(found, Verified):
            with books_of.transaction() as books:
                books.log_access(actor, "accepted the journal as it is", reason)
            self._heads.replace_head(clinic_id, books_of.journal_head())
        return found

    def search_access(
        self, search: AccessSearch, clinic_ids: Collection[str], *, of_firm: bool
    ) -> list[FoundAccess]:
        """Return rows of the access logs of these clinics, and of the firm's own, the latest first. Raises UnknownClinic."""
        found: list[FoundAccess] = []
        if of_firm:
            with self._firm.read() as session:
                found += search_firm(session, search)
        for clinic_id in clinic_ids:
            with self.clinic(clinic_id).reading() as books:
                found += books.search_access(search)
        found.sort(key=lambda row: row.recorded_at, reverse=True)
        return found[: search.most]

    def verify_firm(self, on_paper: Iterable[JournalHead] = ()) -> VerifiedFirm | FirstBadRow:
        """Return the head of the firm's journal, or the first row of its file that was changed."""
        found = verify_firm(self._firm, [*backup_folder.heads_of_copy(self.folder, FIRM_FILE), *on_paper])
        if isinstance(found, FirstBadRow):
            return found
        listed = {entry.id for entry in self.clinics()}
        for clinic_id in self._heads.clinics():
            if clinic_id not in listed and not self._has_books_of(clinic_id):
                return FirstBadRow("journal_head", clinic_id, "is of a clinic that is not there")
        return found

    def _has_books_of(self, clinic_id: str) -> bool:
        """Return whether there is a file of a clinic, also of one that is not on the list yet."""
        return clinic_ids.is_clinic_id(clinic_id) and self._books_of(clinic_id).is_there()

    def first_entry(self) -> str:
        """Return the hash of the first entry of the firm's journal, which no other ledger has."""
        return first_entry_of(self._firm)

    def firm_journal_head(self) -> JournalHead:
        """Return the head of the firm's journal."""
        with self._firm.read() as session:
            return head_of(session)

    def backup(self, folder: Path, unreadable: list[str] | None = None) -> list[ClinicEntry]:
        """Copy everything but finished workbooks and token files into a new folder, while others keep working.

        Returns the clinics copied. Refuses a folder that is not empty, and one that cannot be created. A clinic whose books
        cannot be opened is refused too, or, if there is a list of ``unreadable`` ones, added to it and left out.
        """
        copied = []
        with backup_folder.new_copy(folder) as heads:
            FolderEncryption(self.folder).copy_to(folder)
            self.access.record_copy(AccessEvent.BACKUP, count_of(len(self.clinics()), "clinic"))
            heads[FIRM_FILE] = self._firm.copy(folder / FIRM_FILE)
            for entry in self.clinics():
                try:
                    heads[entry.id] = self._books_of(entry.id).copy(folder)
                except BooksNotOpened:
                    if unreadable is None:
                        raise
                    backup_folder.leave_out_clinic(folder, entry.id)
                    unreadable.append(entry.id)
                else:
                    copied.append(entry)
        return copied

    def export(self, clinic_id: str, folder: Path) -> None:
        """Copy one clinic completely, and nothing else, into a new folder, as ``backup`` does."""
        books = self.clinic(clinic_id)
        with backup_folder.new_copy(folder) as heads:
            FolderEncryption(self.folder).copy_to(folder)
            self.access.record_copy(AccessEvent.EXPORT, clinic_id)
            heads[clinic_id] = books.copy(folder)

    def restore(
        self, folder: Path, clinic_id: str | None = None, by: Person = LOCAL_PERSON
    ) -> list[ClinicEntry]:
        """Restore the clinics of a backup or an export, or one of them, into this ledger: all of them or none.

        Refuses a copy that was changed or is incomplete, a clinic that this ledger already has, and one that the person
        was not given; also an encrypted copy if this ledger is not, or the key of the copy is missing. Returns the clinics
        restored, encrypted as this ledger is.
        """
        copy = backup_folder.read_manifest(folder)
        chosen = [one for one in copy.clinics() if clinic_id in {None, one}]
        if not chosen:
            raise NotRestored(
                f"The copy in {folder} holds no clinic{f' “{clinic_id}”' if clinic_id else 's'}."
            )
        self._refuse_to_decrypt(folder)
        for one in chosen:
            if not by.may_open(one):
                raise UnknownClinic(one)
        try:
            with only_restore(self.folder, self._databases, str(folder.absolute())) as restore:
                if restore.done == chosen:
                    return [entry for entry in self.clinics() if entry.id in chosen]
                self._refuse_those_here(chosen, {entry.id for entry in self.clinics()})
                entries = [self._fetch_verified(folder, copy, one, restore.stage / one) for one in chosen]
                self._take_in(entries, restore, by)
                return entries
        except OSError as problem:
            why = f"Its clinics cannot be put into {self.folder} ({problem.strerror})."
            raise NotRestored(why) from problem

    def _fetch_verified(
        self, folder: Path, copy: backup_folder.Manifest, clinic_id: str, stage: Path
    ) -> ClinicEntry:
        """Copy one clinic of a backup into an empty folder and verify it; raises NotRestored."""
        backup_folder.fetch_clinic(folder, copy.files, clinic_id, stage)
        FolderEncryption(folder).copy_to(stage)
        documents = DocumentFiles(FolderPlaces(stage, self._now).documents_of(clinic_id))
        books_of = ClinicStore(clinic_id, SqliteFolder(stage), documents, self._now)
        found = books_of.verify(copy.heads_of(clinic_id))
        if isinstance(found, FirstBadRow):
            raise NotRestored(f"In the copy of “{clinic_id}”, {found.table} {found.row} {found.why}.")
        with books_of.reading() as books:
            return ClinicEntry(clinic_id, books.setup().clinic.name)

    def _take_in(self, entries: Sequence[ClinicEntry], restore: Restore, by: Person) -> None:
        """Move clinics in and put them on the list, all of them or none."""
        staged = {
            name: SqliteFolder(restore.stage / name).clinic(name, lambda: instant(self._now()), keep_no_head)
            for name in (entry.id for entry in entries)
        }
        heads = restore.note_heads(staged)
        for entry in entries:
            self._books_of(entry.id).move_documents_in(restore.stage / entry.id)
        with self._firm.write() as session:
            on_list = {clinic for (clinic,) in session.all("SELECT id FROM clinic")}
            self._refuse_those_here([entry.id for entry in entries], on_list)
            restored = ", ".join(entry.id for entry in entries)
            about = restored if by == LOCAL_PERSON else f"{restored} by {by.name}"
            write_access(session, AccessRow(instant(self._now()), AccessEvent.RESTORE, about))
            for entry in entries:
                self._books_of(entry.id).move_in(restore.stage / entry.id)
                session.execute(
                    "INSERT INTO clinic (id, name, opened_at) VALUES (?, ?, ?)",
                    [entry.id, entry.name, instant(self._now())],
                )
                write_head(session, entry.id, heads[entry.id])

    def remove_restore_leftovers(self) -> None:
        """Take back what restores left that were killed, unless a restore is at work."""
        remove_leftovers(self.folder, self._databases)

    def _refuse_to_decrypt(self, copy: Path) -> None:
        """Raise NotRestored if a copy is encrypted and the files of this ledger are not."""
        is_plain = isinstance(self._databases, SqliteFolder) and not FolderEncryption(self.folder).note()
        if is_plain and FolderEncryption(copy).note():
            raise NotRestored(
                f"The copy in {copy} is encrypted, and this ledger is not. Encrypt it first with clinicledger ledger encrypt."
            )

    def _refuse_those_here(self, chosen: Iterable[str], on_list: Collection[str]) -> None:
        for clinic_id in chosen:
            if clinic_id in on_list or self._books_of(clinic_id).is_there():
                raise NotRestored(f"This ledger has books of “{clinic_id}”, and they are not replaced.")

    def _provider_spellings(self, clinic_id: str) -> set[str]:
        try:
            with self._books_of(clinic_id).reading() as books:
                return books.provider_spellings()
        except BooksNotOpened:
            # A damaged file of one clinic must not stop another's payroll, nor be reported there.
            return set()

    def _books_of(self, clinic_id: str) -> ClinicStore:
        documents = DocumentFiles(self._places.documents_of(clinic_id))
        return ClinicStore(clinic_id, self._databases, documents, self._now, self._heads)

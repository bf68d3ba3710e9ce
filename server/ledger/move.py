"""Move a ledger from files to a PostgreSQL database, or back.

Each clinic is copied to a file, verified, moved in within one transaction, and verified there. The firm's list of clinics
comes last, so nobody takes a target for a ledger before all of it is there. A move that was ended in the middle goes on
when it is given again: what the target has already is compared and passed over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from server.encryption.folder_encryption import FolderEncryption
from server.errors import LedgerReadOnly, NoLedger, NotMoved, count_of
from server.ledger.clock import instant, utc_now
from server.ledger.document_files import DocumentFiles
from server.ledger.engine.sqlite.folder import CLINICS, FIRM_FILE, SqliteFolder
from server.ledger.firm_access import AccessEvent, FirmAccess
from server.ledger.journal_heads import JournalHeads
from server.ledger.ledger_places import first_entry_of, places_of
from server.ledger.move_sides import Relation, Side, relation_of, verify_books, verify_firm_rows
from server.ledger.move_target import (
    ANOTHER_TARGET,
    GIVE_AGAIN,
    MovedClinic,
    Target,
    Tell,
    only_move,
    other_books,
    other_rows,
    refuse_other_files,
    remove_leftovers,
    take_out,
    written_to,
)
from server.ledger.objects.object_places import FolderPlaces
from server.ledger.preparation import server_of
from server.ledger.store import ClinicEntry, databases_of
from server.ledger.tokens import DESKTOP_TOKEN
from server.mail_password import PASSWORD_FILE
from server.private_files import copy_private_file
from server.storage import Storage


def move_ledger(
    folder: Path, storage: Storage, target: Target, tell: Tell, now: Callable[[], datetime] = utc_now
) -> list[MovedClinic]:
    """Move all books of a ledger, and return its clinics. Files say afterwards that they were moved.

    ``folder`` and ``storage`` say where the books are. Raises NotMoved if the target holds other books or somebody recorded
    meanwhile, NoLedger, LedgerReadOnly, BooksNotOpened for files that were moved elsewhere, and the refusals of a database.
    """
    with written_to(target), only_move(storage, target, with_owner=True) as stage:
        here = databases_of(folder, storage.database) if storage.database else _files(folder)
        source = Side(
            here,
            places_of(folder, storage.bucket, now, lambda: first_entry_of(here.firm(lambda: instant(now())))),
            now,
        )
        if not source.firm.exists():
            raise NoLedger(str(folder))
        if not source.firm.is_writable():
            raise LedgerReadOnly
        there = databases_of(target.folder, target.database) if target.database else _files(target.folder)
        places = source.places
        if not target.database and not storage.bucket:
            places = FolderPlaces(target.folder, now)
        move = _Move(source, Side(there, places, now), target, stage, tell, now)
        try:
            moved = move.run(folder)
            if target.database:
                server_of(target.database).analyze()
            return moved
        finally:
            source.close()
            move.target.close()


@dataclass
class _Move:
    """One move of a whole ledger, from its check of the target to the mark in the source."""

    source: Side
    target: Side
    place: Target
    stage: Path
    tell: Tell
    now: Callable[[], datetime]

    def __post_init__(self) -> None:
        self.mark = self.source.mark
        self.was_marked = self.mark.is_there()

    def run(self, folder: Path) -> list[MovedClinic]:
        """Move everything, or what an earlier move left to do; return the clinics."""
        clinics = self.source.clinics()
        was_begun = self._stage_was_there()
        refuse_other_files(self.place, {one.id for one in clinics}, self.stage)
        if self._is_finished(clinics, was_begun=was_begun):
            self.tell(f"Everything is in {self.place.name} already.")
            found = [MovedClinic(one, self.target.verify_clinic(one.id), was_there=True) for one in clinics]
            self._finish(clinics, {Relation.SAME, Relation.AHEAD})
            return found
        remove_leftovers(self.stage)
        for new in (self.stage, *(() if self.place.database else (self.place.folder,))):
            FolderEncryption(folder).copy_to(new)
        moved = [self._move_clinic(one) for one in clinics]
        if not self.place.database:
            self._copy_other_files(folder)
        self._move_firm(clinics)
        self._finish(clinics, {Relation.SAME})
        return moved

    def _stage_was_there(self) -> bool:
        return any(self.stage.iterdir())

    def _is_finished(self, clinics: list[ClinicEntry], *, was_begun: bool) -> bool:
        """Return whether the target has everything. If it has an earlier state of the firm, that is taken out.

        Raises NotMoved if the target holds another ledger, and BooksNotOpened if the source was moved elsewhere.
        """
        found = {relation_of(self.target.firm, self.source.firm)}
        if found <= {Relation.MISSING, Relation.APART}:
            self.mark.refuse(FIRM_FILE)
        if Relation.MISSING in found:
            return False
        found |= {relation_of(self.target.clinic(one.id), self.source.clinic(one.id)) for one in clinics}
        if found <= {Relation.SAME, Relation.AHEAD}:
            return True
        is_own = was_begun or self.place.database is not None
        if not is_own or not found <= {Relation.SAME, Relation.BEHIND, Relation.MISSING}:
            place = "The database" if self.place.database else f"The folder {self.place.folder}"
            raise NotMoved(f"{place} holds another ledger, or one that went on by itself.", ANOTHER_TARGET)
        self._take_firm_out()
        return False

    def _move_clinic(self, entry: ClinicEntry) -> MovedClinic:
        """Bring one clinic into the target, unless it is there as it is here."""
        here, there = self.source.clinic(entry.id), self.target.clinic(entry.id)
        kept = JournalHeads(self.source.firm).kept_head(entry.id)
        kept_heads = [kept] if kept else []
        found = relation_of(there, here)
        if found in {Relation.APART, Relation.AHEAD}:
            raise other_books(self.place, entry.id)
        self._copy_documents(entry.id)
        if found is Relation.SAME:
            content = self.source.verify_clinic(entry.id, kept_heads)
            if self.target.verify_clinic(entry.id) == content:
                self.tell(f"{entry.name} is there already.")
                return MovedClinic(entry, content, was_there=True)
        self.tell(f"Moving {entry.name} …")
        file = self.stage / CLINICS / f"{entry.id}.db"
        here.copy(file)
        staged = SqliteFolder(self.stage)
        documents = DocumentFiles(self.source.places.documents_of(entry.id))
        copied_file = staged.clinic(entry.id, str, lambda _: None)
        copied = verify_books(entry.id, copied_file, documents, kept_heads)
        staged.close()
        if found is not Relation.MISSING:
            take_out(self.target, there.move_out, self.stage)
        there.move_in(file)
        self._copy_documents(entry.id)
        if self.target.verify_clinic(entry.id) != copied:
            take_out(self.target, there.move_out, self.stage)
            raise other_rows(entry)
        file.unlink(missing_ok=True)
        return MovedClinic(entry, copied)

    def _copy_documents(self, clinic_id: str) -> None:
        """Copy the documents of a clinic, where the target has them in a folder of its own."""
        places = self.target.places
        if places is not self.source.places and isinstance(places, FolderPlaces):
            places.documents_of(clinic_id).copy_in(self.source.places.documents_of(clinic_id))

    def _copy_other_files(self, folder: Path) -> None:
        """Copy the finished files, and the files of the ledger folder that only this computer's user can read."""
        places = self.target.places
        if places is not self.source.places and isinstance(places, FolderPlaces):
            places.finished_files().copy_in(self.source.places.finished_files())
        for name in (DESKTOP_TOKEN, PASSWORD_FILE):
            if (folder / name).is_file() and not (self.place.folder / name).exists():
                copy_private_file(folder / name, self.place.folder / name)

    def _move_firm(self, clinics: list[ClinicEntry]) -> None:
        """Bring the list of clinics, the users, the tokens and the access log into the target."""
        self.tell("Moving the list of clinics and users …")
        access = FirmAccess(self.source.firm, self.now)
        access.record_copy(AccessEvent.MOVE, count_of(len(clinics), "clinic"))
        file = self.stage / FIRM_FILE
        self.source.firm.copy(file)
        staged = SqliteFolder(self.stage)
        copied = verify_firm_rows(staged.firm(str))
        staged.close()
        if self.target.firm.exists():
            raise NotMoved(f"Somebody opened {self.place.name} as a ledger meanwhile.", ANOTHER_TARGET)
        self.target.firm.move_in(file)
        if verify_firm_rows(self.target.firm) != copied:
            self._take_firm_out()
            raise NotMoved(f"The list of clinics in {self.place.name} is not as it was here.", GIVE_AGAIN)

    def _finish(self, clinics: list[ClinicEntry], expected: set[Relation]) -> None:
        """Close the source, and compare all heads once more. Raises NotMoved if somebody recorded meanwhile.

        From the mark on nobody records in it; whoever began before it is waited for.
        """
        try:
            if self.place.database:
                self.target.mark.remove()  # its books were moved to files once, and are there again
            self.mark.write(self.now().astimezone().date())
            for database in (self.source.firm, *(self.source.clinic(one.id) for one in clinics)):
                with database.write():
                    pass
            changed = self._changed_since(clinics, expected)
        except BaseException:
            if not self.was_marked:
                self.mark.remove()
            raise
        if changed:
            self._take_firm_out()
            raise NotMoved(f"Somebody recorded in {changed} during the move.", GIVE_AGAIN)

    def _changed_since(self, clinics: list[ClinicEntry], expected: set[Relation]) -> str:
        """Return the names of what went on in the source since it was moved, "" for nothing."""
        names = [
            one.name
            for one in clinics
            if relation_of(self.target.clinic(one.id), self.source.clinic(one.id)) not in expected
        ]
        is_list_other = (
            self.source.clinics() != clinics
        )  # a clinic that was opened meanwhile has no books there
        if is_list_other or relation_of(self.target.firm, self.source.firm) not in expected:
            names.append("the list of clinics and users")
        return ", ".join(names)

    def _take_firm_out(self) -> None:
        """Remove the firm's rows from the target, so that nobody takes it for a ledger. The files are open again before."""
        self.mark.remove()
        self.was_marked = False
        take_out(self.target, self.target.firm.move_out, self.stage)


def _files(folder: Path) -> SqliteFolder:
    return SqliteFolder(folder, passes_mark=True)

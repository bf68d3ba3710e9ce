"""Encrypt the files of a ledger folder, decrypt them, or encrypt them with another key.

The folder first says that its encryption changes (``encryption.json``); from then on each file may be the old one or the
new one. Each database file is written again beside the old one, verified, and put in its place while nobody else can use
it. Each object is written again, read and compared before the old one is removed. A change that was ended in the middle
goes on when it is given again.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from server.encryption.folder_encryption import CLINICS, NOTE, FolderEncryption, Note, State
from server.encryption.key_places import store_key
from server.encryption.ledger_key import LedgerKey
from server.encryption.sealed_objects import NotSealedWithKey
from server.errors import EncryptionNotChanged, NoLedger, NotMoved
from server.ledger import backup_folder
from server.ledger.backup_folder import DOCUMENTS
from server.ledger.clock import instant, utc_now
from server.ledger.engine import journal
from server.ledger.engine.sqlite import conversion
from server.ledger.engine.sqlite.change_lock import only_change
from server.ledger.engine.sqlite.connections import is_used
from server.ledger.engine.sqlite.folder import FIRM_FILE, SqliteFolder
from server.ledger.engine.sqlite.library import Connection
from server.ledger.engine.sqlite.session import SqliteSession
from server.ledger.firm_access import AccessEvent, FirmAccess
from server.ledger.journal_heads import JournalHeads
from server.ledger.move_sides import Side, VerifiedClinic, VerifiedFirmRows, verify_books, verify_firm_rows
from server.ledger.objects.folder_objects import FolderObjects
from server.ledger.objects.object_places import FolderPlaces
from server.ledger.store import ClinicEntry, Ledger, databases_of
from server.private_files import UNFINISHED, refuse_storage_errors
from server.storage import Storage

Tell = Callable[[str], None]
"""Gets a sentence about each step of a change."""

STAGE = "changing-encryption"
"""The folder of files on the way. What is in it is of a change that was killed."""

AGAIN = "Stop the services of this ledger, then give the command again. What was changed before is whole."
LEFTOVERS = ("restoring-*", "moving-*")
"""The folders of commands that were killed, which may hold plain files."""

Content = TypeVar("Content", VerifiedClinic, VerifiedFirmRows)


@dataclass(slots=True)
class Changed:
    """What a change did: the clinics with their verified books, how many objects were written again, and where the key is."""

    key_id: str = ""
    kept_in: str = ""
    clinics: list[tuple[ClinicEntry, VerifiedClinic]] = field(default_factory=list)
    objects: int = 0
    files: int = 0
    leftovers: list[str] = field(default_factory=list)
    """The names of what was not changed: folders of killed commands, and the files of books that are in a database now."""


def encrypt_ledger(
    folder: Path, storage: Storage, tell: Tell, now: Callable[[], datetime] = utc_now
) -> Changed:
    """Encrypt every file of a ledger that is not. A new key is made and kept before the first one, if the ledger has none.

    Raises EncryptionNotChanged, NoLedger, LedgerKeyNotKept, LedgerKeyMissing, BooksBusy if somebody has the ledger open, and
    the refusals of a disk.
    """
    with _one_change(folder, storage, tell, now) as change:
        note = change.encryption.note()
        if note and note.state is State.REKEYING:
            raise EncryptionNotChanged(
                "The key of this ledger is being changed.", "Give ledger rekey again to finish that first."
            )
        if note:  # then somebody may have put a plain file there, which is only read in this state
            change.encryption.write(replace(note, state=State.ENCRYPTING))
        try:
            change.check()
        except BaseException:
            if note:
                change.encryption.write(note)
            raise
        kept_in = ""
        if note is None:
            key = LedgerKey.new()
            kept_in = store_key(key)
            note = Note(key.id)
        return _encrypt_files(change, replace(note, state=State.ENCRYPTING), kept_in, "encrypted")


def rekey_ledger(
    folder: Path, storage: Storage, tell: Tell, now: Callable[[], datetime] = utc_now
) -> Changed:
    """Encrypt every file of an encrypted ledger with a new key. Raises what ``encrypt_ledger`` does.

    The former key stays where keys are kept: the copies that were made before need it.
    """
    with _one_change(folder, storage, tell, now) as change:
        change.check()
        note = change.encryption.note()
        if note is None or note.state in {State.ENCRYPTING, State.DECRYPTING}:
            raise EncryptionNotChanged(
                "Not all files of this ledger are encrypted.", "Give ledger encrypt before ledger rekey."
            )
        kept_in = ""
        if note.state is State.ENCRYPTED:
            key = LedgerKey.new()
            kept_in = store_key(key)
            note = Note(key.id, State.REKEYING, former=note.key)
        return _encrypt_files(change, note, kept_in, "encrypted with a new key")


def decrypt_ledger(
    folder: Path, storage: Storage, tell: Tell, now: Callable[[], datetime] = utc_now
) -> Changed:
    """Decrypt every file of a ledger. Raises what ``encrypt_ledger`` does.

    The key stays where keys are kept: the copies that were made before need it.
    """
    with _one_change(folder, storage, tell, now) as change:
        change.check()
        note = change.encryption.note()
        if note is None:
            raise EncryptionNotChanged("This ledger is not encrypted.", "Nothing is to do.")
        change.encryption.write(replace(note, state=State.DECRYPTING))
        changed = change.run()
        change.encryption.remove()
        change.record("decrypted")
        return changed


def _encrypt_files(change: "_Change", note: Note, kept_in: str, what: str) -> Changed:
    """Encrypt every file with the key of a note that says what is going on. A former key stays in it until the end."""
    change.encryption.write(note)
    changed = change.run()
    change.encryption.write(Note(note.key))
    changed.key_id, changed.kept_in = note.key, kept_in
    change.record(what)
    return changed


@contextmanager
def _one_change(
    folder: Path, storage: Storage, tell: Tell, now: Callable[[], datetime]
) -> Iterator["_Change"]:
    """Yield the change of a ledger folder, which no other command changes meanwhile."""
    if backup_folder.is_copy(folder):
        raise EncryptionNotChanged(
            f"The folder {folder} is a backup or an export, and stays as it was made.",
            "Restore it into a ledger, and make a new copy of that.",
        )
    if not (folder / FIRM_FILE).exists() and storage.database is None:
        raise NoLedger(str(folder))
    databases_of(folder, storage.database).firm(lambda: instant(utc_now()))  # refuses books that were moved
    with refuse_storage_errors(), only_change(folder):
        yield _Change(folder, storage, tell, now)


class _Change:
    """One change of the files of a folder to what ``encryption.json`` says of new files."""

    def __init__(self, folder: Path, storage: Storage, tell: Tell, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._storage = storage
        self._tell = tell
        self._now = now
        self._stage = folder / STAGE
        self._places = FolderPlaces(folder, now)
        self.encryption = FolderEncryption(folder)
        self._clinics: list[ClinicEntry] = []
        self._changed = Changed()

    def check(self) -> None:
        """Refuse what is in the way while everything is as it was: a file that is missing, damaged, or open elsewhere.

        Of a ledger that lost ``encryption.json``, the firm's file is damaged.
        """
        ledger = Ledger.open_existing(self._folder, self._storage)
        self._clinics = ledger.clinics()
        for entry in self._clinics:
            ledger.clinic(entry.id).journal_head()  # brings the file of an earlier version up to date
        ledger.close()
        if self._storage.database is None:
            for path in (self._folder / FIRM_FILE, *self._clinic_files()):
                key = conversion.key_of(path)
                SqliteFolder(self._folder).close()
                conversion.check_unused(path, key)

    def run(self) -> Changed:
        """Change every file that is not changed yet; return what was done."""
        shutil.rmtree(self._stage, ignore_errors=True)
        self.encryption.copy_to(self._stage)
        side = Side(databases_of(self._folder, self._storage.database), self._places, self._now)
        try:
            if self._storage.database is None:
                self._change_firm(side)
            for entry in self._clinics:
                self._change_clinic(side, entry)
            self._change_unlisted(side, {entry.id for entry in self._clinics})
            self._change_objects(self._places.finished_files(), are_copies=True)
        finally:
            side.close()
            SqliteFolder(self._stage).close()
        shutil.rmtree(self._stage, ignore_errors=True)
        SqliteFolder(self._folder).remove_earlier_copies(date.max)  # they are as the files were before
        not_used = (FIRM_FILE, CLINICS) if self._storage.database else ()
        self._changed.leftovers = sorted(
            path.name for one in (*LEFTOVERS, *not_used) for path in self._folder.glob(one)
        )
        return self._changed

    def record(self, what: str) -> None:
        """Record in the access log that the encryption was changed."""
        firm = databases_of(self._folder, self._storage.database).firm(lambda: instant(self._now()))
        FirmAccess(firm, self._now).record_copy(AccessEvent.ENCRYPTION, what)
        SqliteFolder(self._folder).close()

    def _clinic_files(self) -> list[Path]:
        """Return the database files of clinics, also of one that never came onto the list."""
        return sorted(path for path in (self._folder / CLINICS).glob("*.db") if is_used(path))

    def _change_firm(self, side: Side) -> None:
        self._tell("The list of clinics and users …")
        self._change_file(
            self._folder / FIRM_FILE,
            lambda: verify_firm_rows(side.firm),
            lambda: verify_firm_rows(SqliteFolder(self._stage).firm(str)),
        )

    def _change_clinic(self, side: Side, entry: ClinicEntry) -> None:
        self._tell(f"{entry.name} …")
        kept = JournalHeads(side.firm).kept_head(entry.id)
        heads = [kept] if kept else []
        if self._storage.database is None:
            self._change_clinic_file(side, entry.id)
        self._change_objects(self._places.documents_of(entry.id))
        with _as_refusal():
            self._changed.clinics.append((entry, side.verify_clinic(entry.id, heads)))

    def _change_clinic_file(self, side: Side, clinic_id: str) -> None:
        path = self._folder / CLINICS / f"{clinic_id}.db"
        documents = side.documents_of(clinic_id)
        self._change_file(
            path,
            lambda: side.verify_clinic(clinic_id),
            lambda: verify_books(
                clinic_id, SqliteFolder(self._stage).clinic(clinic_id, str, lambda _: None), documents
            ),
        )

    def _change_unlisted(self, side: Side, listed: set[str]) -> None:
        """Change the files and documents of clinics that never came onto the list, because a command was killed."""
        if self._storage.database is None:
            for path in self._clinic_files():
                if path.stem not in listed:
                    self._change_clinic_file(side, path.stem)
        for path in sorted((self._folder / DOCUMENTS).glob("*")):
            if path.name not in listed:
                self._change_objects(self._places.documents_of(path.name))

    def _change_file(
        self, path: Path, verify_old: Callable[[], Content], verify_new: Callable[[], Content]
    ) -> None:
        """Change one database file, unless that was done. Both are verified, and must hold the same."""
        old_key, key = conversion.key_of(path), self.encryption.key_of_new()
        SqliteFolder(self._folder).close()
        if old_key == key:
            return
        with _as_refusal():
            before = verify_old()
        SqliteFolder(self._folder).close()
        staged = self._stage / path.relative_to(self._folder)
        with conversion.rewrite_file(path, staged, old_key, key) as old, _as_refusal():
            if not _has_head(old, before):
                raise EncryptionNotChanged(f"Somebody recorded in {path.name} meanwhile.", AGAIN)
            found = verify_new()
            SqliteFolder(self._stage).close()
            if found != before:
                raise EncryptionNotChanged(f"The new file of {path.name} is not the same.", AGAIN)
        self._changed.files += 1

    def _change_objects(self, objects: FolderObjects, *, are_copies: bool = False) -> None:
        """Change the objects of a store. Copies that no key opens are of no use to anybody, and are removed.

        So is what a killed program did not write to its end, which may be plain.
        """
        names = {name for name, _ in objects.list_names()}
        unfinished = {name for name in names if name.endswith(UNFINISHED)}
        objects.remove(sorted(unfinished))
        for name in sorted(names - unfinished):
            try:
                self._changed.objects += objects.change_encryption(name)
            except NotSealedWithKey:
                if not are_copies:
                    why = f"The document {name} cannot be decrypted with the key of this ledger."
                    raise EncryptionNotChanged(why, "Look at it with clinicledger ledger verify.") from None
                objects.remove([name])


def _has_head(old: Connection, before: VerifiedClinic | VerifiedFirmRows) -> bool:
    head = journal.read_head(SqliteSession(old))
    return head is not None and (head.entries, head.hash) == (before.totals.entries, before.totals.head)


@contextmanager
def _as_refusal() -> Iterator[None]:
    """Say of books that are not whole that their encryption was not changed."""
    try:
        yield
    except NotMoved as problem:
        raise EncryptionNotChanged(
            str(problem), "Look at it with clinicledger ledger verify, then give the command again."
        ) from problem


def adopt_encryption(folder: Path, copy: Path) -> None:
    """Let a ledger that will be made in a folder be encrypted as a copy is, from which it will be restored."""
    if not (folder / FIRM_FILE).exists() and not (folder / NOTE).exists():
        FolderEncryption(copy).copy_to(folder)

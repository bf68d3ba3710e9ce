"""The restore of a whole ledger after its disk died: all clinics with their documents, the users, and who was let in."""

from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

from server.backups.backup_copy import read_copy
from server.backups.copy_check import check_copy
from server.encryption.folder_encryption import NOTE, FolderEncryption
from server.errors import NotRestored, count_of
from server.ledger.backup_folder import DOCUMENTS, MANIFEST, Manifest, read_manifest
from server.ledger.clock import instant, utc_now
from server.ledger.document_files import DocumentFiles
from server.ledger.engine.sqlite.folder import CLINICS, FIRM_FILE, SqliteFolder
from server.ledger.firm_access import AccessEvent
from server.ledger.journal_heads import JournalHeads
from server.ledger.ledger_places import first_entry_of, places_of
from server.ledger.objects.object_places import FolderPlaces
from server.ledger.restoring import only_restore, refuse_books
from server.ledger.store import ClinicEntry, Ledger
from server.private_files import copy_private_file
from server.storage import IN_FOLDER, Storage


def restore_ledger(source: Path, folder: Path, storage: Storage) -> list[ClinicEntry]:
    """Restore a copy whole into a ledger folder that has no ledger: all of its books or none. Returns its clinics.

    Everything is verified first. Raises NotRestored: also for a copy in which something is not whole, of which single
    clinics can be restored, and for books in PostgreSQL, whose users are restored with the database.
    """
    if storage.database:
        raise NotRestored("The users of books in PostgreSQL are restored with the database.")
    manifest = _manifest_of_ledger(source)
    try:
        with only_restore(folder, SqliteFolder(folder), str(source.absolute())) as restore:
            if restore.done is None:
                refuse_books(folder)
                _make_ready(source, manifest, restore.stage)
                FolderEncryption(folder).remove()  # of a ledger that is not there any more
                FolderEncryption(restore.stage).copy_to(folder)
                _move_documents_in(restore.stage, folder, storage, manifest.clinics())
                restore.move_ledger_in(manifest.clinics())
    except OSError as problem:
        why = f"The copy in {source} cannot be put into {folder} ({problem.strerror})."
        raise NotRestored(why) from problem
    ledger = Ledger(folder, storage=storage)
    clinics = ledger.clinics()
    ledger.close()
    return clinics


def _manifest_of_ledger(source: Path) -> Manifest:
    """Return the manifest of a copy that is of a whole ledger and good, and names no file outside of it."""
    manifest = read_manifest(source)
    if FIRM_FILE not in manifest.files:
        raise NotRestored(f"The copy in {source} has no list of clinics and users: it is an export.")
    places = {FIRM_FILE, CLINICS, DOCUMENTS, NOTE}
    for name in manifest.files:
        parts = PureWindowsPath(name).parts  # it knows the signs of every system
        if not parts or ".." in parts or parts[0] not in places:
            raise NotRestored(f"The copy in {source} lists {name}, which is no part of a ledger.")
    mark = read_copy(source)
    if mark and mark.fault:
        raise NotRestored(f"The copy in {source} is not good: {mark.fault}.")
    return manifest


def _make_ready(source: Path, manifest: Manifest, stage: Path) -> None:
    """Copy a copy into a stage, verify it, and record in its access log that it is restored. Raises NotRestored."""
    for name in [*manifest.files, MANIFEST]:
        copy_private_file(source / name, stage / name)
    FolderEncryption(source).copy_to(stage)
    if fault := check_copy(stage, utc_now).fault:
        raise NotRestored(f"The copy in {source} is not whole: {fault}.")
    ledger = Ledger(stage, storage=IN_FOLDER)
    _keep_missing_heads(ledger, stage)
    ledger.access.record_copy(
        AccessEvent.RESTORE, f"the whole ledger: {count_of(len(ledger.clinics()), 'clinic')}"
    )
    ledger.close()


def _keep_missing_heads(ledger: Ledger, stage: Path) -> None:
    """Keep the heads of journals of which none is kept: books of an early version get a journal when they are opened."""
    heads = JournalHeads(SqliteFolder(stage).firm(lambda: instant(utc_now())))
    for entry in ledger.clinics():
        if heads.kept_head(entry.id) is None:
            heads.replace_head(entry.id, ledger.clinic(entry.id).journal_head())


def _move_documents_in(stage: Path, folder: Path, storage: Storage, clinic_ids: Sequence[str]) -> None:
    """Move verified documents in, before the books that name them."""
    firm = SqliteFolder(stage).firm(lambda: instant(utc_now()))
    places = places_of(folder, storage.bucket, utc_now, lambda: first_entry_of(firm))
    for clinic_id in clinic_ids:
        staged = FolderPlaces(stage, utc_now).documents_of(clinic_id)
        DocumentFiles(places.documents_of(clinic_id)).move_in(staged)

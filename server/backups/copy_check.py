"""The check of a copy by itself, without the ledger that it was made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from server.backups.backup_copy import MARK
from server.errors import BooksNotOpened
from server.ledger.backup_folder import Manifest, changed_files, read_manifest
from server.ledger.clinic_store import ClinicStore
from server.ledger.clock import instant
from server.ledger.document_files import DocumentFiles
from server.ledger.engine.database import keep_no_head
from server.ledger.engine.journal import JournalHead, has_entry
from server.ledger.engine.sqlite.folder import FIRM_FILE, SqliteFolder
from server.ledger.objects.object_places import FolderPlaces
from server.ledger.verify import FirstBadRow, Verified, VerifiedFirm, verify_firm


@dataclass(frozen=True, slots=True)
class CheckedCopy:
    """What a check of a copy found: the totals of its clinics, and why it is not whole, "" if it is.

    The fault names clinics, tables and numbers of rows, and never what is in them.
    """

    clinics: Mapping[str, Verified]
    fault: str


def check_copy(folder: Path, now: Callable[[], datetime]) -> CheckedCopy:
    """Verify everything in a copy: its books with their documents, the heads of its manifest, and the digest of every file.

    The digests come first: the books of an earlier version are brought up to date when they are opened, so ``folder`` is a copy
    that nobody else needs as it was. Raises NotRestored if it is no copy, and OSError if it cannot be read.
    """
    manifest = read_manifest(folder)
    changed = changed_files(folder, manifest, besides=[MARK])
    files = SqliteFolder(folder)
    clinics: dict[str, Verified] = {}
    faults = []
    try:
        found_firm = _verify_firm(files, manifest, now)
        if isinstance(found_firm, FirstBadRow):
            faults.append(_fault_of(_name_of(FIRM_FILE), found_firm))
        for clinic_id in manifest.clinics():
            found = _verify_clinic(files, folder, clinic_id, manifest, now)
            if isinstance(found, Verified):
                clinics[clinic_id] = found
            else:
                faults.append(_fault_of(_name_of(clinic_id), found))
    finally:
        files.close()
    if changed:
        faults.append(f"{changed[0]} is not as it was when the copy was made")
    return CheckedCopy(clinics, "; ".join(faults))


def lost_since(folder: Path, earlier: Path, now: Callable[[], datetime]) -> list[str]:
    """Return what a whole copy lacks of an earlier one, as the beginnings of sentences; nothing if it went on from there.

    The last entry that each journal had then must still be in it. Otherwise an older file was put in its place.
    """
    heads, files = read_manifest(earlier).journals, SqliteFolder(folder)
    try:
        return [
            _name_of(name) for name, head in sorted(heads.items()) if not _has_entry(files, name, head, now)
        ]
    finally:
        files.close()


def _has_entry(files: SqliteFolder, name: str, head: JournalHead, now: Callable[[], datetime]) -> bool:
    def instant_now() -> str:
        return instant(now())

    database = files.firm(instant_now) if name == FIRM_FILE else files.clinic(name, instant_now, keep_no_head)
    if not database.exists():
        return False
    with database.read() as session:
        return has_entry(session, head)


def _name_of(name: str) -> str:
    return "the list of clinics and users" if name == FIRM_FILE else f"“{name}”"


def _verify_firm(
    files: SqliteFolder, manifest: Manifest, now: Callable[[], datetime]
) -> VerifiedFirm | FirstBadRow:
    try:
        return verify_firm(files.firm(lambda: instant(now())), manifest.heads_of(FIRM_FILE))
    except BooksNotOpened as problem:
        return FirstBadRow("file", problem.file, problem.why)


def _verify_clinic(
    files: SqliteFolder, folder: Path, clinic_id: str, manifest: Manifest, now: Callable[[], datetime]
) -> Verified | FirstBadRow:
    documents = DocumentFiles(FolderPlaces(folder, now).documents_of(clinic_id))
    return ClinicStore(clinic_id, files, documents, now).verify(manifest.heads_of(clinic_id))


def _fault_of(where: str, bad: FirstBadRow) -> str:
    row = f" {bad.row}" if bad.row.isdecimal() else ""
    return f"in {where}, the table {bad.table}{row} is not as it was recorded"

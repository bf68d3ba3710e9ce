"""The rehearsal of a restore: a backup is restored into a throw-away folder, verified, and compared with today's ledger."""

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from server.backups.backup_copy import BackupCopy, copies_in, newest_good, read_copy
from server.encryption.folder_encryption import FolderEncryption
from server.errors import BillingError, NotRestored, RehearsalRunning
from server.ledger.backup_folder import Manifest, is_as_it_was, read_manifest
from server.ledger.clock import instant
from server.ledger.encryption_change import adopt_encryption
from server.ledger.engine.sqlite.folder import FIRM_FILE, SqliteFolder
from server.ledger.store import Ledger
from server.ledger.verify import FirstBadRow, Verified, verify_firm
from server.private_files import FILE_MODE, copy_private_file, make_private_folder
from server.storage import IN_FOLDER

LOCK = "rehearsal.lock"
_THROW_AWAY = "rehearsal-"
_LEFTOVER = re.compile(re.escape(_THROW_AWAY) + "[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class RehearsedClinic:
    """One clinic of a backup, restored and verified: its totals, and how many steps the ledger has by now that it lacks.

    ``difference`` says what is wrong, "" if nothing is.
    """

    clinic: str
    totals: Verified | None
    newer_steps: int = 0
    difference: str = ""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of a rehearsal. ``not_in_copy`` are the clinics that only today's ledger has: they were opened since.

    ``firm_difference`` says what is wrong with the copy of the list of clinics and users, "" if nothing is, or if it has none.
    """

    copy: Path
    clinics: list[RehearsedClinic]
    not_in_copy: list[str]
    firm_difference: str = ""

    @property
    def differences(self) -> list[str]:
        """Return what is wrong, as sentences; nothing if the backup can be restored whole."""
        return [what for what in (self.firm_difference, *(one.difference for one in self.clinics)) if what]


def newest_copy(ledger: Ledger, folder: Path) -> Path:
    """Return the newest good backup of a ledger in a folder of backups. Raises NotRestored if there is none."""
    try:
        found = newest_good(copies_in(folder, ledger.first_entry()), ledger.now())
    except OSError as problem:
        raise NotRestored(f"The folder {folder} cannot be read ({problem.strerror}).") from problem
    if found is None:
        raise NotRestored(f"There is no good backup of this ledger in {folder}.")
    return found.folder


def rehearse_restore(ledger: Ledger, source: Path) -> Rehearsal:
    """Restore a copy into a throw-away folder of the ledger, verify and compare every clinic, and remove the folder again.

    The ledger itself is only read. Raises NotRestored if the folder is no copy, and RehearsalRunning.
    """
    manifest = read_manifest(source)
    with throw_away_folder(ledger.folder) as folder:
        adopt_encryption(folder, source)
        stage = _Stage(
            ledger, Ledger(folder, ledger.now, storage=IN_FOLDER), source, manifest, read_copy(source)
        )
        try:
            found = [stage.rehearse(clinic_id) for clinic_id in manifest.clinics()]
            of_firm = stage.rehearse_firm() if FIRM_FILE in manifest.files else ""
        finally:
            stage.restored.close()
    left_out = sorted({entry.id for entry in ledger.clinics()} - set(manifest.clinics()))
    return Rehearsal(source, found, left_out, of_firm)


@dataclass(frozen=True, slots=True)
class _Stage:
    """The ledger of today, the throw-away ledger, and the copy between them with its manifest and its mark, if it has one."""

    ledger: Ledger
    restored: Ledger
    source: Path
    manifest: Manifest
    mark: BackupCopy | None

    def rehearse(self, clinic_id: str) -> RehearsedClinic:
        """Restore one clinic, and compare its totals with those of the backup, and its journal with that of today."""
        try:
            self.restored.restore(self.source, clinic_id)
        except NotRestored as refusal:
            return RehearsedClinic(clinic_id, None, difference=str(refusal))
        found = self.restored.verify_clinic(clinic_id, self.manifest.heads_of(clinic_id))
        if not isinstance(found, Verified):
            why = f"In the restored “{clinic_id}”, {found.table} {found.row} {found.why}."
            return RehearsedClinic(clinic_id, None, difference=why)
        if self.mark and not _has_totals(found, self.mark.clinics.get(clinic_id)):
            why = f"The restored “{clinic_id}” has other totals than when the backup was made."
            return RehearsedClinic(clinic_id, found, difference=why)
        return self._compared_with_today(clinic_id, found)

    def rehearse_firm(self) -> str:
        """Restore the list of clinics and users, and compare its journal with that of today; return what is wrong, "" for nothing."""
        heads = self.manifest.heads_of(FIRM_FILE)
        stage = self.restored.folder / "firm"
        try:
            if not is_as_it_was(self.source, self.manifest, FIRM_FILE):
                return f"In {self.source}, {FIRM_FILE} is not as it was when the copy was made."
            copy_private_file(self.source / FIRM_FILE, stage / FIRM_FILE)
            FolderEncryption(self.source).copy_to(stage)
            files = SqliteFolder(stage)
            found = verify_firm(files.firm(lambda: instant(self.ledger.now())), heads)
            files.close()
            today = self.ledger.verify_firm(heads)
        except OSError as problem:
            return f"The copy of {FIRM_FILE} cannot be read ({problem.strerror})."
        except BillingError as refusal:
            return f"The list of clinics and users: {refusal}"
        if isinstance(found, FirstBadRow):
            return f"In the restored list of clinics and users, {found.table} {found.row} {found.why}."
        if isinstance(today, FirstBadRow):
            return f"The restored list of clinics and users is whole. In today's, {today.table} {today.row} {today.why}."
        return ""

    def _compared_with_today(self, clinic_id: str, found: Verified) -> RehearsedClinic:
        """Return the result for a clinic that was restored whole: today's books must contain everything that it has."""
        try:
            today = self.ledger.verify_clinic(clinic_id, self.manifest.heads_of(clinic_id))
        except BillingError as refusal:
            return RehearsedClinic(clinic_id, found, difference=f"Today's ledger: {refusal}")
        if not isinstance(today, Verified):
            why = f"The restored “{clinic_id}” is whole. In today's ledger, {today.table} {today.row} {today.why}."
            return RehearsedClinic(clinic_id, found, difference=why)
        return RehearsedClinic(clinic_id, found, newer_steps=today.steps - found.steps)


def _has_totals(found: Verified, of_mark: Verified | None) -> bool:
    """Return whether restored books have the totals of the mark.

    The journal of books of an earlier version grew when they were brought up to date. That it still has the entry that was the
    last one then is verified with the manifest.
    """
    if of_mark is None or found.entries <= of_mark.entries:
        return found == of_mark
    return replace(found, entries=of_mark.entries, head=of_mark.head) == of_mark


@contextmanager
def throw_away_folder(within: Path) -> Iterator[Path]:
    """Yield a new folder that is removed when the block ends. Those of rehearsals that were killed are removed at first.

    It is in the ledger folder, so that restored books are protected as the ledger is. Raises RehearsalRunning.
    """
    lock = FileLock(within / LOCK, timeout=0, mode=FILE_MODE)
    try:
        lock.acquire()
    except Timeout:
        raise RehearsalRunning from None
    try:
        for path in within.iterdir():
            if _LEFTOVER.fullmatch(path.name) and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
        folder = within / f"{_THROW_AWAY}{secrets.token_hex(8)}"
        make_private_folder(folder)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        lock.release()

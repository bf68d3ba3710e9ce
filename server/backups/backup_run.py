"""One run of the backup: a new copy under another name, verified, marked, renamed; then older ones are removed.

Whatever interrupts a run, a folder under the name of a backup is whole: it gets that name last, and loses it first. What a run
left behind is removed by the next one.
"""

import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from server.backups.backup_copy import AHEAD, UNFINISHED, BackupCopy, copies_in, newest_good, write_mark
from server.backups.copy_check import check_copy, lost_since
from server.backups.kept_copies import KeptCounts, copies_to_keep_by_any_clock
from server.errors import BackupNotMade, BackupRunning
from server.ledger.store import Ledger
from server.private_files import (
    FILE_MODE,
    make_private_folder,
    refuse_storage_errors,
    sync_files,
    sync_folder,
)

LOCK = "backups.lock"
"""The file that a run holds locked. The system unlocks it when the program ends, however it ends."""

_GIVEN_NAME = re.compile(r"\d{4}-\d\d-\d\d-\d{6}(-not-good)?(-\d+)?")
_LEFTOVER = re.compile(re.escape(UNFINISHED) + "[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class BackupRun:
    """What a run did: the new backup, which is not good if it has a fault, and how many older ones were removed."""

    made: BackupCopy
    removed: int


class AlreadyMade(Exception):
    """Raised if the backup is not needed any more, because another service made it in the meantime."""


def run_backup(
    ledger: Ledger, folder: Path, counts: KeptCounts, is_needed: Callable[[], bool] = lambda: True
) -> BackupRun:
    """Make a backup of a ledger in a folder of backups, and remove those that are not kept any longer.

    ``is_needed`` is asked once no other run can begin; if it is not, AlreadyMade is raised. Raises BackupNotMade, BackupRunning, DiskFull, and what the ledger refuses; then the folder is as it was.
    """
    refuse_ledger_folder(ledger.folder, folder)
    try:
        if not folder.is_dir():
            raise missing_folder(folder)
        with only_run(folder), refuse_storage_errors():
            if not is_needed():
                raise AlreadyMade
            _remove_leftovers(folder)
            made = _make_copy(ledger, folder)
            return BackupRun(made, _remove_old(folder, made, counts))
    except OSError as problem:
        raise BackupNotMade(
            str(folder), f"cannot be used ({problem.strerror or type(problem).__name__})", _LOOK_AT_DISK
        ) from problem


_LOOK_AT_DISK = "See whether its disk is connected and can be written to, then make the backup again."


def make_backups_folder(folder: Path) -> None:
    """Make a folder for backups, if it is missing. Raises BackupNotMade."""
    try:
        make_private_folder(folder)
    except OSError as problem:
        raise BackupNotMade(str(folder), f"cannot be made ({problem.strerror})", _LOOK_AT_DISK) from problem


@contextmanager
def only_run(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder of backups. Raises BackupRunning if another run has it."""
    lock = FileLock(folder / LOCK, timeout=0, mode=FILE_MODE)
    try:
        lock.acquire()
    except Timeout:
        raise BackupRunning(str(folder)) from None
    try:
        yield
    finally:
        lock.release()


def refuse_ledger_folder(ledger: Path, folder: Path) -> None:
    """Raise BackupNotMade for a folder of backups in the ledger folder, or around it."""
    if folder.resolve().is_relative_to(ledger.resolve()):
        raise BackupNotMade(
            str(folder),
            "is in the folder of the ledger, and would be lost together with it",
            "Name a folder on another disk.",
        )
    if ledger.resolve().is_relative_to(folder.resolve()):
        raise BackupNotMade(
            str(folder),
            "has the folder of the ledger in it, and what is in a folder of backups is removed one day",
            "Name a folder of its own, on another disk. A ledger that was begun in a backup is restored into a new folder.",
        )


def missing_folder(folder: Path) -> BackupNotMade:
    """Return the refusal for a folder of backups that is not there. It is not made: its disk may not be connected."""
    return BackupNotMade(
        str(folder),
        "is not there",
        "Connect its disk. If it never was there, make it with: clinicledger ledger backup --keep FOLDER.",
    )


def _make_copy(ledger: Ledger, folder: Path) -> BackupCopy:
    unfinished = _unfinished_in(folder)
    begun_at = ledger.now().astimezone()
    disk = folder.stat().st_dev
    try:
        unreadable: list[str] = []
        ledger.backup(unfinished, unreadable)
        _refuse_other_disk(folder, disk)
        checked = check_copy(unfinished, ledger.now)
        faults = [f"“{clinic_id}” cannot be opened and is not in the copy" for clinic_id in unreadable]
        fault = "; ".join([*faults, *filter(None, [checked.fault])]) or _step_back(ledger, folder, unfinished)
        copy = BackupCopy(unfinished, ledger.first_entry(), begun_at, checked.clinics, fault)
        write_mark(unfinished, copy)
        sync_files(unfinished)
        _refuse_other_disk(folder, disk)
        final = _final_name(folder, copy)
        unfinished.rename(final)
        sync_folder(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        _refuse_other_disk(folder, disk)
        raise
    return replace(copy, folder=final)


def _refuse_other_disk(folder: Path, disk: int) -> None:
    """Raise BackupNotMade if the disk of the backups was taken away: on Linux, the empty folder below it takes its place."""
    if folder.stat().st_dev != disk:
        raise BackupNotMade(str(folder), "lost its disk while the backup was made", _LOOK_AT_DISK)


def _step_back(ledger: Ledger, folder: Path, unfinished: Path) -> str:
    """Return what a whole copy lacks of the newest good backup before it, "" if it went on from there.

    An older backup that was restored by mistake must not push the newer ones out.
    """
    earlier = newest_good(copies_in(folder, ledger.first_entry()), ledger.now())
    lacking = lost_since(unfinished, earlier.folder, ledger.now) if earlier else []
    if earlier is None or not lacking:
        return ""
    which = " and ".join(lacking)
    return (
        f"{which} lacks what the backup {earlier.folder.name} has: an older copy was put in its place. "
        "If that is right, move that backup out of the folder"
    )


def _final_name(folder: Path, copy: BackupCopy) -> Path:
    """Return a path that is free: the local time at which a backup was begun."""
    name = f"{copy.made_at:%Y-%m-%d-%H%M%S}{'' if copy.is_good else '-not-good'}"
    final, number = folder / name, 1
    while final.exists():
        number += 1
        final = folder / f"{name}-{number}"
    return final


def _remove_old(folder: Path, made: BackupCopy, counts: KeptCounts) -> int:
    """Remove the good backups that are not kept any longer, and those that are not good, but for the one just made.

    A folder to which somebody gave another name is somebody's own, and stays.
    """
    found = copies_in(folder, made.ledger)
    good = [copy for copy in found if copy.is_good]
    kept = copies_to_keep_by_any_clock((copy.made_at for copy in good), counts, made.made_at + AHEAD)
    old = [
        copy
        for copy in found
        if copy.folder != made.folder
        and _GIVEN_NAME.fullmatch(copy.folder.name)
        and not (copy.is_good and copy.made_at in kept)
    ]
    for copy in old:
        _remove(folder, copy.folder)
    return len(old)


def _remove(folder: Path, old: Path) -> None:
    """Remove a backup: at first its name, so that half of one is never taken for one."""
    doomed = _unfinished_in(folder)
    try:
        old.rename(doomed)
    except OSError:
        return  # somebody looks into it (Windows): the next run removes it
    shutil.rmtree(doomed, ignore_errors=True)


def _remove_leftovers(folder: Path) -> None:
    for path in _leftovers_in(folder):
        shutil.rmtree(path, ignore_errors=True)


def _leftovers_in(folder: Path) -> Sequence[Path]:
    return [path for path in folder.iterdir() if _LEFTOVER.fullmatch(path.name) and not path.is_symlink()]


def _unfinished_in(folder: Path) -> Path:
    return folder / f"{UNFINISHED}{secrets.token_hex(8)}"

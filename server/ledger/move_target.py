"""Where books are moved to: a database, or files; and what is refused there."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from server.database_address import DatabaseAddress
from server.encryption.folder_encryption import NOTE
from server.errors import NotMoved
from server.ledger import backup_folder
from server.ledger.backup_folder import DOCUMENTS
from server.ledger.engine.sqlite.change_lock import LOCK
from server.ledger.engine.sqlite.folder import CLINICS, FIRM_FILE, SqliteFolder
from server.ledger.engine.sqlite.moved_mark import MovedMark
from server.ledger.move_sides import Side, VerifiedClinic
from server.ledger.objects.object_places import OUTPUTS
from server.ledger.restoring import LOCK as RESTORE_LOCK
from server.ledger.store import ClinicEntry
from server.ledger.tokens import DESKTOP_TOKEN
from server.mail_password import PASSWORD_FILE
from server.private_files import make_private_folder, refuse_storage_errors
from server.storage import Storage

Tell = Callable[[str], None]
"""Gets a sentence about each step of a move."""

GIVE_AGAIN = "Stop the services of this ledger, then give the command again."
ANOTHER_TARGET = "Name a new or an empty one with --to."


@dataclass(frozen=True, slots=True)
class MovedClinic:
    """A clinic that is in the target now, verified. ``was_there`` says that an earlier move had brought it."""

    clinic: ClinicEntry
    content: VerifiedClinic
    was_there: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Where books are moved to: a database, or files. ``folder`` is the ledger folder, for the documents."""

    folder: Path
    database: DatabaseAddress | None = None

    @property
    def name(self) -> str:
        """What staff know it by. It never has an address, which may hold a password."""
        return "the database" if self.database else str(self.folder)


@contextmanager
def only_move(storage: Storage, target: Target, *, with_owner: bool) -> Iterator[Path]:
    """Keep other moves of the database out, and yield a private folder for files on the way, which is removed.

    What is in the folder is of a move of the same database that was killed.
    """
    address = target.database or storage.database
    assert address is not None  # noqa: S101 - one side is a database
    from server.ledger.engine.postgresql.server import PostgresqlServer  # noqa: PLC0415 - as in store.py

    is_new = not target.folder.exists()
    with PostgresqlServer(address).only_move(with_owner=with_owner):
        stage = target.folder / f"moving-{sha256(address.service.encode()).hexdigest()[:8]}"
        try:
            make_private_folder(stage)
            yield stage
        finally:
            SqliteFolder(stage).close()
            shutil.rmtree(stage, ignore_errors=True)
            if is_new and not any(target.folder.iterdir()):
                target.folder.rmdir()


@contextmanager
def written_to(target: Target) -> Iterator[None]:
    """Say with a refusal that a folder cannot be written to."""
    try:
        with refuse_storage_errors():
            yield
    except OSError as problem:
        why = f"The files cannot be written to {target.folder} ({problem.strerror})."
        raise NotMoved(why, "Set this right, then give the command again.") from problem


def refuse_other_files(target: Target, clinic_ids: set[str], stage: Path) -> None:
    """Raise NotMoved if the folder of the target is a copy, was moved, or holds files of something else."""
    folder = target.folder
    if target.database:
        return
    if backup_folder.is_copy(folder) or MovedMark(folder).is_there():
        raise NotMoved(f"The folder {folder} is a backup, or its books were moved.", ANOTHER_TARGET)
    if (folder / FIRM_FILE).exists():
        return
    known = {CLINICS, DOCUMENTS, OUTPUTS, DESKTOP_TOKEN, PASSWORD_FILE, NOTE, LOCK, RESTORE_LOCK, stage.name}
    others = {path.name for path in folder.iterdir()} - known
    others |= {path.stem for path in (folder / CLINICS).glob("*.db")} - clinic_ids
    if others:
        raise NotMoved(f"The folder {folder} is not empty.", ANOTHER_TARGET)


def take_out(side: Side, move_out: Callable[[Path], None], stage: Path) -> None:
    """Take books out of the target that a move brought. They are in the source too."""
    side.close()
    taken = stage / "taken-out.db"
    taken.unlink(missing_ok=True)
    move_out(taken)
    taken.unlink(missing_ok=True)


def other_books(target: Target, clinic_id: str) -> NotMoved:
    """Return the refusal of a clinic that the target has with other rows."""
    place = "The database" if target.database else f"The folder {target.folder}"
    return NotMoved(f"{place} has other books of “{clinic_id}”, and they are not replaced.", ANOTHER_TARGET)


def other_rows(entry: ClinicEntry) -> NotMoved:
    """Return the refusal of books that are not the same after they were moved in, and were taken out again."""
    return NotMoved(f"The books of {entry.name} are not the same on both sides.", GIVE_AGAIN)


def remove_leftovers(folder: Path) -> None:
    """Remove what an earlier move left in its folder."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()

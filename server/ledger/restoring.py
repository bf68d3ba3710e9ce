"""Restored books on their way into a ledger, and what a restore that was killed left of them.

They are made ready in a folder ``restoring-…`` of the ledger folder. Before the first of them is moved in, that folder gets a
note of the journal heads of all of them. So the next restore can tell what a killed one moved in from the books of anybody
else: it has the noted head, and is on no list. It is taken back, and the folder is removed.
"""

import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
from filelock import FileLock, Timeout

from server.errors import BillingError, NotRestored
from server.ledger import clinic_ids
from server.ledger.clock import instant, utc_now
from server.ledger.engine import journal
from server.ledger.engine.database import Database, Databases, keep_no_head
from server.ledger.engine.journal import JournalHead
from server.ledger.engine.sqlite.folder import CLINICS, FIRM_FILE, SqliteFolder
from server.private_files import FILE_MODE, make_private_folder, sync_files, write_private_file

LOCK = "restoring.lock"
"""The file that a restore holds locked. The system unlocks it when the program ends, however it ends."""

NOTE = "moving-in.json"
"""The file of a stage that says which books are moved in from it."""

_STAGE = "restoring-"
_LEFTOVER = re.compile(re.escape(_STAGE) + "[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class _Note:
    """From where books were restored, and the journal heads of those that were moved in, by clinic, and by ``firm.db``."""

    source: str
    heads: Mapping[str, JournalHead]


@dataclass(slots=True)
class Restore:
    """One restore: the folder in which books are made ready, and the books of the ledger that they are moved into.

    ``done`` are the clinics of an earlier restore from the same source that was killed when all was in place, if nothing was
    recorded since; otherwise ``None``.
    """

    stage: Path
    books: Databases
    source: str
    done: list[str] | None = None

    def note_heads(self, staged: Mapping[str, Database]) -> dict[str, JournalHead]:
        """Write to disk what was made ready, and which books will be moved in; return their journal heads."""
        heads = {name: head for name, database in staged.items() if (head := _head_of(database))}
        SqliteFolder(self.stage).close()
        sync_files(self.stage)
        content = {"source": self.source, "heads": {name: asdict(head) for name, head in heads.items()}}
        write_private_file(self.stage / NOTE, orjson.dumps(content), sync=True)
        return heads

    def move_ledger_in(self, clinic_ids: list[str]) -> None:
        """Move in what is ready of a whole ledger: the clinics, and last the file without which there is no ledger."""
        files = SqliteFolder(self.stage)
        self.note_heads({name: _database_of(files, name) for name in [*clinic_ids, FIRM_FILE]})
        for clinic_id in clinic_ids:
            _database_of(self.books, clinic_id).move_in(self.stage / CLINICS / f"{clinic_id}.db")
        _database_of(self.books, FIRM_FILE).move_in(self.stage / FIRM_FILE)


@contextmanager
def only_restore(folder: Path, books: Databases, source: str) -> Iterator[Restore]:
    """Keep other restores into a ledger out, and yield a new one. What killed ones left is taken back before.

    If the block fails, what it moved in and put on no list is taken back. Raises NotRestored if another restore is at work.
    """
    make_private_folder(folder)
    lock = FileLock(folder / LOCK, timeout=0, mode=FILE_MODE)
    try:
        lock.acquire()
    except Timeout:
        why = (
            f"Another command restores books into {folder} now. Wait until it has ended, then do this again."
        )
        raise NotRestored(why) from None
    try:
        restore = Restore(folder / f"{_STAGE}{secrets.token_hex(4)}", books, source)
        for leftover in _leftovers_in(folder):
            restore.done = restore.done or _done_by(leftover, books, source)
            _take_back(leftover, books)
        try:
            yield restore
        finally:
            SqliteFolder(restore.stage).close()
            _take_back(restore.stage, books)
    finally:
        lock.release()


def refuse_books(folder: Path) -> None:
    """Raise NotRestored if a folder has books of a ledger, or a file where their folder would be."""
    if (folder / FIRM_FILE).exists() or any((folder / CLINICS).glob("*")):
        raise NotRestored(f"The folder {folder} has books, and they are not replaced.")


def remove_leftovers(folder: Path, books: Databases) -> None:
    """Take back what killed restores left in a ledger folder, unless a restore is at work there, or none left anything."""
    if _leftovers_in(folder):
        with suppress(NotRestored), only_restore(folder, books, ""):
            pass


def _leftovers_in(folder: Path) -> list[Path]:
    """Return the stages in a ledger folder, none if there is no folder: a function whose books are elsewhere has none."""
    found = folder.glob(f"{_STAGE}*")
    return [path for path in found if _LEFTOVER.fullmatch(path.name) and not path.is_symlink()]


def _done_by(stage: Path, books: Databases, source: str) -> list[str] | None:
    """Return the clinics that a killed restore from a source put in place, if all of its books are there as it left them."""
    note = _read_note(stage)
    if note is None or note.source != source:
        return None
    clinics = sorted(note.heads.keys() - {FIRM_FILE})
    is_whole = all(_head_of(_database_of(books, name)) == head for name, head in note.heads.items())
    return clinics if is_whole and _clinics_on_list(books).issuperset(clinics) else None


def _take_back(stage: Path, books: Databases) -> None:
    """Take books back that were moved in from a stage, and that are on no list, and remove the stage, its note last."""
    note = _read_note(stage)
    if note:
        unlisted = note.heads.keys() - {FIRM_FILE} - _clinics_on_list(books)
        for name in sorted(unlisted):
            database = _database_of(books, name)
            if _head_of(database) == note.heads[name]:
                books.close()
                database.move_out(stage / f"taken-back-{secrets.token_hex(4)}.db")
    for path in stage.iterdir() if stage.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != NOTE:
            path.unlink(missing_ok=True)
    shutil.rmtree(stage, ignore_errors=True)


def _read_note(stage: Path) -> _Note | None:
    """Return the note of a stage, ``None`` if nothing was moved in from it yet."""
    try:
        found = orjson.loads((stage / NOTE).read_bytes())
        heads = {name: JournalHead(**head) for name, head in found["heads"].items()}
        return _Note(str(found["source"]), {name: head for name, head in heads.items() if _is_name(name)})
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_name(name: str) -> bool:
    return name == FIRM_FILE or clinic_ids.is_clinic_id(name)


def _clinics_on_list(books: Databases) -> set[str]:
    """Return the clinics on the firm's list, none if there is no firm."""
    firm = _database_of(books, FIRM_FILE)
    if not firm.exists():
        return set()
    with firm.read() as session:
        return {clinic for (clinic,) in session.all("SELECT id FROM clinic")}


def _head_of(database: Database) -> JournalHead | None:
    """Return the head of a journal, ``None`` if there are no books, or they cannot be read."""
    try:
        if not database.exists():
            return None
        with database.read() as session:
            return journal.read_head(session)
    except BillingError:
        return None


def _database_of(books: Databases, name: str) -> Database:
    def instant_now() -> str:
        return instant(utc_now())

    return books.firm(instant_now) if name == FIRM_FILE else books.clinic(name, instant_now, keep_no_head)

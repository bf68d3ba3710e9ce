"""SQLite's errors as refusals and exceptions of the ledger."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.errors import BillingError, BooksBusy, BooksNotOpened, DiskFull, LedgerReadOnly
from server.ledger.engine.inspection import FileDamaged
from server.ledger.engine.sqlite.connections import is_busy
from server.private_files import why_not_writable


@contextmanager
def refuse_unusable(path: Path) -> Iterator[None]:
    """Turn SQLite's errors on opening a file into BooksNotOpened, or into the refusal of what the disk lacks."""
    try:
        yield
    except sqlite3.DatabaseError as problem:
        if is_busy(problem):
            raise BooksBusy(path.name) from problem
        if not path.exists():
            raise BooksNotOpened(path.name, "is missing") from problem
        if refusal := disk_refusal(problem, path):
            raise refusal from problem
        raise BooksNotOpened(path.name, f"cannot be read ({problem})") from problem


@contextmanager
def refuse_disk_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the disk of a file into DiskFull and LedgerReadOnly, and pass on every other error."""
    try:
        yield
    except sqlite3.DatabaseError as problem:
        if refusal := disk_refusal(problem, path):
            raise refusal from problem
        raise


@contextmanager
def report_damage() -> Iterator[None]:
    """Raise ``FileDamaged`` if SQLite cannot read on."""
    try:
        yield
    except sqlite3.DatabaseError as problem:
        raise FileDamaged(str(problem)) from problem


def disk_refusal(problem: sqlite3.DatabaseError, path: Path) -> BillingError | None:
    """Return the refusal for an error that comes from a full or a read-only disk, else ``None``.

    SQLite calls some of them "disk I/O error" or "unable to open database file". Then writing to the folder tells.
    """
    code = getattr(problem, "sqlite_errorcode", 0)
    if code & 0xFF == sqlite3.SQLITE_FULL:
        return DiskFull()
    if code & 0xFF == sqlite3.SQLITE_READONLY and code != sqlite3.SQLITE_READONLY_DBMOVED:
        return LedgerReadOnly()
    if code & 0xFF in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}:
        return why_not_writable(path.parent)
    return None

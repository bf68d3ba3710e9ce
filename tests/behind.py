"""The books of a test's ledger behind the ledger's back, on the engine of the run."""

import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

from server.encryption.folder_encryption import FolderEncryption
from server.ledger.engine.sqlite.library import open_encrypted

Rows = list[tuple[Any, ...]]


class OpenedBooks(ABC):
    """A connection to the tables of a clinic, or of the firm, that the ledger knows nothing of."""

    @abstractmethod
    def __call__(self, statement: str) -> Rows:
        """Execute a statement, written as SQLite reads it, and return its rows."""

    @abstractmethod
    def columns(self) -> dict[str, list[str]]:
        """Return the columns of each table."""

    @abstractmethod
    def without_triggers(self) -> AbstractContextManager[None]:
        """Let no trigger refuse a statement, as somebody could who has the disk or the server."""

    @abstractmethod
    def drop_checks(self) -> None:
        """Let no constraint of a column refuse a value."""

    @abstractmethod
    def writers_turn(self) -> AbstractContextManager[None]:
        """Hold what the writers of the clinic's books wait for, as somebody who writes and does not come to an end."""

    @abstractmethod
    def is_unread(self) -> bool:
        """Return whether nobody reads the books as they were before the last transaction."""


class OpenedFile(OpenedBooks):
    """A connection to a SQLite file."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __call__(self, statement: str) -> Rows:
        """Execute a statement and return its rows."""
        return self._db.execute(statement).fetchall()

    def columns(self) -> dict[str, list[str]]:
        """Return the columns of each table."""
        tables = self("SELECT name FROM sqlite_schema WHERE type = 'table'")
        return {table: [row[1] for row in self(f'PRAGMA table_info("{table}")')] for (table,) in tables}

    @contextmanager
    def without_triggers(self) -> Iterator[None]:
        """Drop the triggers, and make them again afterwards."""
        triggers = self("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        self("PRAGMA synchronous = OFF")
        for name, _ in triggers:
            self(f"DROP TRIGGER {name}")
        try:
            yield
        finally:
            for _, statement in triggers:
                self(statement)

    def drop_checks(self) -> None:
        """Let SQLite ignore the constraints, for this connection."""
        self("PRAGMA ignore_check_constraints = ON")

    @contextmanager
    def writers_turn(self) -> Iterator[None]:
        """Begin to write, and write nothing."""
        self("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            self("ROLLBACK")

    def is_unread(self) -> bool:
        """Return whether the whole log could be written into the file."""
        self("PRAGMA busy_timeout = 100")
        ((is_busy, _, _),) = self("PRAGMA wal_checkpoint(TRUNCATE)")
        return not is_busy


@contextmanager
def open_file(folder: Path, clinic: str) -> Iterator[OpenedBooks]:
    """Yield a connection to a clinic's file, or to the firm's for ""."""
    path = folder / "clinics" / f"{clinic}.db" if clinic else folder / "firm.db"
    with closing(connect_file(path)) as db:
        yield OpenedFile(db)


def connect_file(path: Path, timeout: float = 5.0) -> sqlite3.Connection:
    """Return a connection to a file of a ledger that the ledger knows nothing of. An encrypted one needs its key."""
    encryption = FolderEncryption.of_database(path)
    address = f"{path.absolute().as_uri()}?mode=rwc"
    if encryption.note():
        return open_encrypted(address, timeout, encryption.keys_of_files()[0])
    return sqlite3.connect(address, timeout, isolation_level=None, uri=True, check_same_thread=False)


def copy_folder(source: Path, target: Path) -> None:
    """Copy a ledger folder, which has the books in it. Nobody may have it open."""
    shutil.copytree(source, target)


class Engine:
    """How this run of the tests opens and copies books: ``tests/conftest.py`` sets it."""

    open: Callable[[Path, str], AbstractContextManager[OpenedBooks]] = staticmethod(open_file)
    copy: Callable[[Path, Path], None] = staticmethod(copy_folder)
    variables: Callable[[Path], dict[str, str]] = staticmethod(lambda _folder: {})


def open_books(folder: Path, clinic: str = "lakeside") -> AbstractContextManager[OpenedBooks]:
    """Open the books of a clinic in a ledger folder, or those of the firm for ""."""
    return Engine.open(folder, clinic)


def variables_of(folder: Path) -> dict[str, str]:
    """Return what tells a program in its environment where the books of a ledger folder are: nothing if they are files."""
    return Engine.variables(folder)


def copy_ledger(source: Path, target: Path) -> Path:
    """Copy a ledger that the tests made once, with its books, into a new folder, and return that: much quicker than to make it again."""
    Engine.copy(source, target)
    return target


def stored_of_firm(folder: Path) -> bytes:
    """Return all that is stored of a firm, to look for what must not be: the bytes of all files, and the values of its rows."""
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    with open_books(folder, "") as books:
        rows = [row for table in books.columns() for row in books(f'SELECT * FROM "{table}"')]  # noqa: S608
    return b"".join([*files, repr(rows).encode()])

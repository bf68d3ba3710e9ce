"""One ledger file: how it is made, opened, read and written.

Every reading and every writing opens its own connection and closes it again (0.6 ms), so none
crosses a thread and none is left open on a file that somebody wants to move.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock

from sqlite_utils import Database

from server.errors import BooksBusy, BooksNotOpened
from server.ledger.schema import Schema

BUSY_SECONDS = 10.0
"""How long a click waits for somebody else's to be written."""

_TURNS: dict[Path, Lock] = {}
"""For each file whose turn it is to write, among the threads of this program."""


def create(path: Path, schema: Schema) -> None:
    """Make the file with all its tables, or bring an older one up to date."""
    _place(path)
    with _connected(path) as db, _refusals(path):
        _enter_wal(db)
        _bring_up_to_date(db, schema, path)


def copy(path: Path, target: Path) -> None:
    """Copy the file as it is at one moment, whatever is written meanwhile, into one that is not there yet."""
    _place(target)
    with _connected(path) as db, _connected(target) as copied, _refusals(path):
        db.conn.backup(copied.conn)


@contextmanager
def reading(path: Path, schema: Schema) -> Iterator[Database]:
    """Show the file as it is at one moment, whatever is written meanwhile. A write fails."""
    with _opened(path, schema) as db:
        db.execute("PRAGMA query_only = ON")
        db.execute("BEGIN")
        yield db


@contextmanager
def transaction(path: Path, schema: Schema) -> Iterator[Database]:
    """Commit everything done inside, or none of it.

    Begins IMMEDIATE: a deferred transaction that has read cannot wait for its turn to write, it
    fails at once. So two clicks queue, and what is read inside cannot change before it is written.
    """
    with _opened(path, schema) as db, _turn(path):
        with _refusals(path):
            db.execute("BEGIN IMMEDIATE")
        try:
            yield db
        except BaseException:
            db.rollback()
            raise
        db.commit()


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    """Let the threads of this program write one after the other.

    SQLite has no queue: it sleeps and looks again, ever longer, so that of eight clicks at once the
    unlucky one waits a second for the others' milliseconds. Other programs still wait that way.
    """
    turn = _TURNS.setdefault(path.absolute(), Lock())
    if not turn.acquire(timeout=BUSY_SECONDS):
        raise BooksBusy(path.name)
    try:
        yield
    finally:
        turn.release()


@contextmanager
def _opened(path: Path, schema: Schema) -> Iterator[Database]:
    with _connected(path) as db:
        with _refusals(path):
            _bring_up_to_date(db, schema, path)
        yield db


def _place(path: Path) -> None:
    """Have an empty file of our own where there is none; -wal and -shm files take after its mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as problem:
        raise BooksNotOpened(path.name, f"cannot be made in {path.parent} ({problem.strerror})") from problem


@contextmanager
def _connected(path: Path) -> Iterator[Database]:
    """Open a connection; never makes an empty file where a lost one should be (``mode=rw``)."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with _refusals(path):
        conn = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    with closing(conn):
        with _refusals(path):
            db = Database(conn, execute_plugins=False)
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA synchronous = FULL")
        yield db


def _bring_up_to_date(db: Database, schema: Schema, path: Path) -> None:
    """Take the steps not yet taken, all or none. Of two programs at it, the second finds none left."""
    taken = schema.taken(db)
    if not taken <= set(schema.steps):
        raise BooksNotOpened(path.name, "was written by a newer version of Clinic Ledger")
    if len(taken) == len(schema.steps):
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        schema.take(db)
    except BaseException:
        db.rollback()
        raise
    db.commit()


def _enter_wal(db: Database) -> None:
    """Let readers and a writer go on side by side. The file remembers it.

    SQLite does not wait for its busy timeout here, so of eight programs making the same file at
    once one is told "database is locked".
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as problem:
            if not _is_busy(problem) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Turn SQLite's words about a file into a sentence."""
    try:
        yield
    except sqlite3.DatabaseError as problem:
        if _is_busy(problem):
            raise BooksBusy(path.name) from problem
        if not path.exists():
            raise BooksNotOpened(path.name, "is missing") from problem
        raise BooksNotOpened(path.name, f"cannot be read ({problem})") from problem


def _is_busy(problem: sqlite3.DatabaseError) -> bool:
    return getattr(problem, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

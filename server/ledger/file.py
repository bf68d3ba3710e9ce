"""One ledger file: how it is made, opened, read and written.

Every reading and every writing has a connection to itself, one at rest where there is one. The file is
looked at each time as if it had just been opened.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock

from sqlite_utils import Database

from server.errors import BooksBusy, BooksNotOpened
from server.ledger.connections import AtRest, Connection, connect
from server.ledger.schema import Schema

BUSY_SECONDS = 10.0
"""How long a click waits for somebody else's to be written."""

_AT_REST = AtRest()

_TURNS: dict[Path, Lock] = {}
"""For each file whose turn it is to write, among the threads of this program."""


def create(path: Path, schema: Schema) -> None:
    """Make the file with all its tables, or bring an older one up to date."""
    _place(path)
    with _connected(path) as conn, _refusals(path):
        _enter_wal(conn)
        _bring_up_to_date(conn, schema)


def copy(path: Path, target: Path) -> None:
    """Copy the file as it is at one moment, whatever is written meanwhile, into one that is not there yet."""
    _place(target)
    with _connected(path) as conn, _connected(target) as copied, _refusals(path):
        conn.backup(copied)


def close(folder: Path) -> None:
    """Close what is open of a folder's files and not at work: they can then be moved, or copied by hand."""
    _AT_REST.close(folder)


@contextmanager
def reading(path: Path, schema: Schema) -> Iterator[Database]:
    """Show the file as it is at one moment, whatever is written meanwhile. A write fails."""
    with _opened(path, schema, only_reads=True) as db:
        db.execute("BEGIN")
        yield db
        db.rollback()


@contextmanager
def transaction(path: Path, schema: Schema) -> Iterator[Database]:
    """Commit everything done inside, or none of it.

    Begins IMMEDIATE: a deferred transaction that has read cannot wait for its turn to write, it
    fails at once. So two clicks queue, and what is read inside cannot change before it is written.
    """
    with _turn(path), _opened(path, schema, only_reads=False) as db:
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
def _opened(path: Path, schema: Schema, *, only_reads: bool) -> Iterator[Database]:
    """Lend a connection. One that anything went wrong on is closed: a query may still be open on it."""
    conn = _rested(path.absolute(), only_reads=only_reads) or _fresh(path, schema, only_reads=only_reads)
    try:
        db = _database(conn)
        try:
            yield db
        finally:
            del db.conn  # it was lent: whoever holds on to these books finds them shut
    except BaseException:
        conn.close()
        raise
    _AT_REST.lay_by(conn)


def _rested(path: Path, *, only_reads: bool) -> Connection | None:
    """Return a connection at rest, unless a newer program changed the tables meanwhile."""
    conn = _AT_REST.take(path, only_reads=only_reads)
    with _refusals(path):
        if conn is None or conn.tables() == conn.checked_tables:
            return conn
    conn.close()
    return None


def _fresh(path: Path, schema: Schema, *, only_reads: bool) -> Connection:
    """Open a connection to a file that is up to date, or is by then."""
    conn = _open(path)
    try:
        with _refusals(path):
            conn.checked_tables = conn.tables()
            _bring_up_to_date(conn, schema)
            if only_reads:
                conn.only_reads = True
                conn.execute("PRAGMA query_only = ON")
    except BaseException:
        conn.close()
        raise
    return conn


def _place(path: Path) -> None:
    """Have an empty file of our own where there is none; -wal and -shm files take after its mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as problem:
        raise BooksNotOpened(path.name, f"cannot be made in {path.parent} ({problem.strerror})") from problem


@contextmanager
def _connected(path: Path) -> Iterator[Connection]:
    """Open a connection for once."""
    with closing(_open(path)) as conn:
        yield conn


def _open(path: Path) -> Connection:
    with _refusals(path):
        return connect(path, BUSY_SECONDS)


def _database(conn: Connection) -> Database:
    """Return what sqlite-utils makes of a connection, which has its PRAGMAs already."""
    return Database(conn, recursive_triggers=False, execute_plugins=False)


def _bring_up_to_date(conn: Connection, schema: Schema) -> None:
    """Take the steps not yet taken, all or none. Of two programs at it, the second finds none left."""
    db = _database(conn)
    taken = schema.taken(db)
    if not taken <= set(schema.steps):
        raise BooksNotOpened(conn.path.name, "was written by a newer version of Clinic Ledger")
    if len(taken) < len(schema.steps):
        _take_steps(db, schema)


def _take_steps(db: Database, schema: Schema) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        schema.take(db)
    except BaseException:
        db.rollback()
        raise
    db.commit()


def _enter_wal(conn: Connection) -> None:
    """Let readers and a writer go on side by side. The file remembers it.

    SQLite does not wait for its busy timeout here, so of eight programs making the same file at
    once one is told "database is locked".
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            conn.execute("PRAGMA journal_mode = WAL")
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

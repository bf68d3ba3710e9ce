"""One ledger file: how it is made, opened, read and written.

Every reading and every writing has a connection to itself, one at rest where there is one. The file is
looked at each time as if it had just been opened.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from server.errors import BooksBusy, BooksNotOpened
from server.ledger.files.connections import AtRest, Connection, connect
from server.ledger.files.schema import Schema
from server.ledger.files.turns import Shared, Turns

BUSY_SECONDS = 10.0
"""How long a click waits for somebody else's to be written."""

_AT_REST = AtRest()

_TURNS: dict[Path, Turns] = {}
"""For each file whose turn it is to write."""


def create(path: Path, schema: Schema) -> None:
    """Make the file with all its tables, or bring an older one up to date."""
    _place(path)
    with _connected(path) as conn, _refusals(path):
        _patiently(conn, "PRAGMA journal_mode = WAL")  # readers and a writer side by side
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
    conn = _opened(path, schema, only_reads=True)
    try:
        with _lent(conn) as db:
            db.execute("BEGIN")
            yield db
        conn.rollback()
    except BaseException:
        conn.close()
        raise
    _AT_REST.lay_by(conn)


@contextmanager
def transaction(path: Path, schema: Schema) -> Iterator[Database]:
    """Commit everything done inside, or none of it.

    Begins IMMEDIATE: a deferred transaction that has read cannot wait for its turn to write, it
    fails at once. So two clicks queue, and what is read inside cannot change before it is written.
    """
    turns = _TURNS.setdefault(path.absolute(), Turns())
    if not turns.take(BUSY_SECONDS):
        raise BooksBusy(path.name)
    try:
        shared = turns.shared = turns.shared or Shared(_begun(path, schema))
        with shared.click(), _lent(shared.conn) as db:
            yield db
    finally:
        _end(turns)
    shared.wait()


def _end(turns: Turns) -> None:
    """Hand the turn on together with what was written, or write it to the disk first if nobody waits."""
    shared = turns.shared
    if shared and shared.can_be_joined and turns.hand_on():
        return
    turns.shared = None
    try:
        if shared:
            _commit(shared)
    finally:
        turns.end()


def _commit(shared: Shared) -> None:
    shared.commit()
    if shared.sound:
        _AT_REST.lay_by(shared.conn)
    else:
        shared.conn.close()


def _begun(path: Path, schema: Schema) -> Connection:
    """Return a connection on which nobody else can write before it commits."""
    conn = _opened(path, schema, only_reads=False)
    try:
        with _refusals(path):
            _patiently(conn, "BEGIN IMMEDIATE")
    except BaseException:
        conn.close()
        raise
    return conn


@contextmanager
def _lent(conn: Connection) -> Iterator[Database]:
    """Lend a connection: who holds on to these books after finds them shut."""
    db = _database(conn)
    try:
        yield db
    finally:
        del db.conn


def _opened(path: Path, schema: Schema, *, only_reads: bool) -> Connection:
    """Return a connection that is its taker's until it is laid by or closed."""
    return _rested(path.absolute(), only_reads=only_reads) or _fresh(path, schema, only_reads=only_reads)


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
            conn.only_reads = only_reads
            conn.execute("PRAGMA query_only = ON" if only_reads else "PRAGMA busy_timeout = 0")
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


def _patiently(conn: Connection, sql: str) -> None:
    """Execute what another program keeps from being done for a moment.

    SQLite's own patience sleeps ever longer, a tenth of a second at last, and has none at all for entering
    WAL mode: of eight programs making the same file at once one was told "database is locked".
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            conn.execute(sql)
        except sqlite3.OperationalError as problem:
            if not _is_busy(problem) or time.monotonic() > deadline:
                raise
            time.sleep(0.001)
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

"""One SQLite file: how it is made, read, written, verified and copied.

Every reading and every writing has a connection to itself, a kept one where there is one. Whether the tables
are up to date is checked each time as if the file had just been opened.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from server.errors import BooksBusy, BooksNotOpened
from server.ledger.engine.connection_cache import ConnectionCache
from server.ledger.engine.connections import BUSY_SECONDS, Connection, connect, execute_patiently
from server.ledger.engine.database_session import DatabaseSession, Inspection
from server.ledger.engine.schema import Schema
from server.ledger.engine.sqlite_errors import refuse_unusable, report_damage
from server.ledger.engine.write_queue import GroupCommit, WriteQueue

SomeSession = TypeVar("SomeSession", bound=DatabaseSession)

_CACHE = ConnectionCache()

_QUEUES: dict[Path, WriteQueue] = {}
"""The write queue of each file, for all threads of the program."""


class SqliteFile:
    """A file with the tables of a schema. It holds no connection; each use of it has its own."""

    def __init__(self, path: Path, schema: Schema) -> None:
        self.path = path
        self._schema = schema

    def create(self) -> None:
        """Make the file with all its tables, or bring an older one up to date."""
        _make_empty_file(self.path)
        with _own_connection(self.path) as conn, refuse_unusable(self.path):
            execute_patiently(conn, "PRAGMA journal_mode = WAL", BUSY_SECONDS)  # readers beside a writer
            self._schema.bring_up_to_date(conn)

    @contextmanager
    def read(self) -> Iterator[DatabaseSession]:
        """Show the file as it is at one moment, whatever is written meanwhile. A write fails."""
        with self._reading() as conn, _lend(DatabaseSession(conn)) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[DatabaseSession]:
        """Commit everything done inside, or none of it.

        Begins IMMEDIATE: a deferred transaction that has read cannot wait for its turn to write, it
        fails at once. So two clicks queue, and what is read inside cannot change before it is written.
        """
        queue = _QUEUES.setdefault(self.path.absolute(), WriteQueue())
        if not queue.enter(BUSY_SECONDS):
            raise BooksBusy(self.path.name)
        try:
            group = queue.group = queue.group or GroupCommit(self._begin())
            with group.click(), _lend(DatabaseSession(group.conn)) as session:
                yield session
        finally:
            _hand_on_or_commit(queue)
        group.wait()

    @contextmanager
    def verify(self) -> Iterator[Inspection]:
        """Show the file as ``read`` does, with damaged texts made readable; their hashes say what is wrong.

        Raises ``FileDamaged`` where SQLite cannot read on.
        """
        with self._reading() as conn, report_damage():
            conn.text_factory = lambda raw: raw.decode("utf-8", "replace")
            with _lend(Inspection(conn)) as inspection:
                yield inspection
            conn.text_factory = str

    def copy(self, target: Path) -> None:
        """Copy the file as it is at one moment, whatever is written meanwhile, to where none is yet."""
        _make_empty_file(target)
        with (
            _own_connection(self.path) as conn,
            _own_connection(target) as copied,
            refuse_unusable(self.path),
        ):
            conn.backup(copied)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Have a connection in a transaction that only reads; one that failed is not used again."""
        conn = self._open(only_reads=True)
        try:
            conn.execute("BEGIN")
            yield conn
            conn.rollback()
        except BaseException:
            conn.close()
            raise
        _CACHE.put(conn)

    def _begin(self) -> Connection:
        """Return a connection on which nobody else can write before it commits."""
        conn = self._open(only_reads=False)
        try:
            with refuse_unusable(self.path):
                execute_patiently(conn, "BEGIN IMMEDIATE", BUSY_SECONDS)
        except BaseException:
            conn.close()
            raise
        return conn

    def _open(self, *, only_reads: bool) -> Connection:
        """Return a connection for the caller alone, until it is put back or closed."""
        return self._kept_connection(only_reads=only_reads) or self._fresh_connection(only_reads=only_reads)

    def _kept_connection(self, *, only_reads: bool) -> Connection | None:
        """Return a kept connection, unless a newer program changed the tables meanwhile."""
        conn = _CACHE.take(self.path.absolute(), only_reads=only_reads)
        with refuse_unusable(self.path):
            if conn is None or conn.schema_version() == conn.checked_schema_version:
                return conn
        conn.close()
        return None

    def _fresh_connection(self, *, only_reads: bool) -> Connection:
        """Open a connection to a file that is up to date, or is by then."""
        conn = _connect(self.path)
        try:
            with refuse_unusable(self.path):
                conn.checked_schema_version = conn.schema_version()
                self._schema.bring_up_to_date(conn)
                conn.only_reads = only_reads
                conn.execute("PRAGMA query_only = ON" if only_reads else "PRAGMA busy_timeout = 0")
        except BaseException:
            conn.close()
            raise
        return conn


def close_files(folder: Path) -> None:
    """Close the kept connections to a folder's files: these can then be moved, or copied by hand."""
    _CACHE.close(folder)


def _hand_on_or_commit(queue: WriteQueue) -> None:
    """Give the next thread the turn and the open transaction, or commit it first if no thread waits."""
    group = queue.group
    if group and group.can_be_joined and queue.hand_on():
        return
    queue.group = None
    try:
        if group:
            _commit(group)
    finally:
        queue.leave()


def _commit(group: GroupCommit) -> None:
    group.commit()
    if group.is_sound:
        _CACHE.put(group.conn)
    else:
        group.conn.close()


@contextmanager
def _lend(session: SomeSession) -> Iterator[SomeSession]:
    """Lend a session: who holds on to it afterwards finds it ended."""
    try:
        yield session
    finally:
        session.end()


def _make_empty_file(path: Path) -> None:
    """Have an empty file of our own where there is none; -wal and -shm files take after its mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as problem:
        raise BooksNotOpened(path.name, f"cannot be made in {path.parent} ({problem.strerror})") from problem


@contextmanager
def _own_connection(path: Path) -> Iterator[Connection]:
    """Open a connection for once."""
    with closing(_connect(path)) as conn:
        yield conn


def _connect(path: Path) -> Connection:
    with refuse_unusable(path):
        return connect(path, BUSY_SECONDS)

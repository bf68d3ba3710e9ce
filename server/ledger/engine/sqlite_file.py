"""One SQLite file: create, read, write, verify and copy it.

Each read or write uses its own connection, taken from the cache if possible. Each time, the tables are checked
to be up to date, as if the file had just been opened.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from server.errors import BooksBusy, BooksNotOpened, CopyNeeded, LedgerReadOnly
from server.ledger.engine.connection_cache import ConnectionCache
from server.ledger.engine.connections import (
    BUSY_SECONDS,
    Connection,
    connect,
    connect_read_only,
    execute_patiently,
)
from server.ledger.engine.database_session import DatabaseSession, Inspection
from server.ledger.engine.schema import Schema
from server.ledger.engine.sqlite_errors import refuse_disk_errors, refuse_unusable, report_damage
from server.ledger.engine.write_queue import GroupCommit, WriteQueue
from server.private_files import make_private_folder, open_private_file, storage_refusal

SomeSession = TypeVar("SomeSession", bound=DatabaseSession)

_CACHE = ConnectionCache()

_QUEUES: dict[Path, WriteQueue] = {}
"""The write queue of each file, for all threads of the program."""


class SqliteFile:
    """A file with the tables of a schema. It holds no connection; each use takes its own."""

    def __init__(self, path: Path, schema: Schema) -> None:
        self.path = path
        self._schema = schema

    def create(self) -> None:
        """Create the file with all its tables, or bring an older one up to date. One that can only be read stays as it is."""
        _make_empty_file(self.path)
        try:
            with _own_connection(self.path) as conn, refuse_unusable(self.path):
                execute_patiently(conn, "PRAGMA journal_mode = WAL", BUSY_SECONDS)  # readers beside a writer
                self._schema.bring_up_to_date(conn)
        except LedgerReadOnly:
            self._read_only_connection().close()  # refuses what cannot be read either

    def is_writable(self) -> bool:
        """Return whether the file can be written to now, by beginning to."""
        try:
            with self.write():
                return True
        except LedgerReadOnly:
            return False

    @contextmanager
    def read(self) -> Iterator[DatabaseSession]:
        """Yield a session that sees the file as it is at one moment. A write through it fails."""
        with self._read_connection() as conn, _lend_session(DatabaseSession(conn)) as session:
            yield session

    @contextmanager
    def glance(self) -> Iterator[DatabaseSession | None]:
        """Yield a session for a single query, on a connection that is open already; ``None`` if none is.

        It opens no file and waits for nobody, so a question asked for every request takes microseconds.
        """
        conn = self._kept_connection(only_reads=True)
        if conn is None:
            yield None
            return
        try:
            with refuse_unusable(self.path), _lend_session(DatabaseSession(conn)) as session:
                yield session
        except BaseException:
            conn.close()
            raise
        _CACHE.put(conn)

    @contextmanager
    def write(self) -> Iterator[DatabaseSession]:
        """Yield a session; commit everything done in it, or none of it.

        Begins IMMEDIATE: a deferred transaction that has read cannot wait to write, it fails at once. So two
        clicks queue, and what is read inside cannot change before the write.
        """
        queue = _QUEUES.setdefault(self.path.absolute(), WriteQueue())
        if not queue.enter(BUSY_SECONDS):
            raise BooksBusy(self.path.name)
        with refuse_disk_errors(self.path):
            try:
                group = queue.group = queue.group or GroupCommit(self._begin_write())
                with group.write_click(), _lend_session(DatabaseSession(group.conn)) as session:
                    yield session
            finally:
                _hand_on_or_commit(queue)
            group.wait()

    @contextmanager
    def verify(self) -> Iterator[Inspection]:
        """Yield a session like ``read``, which also decodes damaged texts; hashes show what was changed.

        Raises ``FileDamaged`` if SQLite cannot read on.
        """
        with self._read_connection() as conn, report_damage():
            conn.text_factory = lambda raw: raw.decode("utf-8", "replace")
            with _lend_session(Inspection(conn)) as inspection:
                yield inspection
            conn.text_factory = str

    def copy(self, target: Path) -> None:
        """Copy the file as it is at one moment to a path where no file is yet. Others may write meanwhile."""
        _make_empty_file(target)
        with (
            closing(self._fresh_connection(only_reads=True)) as conn,
            _own_connection(target) as copied,
            refuse_unusable(target),
        ):
            conn.backup(copied)

    @contextmanager
    def _read_connection(self) -> Iterator[Connection]:
        """Yield a connection in a read-only transaction. After a failure the connection is not used again."""
        conn = self._open_connection(only_reads=True)
        try:
            with refuse_disk_errors(self.path):
                conn.execute("BEGIN")
                yield conn
                conn.rollback()
        except BaseException:
            conn.close()
            raise
        _CACHE.put(conn)

    def _begin_write(self) -> Connection:
        """Return a connection in an exclusive write transaction: no other connection can write before its commit."""
        conn = self._open_connection(only_reads=False)
        try:
            with refuse_unusable(self.path):
                execute_patiently(conn, "BEGIN IMMEDIATE", BUSY_SECONDS)
        except BaseException:
            conn.close()
            raise
        return conn

    def _open_connection(self, *, only_reads: bool) -> Connection:
        """Return a connection that only the caller uses until it is put back or closed."""
        return self._kept_connection(only_reads=only_reads) or self._fresh_connection(only_reads=only_reads)

    def _kept_connection(self, *, only_reads: bool) -> Connection | None:
        """Return a cached connection, unless a newer program has changed the tables since."""
        conn = _CACHE.take(self.path.absolute(), only_reads=only_reads)
        with refuse_unusable(self.path):
            if conn is None or conn.schema_version() == conn.checked_schema_version:
                return conn
        conn.close()
        return None

    def _fresh_connection(self, *, only_reads: bool) -> Connection:
        """Open a connection, bringing the file up to date if it is not, and if it is to be written or can be."""
        try:
            return self._prepare_connection(_connect_to(self.path), only_reads=only_reads)
        except LedgerReadOnly:
            if not only_reads:
                raise
            return self._read_only_connection()

    def _read_only_connection(self) -> Connection:
        """Open a connection to a file in a folder that can only be read; raises CopyNeeded, also for an older file."""
        with refuse_unusable(self.path):
            conn = connect_read_only(self.path, BUSY_SECONDS)
        try:
            return self._prepare_connection(conn, only_reads=True)
        except LedgerReadOnly as problem:
            why = "was written by an earlier version of Clinic Ledger and must be brought up to date first"
            raise CopyNeeded(self.path.name, why) from problem

    def _prepare_connection(self, conn: Connection, *, only_reads: bool) -> Connection:
        """Return a connection to a file whose tables are up to date. After a failure it is closed."""
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
    """Close the cached connections to a folder's files, which can then be moved, or copied by hand."""
    _CACHE.close(folder)


def _hand_on_or_commit(queue: WriteQueue) -> None:
    """Pass the turn and the open transaction to the next thread; if no thread waits, commit."""
    group = queue.group
    if group and group.can_be_joined and queue.hand_on():
        return
    queue.group = None
    try:
        if group:
            _commit_group(group)
    finally:
        queue.leave()


def _commit_group(group: GroupCommit) -> None:
    group.commit()
    if group.is_sound:
        _CACHE.put(group.conn)
    else:
        group.conn.close()


@contextmanager
def _lend_session(session: SomeSession) -> Iterator[SomeSession]:
    """Yield a session that stops working when the block exits."""
    try:
        yield session
    finally:
        session.end()


def _make_empty_file(path: Path) -> None:
    """Create an empty file if there is none, for the owner only; -wal and -shm files get its mode."""
    try:
        make_private_folder(path.parent)
        if not path.exists():
            with suppress(FileExistsError):  # another program made it at the same moment
                open_private_file(path).close()
    except OSError as problem:
        if refusal := storage_refusal(problem):
            raise refusal from problem
        raise BooksNotOpened(path.name, f"cannot be made in {path.parent} ({problem.strerror})") from problem


@contextmanager
def _own_connection(path: Path) -> Iterator[Connection]:
    """Yield a connection that is closed afterwards and never cached."""
    with closing(_connect_to(path)) as conn:
        yield conn


def _connect_to(path: Path) -> Connection:
    with refuse_unusable(path):
        return connect(path, BUSY_SECONDS)

"""One SQLite file: create, read, write, verify and copy it. Each commit ends with the entries of its journal.

Each read or write uses its own connection, taken from the cache if possible. Each time, the tables are checked
to be up to date, as if the file had just been opened.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from server.errors import BooksBusy, BooksNotOpened, CopyNeeded, LedgerReadOnly
from server.ledger.engine import journal
from server.ledger.engine.database import KeepHead, Stamp, keep_no_head
from server.ledger.engine.database_session import DatabaseSession, lend_session
from server.ledger.engine.inspection import Inspection
from server.ledger.engine.journal import JournalGrowth, JournalHead
from server.ledger.engine.journal_check import step_list_faults
from server.ledger.engine.sqlite import conversion, library
from server.ledger.engine.sqlite.connection_cache import ConnectionCache
from server.ledger.engine.sqlite.connections import (
    BUSY_SECONDS,
    SETTINGS,
    Use,
    connect,
    connect_read_only,
    execute_patiently,
)
from server.ledger.engine.sqlite.errors import refuse_disk_errors, refuse_unusable, report_damage
from server.ledger.engine.sqlite.inspection import SqliteInspection
from server.ledger.engine.sqlite.library import Connection
from server.ledger.engine.sqlite.moved_mark import MovedMark
from server.ledger.engine.sqlite.schema import Schema
from server.ledger.engine.sqlite.session import SqliteSession
from server.ledger.engine.sqlite.write_queue import GroupCommit, WriteQueue
from server.private_files import make_private_folder, open_private_file, storage_refusal, sync_folder

_CACHE = ConnectionCache()

_QUEUES: dict[Path, WriteQueue] = {}
"""The write queue of each file, for all threads of the program."""


class SqliteFile:
    """A file with the tables of a schema. It holds no connection; each use takes its own.

    ``stamp`` returns the current instant as UTC text. ``keep_head`` gets the growth of the journal after each commit
    that wrote entries, to keep its head outside the file; it must not raise. Once ``mark`` is there, nothing is written.
    """

    def __init__(
        self,
        path: Path,
        schema: Schema,
        stamp: Stamp,
        keep_head: KeepHead = keep_no_head,
        mark: MovedMark | None = None,
    ) -> None:
        self.path = path
        self.schema = schema
        self._stamp = stamp
        self._keep_head = keep_head
        self._mark = mark

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    def exists(self) -> bool:
        """Return whether the file exists."""
        return self.path.exists()

    def create(self) -> None:
        """Create the file with all its tables, or bring an older one up to date. One that can only be read stays as it is."""
        _make_empty_file(self.path)
        try:
            with _own_connection(self.path) as conn, refuse_unusable(self.path):
                execute_patiently(conn, "PRAGMA journal_mode = WAL", BUSY_SECONDS)  # readers beside a writer
                self._bring_up_to_date(conn)
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
        with self._read_connection() as conn, lend_session(SqliteSession(conn)) as session:
            yield session

    @contextmanager
    def glance(self) -> Iterator[DatabaseSession | None]:
        """Yield a session for a single query, on a connection that is open already; ``None`` if none is.

        It opens no file and waits for nobody, so a question asked for every request takes microseconds.
        """
        conn = self._kept_connection(Use.READ)
        if conn is None:
            yield None
            return
        try:
            with refuse_unusable(self.path), lend_session(SqliteSession(conn)) as session:
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
                with group.write_click(), lend_session(SqliteSession(group.conn)) as session:
                    yield session
            finally:
                self._hand_on_or_commit(queue)
            group.wait()

    @contextmanager
    def verify(self) -> Iterator[Inspection]:
        """Yield a session like ``read``, which also decodes damaged texts; hashes show what was changed.

        The file is not repaired first, so that missing triggers are found. Raises ``FileDamaged`` if SQLite cannot
        read on.
        """
        with closing(self._unrepaired_connection()) as conn, report_damage():
            conn.execute("BEGIN")
            conn.text_factory = lambda raw: raw.decode("utf-8", "replace")
            with lend_session(SqliteInspection(conn, self.schema)) as inspection:
                yield inspection

    def copy(self, target: Path) -> JournalHead | None:
        """Copy the file as it is at one moment to a path where no file is yet. Others may write meanwhile.

        Returns the head of the copied journal.
        """
        _make_empty_file(target)
        key = conversion.key_of_new_file(target)
        with closing(self._fresh_connection(Use.READ)) as conn:
            own_key = conn.key
            if own_key == key:
                with _own_connection(target) as copied, refuse_unusable(target):
                    conn.backup(copied)
                    return journal.read_head(SqliteSession(copied))
        close_files(self.path.parent)
        conversion.write_converted(self.path, own_key, target, key)
        with _own_connection(target) as copied, refuse_unusable(target):
            return journal.read_head(SqliteSession(copied))

    def move_in(self, source: Path) -> None:
        """Move a file of another folder here. No program has it open; no file exists here yet.

        If the two folders are encrypted with different keys, or only one is, it is written again.
        """
        make_private_folder(self.path.parent)
        old_key, key = conversion.key_of(source), conversion.key_of_new_file(self.path)
        if old_key != key:
            again = source.with_name(f"{source.name}.again")
            with conversion.rewrite_file(source, again, old_key, key):
                pass
        source.rename(self.path)
        sync_folder(self.path.parent)

    def move_out(self, target: Path) -> None:
        """Move a file back that ``move_in`` moved."""
        self.path.rename(target)

    def confirm(self) -> None:
        """Return at once: what can be read is on the disk."""

    @contextmanager
    def write_quickly(self) -> Iterator[DatabaseSession]:
        """Yield a session like ``write``, for rows outside the journal that may be lost when the power fails.

        Its commit does not wait for the disk. Raises BooksBusy if another program writes for too long.
        """
        conn = self._open_connection(Use.WRITE_QUICKLY)
        try:
            with refuse_unusable(self.path):
                conn.execute("BEGIN IMMEDIATE")
                with lend_session(SqliteSession(conn)) as session:
                    yield session
                conn.commit()
        except BaseException:
            conn.close()
            raise
        _CACHE.put(conn)

    @contextmanager
    def _read_connection(self) -> Iterator[Connection]:
        """Yield a connection in a read-only transaction. After a failure the connection is not used again."""
        conn = self._open_connection(Use.READ)
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
        conn = self._open_connection(Use.WRITE)
        try:
            with refuse_unusable(self.path):
                execute_patiently(conn, "BEGIN IMMEDIATE", BUSY_SECONDS)
            if self._mark:
                self._mark.refuse(self.path.name)
        except BaseException:
            conn.close()
            raise
        return conn

    def _open_connection(self, use: Use) -> Connection:
        """Return a connection that only the caller uses until it is put back or closed."""
        return self._kept_connection(use) or self._fresh_connection(use)

    def _kept_connection(self, use: Use) -> Connection | None:
        """Return a cached connection, unless a newer program has changed the tables since."""
        conn = _CACHE.take(self.path.absolute(), use)
        with refuse_unusable(self.path):
            if conn is None or conn.schema_version() == conn.checked_schema_version:
                return conn
        conn.close()
        return None

    def _fresh_connection(self, use: Use) -> Connection:
        """Open a connection, bringing the file up to date if it is not, and if it is to be written or can be."""
        try:
            return self._prepare_connection(_connect_to(self.path), use, restore_log=True)
        except LedgerReadOnly:
            if use is not Use.READ:
                raise
            return self._read_only_connection()

    def _read_only_connection(self) -> Connection:
        """Open a connection to a file in a folder that can only be read; raises CopyNeeded, also for an older file."""
        with refuse_unusable(self.path):
            conn = connect_read_only(self.path, BUSY_SECONDS)
        try:
            return self._prepare_connection(conn, Use.READ)
        except LedgerReadOnly as problem:
            why = "was written by an earlier version of Clinic Ledger and must be brought up to date first"
            raise CopyNeeded(self.path.name, why) from problem

    def _unrepaired_connection(self) -> Connection:
        """Open a connection to a file as it is. Only the steps of a newer program are taken first, if it lacks some.

        If the list of the steps taken was changed, none is taken: a table that is there already would be made again.
        """
        try:
            conn = _connect_to(self.path)
        except LedgerReadOnly:
            return self._read_only_connection()
        try:
            with refuse_unusable(self.path):
                if not _is_step_list_changed(conn) and self.schema.lacks_steps(conn):
                    self._bring_up_to_date(conn)
        except LedgerReadOnly:
            conn.close()
            return self._read_only_connection()
        except BaseException:
            conn.close()
            raise
        return conn

    def _prepare_connection(self, conn: Connection, use: Use, *, restore_log: bool = False) -> Connection:
        """Return a connection to a file whose tables are up to date. After a failure it is closed."""
        try:
            with refuse_unusable(self.path):
                conn.checked_schema_version = conn.schema_version()
                if restore_log:
                    conversion.restore_log(conn)
                self._bring_up_to_date(conn)
                conn.use = use
                conn.execute(SETTINGS[use])
        except BaseException:
            conn.close()
            raise
        return conn

    def _hand_on_or_commit(self, queue: WriteQueue) -> None:
        """Pass the turn and the open transaction to the next thread; if no thread waits, commit."""
        group = queue.group
        if group and group.can_be_joined and queue.hand_on():
            return
        queue.group = None
        try:
            if group:
                self._commit_group(group)
        finally:
            queue.leave()

    def _commit_group(self, group: GroupCommit) -> None:
        """Write the journal entries of all clicks in the transaction, and commit it."""
        if growth := group.commit(self._write_journal):
            self._keep_head(growth)
        if group.is_sound:
            _CACHE.put(group.conn)
        else:
            group.conn.close()

    def _write_journal(self, conn: Connection) -> JournalGrowth | None:
        with lend_session(SqliteSession(conn)) as session:
            return journal.write_entries(session, self.schema.journal, self._stamp())

    def _bring_up_to_date(self, conn: Connection) -> None:
        if growth := self.schema.bring_up_to_date(conn, self._stamp()):
            self._keep_head(growth)


def close_files(folder: Path) -> None:
    """Close the cached connections to a folder's files, which can then be moved, or copied by hand."""
    _CACHE.close(folder)


def _is_step_list_changed(conn: Connection) -> bool:
    """Return whether the list of SQL steps taken is not as the journal says, or cannot be compared with it."""
    try:
        with lend_session(SqliteSession(conn)) as session:
            return any(True for _ in step_list_faults(session))
    except library.database_errors():
        return True


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

"""Connections to SQLite files, and how long a statement waits for another program."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path
from threading import Lock
from weakref import WeakSet

from server.encryption.folder_encryption import FolderEncryption
from server.encryption.ledger_key import LedgerKey
from server.errors import BooksBusy, CopyNeeded
from server.ledger.engine.sqlite import library
from server.ledger.engine.sqlite.library import Connection, FileState

BUSY_SECONDS = 10.0
"""How long a click waits for another click to be written."""


class Use(Enum):
    """What a connection is for. It decides what the connection waits for."""

    READ = auto()
    WRITE = auto()
    WRITE_QUICKLY = auto()
    """A commit does not wait for the disk, so it may be lost when the power fails."""


SETTINGS: Mapping[Use, str] = {
    Use.READ: "PRAGMA query_only = ON",
    Use.WRITE: "PRAGMA busy_timeout = 0",
    Use.WRITE_QUICKLY: "PRAGMA synchronous = NORMAL",
}


def connect(path: Path, busy_seconds: float) -> Connection:
    """Open an existing file; a lost file is never replaced by an empty one (``mode=rw``)."""
    return _set_up(_open_file(path, "mode=rw", busy_seconds))


def _set_up(conn: Connection) -> Connection:
    try:
        # Once, not for each click: these make SQLite compile every statement again.
        conn.execute("PRAGMA foreign_keys = ON")
        conn.execute("PRAGMA recursive_triggers = ON")
        conn.execute("PRAGMA synchronous = FULL")
    except BaseException:
        conn.close()
        raise
    return conn


def connect_read_only(path: Path, busy_seconds: float) -> Connection:
    """Open a file in a folder that can only be read; raises CopyNeeded if that cannot be done without missing anything.

    Beside a file in WAL mode, SQLite reads a log, and needs shared memory to do so. If both are there, as in a snapshot
    of a ledger in use, it reads both as they are. If neither is, as in a backup, the file is whole without them, and is
    opened as one that nobody writes to (``immutable``). A log without shared memory cannot be read: its steps would be missed.
    """
    conn = _open_file(path, "mode=ro", busy_seconds)
    try:
        conn.schema_version()
    except library.operational_errors() as problem:
        conn.close()
        if library.primary_code(problem) not in {
            library.CANNOT_OPEN,
            library.READ_ONLY,
            library.IO_ERROR,
        }:
            raise
    else:
        return conn
    if _has_log(path):
        raise CopyNeeded(
            path.name, "has its latest changes in a file beside it, which needs one more to be read"
        )
    conn = _open_file(path, "mode=ro&immutable=1", busy_seconds)
    conn.is_cacheable = False
    return conn


def connect_new(path: Path, busy_seconds: float, key: LedgerKey | None) -> Connection:
    """Open an empty file that becomes a copy, encrypted with a key, whatever its folder says of new files."""
    return _set_up(open_with(path, "mode=rw", busy_seconds, key, with_sqlcipher=key is not None))


def _open_file(path: Path, options: str, busy_seconds: float) -> Connection:
    """Open a file with the library and the key that it needs. Raises LedgerKeyMissing and EncryptionNotInstalled.

    While the encryption of a folder changes, what a file is shows by which key reads it. Its first bytes are not looked
    at: closing a file takes the locks away that SQLite holds on it in this program.
    """
    encryption = FolderEncryption.of_database(path)
    if encryption.note() is None:
        return open_with(path, options, busy_seconds, None, with_sqlcipher=False)
    *others, last = [encryption.key_of_new()] if is_empty(path) else encryption.keys_of_files()
    for key in others:
        conn = open_with(path, options, busy_seconds, key, with_sqlcipher=True)
        if is_readable(conn):
            return conn
        conn.close()
    return open_with(path, options, busy_seconds, last, with_sqlcipher=True)


def is_used(path: Path) -> bool:
    """Return whether a file is there and has something in it."""
    return path.exists() and not is_empty(path)


def is_empty(path: Path) -> bool:
    """Return whether a file is there and has no bytes."""
    try:
        return path.stat().st_size == 0
    except OSError:
        return False


def open_with(
    path: Path, options: str, busy_seconds: float, key: LedgerKey | None, *, with_sqlcipher: bool
) -> Connection:
    """Open a file with a key, ``None`` for a plain one. SQLCipher opens plain files, too.

    No file is open with both libraries in one program: the locks of a program are one, each library would take the other's
    for its own, and closing a file would take them away. Raises BooksBusy if the other one has it open for too long.
    """
    address = f"{path.absolute().as_uri()}?{options}"
    opened_file = _file_of(path)
    with _OPEN.turn(path.absolute(), with_sqlcipher=with_sqlcipher, seconds=busy_seconds) as opened:
        conn = (
            library.open_encrypted(address, busy_seconds, key)
            if with_sqlcipher
            else library.open_plain(address, busy_seconds)
        )
        conn.path = path.absolute()
        conn.opened_file = opened_file
        opened(conn)
    return conn


class _OpenConnections:
    """The connections that this program has open, by their files."""

    def __init__(self) -> None:
        self._begin()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        self._lock = Lock()
        self._open: dict[Path, WeakSet[Connection]] = {}

    @contextmanager
    def turn(
        self, path: Path, *, with_sqlcipher: bool, seconds: float
    ) -> Iterator[Callable[[Connection], None]]:
        """Wait until the other library has a file no longer open, and yield what takes note of a connection."""
        deadline = time.monotonic() + seconds
        while True:
            with self._lock:
                connections = self._open.setdefault(path, WeakSet())
                for conn in [one for one in connections if not one.is_open()]:
                    connections.discard(conn)
                if all(one.is_of_sqlcipher == with_sqlcipher for one in connections):
                    yield connections.add
                    return
            if time.monotonic() > deadline:
                raise BooksBusy(path.name)
            time.sleep(0.01)

    def has_other_file(self, path: Path, current: tuple[int, int] | None) -> bool:
        """Return whether a connection was opened to another file than the one that is at its path now."""
        with self._lock:
            return any(one.is_open() and one.opened_file != current for one in self._open.get(path, ()))


_OPEN = _OpenConnections()


def was_replaced(path: Path) -> bool:
    """Return whether this program has a file open that is no longer at its path, because a command wrote it again."""
    return _OPEN.has_other_file(path.absolute(), _file_of(path))


def _file_of(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another one at the same path, ``None`` if there is none."""
    found = file_state(path)
    return found[:2] if found else None


def is_in_place(conn: Connection) -> bool:
    """Return whether the file of a connection is still the one at its path."""
    return conn.opened_file == _file_of(conn.path)


def is_readable(conn: Connection) -> bool:
    """Return whether the key of a connection is the one of the file."""
    try:
        conn.schema_version()
    except library.database_errors() as problem:
        if library.primary_code(problem) == library.NOT_A_DATABASE:
            return False
        conn.close()
        raise
    return True


def _has_log(path: Path) -> bool:
    """Return whether there is a log of changes that are not in the file itself yet."""
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def file_state(path: Path) -> FileState | None:
    """Return the state of a file, ``None`` if it does not exist."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def execute_patiently(conn: Connection, sql: str, seconds: float) -> None:
    """Execute a statement, trying again while another program locks the file.

    SQLite's own busy handler sleeps longer each time, up to a tenth of a second, and does not wait at all to
    enter WAL mode: of eight programs that made the same file at once, one got "database is locked".
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            conn.execute(sql)
        except library.operational_errors() as problem:
            if not is_busy(problem) or time.monotonic() > deadline:
                raise
            time.sleep(0.001)
        else:
            return


def is_busy(problem: Exception) -> bool:
    """Return whether a statement failed only because another connection was writing."""
    return library.primary_code(problem) in {library.BUSY, library.LOCKED}

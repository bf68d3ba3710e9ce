"""Connections to SQLite files, and how long a statement waits for another program."""

import sqlite3
import time
from collections.abc import Mapping
from enum import Enum, auto
from pathlib import Path

from server.errors import CopyNeeded

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

FileState = tuple[int, int, int, int]
"""What the file system says about a file: device, inode, bytes, the nanosecond of its last change."""


class Connection(sqlite3.Connection):
    """A connection, with what is known about its file between two clicks."""

    path: Path
    use: Use | None = None
    is_cacheable = True
    """Whether it may be kept for the next click: not if SQLite would miss what another program writes."""
    checked_schema_version = -1
    """SQLite's count of schema changes when the tables were last found up to date."""
    file_state: FileState | None = None
    idle_since = 0.0

    def schema_version(self) -> int:
        """Return SQLite's count of schema changes, made by any program."""
        (version,) = self.execute("PRAGMA schema_version").fetchone()
        return int(version)


def connect(path: Path, busy_seconds: float) -> Connection:
    """Open an existing file; a lost file is never replaced by an empty one (``mode=rw``)."""
    conn = _open_file(path, "mode=rw", busy_seconds)
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
    except sqlite3.OperationalError as problem:
        conn.close()
        if getattr(problem, "sqlite_errorcode", 0) & 0xFF not in {
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_IOERR,
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


def _open_file(path: Path, options: str, busy_seconds: float) -> Connection:
    conn = sqlite3.connect(
        f"{path.absolute().as_uri()}?{options}",
        uri=True,
        timeout=busy_seconds,
        isolation_level=None,
        check_same_thread=False,  # one thread at a time uses it, but not always the same one
        factory=Connection,
    )
    conn.path = path.absolute()
    return conn


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
        except sqlite3.OperationalError as problem:
            if not is_busy(problem) or time.monotonic() > deadline:
                raise
            time.sleep(0.001)
        else:
            return


def is_busy(problem: sqlite3.DatabaseError) -> bool:
    """Return whether a statement failed only because another connection was writing."""
    return getattr(problem, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

"""Connections to SQLite files, and how long one waits for another program."""

import sqlite3
import time
from pathlib import Path

BUSY_SECONDS = 10.0
"""How long a click waits for somebody else's to be written."""

FileState = tuple[int, int, int, int]
"""A file from outside: device, inode, bytes, the nanosecond of its last change."""


class Connection(sqlite3.Connection):
    """A connection, and what is remembered of its file between two clicks."""

    path: Path
    only_reads = False
    checked_schema_version = -1
    """SQLite's count of changes to the tables when these were found to be up to date."""
    file_state: FileState | None = None
    idle_since = 0.0

    def schema_version(self) -> int:
        """Return SQLite's count of changes to the tables, whoever made them."""
        (version,) = self.execute("PRAGMA schema_version").fetchone()
        return int(version)


def connect(path: Path, busy_seconds: float) -> Connection:
    """Open a file that is there; a lost file is never replaced by an empty one (``mode=rw``)."""
    conn = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=busy_seconds,
        isolation_level=None,
        check_same_thread=False,  # one thread at a time has it, but not always the same one
        factory=Connection,
    )
    conn.path = path.absolute()
    try:
        # Once and not for each click: they make SQLite compile every statement again.
        conn.execute("PRAGMA foreign_keys = ON")
        conn.execute("PRAGMA recursive_triggers = ON")
        conn.execute("PRAGMA synchronous = FULL")
    except BaseException:
        conn.close()
        raise
    return conn


def file_state(path: Path) -> FileState | None:
    """Return what a file looks like from outside, ``None`` if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def execute_patiently(conn: Connection, sql: str, seconds: float) -> None:
    """Execute a statement, trying again while another program keeps the file locked.

    SQLite's own patience sleeps ever longer, a tenth of a second at last, and has none at all for entering
    WAL mode: of eight programs making the same file at once one got "database is locked".
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
    """Return whether a statement failed only because somebody else was writing."""
    return getattr(problem, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

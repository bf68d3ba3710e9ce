"""Connections to ledger files, and where they rest between two clicks.

Opening a file takes a quarter of a millisecond, and closing it as the last one takes a wait for the disk:
together more than most clicks have to write. But a file that is open cannot be copied by hand as it stands,
nor on Windows moved. So a connection rests for seconds, and is closed when no click comes.
"""

import atexit
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock, Thread

SECONDS = 2.0
"""How long a connection rests before it is closed; up to half as long again."""

MOST = 32
"""Connections at rest in one program: each has three files open, and a firm may have hundreds of clinics."""

Looks = tuple[int, int, int, int]
"""A file from outside: device, inode, bytes, the nanosecond of its last change."""


class Connection(sqlite3.Connection):
    """A connection, and what is remembered of its file while it rests."""

    path: Path
    only_reads = False
    checked_tables = -1
    """SQLite's count of changes to the tables when these were found to be as they should."""
    looks: Looks | None = None
    rests_since = 0.0

    def tables(self) -> int:
        """Return SQLite's count of changes to the tables, whoever made them."""
        (version,) = self.execute("PRAGMA schema_version").fetchone()
        return int(version)


def connect(path: Path, busy_seconds: float) -> Connection:
    """Open a file that is there; an empty one is never made where a lost one should be (``mode=rw``)."""
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
        # Once and not for each click: they make SQLite compile every statement anew.
        conn.execute("PRAGMA foreign_keys = ON")
        conn.execute("PRAGMA recursive_triggers = ON")
        conn.execute("PRAGMA synchronous = FULL")
    except BaseException:
        conn.close()
        raise
    return conn


class AtRest:
    """The connections at rest of one program, for any of its threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._resting: list[Connection] = []
        self._swept = False
        atexit.register(self.close)
        if hasattr(os, "register_at_fork"):
            # Of a file it inherited open, SQLite in a forked program believes to have its parent's locks.
            os.register_at_fork(
                before=self._before_fork, after_in_parent=self._lock.release, after_in_child=self._in_child
            )

    def take(self, path: Path, *, only_reads: bool) -> Connection | None:
        """Return the connection to a file that came to rest last, ``None`` if there is none.

        Where the file was replaced, or written to through another connection, what this one remembers
        of it may be of another file: it is closed.
        """
        while conn := self._pop(path, only_reads=only_reads):
            if conn.looks == _looks(path):
                return conn
            conn.close()
        return None

    def lay_by(self, conn: Connection) -> None:
        """Keep a connection for the next click. No transaction and no query may be open on it."""
        conn.looks, conn.rests_since = _looks(conn.path), time.monotonic()
        with self._lock:
            self._resting.append(conn)
            if len(self._resting) > MOST:
                self._resting.pop(0).close()
            if not self._swept:
                Thread(target=self._sweep, name="connections at rest", daemon=True).start()
                self._swept = True

    def close(self, folder: Path | None = None) -> None:
        """Close the connections to the files in a folder, or all of them."""
        with self._lock:
            self._close(lambda conn: folder is None or conn.path.is_relative_to(folder.absolute()))

    def _pop(self, path: Path, *, only_reads: bool) -> Connection | None:
        with self._lock:
            for place in reversed(range(len(self._resting))):
                conn = self._resting[place]
                if conn.path == path and conn.only_reads == only_reads:
                    return self._resting.pop(place)
        return None

    def _close(self, chosen: Callable[[Connection], bool]) -> None:
        kept = []
        for conn in self._resting:
            if chosen(conn):
                conn.close()
            else:
                kept.append(conn)
        self._resting = kept

    def _sweep(self) -> None:
        """Close what rested long enough, until there is nothing left to look after."""
        time.sleep(SECONDS / 2)
        while self._close_overdue():
            time.sleep(SECONDS / 2)

    def _close_overdue(self) -> bool:
        """Return whether anything rests on."""
        long_ago = time.monotonic() - SECONDS
        with self._lock:
            self._close(lambda conn: conn.rests_since < long_ago)
            self._swept = bool(self._resting)
            return self._swept

    def _before_fork(self) -> None:
        self._lock.acquire()
        self._close(lambda _: True)

    def _in_child(self) -> None:
        """Start as a new program does: the thread that swept stayed with the parent."""
        self._swept = False
        self._lock.release()


def _looks(path: Path) -> Looks | None:
    """Return what a file looks like, ``None`` if it is not there."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns

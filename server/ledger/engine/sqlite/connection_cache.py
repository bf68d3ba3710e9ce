"""Open connections, kept for the next click.

Opening a file takes a quarter of a millisecond, and closing its last connection waits for the disk. Together
that is more than most clicks have to write. But an open file cannot be copied by hand, or moved on Windows.
So a connection is kept for a few seconds, and closed when no click needs it.
"""

import atexit
import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock, Thread

from server.ledger.engine.sqlite.connections import Use, file_state
from server.ledger.engine.sqlite.library import Connection

IDLE_SECONDS = 2.0
"""How long an unused connection is kept before it is closed; it can take half as long again."""

MOST_IDLE = 32
"""The most unused connections in one program. Each has three files open, and a firm may have hundreds of clinics."""


class ConnectionCache:
    """The unused connections of one program, for any of its threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._idle: list[Connection] = []
        self._sweeping = False
        atexit.register(self.close)
        if hasattr(os, "register_at_fork"):
            # SQLite in a forked program would assume that it holds its parent's locks.
            os.register_at_fork(
                before=self._before_fork, after_in_parent=self._lock.release, after_in_child=self._in_child
            )

    def take(self, path: Path, use: Use) -> Connection | None:
        """Remove and return the most recently used connection to a file, ``None`` if there is none.

        If the file was replaced, or written to through another connection, the cached pages of this one may be
        out of date, so it is closed.
        """
        while conn := self._take_latest(path, use):
            if conn.file_state == file_state(path):
                return conn
            conn.close()
        return None

    def put(self, conn: Connection) -> None:
        """Keep a connection for the next click. No transaction and no query may be open on it."""
        if not conn.is_cacheable:
            conn.close()
            return
        conn.file_state, conn.idle_since = file_state(conn.path), time.monotonic()
        with self._lock:
            self._idle.append(conn)
            if len(self._idle) > MOST_IDLE:
                self._idle.pop(0).close()
            if not self._sweeping:
                Thread(target=self._close_regularly, name="unused connections", daemon=True).start()
                self._sweeping = True

    def close(self, folder: Path | None = None) -> None:
        """Close the connections to the files in a folder, or all of them."""
        with self._lock:
            self._close_matching(lambda conn: folder is None or conn.path.is_relative_to(folder.absolute()))

    def _take_latest(self, path: Path, use: Use) -> Connection | None:
        with self._lock:
            for place in reversed(range(len(self._idle))):
                conn = self._idle[place]
                if conn.path == path and conn.use is use:
                    return self._idle.pop(place)
        return None

    def _close_matching(self, chosen: Callable[[Connection], bool]) -> None:
        kept = []
        for conn in self._idle:
            if chosen(conn):
                conn.close()
            else:
                kept.append(conn)
        self._idle = kept

    def _close_regularly(self) -> None:
        """Close connections that were unused for long enough, until none is left."""
        time.sleep(IDLE_SECONDS / 2)
        while self._close_overdue():
            time.sleep(IDLE_SECONDS / 2)

    def _close_overdue(self) -> bool:
        """Close overdue connections; return whether any connection is left."""
        long_ago = time.monotonic() - IDLE_SECONDS
        with self._lock:
            self._close_matching(lambda conn: conn.idle_since < long_ago)
            self._sweeping = bool(self._idle)
            return self._sweeping

    def _before_fork(self) -> None:
        self._lock.acquire()
        self._close_matching(lambda _: True)

    def _in_child(self) -> None:
        """Start empty, like a new program: the closing thread exists only in the parent."""
        self._sweeping = False
        self._lock.release()

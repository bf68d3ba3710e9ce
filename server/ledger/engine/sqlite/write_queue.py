"""The order in which threads of one program write to a file, and the commit they share.

SQLite has no queue: it sleeps and tries again, so one of eight simultaneous clicks may wait many times as long
as the others. Here clicks are served in the order they came. Each commit waits for the disk, so a click that
finds others waiting leaves its transaction open for the next one. One wait for the disk then serves all of them,
and each click returns only after it.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

from server.ledger.engine.journal import JournalGrowth
from server.ledger.engine.sqlite.library import Connection

MOST_TOGETHER = 16
"""The most clicks in one transaction. It limits how long the first one waits for its commit."""


class GroupCommit:
    """An open transaction and the clicks written in it. Each click is written as a whole or not at all."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.is_sound = True
        """Whether the connection can be reused. After an exception a query may still be open on it."""
        self._clicks = 0
        self._over = Event()
        self._failure: BaseException | None = None

    @property
    def can_be_joined(self) -> bool:
        """Return whether another click can be written in the transaction."""
        return self.conn.in_transaction and self._clicks < MOST_TOGETHER

    @contextmanager
    def write_click(self) -> Iterator[None]:
        """Write one click. An exception undoes what this click wrote, and nothing else.

        The first one needs no savepoint: no other click comes before it.
        """
        joined = self._clicks > 0
        self._clicks += 1
        if joined:
            self.conn.execute("SAVEPOINT click")
        try:
            yield
            if joined:
                self.conn.execute("RELEASE click")
        except BaseException as problem:
            self.is_sound = False
            self._undo_click(problem, joined=joined)
            raise

    def _undo_click(self, problem: BaseException, *, joined: bool) -> None:
        if not joined:
            self.conn.rollback()
        elif self.conn.in_transaction:
            self.conn.execute("ROLLBACK TO click")
            self.conn.execute("RELEASE click")
        else:
            self._failure = problem  # SQLite rolled back all of it: the disk is full, or cannot be read

    def commit(self, write_journal: Callable[[Connection], JournalGrowth | None]) -> JournalGrowth | None:
        """Write the journal, commit to disk, and release every click that waits for the commit.

        Returns how the journal grew, ``None`` if it did not.
        """
        try:
            growth = write_journal(self.conn) if self.conn.in_transaction else None
            self.conn.commit()
        except BaseException as problem:  # noqa: BLE001 - raised again for each click in the transaction
            self.is_sound = False
            self._failure = problem
            return None
        else:
            return growth
        finally:
            self._over.set()

    def wait(self) -> None:
        """Return when the transaction is on disk; raise the error that prevented the commit."""
        self._over.wait()
        if self._failure:
            raise self._failure


class WriteQueue:
    """The threads that wait to write to one file: first come, first served."""

    def __init__(self) -> None:
        self.group: GroupCommit | None = None
        """The open transaction of the thread whose turn it is. No other thread may use it."""
        self._lock = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    def enter(self, seconds: float) -> bool:
        """Wait for the turn to write; return whether it came within ``seconds``."""
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            called = Lock()
            called.acquire()
            self._waiting.append(called)
        if called.acquire(timeout=seconds):
            return True
        with self._lock:
            if called in self._waiting:
                self._waiting.remove(called)
                return False
        return True  # the turn came just as the wait ended

    def hand_on(self) -> bool:
        """Pass the turn to the next waiting thread; return whether there is one. If not, keep the turn."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
                return True
        return False

    def leave(self) -> None:
        """Pass the turn to the next waiting thread, or leave the queue idle."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

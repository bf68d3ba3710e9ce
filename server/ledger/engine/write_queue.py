"""The order in which threads of one program write to a file, and the commit they share.

SQLite has no queue: it sleeps and looks again, so that of eight clicks at once the unlucky one waits for
the others many times over. Here clicks are served in the order they came. And since each commit has to wait
for the disk, a click that finds others waiting leaves its transaction open to the next one: one wait for the
disk is enough for all of them, and each returns only after it.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

from server.ledger.engine.connections import Connection

MOST_TOGETHER = 16
"""Clicks in one transaction, so that the first of them does not wait too long for its commit."""


class GroupCommit:
    """An open transaction, and the clicks that are written in it: each of them as a whole or not at all."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.is_sound = True
        """Whether nothing went wrong on the connection. After an exception a query may still be open on it."""
        self._clicks = 0
        self._over = Event()
        self._failure: BaseException | None = None

    @property
    def can_be_joined(self) -> bool:
        """Return whether another click can be written in it."""
        return self.conn.in_transaction and self._clicks < MOST_TOGETHER

    @contextmanager
    def click(self) -> Iterator[None]:
        """Write one click; an exception undoes what this click wrote, and nothing else.

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
            self._undo(problem, joined=joined)
            raise

    def _undo(self, problem: BaseException, *, joined: bool) -> None:
        if not joined:
            self.conn.rollback()
        elif self.conn.in_transaction:
            self.conn.execute("ROLLBACK TO click")
            self.conn.execute("RELEASE click")
        else:
            self._failure = problem  # SQLite gave up all of it: the disk is full, or cannot be read

    def commit(self) -> None:
        """Write it to the disk, and let every click return that waits for that."""
        try:
            self.conn.commit()
        except BaseException as problem:  # noqa: BLE001 - raised for each click that is in it
            self.is_sound = False
            self._failure = problem
        finally:
            self._over.set()

    def wait(self) -> None:
        """Return when it is on the disk; raise what kept it from getting there."""
        self._over.wait()
        if self._failure:
            raise self._failure


class WriteQueue:
    """The threads that want to write to one file: first come, first served."""

    def __init__(self) -> None:
        self.group: GroupCommit | None = None
        """The transaction of the thread whose turn it is; no other thread may touch it."""
        self._lock = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    def enter(self, seconds: float) -> bool:
        """Wait for the turn to write; return whether it came in time."""
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
        return True  # called in the moment it gave up

    def hand_on(self) -> bool:
        """Give the turn to the next thread that waits; return whether there is one. The turn is kept if not."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
                return True
        return False

    def leave(self) -> None:
        """Give the turn to the next thread, or back."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

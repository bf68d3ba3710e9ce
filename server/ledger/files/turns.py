"""Whose turn it is to write to a file, among the threads of one program, and who is written together.

SQLite has no queue: it sleeps and looks again, so that of eight clicks at once the unlucky one waits for
the others many times over. Here they come in turn. And since the disk has to be waited for at each
commit, a click that finds others waiting leaves its transaction open to the next one: one wait is
enough for all of them, and each returns only after it.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

from server.ledger.files.connections import Connection

MOST_TOGETHER = 16
"""Clicks in one transaction, so that the first of them does not wait for ever more."""


class Shared:
    """A transaction begun, and the clicks that are written in it: each of them wholly, or none of it."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.sound = True
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
        """Write one click; what it wrote until something was raised is undone, and nothing else.

        The first one needs no savepoint: there is nothing before it to be kept.
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
            self.sound = False
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
        """Have it on the disk, and let everybody return who waits for that."""
        try:
            self.conn.commit()
        except BaseException as problem:  # noqa: BLE001 - raised for each click that is in it
            self.sound = False
            self._failure = problem
        finally:
            self._over.set()

    def wait(self) -> None:
        """Return when it is on the disk; raise what kept it from getting there."""
        self._over.wait()
        if self._failure:
            raise self._failure


class Turns:
    """The turns at one file: first come, first served."""

    def __init__(self) -> None:
        self.shared: Shared | None = None
        """The transaction that whoever has the turn writes in; for nobody else to touch."""
        self._lock = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    def take(self, seconds: float) -> bool:
        """Wait for the turn; return whether it came in time."""
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
        """Give the turn to the next one who waits; return whether there is one. The turn stays if not."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
                return True
        return False

    def end(self) -> None:
        """Give the turn to the next one, or back."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

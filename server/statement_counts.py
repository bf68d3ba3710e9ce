"""How many statements of this process a database ended or answered slowly. Nothing is kept about what they were."""

from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class StatementCounts:
    """Numbers of statements: ended because they took too long, ended while they waited for a lock, and slow."""

    timed_out: int = 0
    lock_waits_ended: int = 0
    slow: int = 0

    def plus(self, other: "StatementCounts") -> "StatementCounts":
        """Return the sums of both."""
        return StatementCounts(
            self.timed_out + other.timed_out,
            self.lock_waits_ended + other.lock_waits_ended,
            self.slow + other.slow,
        )

    def minus(self, other: "StatementCounts") -> "StatementCounts":
        """Return the differences of both."""
        return StatementCounts(
            self.timed_out - other.timed_out,
            self.lock_waits_ended - other.lock_waits_ended,
            self.slow - other.slow,
        )


class StatementCounter:
    """Counts statements of any number of threads."""

    def __init__(self) -> None:
        self._counts = StatementCounts()
        self._lock = Lock()

    def add(self, counts: StatementCounts) -> None:
        """Count statements."""
        with self._lock:
            self._counts = self._counts.plus(counts)

    def read(self) -> StatementCounts:
        """Return what was counted since the process began."""
        return self._counts


COUNTED = StatementCounter()
"""The counter of this process. A worker process hands its counts to the service with each click."""

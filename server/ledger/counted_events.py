"""What all services of a ledger count together for a short time, such as failed attempts to sign in.

The counts are rows of the firm's tables, so they hold whichever service answers, and after a restart. They are outside the
journal, and are removed when their time is over.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from server.ledger.clock import UNNOTICED, instant
from server.ledger.engine.database import Database
from server.ledger.engine.database_session import DatabaseSession


class Limit(NamedTuple):
    """How many events of one kind may count at once, and for how many seconds each counts."""

    most: int
    seconds: int


class Counter(NamedTuple):
    """A limit, and what is counted under it: ``address 192.0.2.1``."""

    limit: Limit
    counted_as: str


_COUNTING = "FROM counted_event WHERE counted_as = ? AND ends_at > ? AND counted_at <= ?"
"""Events that count now. One that the clock of now says is still to come is of a clock that was set back: it is forgotten."""

_NUMBER = f"SELECT COUNT(*) {_COUNTING}"
_IN_THE_WAY = f"SELECT ends_at {_COUNTING} ORDER BY ends_at DESC LIMIT 1 OFFSET CAST(? AS BIGINT)"
_OVER = "DELETE FROM counted_event WHERE ends_at <= ? OR counted_at > ?"
_FORGET = "DELETE FROM counted_event WHERE id = ?"


class CountedEvents:
    """The events that count now in a ledger."""

    def __init__(self, firm: Database, now: Callable[[], datetime]) -> None:
        self._firm = firm
        self._now = now

    def seconds_to_wait(self, counters: Sequence[Counter]) -> float:
        """Return after how many seconds each counter is below its limit, 0 if all are now. Nothing is counted."""
        with self._firm.read() as session:
            return self._seconds_to_wait(session, counters)

    def number(self, counter: Counter) -> int:
        """Return how many events count now."""
        now = self._now()
        with self._firm.read() as session:
            return int(session.value(_NUMBER, _counting_now(counter, now)))

    def count_below(self, counters: Sequence[Counter], limiting: Sequence[Counter]) -> "Counted | float":
        """Count an event under each counter, if the limiting ones are below their limits.

        Otherwise return after how many seconds they are. Services that count at the same moment do so one after the other,
        so together they never count more than the limit.
        """
        with self._firm.write() as session:
            if seconds := self._seconds_to_wait(session, limiting):
                return seconds
            return self._count(session, counters)

    def count(self, counters: Sequence[Counter]) -> None:
        """Count an event under each counter, also above its limit."""
        with self._firm.write() as session:
            self._count(session, counters)

    def forget(self, counted: "Counted") -> None:
        """Let an event count no more."""
        with self._firm.write_quickly() as session:
            for row in counted.rows:
                session.execute(_FORGET, [row])

    def _count(self, session: DatabaseSession, counters: Sequence[Counter]) -> "Counted":
        now = self._now()
        session.execute(_OVER, [instant(now), instant(now + UNNOTICED)])
        rows = [
            {
                "id": secrets.token_hex(16),
                "counted_as": counter.counted_as,
                "counted_at": instant(now),
                "ends_at": instant(now + timedelta(seconds=counter.limit.seconds)),
            }
            for counter in counters
        ]
        for row in rows:
            session.insert("counted_event", row)
        return Counted(tuple(row["id"] for row in rows))

    def _seconds_to_wait(self, session: DatabaseSession, counters: Sequence[Counter]) -> float:
        now = self._now()
        ends = [
            session.value(_IN_THE_WAY, [*_counting_now(counter, now), counter.limit.most - 1])
            for counter in counters
        ]
        latest = max((datetime.fromisoformat(end) for end in ends if end), default=now)
        return (latest - now).total_seconds()


class Counted(NamedTuple):
    """An event that was counted: the ids of its rows, one for each counter."""

    rows: tuple[str, ...]


def _counting_now(counter: Counter, now: datetime) -> list[str]:
    return [counter.counted_as, instant(now), instant(now + UNNOTICED)]

"""The clock of a ledger that is filled with months of invented work: it can be set to a day in the past.

The ledger's clock is an argument, so that everything is recorded by its own rules, as it was on that day.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from operator import itemgetter

from server.ledger.clock import utc_now

OFFICE_CLOSES = time(17)
"""The local time at which the work of a day in the past begins to be recorded."""

Work = tuple[date, Callable[[date], None]]
"""A piece of work and the day on which it is done."""


class DemoClock:
    """A clock that goes on from the time it was set to. It shows the current time until it is set."""

    def __init__(self) -> None:
        self._behind = timedelta()

    def __call__(self) -> datetime:
        """Return the instant that the clock shows, in UTC."""
        return utc_now() - self._behind

    def today(self) -> date:
        """Return the local day that the clock shows."""
        return self().astimezone().date()

    def do_in_order(self, work: Iterable[Work]) -> None:
        """Do each piece of work on its own day, the earliest first, then show the current time again.

        The clock is never set back in between: the books would remark on it.
        """
        for day, task in sorted(work, key=itemgetter(0)):
            self._behind = utc_now() - datetime.combine(day, OFFICE_CLOSES).astimezone()
            task(day)
        self._behind = timedelta()

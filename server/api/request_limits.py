"""How many requests of one person, and of one address before somebody signed in, are answered in a time.

The limits are generous: no person meets them, and one program that never stops asking does not slow the others.
"""

from collections.abc import Callable
from dataclasses import dataclass

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.concurrency import run_in_threadpool

from server.api.proxied_requests import is_this_computer
from server.billing.people import LOCAL_PERSON, Person
from server.errors import BillingError, TooManyRequests
from server.ledger.clock import utc_now
from server.ledger.people.attempts import counted_address

WINDOW_SECONDS = 10


@dataclass(frozen=True, slots=True)
class RequestRates:
    """The most requests in WINDOW_SECONDS: of one person or program, and of one address where nobody is signed in."""

    of_person: int
    of_address: int


class RequestLimits:
    """The requests of the last seconds, in memory.

    A ledger without users is never limited on this computer: there is nobody else whom a program could slow.
    """

    def __init__(self, rates: RequestRates, has_users: Callable[[], bool]) -> None:
        self._of_person = RateLimitItemPerSecond(rates.of_person, WINDOW_SECONDS)
        self._of_address = RateLimitItemPerSecond(rates.of_address, WINDOW_SECONDS)
        self._has_users = has_users
        # Windows are counted by the number of their time, so a clock that is set back begins another one.
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def objection_to(self, person: Person | None, address: str) -> TooManyRequests | None:
        """Count a request; return why it is not answered now, ``None`` if it is.

        ``person`` makes it, ``None`` if nobody is signed in.
        """
        if person == LOCAL_PERSON:
            return None
        item, key = (
            (self._of_person, ("person", person.name))
            if person
            else (self._of_address, ("address", counted_address(address)))
        )
        if self._limiter.hit(item, *key):
            return None
        if person is None and is_this_computer(address) and not await self._are_there_users():
            return None
        return TooManyRequests(self._limiter.get_window_stats(item, *key).reset_time - utc_now().timestamp())

    async def _are_there_users(self) -> bool:
        """Return whether the ledger has users, ``True`` if it cannot be read. A thread waits for the database."""
        try:
            return await run_in_threadpool(self._has_users)
        except BillingError:
            return True

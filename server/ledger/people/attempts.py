"""How often somebody may try to sign in (rule: people#sign-in). It is kept in memory, for a minute.

Only failures count, by address. Failures of one user from all addresses make the answers slower and refuse nothing: otherwise
a stranger could keep a user out. Names are counted whether a user has them or not, so that the answers tell nothing.
"""

import hmac
import secrets
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from threading import Lock

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from server.errors import TooManySignIns
from server.ledger.clock import utc_now

A_MINUTE = 60

OF_USER_AND_ADDRESS = RateLimitItemPerSecond(5, A_MINUTE)
OF_ADDRESS = RateLimitItemPerSecond(20, A_MINUTE)
"""How many failures are answered for one name from one address, and from one address."""

WRONG_CODES = RateLimitItemPerSecond(10, 10 * A_MINUTE)
"""How many wrong codes of an authenticator app are answered for one user, from all addresses. Only somebody who knows the
password gets that far, so a stranger cannot use them up."""

SLOWING = RateLimitItemPerSecond(20, A_MINUTE)
SLOWED_FROM, FIRST_DELAY, LONGEST_DELAY = 5, 0.1, 2.0
"""From how many failures a minute on the answers for a name get slower, and between how many seconds."""

NETWORK_BITS = 64
"""How much of an IPv6 address counts: one computer may use all addresses of its network."""

LOCKS = 64


class Attempts:
    """The failures of the last minute."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._key = secrets.token_bytes(32)
        self._locks = [Lock() for _ in range(LOCKS)]

    def lock_of(self, address: str) -> Lock:
        """Return the lock to hold while an attempt of an address is decided: attempts at once count one after the other."""
        return self._locks[sha256(counted_address(address).encode()).digest()[0] % LOCKS]

    def require_few(self, name: str, address: str) -> None:
        """Raise TooManySignIns if there were too many failures from an address."""
        for item, keys in self._limits_of(name, address):
            self._require_below(item, *keys)

    def count_failure(self, name: str, address: str) -> None:
        """Count an attempt that did not work."""
        for item, keys in self._limits_of(name, address):
            self._limiter.hit(item, *keys)
        self._limiter.hit(SLOWING, "name", self._secret_key(name))

    def require_few_codes(self, user_id: int) -> None:
        """Raise TooManySignIns if there were too many wrong codes of an authenticator app for a user."""
        self._require_below(WRONG_CODES, "codes", str(user_id))

    def count_wrong_code(self, user_id: int) -> None:
        """Count a wrong code of an authenticator app."""
        self._limiter.hit(WRONG_CODES, "codes", str(user_id))

    def take_turn(self, item: RateLimitItem, what: str, key: str) -> float:
        """Count something that may happen so often in a time; return after how many seconds it may, 0 for now."""
        if self._limiter.hit(item, what, key):
            return 0.0
        return self._seconds_until(item, what, key)

    def delay_seconds(self, name: str) -> float:
        """Return how long the answer to an attempt takes after failures with the same name."""
        left = self._limiter.get_window_stats(SLOWING, "name", self._secret_key(name)).remaining
        beyond = SLOWING.amount - left - SLOWED_FROM
        return min(LONGEST_DELAY, FIRST_DELAY * 2**beyond) if beyond >= 0 else 0.0

    def _require_below(self, item: RateLimitItem, *keys: str) -> None:
        if not self._limiter.test(item, *keys) and (seconds := self._seconds_until(item, *keys)):
            raise TooManySignIns(seconds)

    def _seconds_until(self, item: RateLimitItem, *keys: str) -> float:
        """Return after how many seconds the next attempt is answered. If the clock was set back, the past is forgotten."""
        seconds = self._limiter.get_window_stats(item, *keys).reset_time - utc_now().timestamp()
        if seconds > item.get_expiry() + 1:
            self._limiter.clear(item, *keys)
            return 0.0
        return max(seconds, FIRST_DELAY)

    def _limits_of(self, name: str, address: str) -> tuple[tuple[RateLimitItem, tuple[str, str]], ...]:
        counted = counted_address(address)
        return (OF_USER_AND_ADDRESS, (self._secret_key(name), counted)), (OF_ADDRESS, ("address", counted))

    def _secret_key(self, name: str) -> str:
        """Return what a typed name is counted under: it may be a password that was typed into the wrong field."""
        return hmac.new(self._key, name.encode("utf-8", "replace"), sha256).hexdigest()


def counted_address(address: str) -> str:
    """Return what the failures of an address are counted under."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return sha256(address.encode("utf-8", "replace")).hexdigest()
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return f"{int(parsed) >> (128 - NETWORK_BITS):x}::"

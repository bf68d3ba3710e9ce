"""How often somebody may try to sign in (rule: people#sign-in). All services of the ledger count together, for a minute.

Only failures count, by address. Failures of one user from all addresses make the answers slower and refuse nothing: otherwise
a stranger could keep a user out. Names are counted whether a user has them or not, so that the answers tell nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from threading import Lock

from server.errors import (
    BillingError,
    DeviceCodeUnusable,
    LinkUnusable,
    SecondFactorRefused,
    SignInRefused,
    TooManySignIns,
)
from server.ledger.counted_events import Counted, CountedEvents, Counter, Limit

A_MINUTE = 60

OF_USER_AND_ADDRESS = Limit(5, A_MINUTE)
OF_ADDRESS = Limit(20, A_MINUTE)
"""How many failures are answered for one name from one address, and from one address."""

WRONG_CODES = Limit(10, 10 * A_MINUTE)
"""How many wrong codes of an authenticator app are answered for one user, from all addresses. Only somebody who knows the
password gets that far, so a stranger cannot use them up."""

SLOWING = Limit(20, A_MINUTE)
SLOWED_FROM, FIRST_DELAY, LONGEST_DELAY = 5, 0.1, 2.0
"""From how many failures a minute on the answers for a name get slower, and between how many seconds."""

NETWORK_BITS = 64
"""How much of an IPv6 address counts: one computer may use all addresses of its network."""

NAME_LETTERS = 4
"""How many letters of its digest stand for a typed name: 16 bits. Somebody who reads them cannot try passwords, one of which
may have been typed into the wrong field; and two names that count as one are no harm."""

LOCKS = 64

Wrong = tuple[type[BillingError], ...]
"""How an attempt ends that was a guess."""

WRONG: Wrong = (SignInRefused, SecondFactorRefused, DeviceCodeUnusable, LinkUnusable)
WRONG_CODE: Wrong = (SecondFactorRefused,)


class Attempts:
    """The failures of the last minute."""

    def __init__(self, events: CountedEvents) -> None:
        self._events = events
        self._locks = [Lock() for _ in range(LOCKS)]

    def lock_of(self, address: str) -> Lock:
        """Return the lock to hold while an attempt of an address is decided.

        Attempts that come to this service at once are decided one after the other, so that people of one office do not meet
        the limits.
        """
        return self._locks[sha256(counted_address(address).encode()).digest()[0] % LOCKS]

    def require_few(self, name: str, address: str) -> None:
        """Raise TooManySignIns if there were too many failures from an address."""
        if seconds := self._events.seconds_to_wait(_refusing_counters(name, address)):
            raise TooManySignIns(seconds)

    @contextmanager
    def attempt(self, name: str, address: str) -> Iterator[None]:
        """Count an attempt as a failure while the block decides it, and after it only if it was a guess.

        It counts before it is decided, so that attempts at several services at once are not more than one after the other.
        Raises TooManySignIns.
        """
        with self._counted_while_decided(
            _counters_of(name, address), _refusing_counters(name, address), WRONG
        ):
            yield

    @contextmanager
    def code_attempt(self, user_id: int) -> Iterator[None]:
        """Count a code of an authenticator app as wrong while the block decides it, and after it if it was wrong.

        Raises TooManySignIns.
        """
        counter = Counter(WRONG_CODES, f"codes of {user_id}")
        with self._counted_while_decided([counter], [counter], WRONG_CODE):
            yield

    def count_failure(self, name: str, address: str) -> None:
        """Count an attempt that did not work."""
        self._events.count(_counters_of(name, address))

    def take_turn(self, limit: Limit, what: str, key: str) -> float:
        """Count something that may happen so often in a time; return after how many seconds it may, 0 for now."""
        counter = Counter(limit, f"{what} {key}")
        if seconds := self._events.seconds_to_wait([counter]):  # whoever asks too often makes no writer wait
            return seconds
        turn = self._events.count_below([counter], [counter])
        return 0.0 if isinstance(turn, Counted) else turn

    def delay_seconds(self, name: str) -> float:
        """Return how long the answer to an attempt takes after failures with the same name."""
        beyond = self._events.number(_counter_of_name(name)) - SLOWED_FROM
        return min(LONGEST_DELAY, FIRST_DELAY * 2**beyond) if beyond >= 0 else 0.0

    @contextmanager
    def _counted_while_decided(
        self, counted: list[Counter], refusing: list[Counter], wrong: Wrong
    ) -> Iterator[None]:
        begun = self._events.count_below(counted, refusing)
        if not isinstance(begun, Counted):
            raise TooManySignIns(begun)
        try:
            yield
        except wrong:
            raise
        except BaseException:
            self._take_back(begun)
            raise
        self._take_back(begun)

    def _take_back(self, begun: Counted) -> None:
        """Let an attempt count no more. If that cannot be written, it counts for its minute: nobody is kept out by one."""
        with suppress(BillingError):
            self._events.forget(begun)


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


def _refusing_counters(name: str, address: str) -> list[Counter]:
    """Return what failures are refused by: they count for the name from there, and for the address."""
    counted = counted_address(address)
    return [
        Counter(OF_USER_AND_ADDRESS, f"name {_letters_of(name)} from {counted}"),
        Counter(OF_ADDRESS, f"address {counted}"),
    ]


def _counter_of_name(name: str) -> Counter:
    return Counter(SLOWING, f"name {_letters_of(name)}")


def _counters_of(name: str, address: str) -> list[Counter]:
    return [*_refusing_counters(name, address), _counter_of_name(name)]


def _letters_of(name: str) -> str:
    """Return what a typed name is counted under."""
    return sha256(name.encode("utf-8", "replace")).hexdigest()[:NAME_LETTERS]

"""Short-lived values that a browser keeps for us: nobody can read or change them, and each counts once."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from starlette.requests import Request
from starlette.responses import Response

from server.ledger.counted_events import Counted, CountedEvents, Counter, Limit
from server.ledger.sealing_keys import KEY_BYTES, SealingKeys

LASTS_SECONDS = 600
"""How long somebody may take to sign in at the provider, or to type a code."""

MOST_KEPT = 6
"""How many sign-ins a browser may have begun in its tabs. Of more, the others are forgotten: headers have a limit."""


ONCE = Limit(1, LASTS_SECONDS + 1)
"""How often a cookie counts as long as it could be opened."""


class SealedCookies:
    """Cookies sealed with keys that all services of the ledger have: each of them opens what another one has sealed.

    ``path`` is where the browser sends them. ``secret`` is what the services share besides the ledger: without it, nobody who
    reads a copy of the ledger can seal a cookie. ``now`` is the service's clock. Every method may wait for the ledger.
    """

    def __init__(
        self,
        path: str,
        secret: str,
        keys: SealingKeys,
        used: CountedEvents,
        now: Callable[[], datetime],
    ) -> None:
        self._path = path
        self._secret = secret.encode()
        self._keys = keys
        self._used = used
        self._now = now

    def put(self, response: Response, request: Request, name: str, values: dict[str, object]) -> None:
        """Give a browser a cookie, which comes back with the requests of its next ten minutes."""
        sealed = self._seal().encrypt_at_time(orjson.dumps([name, values]), self._seconds()).decode()
        is_encrypted = request.url.scheme == "https"
        response.set_cookie(
            name, sealed, LASTS_SECONDS, path=self._path, secure=is_encrypted, httponly=True, samesite="lax"
        )

    def read(self, request: Request, name: str) -> dict[str, object] | None:
        """Return what a cookie holds; ``None`` if there is none, it is not ours, too old, or was used up."""
        sealed = request.cookies.get(name, "")
        if not sealed or self._used.number(_use_of(sealed)):
            return None
        try:
            opened = self._seal().decrypt_at_time(
                sealed.encode("ascii", "replace"), LASTS_SECONDS, self._seconds()
            )
        except InvalidToken:
            return None
        sealed_as, values = orjson.loads(opened)
        return values if sealed_as == name else None

    def use_up(self, request: Request, name: str) -> bool:
        """Let a cookie count no more, also where somebody has kept a copy of it; return whether it counted until now."""
        use = _use_of(request.cookies.get(name, ""))
        return isinstance(self._used.count_below([use], [use]), Counted)

    def take_away(self, response: Response, request: Request, name: str) -> None:
        """Take a cookie away from the browser."""
        is_encrypted = request.url.scheme == "https"
        response.delete_cookie(name, path=self._path, secure=is_encrypted, httponly=True, samesite="lax")

    def take_away_too_many(self, response: Response, request: Request, prefix: str) -> None:
        """Take the cookies with a prefix away from a browser that keeps too many."""
        kept = [name for name in request.cookies if name.startswith(prefix)]
        for name in kept if len(kept) >= MOST_KEPT else []:
            self.take_away(response, request, name)

    def _seal(self) -> MultiFernet:
        """Return what seals with the latest key, and opens with each key that still opens."""
        return MultiFernet([Fernet(urlsafe_b64encode(self._derive(key))) for key in self._keys.usable()])

    def _derive(self, key: bytes) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, self._secret, b"cookies of a sign-in").derive(key)

    def _seconds(self) -> int:
        return int(self._now().timestamp())


def _use_of(sealed: str) -> Counter:
    return Counter(ONCE, f"cookie {sha256(sealed.encode('utf-8', 'replace')).hexdigest()}")

"""Short-lived values that a browser keeps for us: nobody can read or change them, and each counts once."""

import time
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import orjson
from cryptography.fernet import Fernet, InvalidToken
from starlette.requests import Request
from starlette.responses import Response

LASTS_SECONDS = 600
"""How long somebody may take to sign in at the provider, or to type a code."""

MOST_KEPT = 6
"""How many sign-ins a browser may have begun in its tabs. Of more, the others are forgotten: headers have a limit."""


class SealedCookies:
    """Cookies sealed with a key of this run of the service: after a restart, none of them counts.

    ``path`` is where the browser sends them. ``now`` is the service's clock.
    """

    def __init__(self, path: str, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now
        self._key = Fernet(Fernet.generate_key())
        self._used: dict[str, float] = {}

    def put(self, response: Response, request: Request, name: str, values: dict[str, object]) -> None:
        """Give a browser a cookie, which comes back with the requests of its next ten minutes."""
        sealed = self._key.encrypt_at_time(orjson.dumps([name, values]), self._seconds()).decode()
        is_encrypted = request.url.scheme == "https"
        response.set_cookie(
            name, sealed, LASTS_SECONDS, path=self._path, secure=is_encrypted, httponly=True, samesite="lax"
        )

    def read(self, request: Request, name: str) -> dict[str, object] | None:
        """Return what a cookie holds; ``None`` if there is none, it is not ours, too old, or was used up."""
        sealed = request.cookies.get(name, "")
        if _digest(sealed) in self._used:
            return None
        try:
            opened = self._key.decrypt_at_time(
                sealed.encode("ascii", "replace"), LASTS_SECONDS, self._seconds()
            )
        except InvalidToken:
            return None
        sealed_as, values = orjson.loads(opened)
        return values if sealed_as == name else None

    def use_up(self, request: Request, name: str) -> None:
        """Let a cookie count no more, also where somebody has kept a copy of it."""
        present = time.monotonic()
        self._used = {one: end for one, end in self._used.items() if end > present}
        self._used[_digest(request.cookies.get(name, ""))] = present + LASTS_SECONDS + 1

    def take_away(self, response: Response, request: Request, name: str) -> None:
        """Take a cookie away from the browser."""
        is_encrypted = request.url.scheme == "https"
        response.delete_cookie(name, path=self._path, secure=is_encrypted, httponly=True, samesite="lax")

    def take_away_too_many(self, response: Response, request: Request, prefix: str) -> None:
        """Take the cookies with a prefix away from a browser that keeps too many."""
        kept = [name for name in request.cookies if name.startswith(prefix)]
        for name in kept if len(kept) >= MOST_KEPT else []:
            self.take_away(response, request, name)

    def _seconds(self) -> int:
        return int(self._now().timestamp())


def _digest(sealed: str) -> str:
    return sha256(sealed.encode("utf-8", "replace")).hexdigest()

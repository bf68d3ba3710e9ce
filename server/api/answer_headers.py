"""Headers that every answer of the service has, whoever made it: a route, the guard, the pages or the server."""

from collections.abc import Collection, Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.protocol_version import PROTOCOL_HEADER
from server.api.proxied_requests import is_address, name_in

Headers = list[tuple[bytes, bytes]]

ALWAYS: Headers = [
    PROTOCOL_HEADER,
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
]
"""It says the version of the protocol. Nothing is kept by a browser or a proxy, and nothing is taken for what it does not say it is."""

ALWAYS_ENCRYPTED = (b"strict-transport-security", b"max-age=31536000")
"""Tells browsers to use nothing but HTTPS for a name from now on, for a year."""

UNLESS_SAID: Headers = [
    (
        b"content-security-policy",
        b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"referrer-policy", b"no-referrer"),
]
"""What an answer has that says nothing else: it loads nothing, is shown in no frame, and tells no other address of itself."""

_ALWAYS_NAMES = frozenset(name for name, _ in ALWAYS)


def protected_headers(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return an answer's headers with those that every answer has. Policies of its own are kept."""
    kept = [header for header in headers if header[0].lower() not in _ALWAYS_NAMES]
    said = {name.lower() for name, _ in kept}
    return [*kept, *(header for header in UNLESS_SAID if header[0] not in said), *ALWAYS]


class AnswerHeaders:
    """ASGI layer around the whole application, also around its answers to bugs.

    ``names`` are those of the service in the office. Browsers that reach it encrypted under one of them are told to do
    so always. Loopback is not a name of the service alone: that would hit other programs on the person's computer.
    """

    def __init__(self, app: ASGIApp, names: Collection[str] = ()) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in names if can_be_kept_encrypted(name))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and complete the headers of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        policy = (
            [ALWAYS_ENCRYPTED] if scope["scheme"] == "https" and _name_asked_for(scope) in self._names else []
        )

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = protected_headers(message["headers"]) + policy
            await send(message)

        await self._app(scope, receive, send_protected)


def can_be_kept_encrypted(name: str) -> bool:
    """Return whether browsers may be told to reach a name only encrypted: one of the office, no address, no loopback."""
    return not is_address(name) and name.rpartition(".")[2] != "localhost"


def _name_asked_for(scope: Scope) -> str:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    return name_in(hosts[0].decode("latin-1").lower()) if hosts else ""

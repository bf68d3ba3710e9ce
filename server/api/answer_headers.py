"""Headers that every answer of the service has, whoever made it: a route, the guard, the pages or the server."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

ALWAYS: Headers = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
]
"""Nothing is kept by a browser or a proxy, and nothing is taken for what it does not say it is."""

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
    """ASGI layer around the whole application, also around its answers to bugs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and complete the headers of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = protected_headers(message["headers"])
            await send(message)

        await self._app(scope, receive, send_protected)

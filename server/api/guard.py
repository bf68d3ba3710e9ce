"""Who may use the service: its own pages, and programs that send a token.

A page of another site must reach nothing here, neither through the user's browser nor through a host name
that points at this computer. Neither may another user's program on it (docs/architecture.md#safety).
"""

import re
from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.api.problems import MEDIA_TYPE, problem_of
from server.errors import BadRequest, BillingError, ForeignRequest, TokenNeeded, TokenUnknown, TooLarge
from server.ledger.tokens import Tokens

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
MEGABYTE = 1024 * 1024

JSON, OCTETS = "application/json", "application/octet-stream"
UPLOADS = re.compile(r"/clinics/[^/]+/documents")
"""Paths that take bytes, not JSON. For both content types a browser asks before another site may send them."""

OPEN = frozenset({"/health", "/pair", "/pair/status", "/docs", "/openapi.json"})
"""Paths that need no token. None of them returns data of a clinic."""


class Guard:
    """ASGI middleware that refuses forbidden requests before their body is read."""

    def __init__(self, app: ASGIApp, host: str, largest_request: int, tokens: Tokens) -> None:
        self._app = app
        self._hosts = LOOPBACK | {host.lower()}
        self._largest = largest_request
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with a refusal."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        error = self._objection_to_request(scope["method"], scope["path"], headers)
        if (
            error is None
            and scope["path"] not in OPEN
            and not self._tokens.still_admits(bearer_token(headers))
        ):
            error = await run_in_threadpool(self._objection_to_token, bearer_token(headers))
        if error is None:
            await self._app(scope, receive, send)
            return
        await _refusal_response(error, scope["path"])(scope, receive, send)

    def _objection_to_request(
        self, method: str, path: str, headers: Mapping[str, str]
    ) -> BillingError | None:
        host = headers.get("host", "").lower()
        if _without_port(host) not in self._hosts:
            return ForeignRequest("Host")
        if headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
            return ForeignRequest("Sec-Fetch-Site")
        if "origin" in headers and headers["origin"].lower() not in {f"http://{host}", f"https://{host}"}:
            return ForeignRequest("Origin")
        if method == "POST":
            return self._objection_to_body(OCTETS if UPLOADS.fullmatch(path) else JSON, headers)
        return None

    def _objection_to_body(self, kind: str, headers: Mapping[str, str]) -> BillingError | None:
        if headers.get("content-type", "").split(";")[0].strip().lower() != kind:
            return BadRequest(f"The Content-Type of the request must be {kind}.")
        length = headers.get("content-length", "")
        if "transfer-encoding" in headers or not (length.isascii() and length.isdigit()):
            return BadRequest("The request does not say how long it is (Content-Length).")
        if int(length) > self._largest:
            return TooLarge("The request", f"{self._largest // MEGABYTE} megabytes")
        return None

    def _objection_to_token(self, token: str | None) -> BillingError | None:
        try:
            if self._tokens.admits(token):
                return None
        except BillingError as books:
            return books
        return TokenNeeded() if token is None else TokenUnknown()


def bearer_token(headers: Mapping[str, str]) -> str | None:
    """Return the bearer token of a request, ``None`` if it has none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _refusal_response(error: BillingError, path: str) -> Response:
    status, body = problem_of(error, path=path)
    response = Response(body, status, media_type=MEDIA_TYPE)
    if isinstance(error, TokenNeeded | TokenUnknown):
        response.headers["www-authenticate"] = "Bearer"
    return response


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host

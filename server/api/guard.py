"""Who may use the service: its own pages, and programs that send a token.

A page of another site must reach nothing here, neither through the user's browser nor through a host name
that points at this computer. Neither may another user's program on it (docs/adr/0030-before-the-token.md).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from server.api.allowed_methods import allowed_methods
from server.api.page_addresses import OPEN_PAGES, PAGES, is_page, page_cookie
from server.api.problems import MEDIA_TYPE, problem_of
from server.api.protocol_version import objection_to_protocol
from server.api.proxied_requests import (
    came_through_proxy,
    is_address,
    is_this_computer,
    name_in,
    objection_to_proxy,
)
from server.api.request_limits import RequestLimits, RequestRates
from server.errors import BadRequest, BillingError, ForeignRequest, RefusalKind, TooLarge
from server.ledger.firm_access import LOCAL
from server.ledger.store import Ledger

THIS_COMPUTER = "127.0.0.1"
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""What this computer calls itself. These names are accepted only on connections that came over loopback."""

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE

JSON, OCTETS = "application/json", "application/octet-stream"
UPLOADS = re.compile(r"/clinics/[^/]+/documents")
"""Paths that take bytes, not JSON. For both content types a browser asks before another site may send them."""

FORM = "application/x-www-form-urlencoded"
READY = "/ready"
"""What a load balancer asks by itself: for no person, and by the address of the service."""

OPEN = frozenset(
    {
        "/health",
        READY,
        "/pair",
        "/pair/status",
        "/session/start",
        "/session/devices",
        "/session/devices/token",
    }
)
"""Paths that need no token. None of them returns data of a clinic."""

SMALL_BODIES: Mapping[re.Pattern[str], int] = {
    re.compile(r"/pair(?:/.*)?"): KILOBYTE,
    re.compile(r"/session(?:/.*)?"): 8 * KILOBYTE,
    PAGES: 64 * KILOBYTE,
}
"""The most bytes of what anybody may send: a code, a name and a password, a form."""

PERSON = "person"
"""Where the state of a request keeps who makes it."""

SENT_ONCE = (
    b"host",
    b"origin",
    b"sec-fetch-site",
    b"content-type",
    b"content-length",
    b"transfer-encoding",
    b"authorization",
)
"""Headers that decide about a request. Of two, another program on the way might believe the other one."""

METHODS_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Admission:
    """What is let in: requests under these names, of at most so many bytes, and so many in a time.

    ``names`` are the names under which other computers reach the service.
    """

    names: Collection[str]
    largest_request: int
    rates: RequestRates


class Guard:
    """ASGI middleware that refuses forbidden requests before their body is read.

    Besides the names of the admission, those of loopback are accepted, but only on connections that came over loopback,
    and not through a proxy.
    """

    def __init__(
        self, app: ASGIApp, admission: Admission, ledger: Ledger, routes: Sequence[BaseRoute]
    ) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in admission.names)
        self._largest = admission.largest_request
        self._limits = RequestLimits(admission.rates, ledger.people.users.has_users)
        self._identity = ledger.identity
        self._sessions = ledger.people.sessions
        self._access = ledger.access
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with a refusal. HEAD is passed on as GET; the server leaves the body out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        of_proxy = None if _asks_for_readiness(scope) else objection_to_proxy(scope)
        error = of_proxy or self._objection_to_origin(scope, headers) or objection_to_protocol(headers)
        if error is None and is_page(scope["path"]):
            leads_to_sign_in = await self._leads_to_sign_in(scope, headers)
            error = await self._objection_to_rate(scope)
            if error is None and leads_to_sign_in:
                await _sign_in_response(scope)(scope, receive, send)
                return
        elif error is None:
            error = await self._identify(scope, headers)
            if error is None or error.kind is RefusalKind.NOT_SIGNED_IN:
                error = await self._objection_to_rate(scope) or error
        if error is None and scope["method"] not in METHODS_WITHOUT_BODY:
            error = self._objection_to_body(scope, headers)
        if error is not None:
            await _refusal_response(error, scope["path"])(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)

    def _objection_to_origin(self, scope: Scope, headers: Mapping[str, str]) -> BillingError | None:
        """Return what is wrong with where a request comes from, or with the name it calls the service by."""
        if len(headers) != len(scope["headers"]):
            repeated = _repeated_header(scope["headers"])
            if repeated:
                return BadRequest(f"The request has the header {repeated} more than once.")
        host = headers.get("host", "").lower()
        is_by_address = _asks_for_readiness(scope) and is_address(name_in(host))
        if not is_by_address and not self._is_own_name(name_in(host), scope):
            return ForeignRequest("Host")
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        is_followed_link = (
            scope["method"] in METHODS_WITHOUT_BODY and headers.get("sec-fetch-dest") == "document"
        )
        if site not in {"same-origin", "none", None} and not (is_page(scope["path"]) and is_followed_link):
            return ForeignRequest("Sec-Fetch-Site")
        if origin is not None and origin.lower() not in {f"http://{host}", f"https://{host}"}:
            return ForeignRequest("Origin")
        if (
            is_page(scope["path"])
            and scope["method"] not in METHODS_WITHOUT_BODY
            and origin is None
            and site is None
        ):
            return ForeignRequest("Origin")  # every browser says where a form is from
        return None

    def _is_own_name(self, name: str, scope: Scope) -> bool:
        if name in self._names:
            return True
        reached_at = scope["server"][0]
        return (
            not came_through_proxy(scope)
            and is_loopback(reached_at)
            and (name in LOOPBACK_NAMES or name == reached_at)
        )

    async def _objection_to_rate(self, scope: Scope) -> BillingError | None:
        """Count a request of the person, or of the address if nobody is signed in; return why it is not answered."""
        return await self._limits.objection_to(scope.get("state", {}).get(PERSON), client_address(scope))

    async def _identify(self, scope: Scope, headers: Mapping[str, str]) -> BillingError | None:
        """Write into the request who makes it, or return why nobody may."""
        if scope["path"] in OPEN:
            return None
        token = bearer_token(headers)
        person = self._identity.person_at_once(token)
        if person is None:
            try:
                person = await run_in_threadpool(self._identity.person_of, token)
            except BillingError as objection:
                if objection.kind is RefusalKind.NOT_SIGNED_IN and token is not None:
                    address = client_address(scope)
                    await run_in_threadpool(self._access.record_refusal, objection.code, address)
                return objection
        scope.setdefault("state", {})[PERSON] = person
        return None

    async def _leads_to_sign_in(self, scope: Scope, headers: Mapping[str, str]) -> bool:
        """Write into the request of a page who makes it; return whether somebody has to sign in first."""
        token = _cookie(headers, page_cookie(scope["scheme"]))
        state = scope.setdefault("state", {})
        state[PERSON] = self._sessions.identify_at_once(token)
        if token and state[PERSON] is None:
            with suppress(BillingError):
                state[PERSON] = await run_in_threadpool(self._sessions.identify, token)
        return state[PERSON] is None and scope["path"] not in OPEN_PAGES

    def _objection_to_body(self, scope: Scope, headers: Mapping[str, str]) -> BillingError | None:
        """Return what is wrong with how a body is announced; ``None`` if the routes answer without reading it."""
        length = headers.get("content-length", "0")
        if length == "0" and "transfer-encoding" not in headers:
            return None
        objection = self._objection_to_announced(scope["path"], length, headers)
        if objection is None or scope["method"] in allowed_methods(self._routes, scope):
            return objection
        return None  # an unknown address or method is answered as such

    def _objection_to_announced(
        self, path: str, length: str, headers: Mapping[str, str]
    ) -> BillingError | None:
        kind = OCTETS if UPLOADS.fullmatch(path) else FORM if is_page(path) else JSON
        if headers.get("content-type", "").split(";")[0].strip().lower() != kind:
            return BadRequest(f"The Content-Type of the request must be {kind}.")
        if "transfer-encoding" in headers or not (length.isascii() and length.isdigit()):
            return BadRequest("The request does not say how long it is (Content-Length).")
        for paths, most in SMALL_BODIES.items():
            if paths.fullmatch(path) and int(length) > most:
                return TooLarge(
                    "The request", f"{most // KILOBYTE} kB", "Send what the page asks for, and nothing else."
                )
        if int(length) > self._largest:
            return TooLarge("The request", f"{self._largest // MEGABYTE} megabytes")
        return None


def _asks_for_readiness(scope: Scope) -> bool:
    """Return whether a request asks nothing but whether the service is ready."""
    return scope["path"] == READY and scope["method"] in METHODS_WITHOUT_BODY


def client_address(scope: Scope) -> str:
    """Return the address that a request came from."""
    client = scope.get("client")
    return str(client[0]) if client else THIS_COMPUTER


def origin_of(scope: Scope) -> str:
    """Return where a request came from as the access logs keep it: an address, or ``LOCAL`` for this computer."""
    address = client_address(scope)
    return LOCAL if is_loopback(address) else address


def is_loopback(host: str) -> bool:
    """Return whether an address is reached by this computer only."""
    return host.lower() == "localhost" or is_this_computer(host)


def bearer_token(headers: Mapping[str, str]) -> str | None:
    """Return the bearer token of a request, ``None`` if it has none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _repeated_header(headers: Sequence[tuple[bytes, bytes]]) -> str | None:
    """Return the name of a header that may be sent once and was sent more than once."""
    names = [name for name, _ in headers]
    return next((name.decode("ascii").title() for name in SENT_ONCE if names.count(name) > 1), None)


def _refusal_response(error: BillingError, path: str) -> Response:
    status, body = problem_of(error, path=path)
    response = Response(body, status, media_type=MEDIA_TYPE)
    if error.kind is RefusalKind.NOT_SIGNED_IN:
        response.headers["www-authenticate"] = "Bearer"
    if error.retry_after_seconds is not None:
        response.headers["retry-after"] = str(error.retry_after_seconds)
    return response


def _sign_in_response(scope: Scope) -> Response:
    """Return the answer that leads to the sign-in page, and from there back to a page that was asked for."""
    asked = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
    query = urlencode({"next": asked} if scope["method"] in METHODS_WITHOUT_BODY else {"ended": "1"})
    return RedirectResponse(f"/sign-in?{query}", HTTPStatus.SEE_OTHER)


def _cookie(headers: Mapping[str, str], name: str) -> str | None:
    """Return the value of a cookie, ``None`` if the request has none of that name."""
    sent = (one.strip().partition("=") for one in headers.get("cookie", "").split(";"))
    return next((value for key, _, value in sent if key == name), None)

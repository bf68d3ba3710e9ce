"""Who may speak to the service: programs of this computer, and pages of the service itself.

A page of another site must reach nothing here, not through the user's browser and not through
a name that was pointed at this computer (DESIGN 9). Tokens come with the Office add-in.
"""

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.api.problems import MEDIA_TYPE, problem_of
from server.errors import BadRequest, BillingError, ForeignRequest, TooLarge

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
MEGABYTE = 1024 * 1024


class Guard:
    """ASGI middleware that turns strangers away before anything is read."""

    def __init__(self, app: ASGIApp, host: str, largest_request: int) -> None:
        self._app = app
        self._hosts = LOOPBACK | {host.lower()}
        self._largest = largest_request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with a refusal."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        error = self._objection(scope["method"], headers)
        if error is None:
            await self._app(scope, receive, send)
            return
        status, body = problem_of(error)
        await Response(body, status, media_type=MEDIA_TYPE)(scope, receive, send)

    def _objection(self, method: str, headers: dict[str, str]) -> BillingError | None:
        host = headers.get("host", "").lower()
        if _without_port(host) not in self._hosts:
            return ForeignRequest("Host")
        if headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
            return ForeignRequest("Sec-Fetch-Site")
        if "origin" in headers and headers["origin"].lower() not in {f"http://{host}", f"https://{host}"}:
            return ForeignRequest("Origin")
        if method == "POST":
            return self._objection_to_body(headers)
        return None

    def _objection_to_body(self, headers: dict[str, str]) -> BillingError | None:
        if headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            return BadRequest("The request is not marked as JSON (Content-Type: application/json).")
        length = headers.get("content-length", "")
        if not length.isdigit():
            return BadRequest("The request does not say how long it is (Content-Length).")
        if int(length) > self._largest:
            return TooLarge("The request", f"{self._largest // MEGABYTE} megabytes")
        return None


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host

"""Requests that came as events of a gateway: Amazon's API Gateway, a function's own address, or a load balancer.

A gateway is a proxy that vouches for where a request is from. What it says is brought into the form in which every named
proxy says it, so that the rules of ``proxied_requests.py`` decide, and nothing that a client sent can stand for it
(docs/adr/0070-the-service-as-a-function.md).
"""

from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.proxied_requests import FORWARDED_FOR, FORWARDED_PROTO

GATEWAY = "::"
"""The address that stands for the gateway itself. Nobody can have it: it means "no address"."""

EVENT = "aws.event"
"""Where a request keeps the event that it came as."""

HTTPS_PORT = 443

_ABOUT_THE_BODY = frozenset({b"content-length", b"transfer-encoding"})

Headers = list[tuple[bytes, bytes]]


class GatewayRequests:
    """ASGI layer around everything else. What it passes on looks as if a proxy at ``GATEWAY`` had sent it over HTTP."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on. Its length is that of the body which came, whatever its headers said.

        To HEAD, the length of a body is answered and not the body.
        """
        first = await receive()
        passed_on = {
            **scope,
            "client": (GATEWAY, 0),
            "server": (
                "",
                HTTPS_PORT,
            ),  # the name that was asked for is in the headers: the guard looks at it
            "scheme": "http",
            "headers": [*_vouched_headers(scope), *_length_of(first)],
        }
        is_read = False

        async def receive_again() -> Message:
            nonlocal is_read
            if is_read:
                return await receive()
            is_read = True
            return first

        async def send_head(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app(passed_on, receive_again, send_head if scope["method"] == "HEAD" else send)


def is_of_load_balancer(event: Mapping[str, Any]) -> bool:
    """Return whether an event is of a load balancer, which passes on less than the others and may be asked without HTTPS."""
    return "elb" in event["requestContext"]


def _vouched_headers(scope: Scope) -> Headers:
    """Return the headers of a request, where the last entries of X-Forwarded-For and -Proto are of the gateway.

    A load balancer has added its own already. The others say in the event who asked; they are reached by HTTPS alone.
    """
    headers: Headers = [
        (bytes(name), bytes(value)) for name, value in scope["headers"] if name not in _ABOUT_THE_BODY
    ]
    event = scope[EVENT]
    if is_of_load_balancer(event):
        return headers
    kept = [header for header in headers if header[0] != FORWARDED_PROTO]
    return [
        *kept,
        (FORWARDED_FOR, _asking_address(event["requestContext"]).encode()),
        (FORWARDED_PROTO, b"https"),
    ]


def _asking_address(context: Mapping[str, Any]) -> str:
    """Return the address that a gateway was asked from; "" if it does not say."""
    asked = context.get("http") or context.get("identity") or {}
    return str(asked.get("sourceIp") or "")


def _length_of(body: Message) -> Headers:
    length = len(body.get("body", b""))
    return [(b"content-length", str(length).encode())] if length else []

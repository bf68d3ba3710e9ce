"""Requests that a gateway does not let through: a client leaves the body in the object store, and the request refers to it.

Every answer says how large a body passes. A larger one is announced with ``POST /request-bodies``, put at the signed address
of the answer, and referred to in the request itself, which is checked as ever: who asks, what that person may do, and the
body. It is fetched when the route reads it, so nobody else's request reaches the store
(docs/adr/0070-the-service-as-a-function.md).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.guard import MEGABYTE, bearer_token
from server.api.problems import refusals
from server.errors import BadRequest, SentBodyUnusable, TooLarge, UnknownAddress
from server.ledger.sent_bodies import LARGEST_SIZE, SentBodies, announced_size

REFERENCE = "x-body-reference"
"""The header of a request whose body is in the store."""

LARGEST = "x-largest-body"
"""The header of an answer that says how many bytes the body of a request may have."""

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Where bodies are left, and the most bytes that one may have."""

    bodies: SentBodies
    most_bytes: int


def find_acceptance(request: Request) -> Acceptance:
    """Return where this service lets bodies be left. Raises UnknownAddress if nothing limits what is sent to it."""
    found: Acceptance | None = request.app.state.large_requests
    if found is None:
        raise UnknownAddress(request.method, request.url.path)
    return found


class AnnouncedBody(BaseModel):
    """The size and the SHA-256 digest of the body of a request that is sent next."""

    model_config = ConfigDict(extra="forbid")

    size: int = Field(ge=1, le=LARGEST_SIZE, strict=True)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class BodyPlaceOut(BaseModel):
    """Where the body is put, and what the request sends in its place as ``X-Body-Reference``."""

    address: str
    reference: str


@router.post("/request-bodies", tags=["service"], responses=refusals(BadRequest, TooLarge, UnknownAddress))
def announce_body(
    body: AnnouncedBody, request: Request, acceptance: Annotated[Acceptance, Depends(find_acceptance)]
) -> BodyPlaceOut:
    """Return where to PUT the body of a request that does not pass through the gateway. Only where the service is a function.

    The address counts for ten minutes and for this body alone; the reference for the same token, once, within an hour.
    """
    if body.size > acceptance.most_bytes:
        raise TooLarge("The request", f"{acceptance.most_bytes // MEGABYTE} megabytes")
    place = acceptance.bodies.place_for(_sender(request.scope), body.size, body.sha256)
    if place is None:
        raise UnknownAddress(request.method, request.url.path)
    return BodyPlaceOut(address=place.address.get_secret_value(), reference=place.reference)


class LargeRequests:
    """ASGI layer that gives a request the body that it refers to, and says in each answer how large a body passes.

    ``largest`` says of a request how many bytes its body may have. Everything inside sees a request as if it had come whole.
    """

    def __init__(self, app: ASGIApp, bodies: SentBodies, largest: Callable[[Scope], int]) -> None:
        self._app = app
        self._bodies = bodies
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with its body if that is elsewhere."""
        headers = MutableHeaders(raw=list(scope["headers"]))
        reference = headers.get(REFERENCE)

        async def send_limit(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[LARGEST] = str(self._largest(scope))
            await send(message)

        if reference is None:
            await self._app(scope, receive, send_limit)
            return
        # A reference that is none has no size: the body that was sent is read, and refused.
        headers["content-length"] = str(announced_size(reference) or 1)
        is_read = False

        async def receive_body() -> Message:
            nonlocal is_read
            if is_read:
                return await receive()
            is_read = True
            sent = await receive()
            if sent.get("body") or announced_size(reference) is None:
                raise SentBodyUnusable
            body = await run_in_threadpool(self._bodies.take, _sender(scope), reference)
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app({**scope, "headers": headers.raw}, receive_body, send_limit)


def _sender(scope: Scope) -> str:
    """Return the token that a request is sent with."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return bearer_token(headers) or ""

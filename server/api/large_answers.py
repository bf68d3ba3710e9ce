"""Answers that a gateway does not let through: they are left in the object store, and the client is led there.

The address is signed, counts for a minute, and is in the header of an answer to the very person who may have the bytes.
It lets in whoever has it, so it is never logged (docs/adr/0070-the-service-as-a-function.md).
"""

import json
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.problems import MEDIA_TYPE, problem_of
from server.errors import AnswerTooLarge, BillingError
from server.ledger.finished_workbooks import Outputs
from server.ledger.objects.object_store import Download

FETCHED_WITHIN = timedelta(minutes=1)
"""How long the signed address counts: it is fetched at once."""

_ABOUT_THE_BODY = ("content-length", "content-type", "content-disposition")


class LargeAnswers:
    """ASGI layer that keeps each answer until it is complete, and passes on those that fit.

    ``most_bytes`` says of a request how many bytes its answer may have as text of an event. A larger one is replaced by
    303 with the address of its bytes.
    """

    def __init__(self, app: ASGIApp, outputs: Outputs, most_bytes: Callable[[Scope], int]) -> None:
        self._app = app
        self._outputs = outputs
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer or where that is."""
        start: Message = {}
        body = bytearray()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, keep)
        if not start:
            return  # the client has disconnected
        most = self._most_bytes(scope)
        if scope["method"] != "HEAD" and size_as_text(start, bytes(body)) > most:
            answer = await self._replace(start, bytes(body), most)
            await answer(scope, receive, send)
            return
        await send(start)
        await send({"type": "http.response.body", "body": bytes(body)})

    async def _replace(self, start: Message, body: bytes, most: int) -> Response:
        """Return the answer that leads to a body, or the refusal of one that can be reached nowhere."""
        headers = MutableHeaders(raw=list(start["headers"]))
        download = Download(
            headers.get("content-type", "application/octet-stream"), headers.get("content-disposition", "")
        )
        try:
            if start["status"] != HTTPStatus.OK:
                raise AnswerTooLarge(most)
            address = await run_in_threadpool(self._outputs.hand_over, body, download, FETCHED_WITHIN)
            if address is None:
                raise AnswerTooLarge(most)
        except BillingError as refusal:
            status, problem = problem_of(refusal)
            return Response(problem, status, media_type=MEDIA_TYPE)
        for name in _ABOUT_THE_BODY:
            del headers[name]
        headers["location"] = address.get_secret_value()
        answer = Response(status_code=HTTPStatus.SEE_OTHER)
        answer.raw_headers.extend(headers.raw)
        return answer


def size_as_text(start: Message, body: bytes) -> int:
    """Return the bytes that an answer has in the reply to an event: as JSON if it is text, otherwise as base64."""
    types = [value for name, value in start["headers"] if name.lower() == b"content-type"]
    if is_text(types[0].decode("latin-1") if types else ""):
        return len(json.dumps(body.decode("utf-8", "replace")))
    return (len(body) + 2) // 3 * 4


TEXT = ("text/", "application/json", MEDIA_TYPE, "text/javascript", "image/svg+xml")
"""The kinds of answers that are text in the reply to an event. All of ours are UTF-8."""


def is_text(media_type: str) -> bool:
    """Return whether an answer of a kind is passed on as text."""
    return any(kind in media_type for kind in TEXT)

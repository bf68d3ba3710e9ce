"""One client's connection: how much it may send, how long it may take, and how many there are at once.

httptools, which reads HTTP here, has no limit of its own, and uvicorn has none before a request is complete. So
the limits hold here, before anything is kept: a client that has shown no token costs 32 kilobytes and no thread.
"""

import re
from asyncio import AbstractEventLoop, TimerHandle, Transport
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import httptools
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from server.api.answer_headers import AnswerHeaders, protected_headers
from server.api.problems import MEDIA_TYPE, problem_of
from server.errors import BadRequest, BillingError, HeadersTooLarge, RequestTooSlow, ServiceFull

KILOBYTE = 1024

LARGEST_HEAD = 32 * KILOBYTE
"""The most bytes of a request before its body: its first line and its headers."""

MOST_HEADERS = 100

MOST_PIPELINED = 16
"""The most requests that a client may send ahead of its answers. Browsers and our add-ins send none."""

SLOWEST_BODY = 64 * KILOBYTE
"""The bytes a second that a long body must reach on average, a tenth of a slow DSL line."""

CHECKS = 4
"""How often in ``read_seconds`` a connection is looked at: it ends at most a quarter of that time too late."""

REQUEST_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}(?= /)")
"""The method of a request that httptools does not know."""

STAND_IN = b"PURGE"
"""The method that httptools is told instead. No route has it."""

LINE_FORM = "The request is not of the form that HTTP/1.1 prescribes."


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How many clients are heard at once, and how long they may take.

    ``connections`` are open at once, ``requests`` of them are being answered. ``read_seconds`` may pass until the
    headers are complete, between two pieces of a body, and until a client takes the next piece of its answer. A body
    may take that long in all, and a second more for each SLOWEST_BODY bytes.
    """

    connections: int
    requests: int
    read_seconds: float


class Reading(Enum):
    """What a connection is reading."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()


class ClientConnection(HttpToolsProtocol):
    """uvicorn's protocol with limits. A request beyond them ends with a problem, or without an answer if it is late."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
        *,
        limits: ConnectionLimits,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = limits
        self._service = self.app
        self._reading = Reading.NOTHING
        self._unanswered = 0
        """Requests that came completely and are not answered yet."""

        self._waits_since = self._heard_at = self._taken_at = self.loop.time()
        self._received = 0
        """The bytes of the present head or body, without the piece that it began in."""

        self._piece = self._begun_in = 0
        """The bytes of the present piece, and of the one that the present head began in."""

        self._body_end = 0
        """Where in the present piece the body ends that the piece began in."""

        self._unsent = 0
        self._refused = False
        self._unknown_method: str | None = None
        self._objection: BillingError | None = None
        self._timer: TimerHandle | None = None

    @property
    def is_at_work(self) -> bool:
        """Whether the client waits for an answer, and not the connection for its client."""
        return self._unanswered > 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as in uvicorn
        """Begin to read; end the connection that has waited longest for its client if there are too many."""
        super().connection_made(transport)
        self._waits_since = self._heard_at = self._taken_at = self.loop.time()
        self._timer = self.loop.call_later(self._limits.read_seconds / CHECKS, self._check_time)
        if len(self.connections) > self._limits.connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read a piece of a request. What comes after a refusal is dropped unread."""
        if self._refused:
            return
        self._unset_keepalive_if_required()
        self._heard_at = self.loop.time()
        self._piece = len(data)
        self._received += self._piece
        self._body_end = 0
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._end_after_answer()  # the service speaks no other protocol; the request is answered as it is
        except httptools.HttpParserInvalidMethodError:
            self._read_unknown_method(data[self._body_end :])
        except httptools.HttpParserError:
            self._refuse(self._objection or BadRequest(LINE_FORM))
        else:
            if self._reading is Reading.HEAD and self._received > LARGEST_HEAD:
                self._refuse(HeadersTooLarge(LARGEST_HEAD // KILOBYTE, MOST_HEADERS))

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._reading = Reading.HEAD
        self._waits_since = self._heard_at
        self._begun_in, self._received = self._piece, 0

    def on_headers_complete(self) -> None:
        """Check the head of a request, and let the application answer it."""
        head_may_be_large = self._begun_in + self._received > LARGEST_HEAD
        if len(self.headers) > MOST_HEADERS or (head_may_be_large and self._head_size() > LARGEST_HEAD):
            self._objection = HeadersTooLarge(LARGEST_HEAD // KILOBYTE, MOST_HEADERS)
            raise self._objection
        if len(self.pipeline) >= MOST_PIPELINED:
            raise BadRequest(LINE_FORM)
        self._reading = Reading.BODY
        self._waits_since = self._heard_at
        self._received = 0
        self.app = self._refuse_as_full if self._is_service_full() else self._service
        super().on_headers_complete()
        if self._unknown_method:
            self.scope["method"] = self._unknown_method
            self._end_after_answer()

    def on_body(self, body: bytes) -> None:
        """Hand a piece of a body to the application."""
        super().on_body(body)
        self._body_end += len(body)

    def on_message_complete(self) -> None:
        """End a request: from now on its client waits for the answer."""
        super().on_message_complete()
        self._reading = Reading.NOTHING
        if not self.cycle.response_complete:
            self._unanswered += 1

    def on_response_complete(self) -> None:
        """End an answer. The rest of a body that was refused is still read and dropped, so that its client hears why."""
        super().on_response_complete()
        self._waits_since = self.loop.time()
        if self._unanswered:
            self._unanswered -= 1

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + len(b": \r\n") for name, value in self.headers)

    def _read_unknown_method(self, data: bytes) -> None:
        """Read a request whose method httptools does not know, so that the routes can say which ones there are."""
        method = REQUEST_LINE.match(data)
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if method is None or is_answering or self._unknown_method:
            self._refuse(BadRequest(LINE_FORM))
            return
        self._unknown_method = method[0].decode("ascii")
        self.parser = httptools.HttpRequestParser(self)
        self.data_received(STAND_IN + data[method.end() :])

    def _end_after_answer(self) -> None:
        """Answer the present request, read nothing more, and close."""
        self._refused = True
        if self.cycle.response_complete:
            self.transport.close()
        else:
            self.cycle.keep_alive = False

    def _refuse(self, error: BillingError) -> None:
        """Answer with a refusal before there is a request, or instead of one. The client closes when it has read it."""
        self._refused = True
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.abort()  # an answer that is on its way must not be mixed with this one
            return
        status, body = problem_of(error)
        headers = protected_headers(
            [
                *self.server_state.default_headers,
                (b"content-type", MEDIA_TYPE.encode()),
                (b"content-length", str(len(body)).encode()),
                (b"connection", b"close"),
            ]
        )
        lines = b"".join(b"%s: %s\r\n" % header for header in headers)
        self.transport.write(STATUS_LINE[status] + lines + b"\r\n" + body)
        self._reading = Reading.NOTHING
        self._waits_since = self.loop.time()
        # A client that is still sending would get a reset instead of the refusal if this end were closed as well.
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _check_time(self) -> None:
        """End the connection if its client is late; look again later."""
        self._timer = self.loop.call_later(self._limits.read_seconds / CHECKS, self._check_time)
        now = self.loop.time()
        if self._is_answer_stuck(now):
            self.transport.abort()
        elif self._is_client_late(now):
            if self._reading is Reading.HEAD and not self._refused:
                self._refuse(RequestTooSlow(self._limits.read_seconds))
            else:
                self.transport.abort()

    def _is_client_late(self, now: float) -> bool:
        if self._unanswered or self.transport.is_closing():
            return False
        if self._reading is not Reading.BODY or self.cycle.response_complete:
            return now - self._waits_since > self._limits.read_seconds
        if self.flow.read_paused:  # the service is not ready for more, and the client cannot help it
            self._waits_since = self._heard_at = now
            return False
        allowed = self._limits.read_seconds + self._received / SLOWEST_BODY
        return now - self._heard_at > self._limits.read_seconds or now - self._waits_since > allowed

    def _is_answer_stuck(self, now: float) -> bool:
        """Return whether the client has taken nothing of its answer for too long."""
        unsent = self.transport.get_write_buffer_size()
        if unsent < self._unsent or (not unsent and not self.transport.is_closing()):
            self._taken_at = now
        self._unsent = unsent
        return now - self._taken_at > self._limits.read_seconds

    def _make_room(self) -> None:
        """End the connection that has waited longest for its client: a client at work never makes room for a silent one."""
        there = [one for one in self.connections if not one.transport.is_closing()]
        if len(there) <= self._limits.connections:
            return
        waiting = [one for one in there if isinstance(one, ClientConnection) and not one.is_at_work]
        min(waiting, key=ClientConnection.last_progress).transport.abort()

    def last_progress(self) -> float:
        """Return when the client last did what the connection waits for, in seconds of the event loop's clock."""
        return self._heard_at if self._reading is Reading.BODY and not self._refused else self._waits_since

    def _is_service_full(self) -> bool:
        if len(self.connections) <= self._limits.requests:
            return False
        at_work = sum(isinstance(one, ClientConnection) and one.is_at_work for one in self.connections)
        return at_work >= self._limits.requests

    async def _refuse_as_full(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, body = problem_of(ServiceFull(self._limits.requests))
        answer = Response(body, status, {"Retry-After": "1"}, MEDIA_TYPE)
        await AnswerHeaders(answer)(scope, receive, send)

"""The service as a function of AWS Lambda: ``server.serverless.handler`` (docs/serverless.md).

It is the same application as everywhere else, with the same layers around it. What a running service does by itself at
regular intervals, a schedule does here: an event ``{"task": "tidy"}``.
"""

import asyncio
import logging
import os
import time
from collections.abc import Mapping
from http import HTTPStatus
from threading import Lock
from typing import Any

from pydantic import ValidationError
from starlette.types import ASGIApp, Scope

from server.api.answer_headers import AnswerHeaders, protected_headers
from server.api.gateway_requests import EVENT, GATEWAY, GatewayRequests, is_of_load_balancer
from server.api.incidents import incident_answer
from server.api.large_answers import TEXT, LargeAnswers
from server.api.large_requests import LargeRequests
from server.api.problems import MEDIA_TYPE, problem_of
from server.api.proxied_requests import ProxiedRequests
from server.app import create_app, retention_periods
from server.concurrency import freeze_startup_objects
from server.errors import BadRequest, BillingError, FunctionNotReady
from server.ledger.retention import remove_expired
from server.ledger.store import Ledger
from server.settings import Settings

try:
    from mangum import Mangum
except ModuleNotFoundError as missing:
    raise FunctionNotReady(
        ["the package mangum is not installed"], ["Install clinic-ledger[lambda]."]
    ) from missing

log = logging.getLogger("clinicledger")
logging.getLogger("mangum").setLevel(logging.CRITICAL)  # it would log who looked at what

Event = Mapping[str, Any]
Reply = dict[str, Any]

TASK, TIDY = "task", "tidy"
"""What a schedule sends: ``{"task": "tidy"}``."""

MOST_BYTES = 6_000_000
"""The most bytes of an answer. A function's reply may have 6 MB (6,291,456 bytes), its headers included."""

MOST_BYTES_OF_LOAD_BALANCER = 1_000_000
"""The most bytes of an answer through a load balancer, whose limit is 1 MB."""

LARGEST_BODY = 2_000_000
"""The most bytes of a body that passes for certain: a request has 6 MB as an event, where a byte of text can take up to three."""

LARGEST_BODY_OF_LOAD_BALANCER = 700_000
"""The same through a load balancer, whose limit is 1 MB: bytes that are not text are a third longer in an event."""


NO_DATABASE = (
    "the books would be files, which a function loses",
    "Name the PostgreSQL database that has the books in CLINIC_LEDGER_DATABASE.",
)
NO_STORE = (
    "documents would be files, which a function loses",
    "Name the object store in CLINIC_LEDGER_OBJECTS.",
)
NO_NAME = (
    "no name of the service is given",
    "Give the name that people type, such as ledger.clinic.example, in CLINIC_LEDGER_NAMES.",
)
NO_TIME_ZONE = (
    "no time zone is given, so the day would begin in the afternoon",
    "Name the office's, such as America/New_York, in CLINIC_LEDGER_TIME_ZONE.",
)
OWNER_NAMED = (
    "it could change the tables of the books",
    "Take CLINIC_LEDGER_DATABASE_OWNER away: only prepare, move and restore need it.",
)
NO_USERS = (
    "the ledger has no users, so nobody has to sign in",
    "Add an administrator on a computer that reaches the database: clinicledger user add.",
)


class Function:
    """The service that one process of a function answers with, one event after the other.

    Raises FunctionNotReady if the settings do not fit, and the refusals of a database and an object store.
    """

    def __init__(self, settings: Settings) -> None:
        _require_all(settings)
        _use_time_zone(settings.time_zone)
        # One event at a time reaches a process, so no click waits for a big one; and there is no memory for more processes.
        self._settings = settings.model_copy(update={"workers": 0})
        app = create_app(self._settings, is_function=True)
        self._ledger: Ledger = app.state.ledger
        self._ledger.check_objects()
        if not self._ledger.people.users.has_users():
            raise FunctionNotReady(*_in_lists([NO_USERS]))
        requests = LargeRequests(app, self._ledger.sent_bodies, _largest_body)
        answers = LargeAnswers(requests, self._ledger.outputs, _most_bytes)
        self._adapter = _Adapter(_with_layers(answers, settings))

    def answer(self, event: Event, context: object) -> Reply:
        """Return the reply to an event of a gateway. Refusals that were counted before it are recorded."""
        self._ledger.access.write_counted()
        return self._adapter.reply_to(event, context)

    def tidy(self) -> None:
        """Remove expired workbooks, answers and documents. Whatever fails is raised: the schedule tries again."""
        self._ledger.access.write_counted()
        remove_expired(self._ledger, retention_periods(self._settings))

    def close(self) -> None:
        """Record the refusals that were counted, and close the connections."""
        self._ledger.access.write_counted(all_of_them=True)
        self._adapter.close()
        self._ledger.close()


class _Adapter:
    """An application that answers events, in an event loop of its own that lasts from event to event."""

    def __init__(self, app: ASGIApp) -> None:
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        # With "auto", the application would be started and stopped with every event.
        self._mangum = Mangum(app, lifespan="off", text_mime_types=list(TEXT))  # type: ignore[arg-type] # its own ASGI type

    def reply_to(self, event: Event, context: object) -> Reply:
        """Return the application's answer in the form that the gateway of the event takes. Raises BadRequest for other events.

        A request that cannot even be read is an incident: the exception's text may quote it, and would be logged.
        """
        if not isinstance(event.get("requestContext"), Mapping):
            raise BadRequest("The event is none of a gateway, and no task.")
        asyncio.set_event_loop(self._loop)
        try:
            return self._mangum(dict(event), context)  # type: ignore[arg-type] # it takes any object
        except Exception as bug:  # noqa: BLE001 - what is wrong is outside the application, which answers its own bugs
            return _plain_reply(*incident_answer(bug))

    def close(self) -> None:
        asyncio.set_event_loop(None)
        self._loop.close()


_FUNCTION: list[Function] = []
_LOCK = Lock()


def handler(event: Event, context: object) -> Reply:
    """Answer an event: a request through a gateway, or a task of a schedule.

    A function that is not set up right answers every request with the reason, and looks again with the next one. A task
    raises it.
    """
    try:
        function = _function()
    except BillingError as refusal:
        log.error("%s %s", refusal, refusal.remedy)  # noqa: TRY400 - a refusal has no trace that helps
        if TASK in event:
            raise
        return _plain_reply(*problem_of(refusal))
    if event.get(TASK) == TIDY:
        function.tidy()
        return {"done": TIDY}
    return function.answer(event, context)


def close() -> None:
    """End what this process has begun to answer with."""
    while _FUNCTION:
        _FUNCTION.pop().close()


def _function() -> Function:
    with _LOCK:
        if not _FUNCTION:
            _FUNCTION.append(Function(_read_settings()))
            freeze_startup_objects()
    return _FUNCTION[0]


def _read_settings() -> Settings:
    """Return the settings of the environment; raises FunctionNotReady with the variable that is wrong, without its value."""
    try:
        return Settings()
    except ValidationError as error:
        found = [
            f"CLINIC_LEDGER_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors()
        ]
        raise FunctionNotReady(found, ["Correct what is named."]) from None


def _require_all(settings: Settings) -> None:
    """Raise FunctionNotReady with everything that the settings lack."""
    wrong = [
        (not settings.database, NO_DATABASE),
        (not settings.objects, NO_STORE),
        (not settings.names, NO_NAME),
        (not settings.time_zone, NO_TIME_ZONE),
        (bool(settings.database_owner), OWNER_NAMED),
    ]
    missing = [sentences for is_wrong, sentences in wrong if is_wrong]
    if missing:
        raise FunctionNotReady(*_in_lists(missing))


def _in_lists(missing: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [reason for reason, _ in missing], [remedy for _, remedy in missing]


def _use_time_zone(name: str) -> None:
    """Let this process have the days of a time zone. AWS does not let the variable TZ be set for a function."""
    os.environ["TZ"] = name
    if hasattr(time, "tzset"):
        time.tzset()


def _with_layers(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Put what every request passes around an application, as a service of its own has it around its own."""
    answered = AnswerHeaders(app, settings.names)
    return GatewayRequests(ProxiedRequests(answered, {*settings.proxies, GATEWAY}))


def _most_bytes(scope: Scope) -> int:
    return MOST_BYTES_OF_LOAD_BALANCER if is_of_load_balancer(scope[EVENT]) else MOST_BYTES


def _largest_body(scope: Scope) -> int:
    return LARGEST_BODY_OF_LOAD_BALANCER if is_of_load_balancer(scope[EVENT]) else LARGEST_BODY


def _plain_reply(status: HTTPStatus, body: bytes) -> Reply:
    """Return a problem as the reply to an event of any gateway, each of which reads its own kind of headers."""
    headers = {
        name.decode(): value.decode()
        for name, value in protected_headers([(b"content-type", MEDIA_TYPE.encode())])
    }
    return {
        "statusCode": int(status),
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "body": body.decode(),
        "isBase64Encoded": False,
    }

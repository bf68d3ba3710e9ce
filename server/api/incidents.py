"""Bugs: an answer with an incident number, and a log line that never contains data of a sheet."""

import logging
import secrets
from http import HTTPStatus

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.problems import MEDIA_TYPE, Problem, problem_of
from server.failure_places import place_of
from server.private_files import storage_refusal

log = logging.getLogger("clinicledger")


class Incidents:
    """ASGI middleware that catches every bug.

    Otherwise the server would print the exception, whose text may quote a cell.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on. After a bug, answer with an incident unless the response has started."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def note_start(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, note_start)
        except ClientDisconnect:
            return  # the client has disconnected
        except Exception as bug:  # noqa: BLE001 - the one place where bugs of a route become incidents
            status, body = incident_answer(bug)
            if not begun:
                await Response(body, status, media_type=MEDIA_TYPE)(scope, receive, send)


def incident_answer(error: BaseException) -> tuple[HTTPStatus, bytes]:
    """Return the status and body for a bug, and log where it happened, without any data of a sheet.

    A full disk is no bug, wherever it was met: it is answered as what it is.
    """
    if refusal := storage_refusal(error):
        return problem_of(refusal)
    number = secrets.token_hex(4)
    log.error("incident %s: %s at %s", number, type(error).__name__, place_of(error))
    problem = Problem(
        type="urn:clinic-ledger:incident",
        title="Something went wrong in the service",
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        detail=f"The service met an error it does not know. Nothing was written. Incident {number}.",
        code="incident",
        remedy="Try again. If it happens again, tell who looks after Clinic Ledger the incident number.",
    )
    return HTTPStatus.INTERNAL_SERVER_ERROR, problem.model_dump_json().encode()

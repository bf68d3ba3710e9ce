"""How a refusal leaves the service: RFC 9457, ``application/problem+json``.

The rules know codes and sentences; the one table of HTTP statuses is here. 404 an unknown
number, 409 the books say no, 413 too large, 422 the sheet must be fixed.
"""

import logging
import secrets
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from server import errors
from server.ribbon.click import ReplyFinding
from server.ribbon.desk import listed

log = logging.getLogger("clinicledger")

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[errors.BillingError], HTTPStatus] = {
    errors.BadRequest: HTTPStatus.BAD_REQUEST,
    errors.ForeignRequest: HTTPStatus.FORBIDDEN,
    errors.UnknownAddress: HTTPStatus.NOT_FOUND,
    errors.UnknownButton: HTTPStatus.NOT_FOUND,
    errors.UnknownClinic: HTTPStatus.NOT_FOUND,
    errors.UnknownRun: HTTPStatus.NOT_FOUND,
    errors.UnknownOutput: HTTPStatus.NOT_FOUND,
    errors.ClinicMismatch: HTTPStatus.CONFLICT,
    errors.RequestIdReused: HTTPStatus.CONFLICT,
    errors.FolderInUse: HTTPStatus.CONFLICT,
    errors.RunIsClosed: HTTPStatus.CONFLICT,
    errors.RunHasBlockers: HTTPStatus.CONFLICT,
    errors.AlreadyPaidElsewhere: HTTPStatus.CONFLICT,
    errors.SetupDoesNotFit: HTTPStatus.CONFLICT,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.NoClinic: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.MissingSheet: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.MissingInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ReasonNeeded: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.BadClinicId: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.EmptySetup: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.EmptySheet: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.OwnSheet: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.HeaderNotFound: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.MissingColumn: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.AnotherClinicsLog: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ImplausiblePeriod: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.SetupUnusable: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.BooksNotOpened: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.BooksBusy: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Problem(BaseModel):
    """A request that was not carried out: nothing was written."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    remedy: str
    findings: list[ReplyFinding] = []


def problem_of(error: errors.BillingError) -> tuple[int, bytes]:
    """Return the status and the body a refusal leaves with."""
    status = STATUS[type(error)]
    problem = Problem(
        type=f"urn:clinic-ledger:{error.code}",
        title=error.title,
        status=status,
        detail=str(error),
        code=error.code,
        remedy=error.remedy,
        findings=listed(error.findings),
    )
    return status, problem.model_dump_json().encode()


def incident(error: BaseException) -> tuple[int, bytes]:
    """Return the answer to a bug, and log where it happened: never what the sheet said."""
    number = secrets.token_hex(4)
    places = []
    trace = error.__traceback__
    while trace:
        places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    log.error("incident %s: %s at %s", number, type(error).__name__, " > ".join(places[-6:]))
    body = {
        "type": "urn:clinic-ledger:incident",
        "title": "Something went wrong in the service",
        "status": 500,
        "detail": f"The service met an error it does not know. Nothing was written. Incident {number}.",
        "code": "incident",
        "remedy": "Try again. If it happens again, tell who looks after Clinic Ledger the incident number.",
        "findings": [],
    }
    return HTTPStatus.INTERNAL_SERVER_ERROR, orjson.dumps(body)


def refusals(*classes: type[errors.BillingError]) -> dict[int | str, dict[str, Any]]:
    """Return what a route declares of the refusals it can answer with, for OpenAPI."""
    declared: dict[int | str, dict[str, Any]] = {}
    every: tuple[type[errors.BillingError], ...] = (*classes, errors.ForeignRequest)
    for one in every:
        entry = declared.setdefault(
            int(STATUS[one]), {"model": Problem, "content": {MEDIA_TYPE: {}}, "description": ""}
        )
        entry["description"] = "; ".join(filter(None, [entry["description"], f"`{one.code}`: {one.title}"]))
    return declared


def install(app: FastAPI) -> None:
    """Answer every refusal, unknown address and bug as a problem."""

    async def refused(_: Request, error: Exception) -> Response:
        if not isinstance(error, errors.BillingError):
            raise error
        status, body = problem_of(error)
        return Response(body, status, media_type=MEDIA_TYPE)

    async def unaddressed(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.NOT_FOUND
        _, body = problem_of(errors.UnknownAddress(request.method, request.url.path))
        return Response(body, status, media_type=MEDIA_TYPE)

    async def misshapen(request: Request, error: Exception) -> Response:
        del error  # it would quote what was sent
        return await refused(request, errors.BadRequest("A value in the address is not of the agreed form."))

    async def broken(_: Request, error: Exception) -> Response:
        status, body = incident(error)
        return Response(body, status, media_type=MEDIA_TYPE)

    app.add_exception_handler(errors.BillingError, refused)
    app.add_exception_handler(HTTPException, unaddressed)
    app.add_exception_handler(RequestValidationError, misshapen)
    app.add_exception_handler(Exception, broken)

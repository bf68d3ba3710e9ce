"""Refusals as HTTP answers: RFC 9457, ``application/problem+json``.

Each refusal declares its kind. This module has the HTTP status of each kind.
"""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from server import errors
from server.errors import RefusalKind
from server.ribbon.context import listed_findings
from server.ribbon.protocol import ReplyFinding

MEDIA_TYPE = "application/problem+json"

PARTS_NAMED = 8
"""The most malformed parts that are named: a thousand steps may all lack the same field."""

UNDECLARED = frozenset({"extra_forbidden", "json_invalid"})
"""Pydantic errors whose location is not a declared field."""

STATUS: dict[RefusalKind, HTTPStatus] = {
    RefusalKind.MALFORMED: HTTPStatus.BAD_REQUEST,
    RefusalKind.NOT_SIGNED_IN: HTTPStatus.UNAUTHORIZED,
    RefusalKind.NOT_ALLOWED: HTTPStatus.FORBIDDEN,
    RefusalKind.UNKNOWN: HTTPStatus.NOT_FOUND,
    RefusalKind.CONFLICT: HTTPStatus.CONFLICT,
    RefusalKind.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    RefusalKind.UNUSABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    RefusalKind.TOO_OFTEN: HTTPStatus.TOO_MANY_REQUESTS,
    RefusalKind.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Problem(BaseModel):
    """A request that was refused. Nothing was written."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    remedy: str
    findings: list[ReplyFinding] = []


def problem_of(error: errors.BillingError, status: HTTPStatus | None = None) -> tuple[HTTPStatus, bytes]:
    """Return the HTTP status and the body of a refusal. ``status`` replaces the status of its kind."""
    status = status or STATUS[error.kind]
    problem = Problem(
        type=f"urn:clinic-ledger:{error.code}",
        title=error.title,
        status=status,
        detail=str(error),
        code=error.code,
        remedy=error.remedy,
        findings=listed_findings(error.findings),
    )
    return status, problem.model_dump_json().encode()


_GUARDS: tuple[type[errors.BillingError], ...] = (
    errors.ForeignRequest,
    errors.TokenNeeded,
    errors.TokenUnknown,
    errors.BooksNotOpened,  # the tokens are in the books
    errors.BooksBusy,
)
"""The refusals of the guard, possible for any request."""


def refusals(*classes: type[errors.BillingError]) -> dict[int | str, dict[str, Any]]:
    """Return a route's ``responses`` for OpenAPI: these refusals and the guard's."""
    declared: dict[int | str, dict[str, Any]] = {
        "default": _response_entry("`incident`: a bug of the service")
    }
    for one in (*classes, *_GUARDS):
        named = f"`{one.code}`: {one.title}"
        entry = declared.setdefault(int(STATUS[one.kind]), _response_entry(named))
        if named not in entry["description"]:
            entry["description"] += f"; {named}"
    return declared


def _response_entry(description: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


def _malformed_parts(error: Exception) -> str:
    """Return a sentence that names the malformed fields. It quotes no sent value and no undeclared name."""
    mistakes = error.errors() if isinstance(error, RequestValidationError) else ()
    declared = [mistake["loc"] for mistake in mistakes if mistake["type"] not in UNDECLARED]
    if not declared:
        return "The request has a part that is not declared, or is not JSON."
    parts = dict.fromkeys(".".join(str(step) for step in where[1:]) or str(where[0]) for where in declared)
    named = ", ".join(list(parts)[:PARTS_NAMED]) + (" and more" if len(parts) > PARTS_NAMED else "")
    return f"These parts of the request do not have the agreed form: {named}."


def install(app: FastAPI) -> None:
    """Make the app answer every refusal and every unknown address as a problem."""

    async def answer_refusal(_: Request, error: Exception) -> Response:
        if not isinstance(error, errors.BillingError):
            raise error
        status, body = problem_of(error)
        return Response(body, status, media_type=MEDIA_TYPE)

    async def answer_unknown_address(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        if error.status_code == HTTPStatus.BAD_REQUEST:
            return await answer_malformed(request, error)  # JSON that FastAPI could not parse
        unknown = errors.UnknownAddress(request.method, request.url.path)
        status, body = problem_of(unknown, HTTPStatus(error.status_code))
        return Response(body, status, error.headers, MEDIA_TYPE)

    async def answer_malformed(request: Request, error: Exception) -> Response:
        return await answer_refusal(request, errors.BadRequest(_malformed_parts(error)))

    app.add_exception_handler(errors.BillingError, answer_refusal)
    app.add_exception_handler(HTTPException, answer_unknown_address)
    app.add_exception_handler(RequestValidationError, answer_malformed)

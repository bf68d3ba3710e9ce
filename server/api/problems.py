"""Refusals as HTTP answers: RFC 9457, ``application/problem+json``.

Each refusal declares its kind. This module has the HTTP status of each kind.
"""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from server import errors
from server.api.allowed_methods import allowed_methods
from server.api.malformed_requests import malformed_parts
from server.api.page_addresses import is_page
from server.errors import RefusalKind
from server.ribbon.context import listed_findings
from server.ribbon.protocol import ReplyFinding, ReplyRemedy, offered_remedies

MEDIA_TYPE = "application/problem+json"

_FOR_PROGRAMS = re.compile(r"/clinics(?!/[^/]*/documents)(/|$)")
"""The addresses that only programs use. What is refused at the others is shown to a person: an add-in sends clicks and
documents, fetches workbooks and pairs itself.
"""

STATUS: dict[RefusalKind, HTTPStatus] = {
    RefusalKind.MALFORMED: HTTPStatus.BAD_REQUEST,
    RefusalKind.NOT_SIGNED_IN: HTTPStatus.UNAUTHORIZED,
    RefusalKind.NOT_ALLOWED: HTTPStatus.FORBIDDEN,
    RefusalKind.UNKNOWN: HTTPStatus.NOT_FOUND,
    RefusalKind.CONFLICT: HTTPStatus.CONFLICT,
    RefusalKind.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    RefusalKind.HEADERS_TOO_LARGE: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    RefusalKind.TOO_SLOW: HTTPStatus.REQUEST_TIMEOUT,
    RefusalKind.UNUSABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    RefusalKind.TOO_OFTEN: HTTPStatus.TOO_MANY_REQUESTS,
    RefusalKind.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    RefusalKind.NO_ROOM: HTTPStatus.INSUFFICIENT_STORAGE,
}


class Problem(BaseModel):
    """A request that was refused. Nothing was written."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    remedy: str
    button: str | None = None
    remedies: list[ReplyRemedy] = []
    findings: list[ReplyFinding] = []


def problem_of(
    error: errors.BillingError, status: HTTPStatus | None = None, *, path: str = ""
) -> tuple[HTTPStatus, bytes]:
    """Return the HTTP status and the body of a refusal. ``status`` replaces the status of its kind.

    ``path`` is the address of the request: its remedy is one for programs where only programs ask.
    """
    for_programs = bool(_FOR_PROGRAMS.match(path))
    status = status or STATUS[error.kind]
    remedies = offered_remedies(error.remedies)
    problem = Problem(
        type=f"urn:clinic-ledger:{error.code}",
        title=error.title,
        status=status,
        detail=str(error),
        code=error.code,
        remedy=error.program_remedy if for_programs else error.remedy,
        button=remedies[0].button if remedies else None,
        remedies=remedies,
        findings=listed_findings(error.findings, for_programs=for_programs),
    )
    return status, problem.model_dump_json().encode()


_GUARDS: tuple[type[errors.BillingError], ...] = (
    errors.BadRequest,
    errors.HeadersTooLarge,
    errors.RequestTooSlow,
    errors.ServiceFull,
    errors.AddInTooOld,
    errors.AddInTooNew,
    errors.ForeignRequest,
    errors.ProxyUnclear,
    errors.NotEncrypted,
    errors.TooManyRequests,
    errors.TokenNeeded,
    errors.TokenUnknown,
    errors.TokenExpired,
    errors.TokenRevoked,
    errors.SignInNeeded,
    errors.SessionEnded,
    errors.RoleNotAllowed,
    errors.BooksNotOpened,  # the tokens are in the books
    errors.BooksBusy,
    errors.CopyNeeded,
    errors.DiskFull,
    errors.LedgerReadOnly,
    errors.ObjectStoreUnreachable,
    errors.DatabaseUnreachable,
    errors.DatabaseTooSlow,
    errors.ObjectStoreDenied,
    errors.BucketMissing,
    errors.BucketOfAnotherLedger,
    errors.ObjectStoreUnprotected,
)
"""The refusals of the connection, the guard, the disk and the store of documents, possible for any request."""


def refusals(*classes: type[errors.BillingError]) -> dict[int | str, dict[str, Any]]:
    """Return a route's ``responses`` for OpenAPI: these refusals and those possible for any request."""
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


PageOf = Callable[[Request, errors.BillingError, HTTPStatus], Response]
"""Returns a refusal as a page for a browser."""


def install(app: FastAPI, page_of: PageOf) -> None:
    """Make the app answer every refusal and every unknown address as a problem, or as a page where pages are asked for."""

    async def answer_refusal(request: Request, error: Exception) -> Response:
        if not isinstance(error, errors.BillingError):
            raise error
        if is_page(request.url.path):
            return page_of(request, error, STATUS[error.kind])
        status, body = problem_of(error, path=request.url.path)
        seconds = error.retry_after_seconds
        headers = {} if seconds is None else {"retry-after": str(seconds)}
        return Response(body, status, headers, MEDIA_TYPE)

    async def answer_unknown_address(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        if isinstance(error.__cause__, errors.BillingError):
            return await answer_refusal(request, error.__cause__)  # of a body that FastAPI could not read
        if error.status_code == HTTPStatus.BAD_REQUEST:
            return await answer_malformed(request, error)  # JSON that FastAPI could not parse
        unknown = errors.UnknownAddress(request.method, request.url.path)
        if is_page(request.url.path):
            return page_of(request, unknown, HTTPStatus(error.status_code))
        status, body = problem_of(unknown, HTTPStatus(error.status_code), path=request.url.path)
        allowed = allowed_methods(app.routes, request.scope) if error.headers else []
        return Response(body, status, {"Allow": ", ".join(allowed)} if allowed else None, MEDIA_TYPE)

    async def answer_malformed(request: Request, error: Exception) -> Response:
        told = (
            malformed_parts(error)
            if isinstance(error, RequestValidationError)
            else "The body is not JSON in UTF-8."
        )
        return await answer_refusal(request, errors.BadRequest(told))

    app.add_exception_handler(errors.BillingError, answer_refusal)
    app.add_exception_handler(HTTPException, answer_unknown_address)
    app.add_exception_handler(RequestValidationError, answer_malformed)

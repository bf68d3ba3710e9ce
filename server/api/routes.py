"""The routes of buttons, the ribbon table, finished workbooks, and the list of clinics."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from server import errors
from server.api.guard import origin_of
from server.api.media_types import MEDIA_TYPES
from server.api.problems import MEDIA_TYPE, refusals
from server.api.resources import ClinicOut, Health
from server.api.sessions import Asking, OfFirm, OpenLedger
from server.api.workers import Workers
from server.billing.people import Person
from server.operations import clinics
from server.operations.finished_workbooks import fetch_output as fetch_kept_file
from server.operations.session import Asker
from server.ribbon.dispatch import COMMANDS, OF_ANY_CLICK
from server.ribbon.protocol import Click, Reply
from server.ribbon.ribbon_table import Button, Ribbon, ribbon

router = APIRouter()


def find_workers(request: Request) -> Workers:
    """Return the worker processes of this service."""
    found: Workers = request.app.state.workers
    return found


@router.get("/health", tags=["service"], responses=refusals())
def health(ledger: OpenLedger) -> Health:
    """Return that the service is up, and the number of its clinics. Anybody may ask."""
    return Health(clinics=len(ledger.clinics()))


@router.get("/ribbon", tags=["service"], responses=refusals())
def show_ribbon() -> Ribbon:
    """Return the ribbon table that the add-ins are built from."""
    return ribbon()


CLICK = {"$ref": f"#/components/schemas/{Click.__name__}"}
CLICK_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": CLICK}}}}


async def _answer_click(button: str, request: Request, person: Person, workers: Workers) -> Response:
    asker = Asker(person, origin_of(request.scope))
    answer = await workers.work(button, await request.body(), asker)
    media_type = "application/json" if answer.status == HTTPStatus.OK else MEDIA_TYPE
    response = Response(answer.body, answer.status, media_type=media_type)
    if answer.retry_after_seconds is not None:
        response.headers["retry-after"] = str(answer.retry_after_seconds)
    return response


def _declare_button(button: Button) -> None:
    """Add a route for a button, which declares the refusals of this button."""

    async def press_button(
        request: Request, person: Asking, workers: Annotated[Workers, Depends(find_workers)]
    ) -> Response:
        return await _answer_click(button.id, request, person, workers)

    router.add_api_route(
        f"/ribbon/{button.id}",
        press_button,
        methods=["POST"],
        response_model=Reply,
        responses=refusals(*COMMANDS[button.id].refusals),
        openapi_extra=CLICK_BODY,
        tags=["buttons"],
        name=button.id,
        summary=button.label,
        description=f"{button.tip} Safe to send again with the same request id.",
    )


for _button in ribbon().button:
    _declare_button(_button)


@router.post(
    "/ribbon/{button}",
    tags=["buttons"],
    response_model=Reply,
    responses=refusals(errors.UnknownButton, *OF_ANY_CLICK),
    openapi_extra=CLICK_BODY,
)
async def press_unknown_button(
    button: str, request: Request, person: Asking, workers: Annotated[Workers, Depends(find_workers)]
) -> Response:
    """Refuse a button that the ribbon does not have, and name the buttons that it has."""
    return await _answer_click(button, request, person, workers)


@router.get(
    "/outputs/{output_id}",
    tags=["service"],
    response_class=Response,
    responses={
        200: {"content": {media_type: {} for media_type in MEDIA_TYPES.values()}},
        **refusals(errors.UnknownOutput),
    },
)
def fetch_output(output_id: str, sessions: OfFirm) -> Response:
    """Return a finished workbook or paper. All of it is read first, because it may be removed when its time is over."""
    with sessions.view_session() as session:
        kept = fetch_kept_file(session, output_id)
    # A browser must not display it: a paper that was attached is not trusted.
    headers = {"Content-Disposition": "attachment"}
    return Response(kept.data, media_type=MEDIA_TYPES[kept.ending], headers=headers)


@router.get("/clinics", tags=["clinics"], responses=refusals())
def list_clinics(sessions: OfFirm) -> list[ClinicOut]:
    """List the clinics of the ledger."""
    with sessions.view_session() as session:
        return [ClinicOut(id=entry.id, name=entry.name) for entry in clinics.list_clinics(session)]

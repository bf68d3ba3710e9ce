"""How the service is used, for Prometheus. No clinic and no person is in it (docs/adr/0069-what-metrics-may-say.md)."""

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from server import errors
from server.api.problems import refusals

router = APIRouter()

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""The text format of Prometheus."""


@router.get(
    "/metrics",
    tags=["service"],
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        **refusals(errors.MetricsOff),
    },
)
async def show_metrics(request: Request) -> Response:
    """Return the metrics of this process in the text format of Prometheus."""
    if request.app.state.meter is None:
        raise errors.MetricsOff
    body: bytes = await run_in_threadpool(request.app.state.meter.text)
    return Response(body, media_type=MEDIA_TYPE)

"""The floor behind one bare route: raw body in, ``floor()``, workbook bytes out. Nothing is guarded or kept.

Run alone: ``uv run python -m bench.floor_service PORT``.
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.floor import floor
from server.demo.bulk_logs import bulk_setup

SETUP = bulk_setup(30)


async def press(request: Request) -> Response:
    """Answer a click with its workbook."""
    return Response(floor(await request.body(), SETUP))


async def health(_: Request) -> Response:
    """Say that the process is up."""
    return Response()


app = Starlette(routes=[Route("/floor", press, methods=["POST"]), Route("/health", health)])

if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)

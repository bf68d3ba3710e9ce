"""The simulated Excel as web pages: its window, the workbook that it opens, the task pane inside it.

Only ``clinicledger try`` and the browser tests put this in front of a service. The task pane is the real
one with the same policy, except that Office.js comes from the simulated Excel.
"""

from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.api.pages import OFFICE_JS, PREFIX, TYPES, page_policy
from server.api.route_rights import refuse_unlisted_routes
from server.settings import Settings

ADDRESS = "/excel/"
WORKBOOK = f"{ADDRESS}workbook"
PANE = f"{PREFIX}taskpane.html"

REAL_OFFICE_JS = f"{OFFICE_JS}/lib/1/hosted/office.js"
OUR_OFFICE_JS = f"{ADDRESS}office.js"

DIRECTIVES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",  # cells have inline styles
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
)
POLICY = "; ".join(DIRECTIVES)


def show_excel(app: FastAPI, settings: Settings, workbook: Path) -> None:
    """Put the simulated Excel in front of a service that is not started yet.

    ``settings`` has the folders of the Office add-in and of the simulator. The window opens ``workbook`` first.
    """

    def fetch_workbook() -> FileResponse:
        return FileResponse(workbook, filename=workbook.name)

    # A route, so that the guard protects it: the workbook may be a real one.
    app.add_api_route(WORKBOOK, fetch_workbook, include_in_schema=False)
    refuse_unlisted_routes(app.routes)
    app.add_middleware(Window, office=settings.office, simulator=settings.simulator)


class Window:
    """ASGI middleware that answers requests for the window's files and the task pane, and passes the rest on."""

    def __init__(self, app: ASGIApp, office: Path, simulator: Path) -> None:
        self._app = app
        self._pane = office / "taskpane.html"
        self._folder = simulator.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file, or pass on a request for something else."""
        response = self._response_for(Request(scope)) if scope["type"] == "http" else None
        await (response or self._app)(scope, receive, send)

    def _response_for(self, request: Request) -> Response | None:
        path = request.url.path
        if request.method not in {"GET", "HEAD"} or path == WORKBOOK:
            return None
        if path == "/":
            return RedirectResponse(ADDRESS)
        if path == PANE:
            return self._task_pane()
        return (
            self._file_response(path.removeprefix(ADDRESS) or "index.html")
            if path.startswith(ADDRESS)
            else None
        )

    def _task_pane(self) -> Response:
        page = self._pane.read_text("utf-8").replace(REAL_OFFICE_JS, OUR_OFFICE_JS)
        return Response(page, headers={"Content-Security-Policy": page_policy("")}, media_type=TYPES[".html"])

    def _file_response(self, name: str) -> Response:
        try:
            file = (self._folder / name).resolve()
            served = file.is_relative_to(self._folder) and file.suffix in TYPES and file.is_file()
        except (OSError, ValueError):  # the name is too long, or contains a NUL
            served = False
        if not served:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        headers = {"Content-Security-Policy": POLICY}
        return FileResponse(file, headers=headers, media_type=TYPES[file.suffix])

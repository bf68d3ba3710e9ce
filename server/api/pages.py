"""The Office add-in's pages, sent to every client: they hold code and no data.

Excel on the web opens the task pane in a frame, which a browser treats as a request of another site.
So these answers are sent before the guard, which refuses such requests.
"""

from http import HTTPStatus
from pathlib import Path

from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.api.problems import MEDIA_TYPE, problem_of
from server.errors import UnknownAddress
from server.ribbon.ribbon_table import ribbon

PREFIX = "/office/"

METHODS = ("GET", "HEAD")

OFFICE_JS = "https://appsforoffice.microsoft.com"
"""Microsoft's address of Office.js, the only script from outside."""

EXCEL_ON_THE_WEB = (
    "https://*.officeapps.live.com",
    "https://*.cloud.microsoft",
    "https://*.office.com",
    "https://*.microsoft365.com",
    "https://*.sharepoint.com",
    "https://onedrive.live.com",
)
"""Sites that may show the task pane in a frame. Excel on a desktop shows it in its own window."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'self' {OFFICE_JS}",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        f"frame-ancestors 'self' {' '.join(EXCEL_ON_THE_WEB)}",
    )
)

HEADERS = {"Content-Security-Policy": POLICY}

TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
"""File types that are served, with their media types. The system's own table is not used: on Windows programs change it."""


class Pages:
    """ASGI middleware that answers every request under ``/office/`` and passes the rest on."""

    def __init__(self, app: ASGIApp, folder: Path, icons: Path) -> None:
        self._app = app
        self._folder = folder.resolve()
        self._icons = icons.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a page, or pass on a request for something else."""
        response = self._page_response(scope["method"], scope["path"]) if scope["type"] == "http" else None
        await (response or self._app)(scope, receive, send)

    def _page_response(self, method: str, path: str) -> Response | None:
        if not path.startswith(PREFIX):
            return None
        name = path.removeprefix(PREFIX)
        is_ribbon = name == "src/ribbon.js"
        file = None if is_ribbon else self._find_file(name)
        if file is None and not is_ribbon:
            return _unknown_page(method, path, HTTPStatus.NOT_FOUND)
        if method not in METHODS:
            return _unknown_page(method, path, HTTPStatus.METHOD_NOT_ALLOWED, Allow=", ".join(METHODS))
        if file is None:
            return _ribbon_module()
        return FileResponse(file, headers=HEADERS, media_type=TYPES[file.suffix])

    def _find_file(self, name: str) -> Path | None:
        is_icon = name.startswith("icons/")
        root, inside = (self._icons, name.removeprefix("icons/")) if is_icon else (self._folder, name)
        try:
            file = (root / inside).resolve()
            served = file.is_relative_to(root) and file.suffix in TYPES and file.is_file()
        except (OSError, ValueError):  # the name is too long, or contains a NUL
            return None
        return file if served else None


def _unknown_page(method: str, path: str, status: HTTPStatus, **headers: str) -> Response:
    status, body = problem_of(UnknownAddress(method, path), status)
    return Response(body, status, HEADERS | headers, MEDIA_TYPE)


def _ribbon_module() -> Response:
    """Return the ribbon table as a module, because commands must be named before Excel runs the first one."""
    source = f"export const RIBBON = {ribbon().model_dump_json()};\n"
    return Response(source, headers=HEADERS, media_type=TYPES[".js"])

"""The Office add-in's pages, handed to whoever asks: they hold code and no data.

Excel on the web opens the task pane in a frame, and a browser calls that a request of another
site. So these answers are given before the guard, which refuses exactly such requests.
"""

from http import HTTPStatus
from pathlib import Path

from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.ribbon.ribbon_table import ribbon

PREFIX = "/office/"

OFFICE_JS = "https://appsforoffice.microsoft.com"
"""Microsoft's own place for Office.js. Nothing else comes from outside."""

EXCEL_ON_THE_WEB = (
    "https://*.officeapps.live.com",
    "https://*.cloud.microsoft",
    "https://*.office.com",
    "https://*.microsoft365.com",
    "https://*.sharepoint.com",
    "https://onedrive.live.com",
)
"""Sites that may show the task pane in a frame; Excel on a desktop shows it in a window of its own."""

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

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
"""What is handed out, and as what: Windows lets any program change what it calls a .js file."""


class Pages:
    """ASGI middleware that answers for everything under ``/office/`` and passes the rest on."""

    def __init__(self, app: ASGIApp, folder: Path, icons: Path) -> None:
        self._app = app
        self._folder = folder.resolve()
        self._icons = icons.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a page, or pass on a request for something else."""
        response = self._page(scope["method"], scope["path"]) if scope["type"] == "http" else None
        await (response or self._app)(scope, receive, send)

    def _page(self, method: str, path: str) -> Response | None:
        if method not in {"GET", "HEAD"} or not path.startswith(PREFIX):
            return None
        name = path.removeprefix(PREFIX)
        if name == "src/ribbon.js":
            return _ribbon()
        file = self._find(name)
        if file is None:
            return Response(status_code=HTTPStatus.NOT_FOUND, headers=HEADERS)
        return FileResponse(file, headers=HEADERS | _keeping(file), media_type=TYPES[file.suffix])

    def _find(self, name: str) -> Path | None:
        is_icon = name.startswith("icons/")
        root, inside = (self._icons, name.removeprefix("icons/")) if is_icon else (self._folder, name)
        try:
            file = (root / inside).resolve()
            served = file.is_relative_to(root) and file.suffix in TYPES and file.is_file()
        except (OSError, ValueError):  # too long, or a NUL in it
            return None
        return file if served else None


def _ribbon() -> Response:
    """Return the ribbon table as a module: commands must have a name before Excel asks for the first."""
    source = f"export const RIBBON = {ribbon().model_dump_json()};\n"
    return Response(source, headers=HEADERS | {"Cache-Control": "no-cache"}, media_type=TYPES[".js"])


def _keeping(file: Path) -> dict[str, str]:
    """Return how long a browser may keep a file: never a page, the rest until it was asked again."""
    return {"Cache-Control": "no-store" if file.suffix == ".html" else "no-cache"}

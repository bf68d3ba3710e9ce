"""The Office add-in's pages, sent to every client: they hold code and no data.

Excel on the web opens the task pane in a frame, which a browser treats as a request of another site.
So these answers are sent before the guard, which refuses such requests.
"""

import json
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path

from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.api.help_page import help_html
from server.api.problems import MEDIA_TYPE, problem_of
from server.errors import UnknownAddress
from server.ribbon.ribbon_table import ribbon
from server.ribbon.shortcuts import shortcuts_file

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


def page_policy(store_address: str) -> str:
    """Return what a page may load, and where it may connect to: the service, and the place in the store if there is one."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {OFFICE_JS}",
            "style-src 'self'",
            "img-src 'self' data:",
            f"connect-src 'self' {store_address}".rstrip(),
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors 'self' {' '.join(EXCEL_ON_THE_WEB)}",
        )
    )


TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""File types that are served, with their media types. The system's own table is not used: on Windows programs change it."""


class Pages:
    """ASGI middleware that answers every request under ``/office/`` and passes the rest on."""

    def __init__(self, app: ASGIApp, folders: Mapping[str, Path], store_address: str = "") -> None:
        """``folders`` are the folders of the files, by how their addresses begin under ``/office/``.

        ``store_address`` is how addresses begin to which the service may lead a page, "" if there are none.
        """
        self._app = app
        self._policy = page_policy(store_address)
        self._folders = {begins: folder.resolve() for begins, folder in folders.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a page, or pass on a request for something else."""
        response = self._page_response(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if response:
            response.headers["Content-Security-Policy"] = self._policy
        await (response or self._app)(scope, receive, send)

    def _page_response(self, method: str, path: str) -> Response | None:
        if not path.startswith(PREFIX):
            return None
        name = path.removeprefix(PREFIX)
        page = MADE_PAGES.get(name) or self._page_of_file(name)
        if page is None:
            return _unknown_page(method, path, HTTPStatus.NOT_FOUND)
        if method not in METHODS:
            return _unknown_page(method, path, HTTPStatus.METHOD_NOT_ALLOWED, Allow=", ".join(METHODS))
        return page()

    def _page_of_file(self, name: str) -> Callable[[], Response] | None:
        file = self._find_file(name)
        return partial(FileResponse, file, media_type=TYPES[file.suffix]) if file else None

    def _find_file(self, name: str) -> Path | None:
        begins = max((begins for begins in self._folders if name.startswith(begins)), key=len)
        root, inside = self._folders[begins], name.removeprefix(begins)
        try:
            file = (root / inside).resolve()
            served = file.is_relative_to(root) and file.suffix in TYPES and file.is_file()
        except (OSError, ValueError):  # the name is too long, or contains a NUL
            return None
        return file if served else None


def _unknown_page(method: str, path: str, status: HTTPStatus, **headers: str) -> Response:
    status, body = problem_of(UnknownAddress(method, path), status)
    return Response(body, status, headers, MEDIA_TYPE)


def _ribbon_module() -> Response:
    """Return the ribbon table as a module, because commands must be named before Excel runs the first one."""
    table, product = ribbon().model_dump_json(), json.dumps(version("clinic-ledger"))
    source = f"export const RIBBON = {table};\nexport const VERSION = {product};\n"
    return Response(source, media_type=TYPES[".js"])


def _shortcuts() -> Response:
    return Response(json.dumps(shortcuts_file(ribbon())), media_type="application/json")


def _help() -> Response:
    return Response(help_html(ribbon()), media_type=TYPES[".html"])


MADE_PAGES: Mapping[str, Callable[[], Response]] = {
    "src/ribbon.js": _ribbon_module,
    "shortcuts.json": _shortcuts,
    "help.html": _help,
}
"""The pages that are made from the ribbon table, by their place under ``/office/``."""

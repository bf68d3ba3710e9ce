"""Every route and every kind of answer: the headers, HEAD, and the methods of an address.

The routes are those of the application itself, so a new one is tested without being named here.
"""

import re
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import httpx
import orjson
import pytest
from fastapi.routing import iter_route_contexts

from server.api.client_connection import LARGEST_HEAD, MOST_HEADERS
from server.api.guard import OPEN, SENT_ONCE
from server.api.page_addresses import is_page
from server.app import create_app
from server.ledger.store import Ledger
from server.settings import MEGABYTE, Settings
from tests.api.test_incidents import spoil
from tests.api.wire import PATIENCE_SECONDS, PROBLEM, check_protected, serving
from tests.behind import copy_ledger

UNKNOWN_METHODS = ("PUT", "DELETE", "OPTIONS", "TRACE", "FOO", "M-SEARCH")
"""Methods that no address has. httptools, which reads HTTP, does not know the last two of them."""

PAGES = (
    "/office/taskpane.html",
    "/office/src/main.js",
    "/office/src/ribbon.js",
    "/office/icons/payroll.generate-32.png",
)
NO_ADDRESSES = (
    "/nowhere",
    "/clinics/lakeside/nothing",
    "/office/nothing.js",
    "/redoc",
    "/docs/oauth2-redirect",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over a connection of its own."""

    status: int
    headers: httpx.Headers
    body: bytes


class Wire:
    """Sends requests as they are written: any method, and any header as often as it is listed."""

    def __init__(self, url: str, token: str) -> None:
        self.url = httpx.URL(url)
        self.own = {
            "Host": f"{self.url.host}:{self.url.port}",
            "Origin": f"http://{self.url.host}:{self.url.port}",
            "Sec-Fetch-Site": "same-origin",
            "Authorization": f"Bearer {token}",
        }

    def ask(
        self,
        method: str,
        path: str,
        *more: tuple[str, str],
        body: bytes | None = None,
        own: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the answer to a request, having checked the headers that every answer has."""
        connection = HTTPConnection(self.url.host, self.url.port or 0, timeout=PATIENCE_SECONDS)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in [*(self.own if own is None else own).items(), *more]:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            got = connection.getresponse()
            answer = Answer(got.status, httpx.Headers(got.getheaders()), got.read())
        finally:
            connection.close()
        check_protected(answer.headers, f"{method} {path} {more} {answer.status}")
        if answer.status >= 400 and answer.status != 416 and method != "HEAD":
            assert answer.headers["content-type"] == PROBLEM
            assert orjson.loads(answer.body)["status"] == answer.status
        return answer


@pytest.fixture(scope="module")
def wire(made_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """Return a client of a service that is a program of its own and wants a token."""
    folder = copy_ledger(made_folder, tmp_path_factory.mktemp("headers") / "ledger")
    token = Ledger(folder).tokens.give("office")
    with serving(folder, workers="0") as program:
        yield Wire(program.url, token)


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return the methods of an address of each route, without HEAD. An address may be that of several routes.

    The pages for a browser take other bodies, and answer with pages: tests/web asks them.
    """
    app = create_app(Settings(path=tmp_path_factory.mktemp("routes"), workers=0))
    every = [(str(route.path), set(route.methods or ())) for route in iter_route_contexts(app.routes)]
    found: dict[str, set[str]] = {path: {"GET"} for path in PAGES}
    for template, _ in every:
        if is_page(template):
            continue
        path = PART.sub("nothing", template.replace("{clinic}", "lakeside").replace("{button}", "no.such"))
        matched = [methods for other, methods in every if re.fullmatch(PART.sub("[^/]+", other), path)]
        found[path] = set().union(*matched) - {"HEAD"}
    return found


PART = re.compile(r"\{\w+\}")
"""A part of an address that is filled in."""

JSON = ("Content-Type", "application/json")
DOCUMENT = ("Content-Type", "application/octet-stream")


def content_type(path: str) -> tuple[str, str]:
    return DOCUMENT if path.endswith("/documents") else JSON


def ask_properly(wire: Wire, method: str, path: str) -> None:
    more, body = ([content_type(path)], b"{}") if method == "POST" else ([], None)
    assert wire.ask(method, path, *more, body=body).status in {200, 400, 403, 404, 422}


def ask_instead_of(
    wire: Wire, method: str, path: str, *, header: str, value: str | None, status: int
) -> None:
    own = {name: told for name, told in wire.own.items() if name != header}
    more = [] if value is None else [(header, value)]
    answer = wire.ask(method, path, *more, own=own)
    is_open = path.startswith("/office/") or (header == "Authorization" and path in OPEN)
    assert (answer.status == status) is not is_open, (method, path, answer.status)


def ask_with_much(wire: Wire, method: str, path: str) -> None:
    assert wire.ask(method, path, ("X-Long", "a" * LARGEST_HEAD)).status == 431
    assert wire.ask(method, path, *[("X-Many", "a")] * MOST_HEADERS).status == 431


def ask_in_another_form(wire: Wire, method: str, path: str) -> None:
    if method == "POST":
        assert wire.ask(method, path, ("Content-Type", "text/plain"), body=b"{}").status == 400
        chunked = ("Transfer-Encoding", "chunked")
        assert wire.ask(method, path, content_type(path), chunked).status == 400
        if path != "/pair/code":  # which takes no body, and reads none
            assert wire.ask(method, path, content_type(path), body=b"no json").status in {200, 400, 404, 422}


def ask_with_too_much(wire: Wire, method: str, path: str) -> None:
    if method == "POST":
        length = ("Content-Length", str(257 * MEGABYTE))
        assert wire.ask(method, path, content_type(path), length).status == 413


def ask_for_a_part(wire: Wire, method: str, path: str) -> None:
    """Of a file, a part can be fetched; of everything else, the whole is answered."""
    if path in PAGES:
        assert wire.ask(method, path, ("Range", "bytes=0-9")).status in {200, 206}
        assert wire.ask(method, path, ("Range", "bytes=99999999-")).status in {200, 416}


KINDS: dict[str, Callable[[Wire, str, str], None]] = {
    "asked properly": ask_properly,
    "no token": partial(ask_instead_of, header="Authorization", value=None, status=401),
    "a wrong token": partial(ask_instead_of, header="Authorization", value="Bearer wrong", status=401),
    "a name of another site": partial(ask_instead_of, header="Host", value="evil.example", status=403),
    "a page of another site": partial(ask_instead_of, header="Origin", value="null", status=403),
    "a frame of another site": partial(
        ask_instead_of, header="Sec-Fetch-Site", value="cross-site", status=403
    ),
    "large headers": ask_with_much,
    "a body of another form": ask_in_another_form,
    "a body that is too large": ask_with_too_much,
    "a part of a file": ask_for_a_part,
}


@pytest.mark.parametrize("ask", KINDS.values(), ids=KINDS)
def test_every_kind_of_answer_of_every_route_is_protected(
    wire: Wire, routes: dict[str, set[str]], ask: Callable[[Wire, str, str], None]
) -> None:
    for path, methods in routes.items():
        for method in methods:
            ask(wire, method, path)


def test_an_address_has_the_methods_it_says_it_has(wire: Wire, routes: dict[str, set[str]]) -> None:
    for path, methods in routes.items():
        allowed = methods | {"HEAD"} if "GET" in methods else methods
        for method in {"GET", "HEAD", "POST", *UNKNOWN_METHODS} - allowed:
            for more, body in (([], None), ([("Content-Type", "text/plain")], b"no json")):
                answer = wire.ask(method, path, *more, body=body)
                assert answer.status == 405, (method, path, body)
                assert answer.headers["allow"].split(", ") == sorted(allowed), (method, path)


def test_what_is_no_address_is_said_whatever_the_method(wire: Wire) -> None:
    for path in NO_ADDRESSES:
        for method in ("GET", "HEAD", "POST", *UNKNOWN_METHODS):
            assert wire.ask(method, path).status == 404
            assert wire.ask(method, path, ("Content-Type", "text/plain"), body=b"no json").status == 404


def test_head_answers_like_get_without_the_body(wire: Wire, routes: dict[str, set[str]]) -> None:
    for path, methods in routes.items():
        if "GET" in methods:
            got, head = wire.ask("GET", path), wire.ask("HEAD", path)
            assert (head.status, head.body) == (got.status, b""), path
            for name in ("content-type", "content-length"):  # what is streamed has no length
                assert head.headers.get(name) == got.headers.get(name), path


def test_an_unknown_method_is_known_behind_a_body_in_the_same_piece(wire: Wire) -> None:
    """The answer to the first request is given before its body has come."""
    first = b"PUT /office/src/main.js HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\n\r\n"
    with socket.create_connection((wire.url.host, wire.url.port or 0), PATIENCE_SECONDS) as line:
        for sent in (first, b"no jsonFOO /office/src/main.js HTTP/1.1\r\nHost: localhost\r\n\r\n"):
            line.sendall(sent)
            answer = HTTPResponse(line)
            answer.begin()
            assert (answer.status, bool(answer.read())) == (405, True)


@pytest.mark.parametrize("name", [name.decode().title() for name in SENT_ONCE])
@pytest.mark.parametrize("turn", [iter, reversed], ids=["first", "last"])
def test_a_header_that_decides_is_sent_once(
    wire: Wire, routes: dict[str, set[str]], name: str, turn: Callable[[list[str]], Iterator[str]]
) -> None:
    """Of two, the service might believe one, and a browser or a proxy the other."""
    own = wire.own | {
        "Content-Type": "application/json",
        "Content-Length": "2",
        "Transfer-Encoding": "chunked",
    }
    told = {other: value for other, value in wire.own.items() if other != name}
    both = [(name, value) for value in turn([own[name], "1"])]
    for path, methods in routes.items():
        if not path.startswith("/office/"):  # served to everybody, so nothing is decided
            for method in methods:
                answer = wire.ask(method, path, *both, own=told)
                assert answer.status == 400, (method, path)


def test_what_is_no_http_is_refused_with_the_same_headers(wire: Wire) -> None:
    for method, path in (("G(T", "/"), ("GET", "http://[")):
        assert wire.ask(method, path).status == 400


def test_a_bug_is_answered_with_the_same_headers(service: httpx.Client, folder: Path) -> None:
    spoil(folder)
    for method in ("GET", "HEAD"):
        answer = service.request(method, "/clinics/lakeside/providers")
        assert answer.status_code == 500
        check_protected(answer.headers, method)


def test_the_reference_names_every_address_and_loads_nothing(idle: httpx.Client) -> None:
    page = idle.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    for path, operations in idle.get("/openapi.json").json()["paths"].items():
        for method in operations:
            assert f"<code>{method.upper()} {path}</code>" in page.text
    assert not re.findall(
        r"<script|<link|<img|<iframe|\son\w+=|javascript:|https?://|\sstyle=|url\(", page.text
    )
    assert "script-src" not in page.headers["content-security-policy"]


def test_the_reference_holds_no_data_of_a_ledger(wire: Wire, idle: httpx.Client) -> None:
    """So the page of any service tells what a service with a token would tell."""
    for path in ("/docs", "/openapi.json"):
        assert wire.ask("GET", path).body == idle.get(path).content

"""Strangers: other pages, other names, other forms. All are turned away before anything is read."""

import socket
from ipaddress import ip_address
from pathlib import Path

import httpx
import orjson
import pytest

from server.api.guard import LOOPBACK_NAMES
from server.app import create_app
from server.cli.service import temporary_service
from server.settings import Settings
from tests.api.wire import problem, raw
from tests.event_loops import run_apart
from tests.ribbon.clicks import a_click, visits

MEGABYTE = 1024 * 1024
JSON = "Content-Type: application/json"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8765",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.1",
        "",
        "[::2]",
    ],
)
def test_a_name_pointed_at_this_computer_reaches_nothing(idle: httpx.Client, host: str) -> None:
    answer = idle.get("/clinics", headers={"host": host})
    assert (answer.status_code, problem(answer)["code"]) == (403, "foreign-request")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:9", "[::1]", "[::1]:8765"])
def test_this_computers_own_names_are_answered(idle: httpx.Client, host: str) -> None:
    assert idle.get("/clinics", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "reached_at", ["192.0.2.7", "10.0.0.1", "2001:db8::7", "127.0.0.1", "127.0.0.2", "::1"]
)
@pytest.mark.parametrize(
    "host", [*sorted(LOOPBACK_NAMES), "localhost:8765", "ledger.clinic.example", "192.0.2.7"]
)
def test_the_names_of_this_computer_are_believed_on_its_own_connections_only(
    folder: Path, reached_at: str, host: str
) -> None:
    """The service listens on this computer here; where it was reached is what the server would say of the connection."""
    app = create_app(Settings(path=folder, workers=0, names=frozenset({"ledger.clinic.example"})))
    is_own = host == "ledger.clinic.example" or (host != "192.0.2.7" and ip_address(reached_at).is_loopback)

    async def ask() -> httpx.Response:
        url = httpx.URL(scheme="http", host=reached_at, path="/clinics")
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            return await client.get(url, headers={"host": host})

    answer = run_apart(ask())
    assert answer.status_code == (200 if is_own else 403)
    assert is_own or problem(answer)["code"] == "foreign-request"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_reaches_nothing(idle: httpx.Client, site: str) -> None:
    answer = idle.get("/clinics", headers={"sec-fetch-site": site})
    assert (answer.status_code, problem(answer)["code"]) == (403, "foreign-request")


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://evil.example",
        "http://localhost",
        "http://localhost:1",
        "file://",
        "",
        "http://127.0.0.1",
    ],
)
def test_another_origin_reaches_nothing(idle: httpx.Client, origin: str) -> None:
    answer = idle.get("/clinics", headers={"origin": origin})
    assert (answer.status_code, problem(answer)["code"]) == (403, "foreign-request")


def test_the_services_own_pages_are_answered(idle: httpx.Client) -> None:
    own = {"origin": str(idle.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    assert idle.get("/clinics", headers=own).status_code == 200


def test_a_browser_asking_beforehand_gets_no_leave(idle: httpx.Client) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    answer = idle.options("/ribbon/payroll.check", headers=asked)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_a_form_of_another_page_is_no_click(idle: httpx.Client, kind: str) -> None:
    answer = idle.post(
        "/ribbon/payroll.check", content=orjson.dumps(a_click()), headers={"content-type": kind}
    )
    assert (answer.status_code, problem(answer)["code"]) == (400, "bad-request")


def test_a_body_of_unknown_length_is_refused(idle: httpx.Client) -> None:
    chunked = iter([orjson.dumps(a_click(visits(5)))])
    answer = idle.post("/ribbon/payroll.check", content=chunked, headers={"content-type": "application/json"})
    assert (answer.status_code, problem(answer)["code"]) == (400, "bad-request")


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "²"])
def test_a_length_that_is_no_number_is_refused(idle: httpx.Client, length: str) -> None:
    with socket.create_connection((idle.base_url.host, idle.base_url.port or 0)) as wire:
        lines = ["POST /ribbon/payroll.check HTTP/1.1", "Host: localhost", JSON, f"Content-Length: {length}"]
        wire.sendall("\r\n".join([*lines, "", ""]).encode("latin-1", "replace"))
        assert b" 400 " in wire.recv(64)


def test_a_body_that_says_two_lengths_is_refused(idle: httpx.Client) -> None:
    """By whatever parses HTTP, before there is a request to answer with a problem."""
    body = orjson.dumps(a_click(visits(5)))
    status, _ = raw(
        idle.base_url,
        "POST /ribbon/payroll.check HTTP/1.1",
        "Host: localhost",
        JSON,
        "Content-Length: 2",
        "Transfer-Encoding: chunked",
        body=f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n",
    )
    assert status == 400


def test_what_is_too_large_is_refused_before_it_is_read(idle: httpx.Client) -> None:
    status, told = raw(
        idle.base_url,
        "POST /ribbon/payroll.generate HTTP/1.1",
        "Host: localhost",
        JSON,
        f"Content-Length: {257 * MEGABYTE}",
    )
    assert (status, orjson.loads(told)["code"]) == (413, "too-large")
    assert "256 megabytes" in orjson.loads(told)["detail"]


def test_a_client_in_the_middle_of_sending_too_much_still_reads_the_refusal(folder: Path) -> None:
    small = Settings(path=folder, workers=0, largest_request=MEGABYTE)
    with temporary_service(small) as url, httpx.Client(base_url=url) as client:
        body = b" " * (40 * MEGABYTE)
        answer = client.post(
            "/ribbon/payroll.check", content=body, headers={"content-type": "application/json"}
        )
    assert (answer.status_code, problem(answer)["code"]) == (413, "too-large")

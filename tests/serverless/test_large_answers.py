"""Answers above what a gateway lets through come from the store, whole, and only with the address that was given."""

import os
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp

from addin.desktop.refusals import UnusableReply
from addin.desktop.service import Service
from addin.desktop.service_refusals import RequestDoesNotPass
from server.api.large_answers import LargeAnswers
from tests.api.wire import problem
from tests.event_loops import run_apart
from tests.object_servers import S3Server
from tests.serverless.conftest import Office
from tests.serverless.gateways import Invoke, Kind, client_of
from tests.serverless.runtime_api import running_gateway

OCTETS = {"content-type": "application/octet-stream"}
KINDS = pytest.mark.parametrize("kind", list(Kind))


def keep(office: Office, size: int) -> tuple[str, bytes]:
    """Keep a document of a size; return its address and its bytes."""
    data = b"%PDF-1.7 " + os.urandom(size)
    document = office.ledger.clinic("lakeside").keep_document(data, "a long statement.pdf", "tests")
    return f"/clinics/lakeside/documents/{document.digest}", data


@KINDS
def test_a_large_document_is_fetched_from_the_store(
    kind: Kind, office: Office, function: Invoke, s3: S3Server
) -> None:
    path, data = keep(office, 7_000_000)
    with client_of(kind, function) as client:
        answer = client.get(path, headers=office.signed_in)
        assert (answer.status_code, answer.content) == (303, b"")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
    fetched = httpx.get(answer.headers["location"])
    assert sha256(fetched.content).hexdigest() == sha256(data).hexdigest()
    assert fetched.headers["content-type"] == "application/pdf"
    assert "statement" in fetched.headers["content-disposition"]
    assert "X-Amz-Expires=60" in answer.headers["location"]
    (key,) = [key for key in s3.keys(office.bucket) if "_answers" in key]
    assert "lakeside" not in key
    s3.backdate(office.bucket, key, timedelta(days=2))
    function({"task": "tidy"})
    assert key not in s3.keys(office.bucket)


@pytest.mark.parametrize(("kind", "size"), [(Kind.HTTP_API, 4_400_000), (Kind.LOAD_BALANCER, 740_000)])
def test_what_fits_comes_at_once_and_its_reply_is_within_the_limit(
    kind: Kind, size: int, office: Office, function: Invoke
) -> None:
    path, data = keep(office, size)
    with client_of(kind, function) as client:
        assert client.get(path, headers=office.signed_in).content == data
        assert client.head(path, headers=office.signed_in).headers["content-length"] == str(len(data))


def test_who_may_not_see_a_document_gets_no_address(office: Office, function: Invoke) -> None:
    path, _ = keep(office, 7_000_000)
    with client_of(Kind.HTTP_API, function) as client:
        assert client.get(path).status_code == 401
        assert "location" not in client.get(path, headers={"authorization": "Bearer invented"}).headers


def test_the_desktop_addin_follows_without_its_token(
    office: Office, function: Invoke, store_seen: "Seen"
) -> None:
    path, data = keep(office, 7_000_000)

    def lead_to_listener(event: dict[str, Any]) -> dict[str, Any]:
        reply = function(event)
        store_seen.target = reply["headers"]["location"]
        return reply | {"headers": reply["headers"] | {"location": f"{store_seen.url}/signed"}}

    with running_gateway(function) as url, Service(url, program_token=office.token) as service:
        assert service.fetch_output(path) == data
    with running_gateway(lead_to_listener) as url, Service(url, program_token=office.token) as service:
        assert service.fetch_output(path) == data
    assert not {"authorization", "cookie", "x-document-name"} & store_seen.headers.keys()


@pytest.mark.parametrize(
    "address", ["http://198.51.100.9/file", "ftp://store.example/file", "//store.example", ""]
)
def test_the_desktop_addin_follows_no_address_that_others_can_read(address: str) -> None:
    def reply(_: dict[str, Any]) -> dict[str, Any]:
        return {"statusCode": 303, "headers": {"location": address}, "body": "", "isBase64Encoded": False}

    with (
        running_gateway(reply) as url,
        Service(url, program_token="invented") as service,  # noqa: S106
        pytest.raises(UnusableReply),
    ):
        service.fetch_output("/outputs/one")


def test_the_desktop_addin_says_that_a_gateway_takes_no_request_of_a_size() -> None:
    def reply(_: dict[str, Any]) -> dict[str, Any]:
        told = '{"message":"Request Too Long"}'
        return {"statusCode": 413, "headers": {}, "body": told, "isBase64Encoded": False}

    with (
        running_gateway(reply) as url,
        Service(url, program_token="invented") as service,  # noqa: S106
        pytest.raises(RequestDoesNotPass, match="Nothing was recorded"),
    ):
        service.keep_document("lakeside", b"%PDF-1.7", "cheque.pdf")


def _layered(app: ASGIApp, office: Office) -> httpx.AsyncClient:
    layer = LargeAnswers(app, office.ledger.outputs, lambda _: 1000)
    return httpx.AsyncClient(transport=httpx.ASGITransport(layer), base_url="http://ledger.example")


async def _asked(app: ASGIApp, office: Office) -> httpx.Response:
    async with _layered(app, office) as client:
        return await client.get("/")


def _ask(app: ASGIApp, office: Office) -> httpx.Response:
    return run_apart(_asked(app, office))


def test_a_refusal_that_does_not_fit_is_said_to_be_too_large(office: Office) -> None:
    answer = _ask(JSONResponse(["many findings"] * 200, 422), office)
    assert (answer.status_code, problem(answer)["code"]) == (413, "answer-too-large")


def test_text_is_measured_as_it_is_written_into_the_reply(office: Office) -> None:
    for text in ('"' * 600, "é" * 200, "\n" * 600):
        assert _ask(PlainTextResponse(text), office).status_code == 303
    assert _ask(PlainTextResponse("a" * 990), office).status_code == 200


class Seen:
    """A listener that passes on to the store, and keeps the headers that it was sent."""

    def __init__(self) -> None:
        self.target = ""
        self.headers: dict[str, str] = {}
        self.url = ""


@pytest.fixture
def store_seen() -> Iterator[Seen]:
    seen = Seen()

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.headers = {name.lower(): value for name, value in self.headers.items()}
            answer = httpx.get(seen.target)
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    seen.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield seen
    server.shutdown()
    server.server_close()

"""The function as AWS runs it: its runtime, a process of its own, and the desktop add-in's client from end to end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import orjson
import pytest

from addin.desktop.refusals import UnusableReply
from addin.desktop.service import Service
from addin.desktop.service_refusals import Refused, ServiceNotRunning
from tests.invented import a_row
from tests.object_servers import S3Server
from tests.ribbon.clicks import a_click, visits
from tests.serverless.conftest import Office
from tests.serverless.gateways import Event, Invoke, Kind
from tests.serverless.runtime_api import running_function, running_gateway


def test_clicks_of_the_desktop_addin_go_through_the_runtime_and_come_back(office: Office) -> None:
    with (
        running_function() as function,
        running_gateway(function.invoke) as url,
        Service(url, program_token=office.token) as service,
    ):
        assert service.is_running()
        assert service.session()["name"] == "Mia Manager"
        click = a_click(visits(5, 6))
        reply = service.press("payroll.generate", click)
        assert sha256(service.fetch_output(reply["output"]["url"])).hexdigest() == reply["output"]["sha256"]
        assert service.press("payroll.generate", click) == reply
        assert len(service.keep_document("lakeside", b"%PDF-1.7 \xff an invented cheque", "cheque.pdf")) == 64
        assert function.invoke({"task": "tidy"}) == {"done": "tidy"}
        with pytest.raises(RuntimeError, match="none of a gateway"):
            function.invoke({"task": "nothing like it"})
        with pytest.raises(Refused):
            service.press("payroll.approve", a_click(clinic="nowhere"))
    assert not office.folder.exists()


def test_a_log_of_80000_rows_of_the_desktop_addin_is_paid_and_is_nowhere_in_the_store_afterward(
    office: Office, s3: S3Server
) -> None:
    rows = [
        a_row(date=f"2026-10-{place % 28 + 1:02}", id=f"Appointment {place:012}") for place in range(80_000)
    ]
    click = a_click(rows)
    assert len(orjson.dumps(click)) > 6 * 1024 * 1024
    with (
        running_function() as function,
        running_gateway(function.invoke) as url,
        Service(url, program_token=office.token) as service,
    ):
        reply = service.press("payroll.generate", click)
        assert reply["figures"]["paid"] == 80_000
        assert service.press("payroll.generate", click) == reply
        assert sha256(service.fetch_output(reply["output"]["url"])).hexdigest() == reply["output"]["sha256"]
    assert not [key for key in s3.keys(office.bucket) if key.startswith("requests/sent")]
    assert not office.folder.exists()


@pytest.mark.parametrize("kind", [Kind.HTTP_API, Kind.LOAD_BALANCER])
def test_the_desktop_addin_leaves_what_does_not_pass_in_the_store_again_if_it_sends_it_again(
    kind: Kind, office: Office, function: Invoke
) -> None:
    data = b"%PDF-1.7 " + os.urandom(7_000_000)
    lost: list[int] = []

    def lose_first_answer(event: Event) -> Event:
        reply = function(event)
        if not lost and "documents" in (event.get("rawPath") or event.get("path") or ""):
            lost.append(reply["statusCode"])
            return {"statusCode": 502, "headers": {}, "body": "gateway", "isBase64Encoded": False}
        return reply

    with (
        running_gateway(lose_first_answer, kind) as url,
        Service(url, program_token=office.token, sleep=lambda _: None) as service,
    ):
        assert service.keep_document("lakeside", data, "scan.pdf") == sha256(data).hexdigest()
        assert lost == [200]


def test_the_desktop_addin_shows_its_token_to_no_store_and_leaves_nothing_where_others_can_read(
    office: Office, function: Invoke
) -> None:
    def lead_astray(address: str) -> Invoke:
        def reply_to(event: Event) -> Event:
            reply = function(event)
            if event["rawPath"] == "/request-bodies":
                place = orjson.loads(reply["body"]) | {"address": address}
                return reply | {"body": orjson.dumps(place).decode()}
            return reply

        return reply_to

    data = b"%PDF-1.7 " + os.urandom(3_000_000)
    for address in ("http://198.51.100.9/x", "ftp://store.example/x", "//store.example", "", "/clinics"):
        with (
            running_gateway(lead_astray(address)) as url,
            Service(url, program_token=office.token) as service,
            pytest.raises(UnusableReply),
        ):
            service.keep_document("lakeside", data, "scan.pdf")
    for status, refusal in ((403, UnusableReply), (503, ServiceNotRunning)):
        with (
            answering_store(status) as (store, seen),
            running_gateway(lead_astray(store)) as url,
            Service(url, program_token=office.token, sleep=lambda _: None) as service,
            pytest.raises(refusal),
        ):
            service.keep_document("lakeside", data, "scan.pdf")
        assert (len(seen) > 1) == (status == 503)
        assert not {"authorization", "cookie", "x-document-name", "x-body-reference"} & set().union(*seen)


@contextmanager
def answering_store(status: int) -> Iterator[tuple[str, list[set[str]]]]:
    """Run a store that answers every PUT with a status; yield its address, and the names of the headers it was sent."""
    seen: list[set[str]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            seen.append({name.lower() for name in self.headers})
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/signed", seen
    server.shutdown()
    server.server_close()

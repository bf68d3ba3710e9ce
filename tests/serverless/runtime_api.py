"""The Runtime API of AWS Lambda, on this computer: it hands events to a real ``awslambdaric`` and takes its replies.

A gateway in front of it takes requests over real HTTP.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from queue import Empty, Queue
from threading import Thread

import httpx

from tests.cli.programs import ROOT
from tests.serverless.gateways import Event, Gateway, Invoke, Kind

PATIENCE_SECONDS = 60.0
LONGEST_SECONDS = 30
_VERSION = "/2018-06-01/runtime"


@dataclass
class Lambda:
    """What the Runtime API knows: events that wait, and the replies to them."""

    waiting: "Queue[tuple[str, Event]]" = field(default_factory=Queue)
    replies: "dict[str, Queue[Event]]" = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=count)

    def invoke(self, event: Event) -> Event:
        """Have the function answer an event. Raises RuntimeError with what it reported instead."""
        request = f"invented-{next(self.numbers)}"
        self.replies[request] = Queue()
        self.waiting.put((request, event))
        reply = self.replies[request].get(timeout=PATIENCE_SECONDS)
        if "errorMessage" in reply:
            raise RuntimeError(reply["errorMessage"])
        return reply


def _runtime_api(function: Lambda) -> type[BaseHTTPRequestHandler]:
    class RuntimeApi(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            assert self.path == f"{_VERSION}/invocation/next"
            while True:
                try:
                    request, event = function.waiting.get(timeout=1)
                    break
                except Empty:
                    continue
            body = json.dumps(event).encode()
            self.send_response(200)
            self.send_header("Lambda-Runtime-Aws-Request-Id", request)
            self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + LONGEST_SECONDS) * 1000)))
            self.send_header(
                "Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:0:function:invented"
            )
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            reply = json.loads(_read_body(self))
            request = self.path.removeprefix(f"{_VERSION}/invocation/").partition("/")[0]
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
            function.replies[request].put(reply)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    return RuntimeApi


def _read_body(request: BaseHTTPRequestHandler) -> bytes:
    if request.headers.get("Transfer-Encoding", "") != "chunked":
        return request.rfile.read(int(request.headers.get("Content-Length", 0)))
    body = b""
    while size := int(request.rfile.readline(), 16):
        body += request.rfile.read(size)
        request.rfile.readline()
    request.rfile.readline()
    return body


@contextmanager
def running_function() -> Iterator[Lambda]:
    """Run ``server.serverless.handler`` with ``awslambdaric`` inside the block, with the environment of the test."""
    function = Lambda()
    with _serving(_runtime_api(function)) as port:
        process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", "server.serverless.handler"],
            cwd=ROOT,
            env=os.environ | {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}"},
            stdout=subprocess.DEVNULL,
        )
        try:
            yield function
        finally:
            process.kill()
            process.wait()


@contextmanager
def running_gateway(
    invoke: Invoke, kind: Kind = Kind.HTTP_API, gateway_of: Callable[[Kind, Invoke], Gateway] = Gateway
) -> Iterator[str]:
    """Run a gateway inside the block that takes requests over HTTP; yield its address."""
    gateway = gateway_of(kind, invoke)

    class Front(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            url = f"http://{self.headers['Host']}{self.path}"
            answer = gateway.handle_request(
                httpx.Request(self.command, url, headers=[*self.headers.items()], content=_read_body(self))
            )
            self.send_response(answer.status_code)
            for name, value in answer.headers.multi_items():
                if name != "content-length":
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_HEAD = _pass_on  # noqa: N815 - http.server calls them so

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with _serving(Front) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()

"""A store that speaks S3 over real HTTP on a free port, and what a test does to it behind the program's back."""

import re
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

from server.object_bucket import ObjectBucket

REGION, KEY = "us-east-1", "invented"
SIGNED = {
    "authorization": f"AWS4-HMAC-SHA256 Credential=anybody/20260101/{REGION}/s3/aws4_request, "
    "SignedHeaders=host, Signature=none"
}
"""The store looks at no signature as long as it is not told to, but lets nobody change what was signed without one."""
LIST = {"list-type": "2"}


@dataclass(frozen=True)
class S3Server:
    """A running store. What it is told here needs no credentials."""

    url: str

    def new_bucket(self, prefix: str = "office/books") -> ObjectBucket:
        """Make a bucket and return a place in it."""
        name = f"papers-{uuid.uuid4().hex[:12]}"
        httpx.put(f"{self.url}/{name}", headers=SIGNED).raise_for_status()
        return ObjectBucket(name, prefix)

    def keys(self, bucket: ObjectBucket) -> set[str]:
        """Return the keys of a place, without its prefix."""
        listed = httpx.get(f"{self.url}/{bucket.name}", params=LIST, headers=SIGNED).raise_for_status().text
        return {key.removeprefix(f"{bucket.prefix}/") for key in re.findall("<Key>(.*?)</Key>", listed)}

    def head(self, bucket: ObjectBucket, key: str) -> httpx.Headers:
        """Return what the store says of an object."""
        return httpx.head(self._address(bucket, key), headers=SIGNED).raise_for_status().headers

    def change(self, bucket: ObjectBucket, key: str, data: bytes) -> None:
        """Put other bytes under a key."""
        httpx.put(self._address(bucket, key), content=data, headers=SIGNED).raise_for_status()

    def put_as_is(self, bucket: ObjectBucket, key: str, data: bytes) -> None:
        """Put an object under a key that no address could have: the store runs in this process."""
        backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
        backend.put_object(bucket.name, f"{bucket.prefix}/{key}", data)

    def lose(self, bucket: ObjectBucket, key: str) -> None:
        """Remove an object."""
        httpx.delete(self._address(bucket, key), headers=SIGNED).raise_for_status()

    def backdate(self, bucket: ObjectBucket, key: str, by: timedelta) -> None:
        """Have an object be older: the store runs in this process."""
        stored = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[bucket.name].keys[f"{bucket.prefix}/{key}"]
        stored.last_modified -= by

    def remove_bucket(self, bucket: ObjectBucket) -> None:
        """Remove a bucket with everything in it."""
        for key in self.keys(bucket):
            self.lose(bucket, key)
        httpx.delete(f"{self.url}/{bucket.name}", headers=SIGNED).raise_for_status()

    def _address(self, bucket: ObjectBucket, key: str) -> str:
        return f"{self.url}/{bucket.name}/{bucket.prefix}/{key}"


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Run a store inside the block."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        yield S3Server("http://{}:{}".format(*server.get_host_and_port()))
    finally:
        server.stop()


def use_store(patch: pytest.MonkeyPatch, url: str, key_id: str = "invented", secret: str = KEY) -> None:
    """Set the variables with which the program finds a store."""
    patch.setenv("AWS_ENDPOINT_URL", url)
    patch.setenv("AWS_REGION", REGION)
    patch.setenv("AWS_ACCESS_KEY_ID", key_id)
    patch.setenv("AWS_SECRET_ACCESS_KEY", secret)


@dataclass
class CutLine:
    """The way to a store, which breaks after a number of bytes and stays broken until it is mended."""

    target: str
    bytes_left: int | None = None
    """How many bytes still pass on their way to the store; ``None`` for all."""

    waiting: Event | None = None
    """If there is one, the line does not break but stops: this is set, and nothing passes any more."""

    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def url(self) -> str:
        """Return the address of the store at this end of the line."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def run(self) -> None:
        """Pass on connections until the line is closed."""
        with suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                Thread(target=self._pass_on, args=(here,), daemon=True).start()

    def close(self) -> None:
        """Close the line for good."""
        self._listener.close()

    def _pass_on(self, here: socket.socket) -> None:
        if self.bytes_left == 0:
            here.close()
            return
        parts = urlsplit(self.target)
        there = socket.create_connection((parts.hostname or "", parts.port or 0))
        Thread(target=_copy, args=(there, here), daemon=True).start()
        with suppress(OSError):
            while data := here.recv(65_536):
                if self.bytes_left is not None:
                    data = data[: self.bytes_left]
                    self.bytes_left -= len(data)
                there.sendall(data)
                if self.bytes_left == 0 and self.waiting:
                    self.waiting.set()
                    while here.recv(65_536):
                        pass
                if self.bytes_left == 0:
                    break
        for end in (here, there):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)


@contextmanager
def cut_line(target: str) -> Iterator[CutLine]:
    """Run a line to a store inside the block."""
    line = CutLine(target)
    Thread(target=line.run, daemon=True).start()
    try:
        yield line
    finally:
        line.close()


CORS_HEADERS = "access-control-"
HOP_HEADERS = {"connection", "transfer-encoding", "content-encoding", "content-length", "server", "date"}


@dataclass
class CrossOriginStore:
    """What S3 adds to a store for pages of other sites. moto's server admits every page, whatever its bucket says.

    ``rules`` are those of the bucket, in the form of ``aws s3api put-bucket-cors``. Like S3, it refuses a preflight that no
    rule admits, and tells the browser of another request that a page may read the answer, or does not.
    """

    target: str
    rules: list[dict[str, Any]]
    url: str = ""
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Method, path and headers of each request, the headers in lower case."""

    def headers_for(self, origin: str, method: str, asked: list[str]) -> dict[str, str] | None:
        """Return what a page of an origin is told, ``None`` if no rule admits its request."""
        for rule in self.rules:
            allowed = {name.lower() for name in rule.get("AllowedHeaders", ())}
            if (
                origin in rule["AllowedOrigins"]
                and method in rule["AllowedMethods"]
                and ("*" in allowed or allowed.issuperset(asked))
            ):
                return {
                    "Access-Control-Allow-Origin": origin,
                    "Access-Control-Allow-Methods": ", ".join(rule["AllowedMethods"]),
                    "Access-Control-Allow-Headers": ", ".join(asked),
                    "Vary": "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
                }
        return None


def _answer_of(
    store: CrossOriginStore, method: str, path: str, headers: dict[str, str], body: bytes
) -> httpx.Response:
    """Return what a store with rules answers to a request that is no preflight."""
    if "authorization" in headers and "X-Amz-Signature" in path:
        return httpx.Response(400, text="<Code>InvalidArgument</Code> only one way to sign is allowed")
    passed = {name: value for name, value in headers.items() if name not in {"host", "connection", "origin"}}
    answer = httpx.request(method, store.target + path, headers=passed, content=body)
    kept = {
        name: value
        for name, value in answer.headers.items()
        if name not in HOP_HEADERS and not name.startswith(CORS_HEADERS)
    }
    told = store.headers_for(headers["origin"], method, []) if "origin" in headers else None
    length = answer.headers.get("content-length", "0")
    return httpx.Response(
        answer.status_code, headers={"content-length": length} | kept | (told or {}), content=answer.content
    )


def _front_of(store: CrossOriginStore) -> type[BaseHTTPRequestHandler]:
    class Front(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _note(self) -> dict[str, str]:
            headers = {name.lower(): value for name, value in self.headers.items()}
            store.seen.append((self.command, self.path.partition("?")[0], headers))
            return headers

        def _send(self, answer: httpx.Response) -> None:
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        def do_OPTIONS(self) -> None:
            headers = self._note()
            names = headers.get("access-control-request-headers", "").lower().split(",")
            method = headers["access-control-request-method"]
            told = store.headers_for(headers["origin"], method, [name.strip() for name in names if name])
            self._send(httpx.Response(403 if told is None else 200, headers=told or {}, content=b""))

        def _pass_on(self) -> None:
            headers = self._note()
            body = self.rfile.read(int(headers.get("content-length", 0)))
            self._send(_answer_of(store, self.command, self.path, headers, body))

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _pass_on  # noqa: N815 - http.server calls them so

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    return Front


@contextmanager
def cross_origin_store(target: str, rules: list[dict[str, Any]]) -> Iterator[CrossOriginStore]:
    """Run a store with the rules of a bucket inside the block, before the store at ``target``."""
    store = CrossOriginStore(target, rules)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _front_of(store))
    server.daemon_threads = True
    store.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()

"""The client of the service over HTTP, and the refusals for a service that does not answer."""

import os
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from math import inf
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx
import orjson

from addin.desktop import credentials
from addin.desktop.protocol_version import ACCEPTED, PROTOCOL_OF_SERVICE, check_protocol
from addin.desktop.refusals import Refusal, UnusableReply
from addin.desktop.service_refusals import (
    ANSWER_SECONDS,
    URL_VARIABLE,
    NotOurService,
    Refused,
    RequestDoesNotPass,
    ServiceNotRunning,
    ServiceNotTrusted,
    ServiceTooSlow,
)

CONNECT_SECONDS = 3.0
PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
"""How many seconds to wait before each further attempt of a request whose connection broke, or that a proxy could not pass
on: a service that is restarted is away for a few seconds. The same request id makes that safe (docs/contracts.md#request-id).
"""

AWAY = frozenset({502, 503, 504})
"""The statuses of a proxy whose service does not answer. The service's own are problems, which are shown."""

TOO_LARGE = 413
"""The status of a proxy or gateway that takes no request of a size. The service's own is a problem, which is shown."""

ELSEWHERE = 303
"""The status of an answer that is too large for the way to the service, and is fetched at a signed address."""

LARGEST_BODY = "x-largest-body"
"""The header with which a service says how many bytes pass on the way to it. Most services limit nothing and do not say it."""

ALWAYS_PASSES = 500_000
"""How many bytes pass on every way, so that nobody has to ask."""

BODY_REFERENCE = "x-body-reference"
"""The header of a request whose body was left in the store of the service."""

BROKEN = (ssl.SSLEOFError, ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
"""How a connection ends that a service took just before it stopped."""

PRODUCT = "clinic-ledger"
"""What the service calls itself."""

JSON = "application/json"
OCTETS = "application/octet-stream"
PROBLEM = "application/problem+json"

SENDING_JSON = {"content-type": JSON}


class Service:
    """A client of the service at ``url``, by default ``CLINIC_LEDGER_URL`` or this computer.

    ``token_file`` holds the token that it sends, by default the one that ``addin install`` wrote; ``program_token`` is sent
    instead. ``sleep`` waits before another attempt, ``answer_seconds`` is how long an answer may take. Raises Refused if the
    service refuses a request, and other refusals if it does not answer. The client uses no proxies and sends nothing
    elsewhere, because it sends data of patients. An answer that the service left in its object store is fetched there, and a
    request that is too large for the way is left there, without the token.
    """

    def __init__(
        self,
        url: str | None = None,
        token_file: Path | None = None,
        program_token: str | None = None,
        sleep: Callable[[float], object] = time.sleep,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self.token_file = token_file
        self.program_token = program_token
        self._sleep = sleep
        self._largest_body: float | None = None
        self.url = (url or os.environ.get(URL_VARIABLE) or credentials.usual_url()).rstrip("/")
        try:
            proof = credentials.tls_context(self.url)
        except OSError:
            raise ServiceNotTrusted(self.url) from None
        timeout = httpx.Timeout(answer_seconds, connect=CONNECT_SECONDS)
        self._client = httpx.Client(base_url=self.url, timeout=timeout, verify=proof, trust_env=False)
        token = credentials.token_for(self.url, token_file or credentials.usual_token_file())
        if program_token:
            token = program_token if credentials.may_be_shown(self.url) else None
        if token:
            self._client.headers["authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def is_running(self) -> bool:
        """Return whether Clinic Ledger answers at the address."""
        try:
            self.check()
        except Refusal:
            return False
        return True

    def check(self) -> None:
        """Raise a refusal unless Clinic Ledger of this version answers at the address."""
        if self._json_content(self._send_request("GET", "/health")).get("product") != PRODUCT:
            raise NotOurService(self.url)

    def examine(self) -> dict[str, Any]:
        """Return what the service says about its own installation: ``level`` and ``checks``."""
        return self._json_content(self._send_request("GET", "/doctor"))

    def ribbon(self) -> dict[str, Any]:
        """Return the ribbon table."""
        table = self._json_content(self._send_request("GET", "/ribbon"))
        if not isinstance(table.get("button"), list):
            raise NotOurService(self.url)
        return table

    def press(self, button: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send a click and return the reply."""
        return self._json_content(self._send_request("POST", f"/ribbon/{button}", orjson.dumps(request)))

    def keep_document(self, clinic: str, content: bytes, file_name: str) -> str:
        """Send a file to be kept for a clinic and return its digest. A file that is sent twice is kept once."""
        headers = {"content-type": OCTETS, "x-document-name": quote(file_name, safe="")}
        path = f"/clinics/{quote(clinic, safe='')}/documents"
        digest = self._json_content(self._send_request("POST", path, content, headers)).get("digest")
        if not isinstance(digest, str):
            raise NotOurService(self.url)
        return digest

    def pairing_code(self) -> dict[str, Any]:
        """Return a one-time code for the task pane: ``code``, and ``minutes``, how long it is valid."""
        return self._json_content(self._send_request("POST", "/pair/code", b"{}"))

    def begin_sign_in(self, device: str) -> dict[str, Any]:
        """Return the codes for signing in on a page, and the address of that page."""
        sent = orjson.dumps({"device": device})
        return self._json_content(self._send_request("POST", "/session/devices", sent))

    def fetch_session(self, device_code: str) -> str:
        """Return the token of the session that was given on the page. Raises Refused until somebody did so."""
        sent = orjson.dumps({"device_code": device_code})
        return str(self._json_content(self._send_request("POST", "/session/devices/token", sent))["token"])

    def sign_in(self, name: str, password: str, code: str, device: str) -> None:
        """Sign in with a password, and keep the session. Raises Refused."""
        sent = orjson.dumps({"name": name, "password": password, "code": code, "device": device})
        self.use_token(str(self._json_content(self._send_request("POST", "/session/start", sent))["token"]))

    def session(self) -> dict[str, Any]:
        """Return who makes the requests: ``name``, ``role``, ``clinics``, and the ``buttons`` that this person may press."""
        return self._json_content(self._send_request("GET", "/session"))

    def sign_out(self) -> None:
        """End the session. The token is no longer kept."""
        self._send_request("POST", "/session/end", b"{}")
        credentials.forget_token(self._token_file())
        self._client.headers.pop("authorization", None)

    def use_token(self, token: str) -> None:
        """Send a token with every request from now on, and keep it for the next click."""
        credentials.keep_token(self._token_file(), token)
        if known := credentials.token_for(self.url, self._token_file()):
            self._client.headers["authorization"] = f"Bearer {known}"

    def _token_file(self) -> Path:
        return self.token_file or credentials.usual_token_file()

    def fetch_output(self, url: str) -> bytes:
        """Return the workbook of finished sheets at a path of the service."""
        if not url.startswith("/") or url.startswith("//"):
            raise UnusableReply("It points to another computer for the finished sheets.")
        return self._check_response(self._send_request("GET", url)).content

    def _send_request(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        extra_headers: Mapping[str, str] = SENDING_JSON,
    ) -> httpx.Response:
        headers = {"accept": ACCEPTED, **(extra_headers if content else {})}
        is_awaited = not credentials.is_of_this_computer(self.url)  # here, the person can start it at once
        for pause in (*PAUSES, None):
            try:
                response = self._send_once(method, path, content, headers)
                if response.status_code == ELSEWHERE:
                    return self._send_elsewhere("GET", response.headers.get("location", ""))
                if pause is None or not _is_of_proxy(response):
                    return response
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as problem:
                causes = list(_causes_of(problem))
                is_broken = _is_any(causes, BROKEN)
                if pause is None or not (
                    is_broken or (is_awaited and _is_any(causes, ConnectionRefusedError))
                ):
                    raise self._connection_refusal(causes) from None
            except httpx.TimeoutException:
                raise ServiceTooSlow(self._client.timeout.read or ANSWER_SECONDS) from None
            except httpx.TransportError:
                if pause is None:
                    raise ServiceNotRunning(self.url) from None
            is_awaited = True
            self._sleep(pause)
        raise AssertionError

    def _send_once(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> httpx.Response:
        """Send a request. A body that does not pass is left in the store first: each time, because a reference counts once."""
        if content and not self._passes(content):
            announced = {"size": len(content), "sha256": sha256(content).hexdigest()}
            asked = self._client.post(
                "/request-bodies", content=orjson.dumps(announced), headers=SENDING_JSON
            )
            if not asked.is_success:
                return asked
            place = self._json_content(asked)
            left = self._send_elsewhere("PUT", str(place.get("address")), content)
            if left.status_code in AWAY:
                return left
            if not left.is_success:
                raise UnusableReply("It names a place for large requests that takes none.")
            content, headers = None, {**headers, BODY_REFERENCE: str(place.get("reference"))}
        response = self._client.request(method, path, content=content, headers=headers)
        self._note_limit(response)
        return response

    def _passes(self, content: bytes) -> bool:
        """Return whether a body passes on the way to the service. If no answer has said it yet, the service is asked."""
        if len(content) <= ALWAYS_PASSES:
            return True
        if self._largest_body is None:
            asked = self._client.get("/health")
            self._largest_body = inf if asked.is_success else None
            self._note_limit(asked)
        return self._largest_body is None or len(content) <= self._largest_body

    def _note_limit(self, response: httpx.Response) -> None:
        said = response.headers.get(LARGEST_BODY, "")
        if said.isascii() and said.isdigit():
            self._largest_body = int(said)

    def _send_elsewhere(self, method: str, address: str, content: bytes | None = None) -> httpx.Response:
        """Return the answer of a signed address, to which nothing else of the request is sent. It is no redirect again."""
        if not credentials.may_be_shown(address):
            raise UnusableReply("It points to an address that is not encrypted.")
        proof = credentials.tls_context(address)
        with httpx.Client(timeout=self._client.timeout, verify=proof, trust_env=False) as client:
            return client.request(method, address, content=content)

    def _connection_refusal(self, causes: Sequence[BaseException]) -> Refusal:
        """Return the refusal for a connection that failed for these causes."""
        if _is_any(causes, ssl.SSLError) and not _is_any(causes, BROKEN):
            return ServiceNotTrusted(self.url)
        return ServiceNotRunning(self.url)

    def _check_response(self, response: httpx.Response) -> httpx.Response:
        check_protocol(response.headers.get(PROTOCOL_OF_SERVICE, ""))
        if response.is_success:
            return response
        if _is_of_proxy(response):
            raise ServiceNotRunning(self.url)
        if _is_problem(response):
            with suppress(orjson.JSONDecodeError):
                raise Refused(orjson.loads(response.content))
        if response.status_code == TOO_LARGE:
            raise RequestDoesNotPass
        raise NotOurService(self.url)

    def _json_content(self, response: httpx.Response) -> dict[str, Any]:
        try:
            content = orjson.loads(self._check_response(response).content)
        except orjson.JSONDecodeError:
            raise NotOurService(self.url) from None
        if not isinstance(content, dict):
            raise NotOurService(self.url)
        return content


def _is_of_proxy(response: httpx.Response) -> bool:
    """Return whether a proxy answers because the service behind it does not."""
    return response.status_code in AWAY and not _is_problem(response)


def _is_problem(response: httpx.Response) -> bool:
    return bool(response.headers.get("content-type", "").startswith(PROBLEM))


def _causes_of(problem: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and its causes. httpx keeps the first cause at the end of the chain."""
    while problem:
        yield problem
        problem = problem.__cause__ or problem.__context__


def _is_any(
    causes: Sequence[BaseException], kind: type[BaseException] | tuple[type[BaseException], ...]
) -> bool:
    return any(isinstance(cause, kind) for cause in causes)

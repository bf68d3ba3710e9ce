"""The service at its own address, and a temporary service in this process on a free port."""

import gc
import logging
import os
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Thread

import uvicorn
from fastapi import FastAPI

from server.api.pairing import pairing_of
from server.app import create_app
from server.certificates import Certificates
from server.errors import AddressUnusable, BillingError, CertificateUnusable
from server.ledger.clock import utc_now
from server.ledger.store import Ledger
from server.settings import Settings

log = logging.getLogger("clinicledger")

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PATIENCE_SECONDS = 30.0
RENEW_SECONDS = 3600.0
"""How often a running service checks whether its certificate needs renewal."""


@dataclass(frozen=True, slots=True)
class ReadyService:
    """A service ready to run: its address is open, and all checks are done."""

    url: str
    ledger: Path
    code: str | None
    """The code that pairs a task pane; ``None`` for a ledger that needs no token."""

    ends: datetime | None
    """When the current certificate expires; ``None`` over plain HTTP."""

    _server: uvicorn.Server
    _listener: socket.socket

    def run(self) -> None:
        """Answer until Ctrl-C."""
        # Objects made at startup live as long as the service. Checking them every few seconds, the garbage
        # collector delayed each click of that moment by 75 ms.
        gc.collect()
        gc.freeze()
        self._server.run(sockets=[self._listener])


def ready_service(settings: Settings, *, plain: bool) -> ReadyService:
    """Return the service at the address of the settings, over HTTPS if a certificate was made.

    Over HTTPS a token is always needed, over plain HTTP once the ledger has issued one. Raises AddressUnusable.
    """
    listener = open_listener(settings.host, settings.port)
    try:
        return _service_on(settings, listener, plain=plain)
    except BillingError:
        listener.close()
        raise


def _service_on(settings: Settings, listener: socket.socket, *, plain: bool) -> ReadyService:
    certificates = Certificates(settings.certificates)
    secure = certificates.exist() and not plain
    app = create_app(settings)
    config = https_config(app, certificates) if secure else http_config(app)
    tokens = Ledger(settings.path).tokens
    closed = secure or tokens.has_tokens()
    if closed:
        tokens.ensure_desktop()
    return ReadyService(
        url=_service_url(settings.host, listener.getsockname()[1], secure=secure),
        ledger=settings.path,
        code=pairing_of(app).show_code() if closed else None,
        ends=certificates.ends() if secure else None,
        _server=uvicorn.Server(config),
        _listener=listener,
    )


@contextmanager
def temporary_service(settings: Settings) -> Iterator[str]:
    """Run the service inside the block; yield its address. It is real HTTP, on loopback only."""
    with open_listener("127.0.0.1", 0) as listener:
        server = uvicorn.Server(http_config(create_app(settings)))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            _wait_for(server, thread)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)


def open_listener(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; port 0 means any free port. Raises AddressUnusable.

    It is bound before anything is printed or started: uvicorn would find a port in use only at the end,
    and exit with the system's message.
    """
    try:
        listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as problem:
        raise AddressUnusable(
            host, port, os.strerror(problem.errno) if problem.errno else str(problem)
        ) from None
    except UnicodeError:
        raise AddressUnusable(host, port, "that is not an address") from None
    # asyncio sets this only on its own sockets. Without it an answer waits 40 ms for the client's TCP ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def http_config(app: FastAPI) -> uvicorn.Config:
    """Return uvicorn's settings over HTTP, without an access log, which would record who looked at what."""
    return uvicorn.Config(app, log_level="warning", access_log=False)


def https_config(app: FastAPI, certificates: Certificates) -> uvicorn.Config:
    """Return uvicorn's settings over HTTPS, with a certificate that is renewed while the service runs."""
    certificates.renew(utc_now())
    context = certificates.ssl_context()
    Thread(target=_renew_regularly, args=(certificates, context), daemon=True).start()
    config = http_config(app)
    config.ssl_context_factory = lambda _config, _default: context
    return config


def _renew_regularly(certificates: Certificates, context: ssl.SSLContext) -> None:
    while True:
        time.sleep(RENEW_SECONDS)
        try:
            certificates.renew(utc_now())
            certificates.load_into(context)
        except CertificateUnusable as refusal:
            log.warning("the certificate was not renewed: %s", refusal)


def _service_url(host: str, port: int, *, secure: bool) -> str:
    """Return the address that clients use: Excel's manifest names localhost, the only name in the certificate."""
    if secure and host in LOOPBACK:
        return f"https://localhost:{port}"
    named = f"[{host}]" if ":" in host else host
    return f"{'https' if secure else 'http'}://{named}:{port}"


def _wait_for(server: uvicorn.Server, thread: Thread) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise RuntimeError("the service did not start")
        time.sleep(0.01)

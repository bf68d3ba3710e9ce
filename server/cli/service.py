"""Where the service listens, and one started for a while in this process, on a free port."""

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
"""How often a service that stands for months looks after its certificate."""


@dataclass(frozen=True, slots=True)
class StandingService:
    """A service ready to run: it holds its address, and everything that can be refused was."""

    url: str
    ledger: Path
    code: str | None
    """For pairing a task pane; ``None`` on a ledger open to every program of this computer."""

    ends: datetime | None
    """When the certificate ends that clients are shown now; ``None`` over plain HTTP."""

    _server: uvicorn.Server
    _listener: socket.socket

    def run(self) -> None:
        """Answer until Ctrl-C."""
        # What starting made is there to stay. The collector of cycles, walking through it every few
        # seconds, held up every click of that moment by 75 ms.
        gc.collect()
        gc.freeze()
        self._server.run(sockets=[self._listener])


def standing_service(settings: Settings, *, plain: bool) -> StandingService:
    """Return the service at the address of the settings, over HTTPS where a certificate was made.

    Over HTTPS a token is always wanted, over plain HTTP once the ledger has given one.
    """
    listener = listen(settings.host, settings.port)
    try:
        return _standing(settings, listener, plain=plain)
    except BillingError:
        listener.close()
        raise


def _standing(settings: Settings, listener: socket.socket, *, plain: bool) -> StandingService:
    certificates = Certificates(settings.certificates)
    secure = certificates.exist() and not plain
    app = create_app(settings)
    config = secured(app, certificates) if secure else quiet(app)
    tokens = Ledger(settings.path).tokens
    closed = secure or tokens.has_tokens()
    if closed:
        tokens.ensure_desktop()
    return StandingService(
        url=_url(settings.host, listener.getsockname()[1], secure=secure),
        ledger=settings.path,
        code=pairing_of(app).show_code() if closed else None,
        ends=certificates.ends() if secure else None,
        _server=uvicorn.Server(config),
        _listener=listener,
    )


@contextmanager
def passing_service(settings: Settings) -> Iterator[str]:
    """Run the service while the context lasts; yield its address. Real HTTP, on loopback only."""
    with listen("127.0.0.1", 0) as listener:
        server = uvicorn.Server(quiet(create_app(settings)))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            _wait_for(server, thread)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that holds the address, port 0 standing for any free one.

    Taken before anything is said or started: uvicorn would find a taken port last, and end with
    the system's own words.
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
        raise AddressUnusable(host, port, "that is no address") from None
    # asyncio does it for sockets it made itself; without, an answer waits 40 ms for the client's "received".
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def quiet(app: FastAPI) -> uvicorn.Config:
    """Return uvicorn's settings: no access log, whose lines would name who looked at what."""
    return uvicorn.Config(app, log_level="warning", access_log=False)


def secured(app: FastAPI, certificates: Certificates) -> uvicorn.Config:
    """Return uvicorn's settings over HTTPS, with a certificate that never ends while it runs."""
    certificates.renew(utc_now())
    context = certificates.context()
    Thread(target=_keep_fresh, args=(certificates, context), daemon=True).start()
    config = quiet(app)
    config.ssl_context_factory = lambda _config, _default: context
    return config


def _keep_fresh(certificates: Certificates, context: ssl.SSLContext) -> None:
    while True:
        time.sleep(RENEW_SECONDS)
        try:
            certificates.renew(utc_now())
            certificates.load_into(context)
        except CertificateUnusable as refusal:
            log.warning("the certificate was not renewed: %s", refusal)


def _url(host: str, port: int, *, secure: bool) -> str:
    """Return the address as clients use it: Excel's manifest says localhost, which is all the leaf names."""
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

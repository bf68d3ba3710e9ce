"""The service at its own address, and a temporary service in this process on a free port."""

import logging
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Thread

import uvicorn
from argon2 import Parameters
from fastapi import FastAPI

from server.api.answer_headers import AnswerHeaders
from server.api.client_connection import ClientConnection, ConnectionLimits
from server.api.guard import is_loopback
from server.api.pairing import pairing_of
from server.api.proxied_requests import ProxiedRequests
from server.app import create_app
from server.autostart.ledger_lock import LedgerLock
from server.autostart.stop_requests import watch_for_stop_request
from server.certificates import Certificates
from server.cli.new_ledgers import begin_encryption
from server.cli.remote_access import certificate_for_others, is_for_others
from server.concurrency import freeze_startup_objects
from server.errors import AddressUnusable, CertificateUnusable
from server.ledger.clock import utc_now
from server.ledger.ledger_keys import is_new_ledger
from server.ledger.store import Ledger
from server.office_certificate import OfficeCertificate
from server.settings import Settings

log = logging.getLogger("clinicledger")

PATIENCE_SECONDS = 30.0
FILES_ON_THIS_COMPUTER = (
    "Documents and finished workbooks are files of this computer. Other services on the same database find them only in a folder"
    " that all of them share, or in an object store (CLINIC_LEDGER_OBJECTS)."
)
"""What is logged at the start of a service that may not be the only one on its database."""

RENEW_SECONDS = 3600.0
"""How often a running service checks whether its certificate needs renewal."""


@dataclass(frozen=True, slots=True)
class ReadyService:
    """A service ready to run: its address is open, and all checks are done."""

    url: str
    ledger: Path
    code: str | None
    """The code that pairs a task pane; ``None`` for a ledger that needs no token, or has users, who sign in."""

    ends: datetime | None
    """When the current certificate expires; ``None`` over plain HTTP."""

    addresses: tuple[str, ...]
    """Where people reach it through a proxy, which has the certificate; empty without a proxy."""

    about_encryption: str
    """What the person who starts it has to know about the encryption of the ledger, "" for nothing."""

    _server: uvicorn.Server
    _listener: socket.socket
    _lock: LedgerLock | None

    def run(self) -> None:
        """Answer until Ctrl-C, SIGTERM or a request to stop. Requests that came before it are answered, and then it ends."""
        freeze_startup_objects()
        if self._lock:
            watch_for_stop_request(self.ledger, self._stop)
        try:
            self._server.run(sockets=[self._listener])
        finally:
            if self._lock:
                self._lock.release()

    def _stop(self) -> None:
        self._server.should_exit = True


def ready_service(settings: Settings, *, plain: bool) -> ReadyService:
    """Return the service at the address of the settings, over HTTPS if a certificate was made.

    Over HTTPS a token is always needed, over plain HTTP once the ledger has issued one. Raises LedgerServed if another
    service works with the books and they are files, AddressUnusable, and NotProtected for an address that other computers
    reach if something is missing that protects it.
    """
    lock = None if settings.database else LedgerLock.take(settings.path)
    with ExitStack() as undone:
        if lock:
            undone.callback(lock.release)
        listener = undone.enter_context(open_listener(settings.host, settings.port))
        service = _service_on(settings, listener, lock, plain=plain)
        if lock:
            lock.note(service.url, utc_now())
        undone.pop_all()
        return service


def _service_on(
    settings: Settings, listener: socket.socket, lock: LedgerLock | None, *, plain: bool
) -> ReadyService:
    if not settings.database and is_new_ledger(settings.path):
        _certificates_of(settings, plain=plain, has_users=False)  # refused before anything is made
    about_encryption = begin_encryption(settings)
    ledger = Ledger(settings.path, storage=settings.storage)
    ledger.check_objects()
    if settings.database and not settings.objects and is_for_others(settings):
        log.warning(FILES_ON_THIS_COMPUTER)
    tokens = ledger.tokens
    has_users = ledger.people.users.has_users()
    certificates = _certificates_of(settings, plain=plain, has_users=has_users)
    app = create_app(settings)
    config = https_config(app, settings, certificates) if certificates else http_config(app, settings)
    closed = certificates is not None or tokens.has_tokens()
    if closed:
        tokens.ensure_desktop()
    return ReadyService(
        url=_service_url(settings, listener.getsockname()[1], secure=certificates is not None),
        ledger=settings.path,
        code=pairing_of(app).show_code() if closed and not has_users else None,
        ends=certificates.ends() if certificates else None,
        addresses=tuple(f"https://{name}" for name in sorted(settings.names) if settings.proxies),
        about_encryption=about_encryption,
        _server=uvicorn.Server(config),
        _listener=listener,
        _lock=lock,
    )


def _certificates_of(
    settings: Settings, *, plain: bool, has_users: bool
) -> Certificates | OfficeCertificate | None:
    """Return what proves who the service is; ``None`` for plain HTTP, which only this computer and its proxy may use."""
    if is_for_others(settings):
        return certificate_for_others(settings, plain=plain, has_users=has_users)
    own = Certificates(settings.certificates)
    return own if own.exist() and not plain else None


@contextmanager
def temporary_service(
    settings: Settings, now: Callable[[], datetime] = utc_now, hashing: Parameters | None = None
) -> Iterator[str]:
    """Run the service inside the block; yield its address. It is real HTTP, on loopback only, and no proxy leads to it.

    ``now`` is the ledger's clock, and ``hashing`` what a password costs to check, if not as usual.
    """
    alone = settings.of_this_computer()
    begin_encryption(alone)
    with open_listener("127.0.0.1", 0) as listener:
        server = uvicorn.Server(http_config(create_app(alone, now, hashing), alone))
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


def http_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """Return uvicorn's settings over HTTP, without an access log, which would record who looked at what."""
    limits = ConnectionLimits(settings.connections, settings.requests, settings.read_seconds)
    return uvicorn.Config(
        ProxiedRequests(AnswerHeaders(app, settings.names), settings.proxies),
        http=partial(ClientConnection, limits=limits),  # type: ignore[arg-type] # uvicorn only calls it
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # uvicorn believes 127.0.0.1, and takes what a proxy passed on for this computer's
    )


def https_config(
    app: FastAPI, settings: Settings, certificates: Certificates | OfficeCertificate
) -> uvicorn.Config:
    """Return uvicorn's settings over HTTPS, with a certificate that is renewed while the service runs."""
    certificates.renew(utc_now())
    context = certificates.ssl_context()
    Thread(target=_renew_regularly, args=(certificates, context), daemon=True).start()
    config = http_config(app, settings)
    config.ssl_context_factory = lambda _config, _default: context
    return config


def _renew_regularly(certificates: Certificates | OfficeCertificate, context: ssl.SSLContext) -> None:
    while True:
        time.sleep(RENEW_SECONDS)
        try:
            certificates.renew(utc_now())
            certificates.load_into(context)
        except CertificateUnusable as refusal:
            log.warning("the certificate was not renewed: %s", refusal)


def _service_url(settings: Settings, port: int, *, secure: bool) -> str:
    """Return the address that clients use: with a name that is in the certificate, if there is one."""
    host = settings.host
    if not is_loopback(host):
        host = min(settings.names)
    elif secure and not settings.names:
        host = "localhost"
    named = f"[{host}]" if ":" in host else host
    return f"{'https' if secure else 'http'}://{named}:{port}"


def _wait_for(server: uvicorn.Server, thread: Thread) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise RuntimeError("the service did not start")
        time.sleep(0.01)

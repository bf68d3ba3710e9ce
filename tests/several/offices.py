"""An office with three services on one PostgreSQL database, its documents in a bucket, and nginx before the services."""

import re
import signal
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from server.billing.people import Role
from server.ledger.people.sign_in_rules import SignInRules
from server.ledger.store import Ledger
from server.object_bucket import ObjectBucket
from server.storage import Storage
from tests.behind import OpenedBooks
from tests.cli.programs import ROOT
from tests.invented_exams import PRICED
from tests.object_servers import S3Server
from tests.office_service import NAME, Command, certificate_in, free_port, nginx
from tests.people import CHEAP, InventedUser, add_user, token_of
from tests.postgresql import PostgresqlOfTests

SERVICES = 3
BILLERS = 8
HOLD_SECONDS, HUNG_SECONDS = 2, 12
"""How long a service that hangs holds the books, and after how many seconds nginx asks another service, in these tests."""

SHOWN = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs" / "postgresql.md").read_text("utf-8"), re.DOTALL)
"""The configurations of the guide. There is one."""


@dataclass
class Office:
    """What the tests work with. ``address`` is nginx; ``services`` can be reached by themselves, too."""

    address: str
    services: list[Command]
    ports: list[int]
    ledger: Ledger
    database: PostgresqlOfTests
    billers: list[InventedUser]
    tokens: list[str]
    certificate: Path
    folder: Path
    variables: dict[str, str]
    """The settings that all services share."""

    def direct(self, place: int, token: str = "", of: str = "192.0.2.9") -> httpx.Client:
        """Return a client of one service, which sends what nginx would send for somebody at an address."""
        headers = {"x-forwarded-for": of, "x-forwarded-proto": "https"}
        return self._client(f"https://{NAME}:{self.ports[place]}", token, headers)

    def program(self, token: str) -> httpx.Client:
        """Return a client that goes through nginx and never sends a request twice by itself."""
        return self._client(self.address, token, {})

    def books(self) -> Any:  # noqa: ANN401 - a context manager of OpenedBooks
        """Open the clinic's rows behind the ledger's back."""
        return self.database.open(self.ledger.folder, "lakeside")

    def count(self, statement: str) -> int:
        """Return a number that the clinic's rows come to."""
        execute: OpenedBooks
        with self.books() as execute:
            return int(execute(statement)[0][0] or 0)

    def _client(self, url: str, token: str, headers: dict[str, str]) -> httpx.Client:
        given = {"authorization": f"Bearer {token}"} if token else {}
        context = ssl.create_default_context(cafile=self.certificate)
        return httpx.Client(
            base_url=url, headers=headers | given, verify=context, timeout=60, trust_env=False
        )


@contextmanager
def office_in(folder: Path, server: PostgresqlOfTests, store: S3Server) -> Iterator[Office]:
    """Run an office inside the block. Each service has a ledger folder of its own, as on a computer of its own."""
    bucket = store.new_bucket()
    ledger, billers = _new_ledger(folder, server, bucket)
    tokens = [token_of(ledger, one) for one in billers]
    certificate = certificate_in(folder / "tls")
    ports = [free_port() for _ in range(SERVICES)]
    variables = {
        "CLINIC_LEDGER_DATABASE": server.address_of(ledger.folder).service,
        "CLINIC_LEDGER_OBJECTS": bucket.address,
        "CLINIC_LEDGER_DATABASE_HOLD_SECONDS": str(HOLD_SECONDS),
        "CLINIC_LEDGER_WORKERS": "1",
        "CLINIC_LEDGER_BIG_REQUEST": "100000",
    }
    services = [
        Command(
            folder / f"computer-{port}" / "ledger",
            ["--port", str(port), "--name", NAME, "--tls-cert", str(certificate), "--proxy", "127.0.0.1"],
            variables,
        )
        for port in ports
    ]
    upstreams = {f"10.0.0.{11 + place}:8765": port for place, port in enumerate(ports)}
    (shown,) = SHOWN
    quicker = shown.replace("proxy_read_timeout 120s", f"proxy_read_timeout {HUNG_SECONDS}s")
    assert quicker != shown
    with ExitStack() as running:
        running.callback(_stop, services)
        with ThreadPoolExecutor(SERVICES) as threads:
            list(threads.map(Command.start, services))
        public = running.enter_context(nginx(folder, certificate, upstreams, quicker))
        yield Office(
            f"https://{NAME}:{public}", services, ports, ledger, server, billers, tokens, certificate, folder, variables
        )  # fmt: skip
    ledger.close()
    server.empty_databases()


def _new_ledger(
    folder: Path, server: PostgresqlOfTests, bucket: ObjectBucket
) -> tuple[Ledger, list[InventedUser]]:
    storage = Storage(server.address_of(folder / "ledger"), bucket)
    ledger = Ledger(folder / "ledger", sign_in_rules=SignInRules(hashing=CHEAP), storage=storage)
    with ledger.open_clinic(PRICED.clinic).transaction() as books:
        books.save_setup(PRICED, "tests")
    add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR)
    return ledger, [
        add_user(ledger, f"ben{number}", f"Ben Biller {number}", Role.BILLER) for number in range(BILLERS)
    ]


def _stop(services: list[Command]) -> None:
    for service in services:
        if service.program and service.program.poll() is None:
            service.send_signal(signal.SIGCONT)
            service.kill()

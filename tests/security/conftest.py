"""Certificates in a folder of their own, and services that are open or closed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from server.certificates import Certificates
from server.cli.service import temporary_service
from server.ledger.store import Ledger
from server.settings import Settings

NOW = datetime.now(UTC)


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    """Certificates as ``clinicledger addin certificate`` makes them."""
    made = Certificates(tmp_path / "certificates")
    made.make(NOW)
    return made


@dataclass(frozen=True)
class Running:
    """A service on a ledger that has given a token."""

    url: str
    ledger: Path
    token_file: Path

    @property
    def token(self) -> str:
        return self.token_file.read_text().strip()

    def client(self, token: str | None = None) -> httpx.Client:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=60)


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Running]:
    ledger = tmp_path / "ledger"
    token_file = Ledger(ledger).tokens.ensure_desktop()
    with temporary_service(Settings(path=ledger, workers=0)) as url:
        yield Running(url, ledger, token_file)


@pytest.fixture
def stranger(closed: Running) -> Iterator[httpx.Client]:
    with closed.client() as client:
        yield client


@pytest.fixture
def paired(closed: Running) -> Iterator[httpx.Client]:
    with closed.client(closed.token) as client:
        yield client


@pytest.fixture
def code(paired: httpx.Client) -> Callable[[], str]:
    """Ask the service for a fresh code."""
    return lambda: str(paired.post("/pair/code", json={}).json()["code"])

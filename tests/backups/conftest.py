"""A ledger of two clinics with invoices and a document, a clock that tests move, and an empty folder for backups."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.billing.clinics import Clinic
from server.ledger.store import Ledger
from tests.ledger.invoiced import a_draft, created

PATIENCE_SECONDS = 240.0
"""How long a backup of the service may take: its process gives way to everything else on the computer of the tests."""


def wait_long(so: Callable[[], object]) -> None:
    """Wait until something is so that a process of low priority does."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


class Clock:
    """The clock of the ledger, which a test moves on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 15, 4, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **time: float) -> None:
        """Let days or hours pass."""
        self.now += timedelta(**time)

    def age(self, hours: float) -> timedelta:
        """Return so many hours."""
        return timedelta(hours=hours)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Ledger:
    ledger = Ledger(tmp_path / "ledger", clock)
    ledger.open_clinic(Clinic("hillside", "Hillside Practice"))
    lakeside = ledger.open_clinic(Clinic("lakeside", "Lakeside Clinic"))
    created(lakeside, a_draft(), a_draft(cents=50_50))
    lakeside.keep_document(b"%PDF-1.7 an invented cheque", "cheque.pdf", "ana")
    return ledger


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder

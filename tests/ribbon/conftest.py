"""A ledger with two clinics in it, made once and copied for each test."""

import shutil
from pathlib import Path

import pytest

from server.ledger.store import Ledger
from tests.invented import LAKESIDE
from tests.ribbon.clicks import HARBOR, a_clock, a_ledger
from tests.ribbon.invoice_sheets import created


@pytest.fixture(scope="session")
def made_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_ledger(tmp_path_factory.mktemp("made") / "ledger", LAKESIDE, HARBOR).folder


@pytest.fixture
def ledger(tmp_path: Path, made_ledger: Path) -> Ledger:
    return Ledger(shutil.copytree(made_ledger, tmp_path / "ledger"), a_clock)


@pytest.fixture
def invoices(ledger: Ledger) -> list[str]:
    """Enter three new invoices of $100.00 and return their numbers; the second is of another facility."""
    return created(ledger, 3)

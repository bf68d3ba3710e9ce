"""A ledger in a folder of its own, with one clinic in it."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.ledger.store import ClinicBooks, Ledger
from tests.ledger.invented import LAKESIDE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "ledger"


@pytest.fixture
def ledger(folder: Path) -> Ledger:
    return Ledger(folder, now=lambda: datetime(2026, 11, 2, 15, 4, 5, 678_900, tzinfo=UTC))


@pytest.fixture
def lakeside(ledger: Ledger) -> ClinicBooks:
    return ledger.open_clinic(LAKESIDE)


@pytest.fixture
def raw(lakeside: ClinicBooks, folder: Path) -> Iterator[Callable[[str], list[tuple[object, ...]]]]:
    """Ask, or try to spoil, the clinic's file behind the ledger's back."""
    db = sqlite3.connect(folder / "clinics" / f"{lakeside.clinic_id}.db", isolation_level=None)
    yield lambda sql: db.execute(sql).fetchall()
    db.close()

"""A ledger in a folder of its own, with one clinic in it."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger
from server.object_bucket import ObjectBucket
from server.storage import Storage
from tests.ledger.invented import LAKESIDE
from tests.postgresql import PostgresqlOfTests


def a_clock() -> datetime:
    return datetime(2026, 11, 2, 15, 4, 5, 678_900, tzinfo=UTC)


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a ledger once: copying its file is ten times quicker than waiting for the disk again."""
    ledger = Ledger(tmp_path_factory.mktemp("empty") / "ledger", a_clock)
    ledger.close()
    return ledger.folder


@pytest.fixture(scope="session")
def lakeside_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a ledger of one clinic once."""
    ledger = Ledger(tmp_path_factory.mktemp("lakeside") / "ledger", a_clock)
    ledger.open_clinic(LAKESIDE)
    ledger.close()
    return ledger.folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the ledger of the test is, or will be."""
    return tmp_path / "ledger"


@pytest.fixture
def ledger(folder: Path, empty_ledger: Path, bucket: ObjectBucket | None) -> Ledger:
    shutil.copytree(empty_ledger, folder)
    return Ledger(folder, a_clock, storage=Storage(bucket=bucket))


@pytest.fixture
def lakeside(ledger: Ledger, lakeside_ledger: Path, *, is_postgresql: bool) -> ClinicStore:
    if is_postgresql:
        return ledger.open_clinic(LAKESIDE)
    shutil.copytree(lakeside_ledger, ledger.folder, dirs_exist_ok=True)
    return ledger.clinic(LAKESIDE.id)


@pytest.fixture
def raw(
    lakeside: ClinicStore, folder: Path, request: pytest.FixtureRequest, *, is_postgresql: bool
) -> Iterator[Callable[[str], list[tuple[object, ...]]]]:
    """Ask, or try to spoil, the clinic's books behind the ledger's back."""
    if is_postgresql:
        server: PostgresqlOfTests = request.getfixturevalue("postgresql")
        with server.as_superuser(folder, lakeside.clinic_id) as execute:
            yield execute
        return
    db = sqlite3.connect(folder / "clinics" / f"{lakeside.clinic_id}.db", isolation_level=None)
    yield lambda sql: db.execute(sql).fetchall()
    db.close()

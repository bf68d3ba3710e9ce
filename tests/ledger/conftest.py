"""A ledger in a folder of its own, with one clinic in it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger
from server.object_bucket import ObjectBucket
from server.storage import Storage
from tests.behind import OpenedBooks, copy_ledger, open_books
from tests.ledger.invented import LAKESIDE
from tests.postgresql import PostgresqlOfTests


def a_clock() -> datetime:
    return datetime(2026, 11, 2, 15, 4, 5, 678_900, tzinfo=UTC)


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a ledger once: copying it is ten times quicker than waiting for the disk again."""
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
def folder(tmp_path: Path, request: pytest.FixtureRequest, *, is_postgresql: bool) -> Path:
    """Return where the ledger of the test is, or will be."""
    if is_postgresql:
        server: PostgresqlOfTests = request.getfixturevalue("postgresql")
        server.name_for_programs(tmp_path / "ledger")
    return tmp_path / "ledger"


@pytest.fixture
def sees_at_once(*, is_postgresql: bool) -> bool:
    """Return whether who asks is seen at a glance: in a file that is open already, and never on a server."""
    return not is_postgresql


@pytest.fixture
def ledger(
    folder: Path,
    bucket: ObjectBucket | None,
    empty_ledger: Path,
    lakeside_ledger: Path,
    request: pytest.FixtureRequest,
) -> Ledger:
    copy_ledger(lakeside_ledger if "lakeside" in request.fixturenames else empty_ledger, folder)
    return Ledger(folder, a_clock, storage=Storage(bucket=bucket))


@pytest.fixture
def lakeside(ledger: Ledger) -> ClinicStore:
    return ledger.clinic(LAKESIDE.id)


@pytest.fixture
def raw(lakeside: ClinicStore, folder: Path) -> Iterator[OpenedBooks]:
    """Ask, or try to spoil, the clinic's books behind the ledger's back."""
    with open_books(folder, lakeside.clinic_id) as execute:
        yield execute

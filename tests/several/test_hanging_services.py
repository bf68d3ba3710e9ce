"""A service that hangs while it holds the books of a clinic: the database gives them to others after a while."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from server.database_address import DatabaseLimits
from server.errors import DatabaseUnreachable
from server.ledger.access_search import AccessSearch
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.storage import Storage
from tests.api.on_postgresql import Books, books_on
from tests.postgresql import PostgresqlOfTests

HOLD_SECONDS = 1
LIMITS = DatabaseLimits(lock_seconds=20, hold_seconds=HOLD_SECONDS)


@pytest.fixture
def books(postgresql: PostgresqlOfTests, tmp_path: Path) -> Iterator[Books]:
    with books_on(postgresql, tmp_path / "ledger") as made:
        yield made


@pytest.fixture
def ledger(books: Books) -> Iterator[Ledger]:
    ledger = Ledger(books.folder, storage=Storage(replace(books.address, limits=LIMITS)))
    yield ledger
    ledger.close()


def views(ledger: Ledger) -> list[str]:
    with ledger.clinic("harbor").reading() as opened:
        return [row.about for row in opened.search_access(AccessSearch())]


def record(ledger: Ledger, about: str, hangs_seconds: float = 0.0) -> None:
    with ledger.clinic("harbor").transaction() as opened:
        opened.log_access("tests", "view", about)
        time.sleep(hangs_seconds)


def test_who_holds_the_books_and_asks_nothing_is_undone_and_others_go_on(ledger: Ledger) -> None:
    with ThreadPoolExecutor(1) as apart:
        hung = apart.submit(record, ledger, "of a service that hangs", 8 * HOLD_SECONDS)
        time.sleep(HOLD_SECONDS / 2)
        begun = time.monotonic()
        record(ledger, "of a service that works")
        assert time.monotonic() - begun < 5 * HOLD_SECONDS
        assert isinstance(hung.exception(), DatabaseUnreachable)
    assert "of a service that works" in views(ledger)
    assert "of a service that hangs" not in views(ledger)
    assert isinstance(ledger.verify_clinic("harbor"), Verified)


def test_who_only_reads_for_long_is_left_alone(ledger: Ledger) -> None:
    with ledger.clinic("harbor").reading() as opened:
        before = opened.setup()
        time.sleep(2 * HOLD_SECONDS)
        assert opened.setup() == before


def test_the_next_click_of_the_service_that_hung_is_recorded(ledger: Ledger) -> None:
    with pytest.raises(DatabaseUnreachable):
        record(ledger, "too late", 2 * HOLD_SECONDS)
    record(ledger, "once more")
    assert "once more" in views(ledger)
    assert "too late" not in views(ledger)

"""Connections rest between clicks, and nobody notices but by the time it takes."""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from server.billing.clinics import Provider, Setup
from server.errors import BooksNotOpened, UnknownRun
from server.ledger.clinic_store import ClinicStore
from server.ledger.engine.sqlite import connection_cache
from server.ledger.engine.sqlite.connection_cache import ConnectionCache
from server.ledger.engine.sqlite.connections import Use, connect
from server.ledger.engine.sqlite.library import Connection
from server.ledger.store import Ledger
from tests.ledger.conftest import a_clock
from tests.ledger.invented import HILLSIDE, LAKESIDE

pytestmark = pytest.mark.sqlite("kept connections to files, and files moved behind the program's back")

Raw = Callable[[str], list[tuple[object, ...]]]


def open_files(folder: Path) -> set[str]:
    """Return which files beside the books SQLite keeps while somebody has them open."""
    return {path.name for path in folder.rglob("*.db-*")}


def look(books_of: ClinicStore) -> Setup:
    with books_of.reading() as books:
        return books.setup()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "books.db"
    sqlite3.connect(path).close()
    return path


@pytest.fixture
def resting(path: Path) -> Connection:
    conn = connect(path, 1.0)
    conn.use = Use.WRITE
    return conn


def test_the_next_click_gets_the_connection_of_the_last(path: Path, resting: Connection) -> None:
    cache = ConnectionCache()
    cache.put(resting)

    assert cache.take(path, Use.WRITE) is resting
    assert cache.take(path, Use.WRITE) is None
    resting.close()


def test_a_connection_that_only_reads_is_not_given_to_a_writer(path: Path, resting: Connection) -> None:
    cache = ConnectionCache()
    resting.use = Use.READ
    cache.put(resting)

    assert cache.take(path, Use.WRITE) is None
    cache.close()


def test_a_connection_whose_file_was_replaced_is_closed(path: Path, resting: Connection) -> None:
    cache = ConnectionCache()
    cache.put(resting)
    shutil.copy(path, path.with_name("other.db"))
    path.with_name("other.db").replace(path)

    assert cache.take(path, Use.WRITE) is None
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        resting.execute("SELECT 1")


def test_only_so_many_connections_rest(path: Path) -> None:
    cache = ConnectionCache()
    opened = [connect(path, 1.0) for _ in range(connection_cache.MOST_IDLE + 1)]
    for conn in opened:
        cache.put(conn)

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")
    cache.close()


def test_books_nobody_uses_are_closed_in_a_moment(
    lakeside: ClinicStore, ledger: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.close()
    monkeypatch.setattr(connection_cache, "IDLE_SECONDS", 0.02)
    look(lakeside)
    deadline = time.monotonic() + 10

    while open_files(folder) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert open_files(folder) == set()


def test_a_ledger_that_was_closed_is_nothing_but_its_files(
    lakeside: ClinicStore, ledger: Ledger, folder: Path, tmp_path: Path
) -> None:
    with lakeside.transaction() as books:
        books.save_setup(Setup(LAKESIDE, providers=(Provider("Ada Invented"),)), "ana")

    ledger.close()

    assert open_files(folder) == set()
    moved = Ledger(folder.rename(tmp_path / "elsewhere"), a_clock)
    assert [one.name for one in look(moved.clinic("lakeside")).providers] == ["Ada Invented"]


def test_a_file_put_in_place_of_another_is_read_as_it_is(
    lakeside: ClinicStore, ledger: Ledger, folder: Path
) -> None:
    hillside = ledger.open_clinic(HILLSIDE)
    look(lakeside)
    ledger.close()
    look(hillside)  # open again, and at rest
    (folder / "clinics" / "lakeside.db").replace(folder / "clinics" / "hillside.db")

    with pytest.raises(BooksNotOpened, match="another clinic"):
        look(hillside)


def test_a_file_a_newer_program_changed_meanwhile_is_refused(lakeside: ClinicStore, raw: Raw) -> None:
    look(lakeside)
    raw("CREATE TABLE of_tomorrow (id INTEGER)")
    raw(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('clinic', '9999-later', '')"
    )

    with pytest.raises(BooksNotOpened, match="newer version"):
        look(lakeside)


def test_nobody_reads_or_writes_through_books_that_were_closed(lakeside: ClinicStore) -> None:
    with lakeside.transaction() as books:
        pass

    with pytest.raises(AttributeError):
        books.log_access("ana", "looked", "too late")


def test_what_failed_leaves_no_query_open(lakeside: ClinicStore, raw: Raw) -> None:
    def click() -> None:
        with lakeside.reading() as books:
            books._session.each("SELECT * FROM clinic")  # noqa: SLF001 - never fetched
            raise UnknownRun("none")

    with pytest.raises(UnknownRun) as kept:
        click()
    raw("INSERT INTO access (at, actor, what, about) VALUES ('now', 'ana', 'looked', '')")

    assert kept
    assert raw("PRAGMA wal_checkpoint(TRUNCATE)") == [(0, 0, 0)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_program_inherits_no_open_books(lakeside: ClinicStore, folder: Path) -> None:
    look(lakeside)

    program = os.fork()
    if not program:
        os._exit(len(open_files(folder)))
    _, status = os.waitpid(program, 0)

    assert os.waitstatus_to_exitcode(status) == 0

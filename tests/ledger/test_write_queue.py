"""Clicks at once: they come in turn, and wait for the disk together, without knowing of each other."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from server.billing.invoices.invoice import Action
from server.errors import BooksBusy, UnknownRun
from server.ledger.clinic_store import ClinicStore
from server.ledger.engine.journal import JournalGrowth
from server.ledger.engine.sqlite import database_file, write_queue
from server.ledger.engine.sqlite.connection_cache import ConnectionCache
from server.ledger.engine.sqlite.library import Connection
from server.ledger.engine.sqlite.write_queue import GroupCommit, WriteQueue
from server.ledger.verify import Verified
from tests.behind import connect_file
from tests.ledger.files import file_of
from tests.ledger.invoiced import a_draft, created, take

pytestmark = pytest.mark.sqlite("the queue of those who write to one file")

Raw = Callable[[str], list[tuple[object, ...]]]

FULL = sqlite3.OperationalError("database or disk is full")


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool


def wait_for(lakeside: ClinicStore, waiting: int) -> None:
    """Return once so many threads wait for their turn at the clinic's books."""
    (of_file,) = [one for path, one in database_file._QUEUES.items() if path == file_of(lakeside).absolute()]  # noqa: SLF001
    deadline = time.monotonic() + 10
    while len(of_file._waiting) < waiting and time.monotonic() < deadline:  # noqa: SLF001
        time.sleep(0.001)
    assert len(of_file._waiting) == waiting  # noqa: SLF001


def looked(lakeside: ClinicStore, about: str, refusal: Exception | None = None) -> None:
    with lakeside.transaction() as books:
        books.log_access("ana", "looked", about)
        if refusal:
            raise refusal


def at_once(
    lakeside: ClinicStore, pool: ThreadPoolExecutor, clicks: dict[str, Exception | None]
) -> dict[str, Future[None]]:
    """Have clicks wait for one that is not done yet, in their order; return them when all are over."""
    with lakeside.transaction() as books:
        books.log_access("ana", "looked", "first")
        waiting = {}
        for place, (about, refusal) in enumerate(clicks.items(), 1):
            waiting[about] = pool.submit(looked, lakeside, about, refusal)
            wait_for(lakeside, place)
    for one in waiting.values():
        one.exception(timeout=10)
    return waiting


def test_clicks_are_written_in_the_order_they_came(
    lakeside: ClinicStore, pool: ThreadPoolExecutor, raw: Raw
) -> None:
    at_once(lakeside, pool, dict.fromkeys("abcdef"))

    assert [about for (about,) in raw("SELECT about FROM access ORDER BY rowid")] == ["first", *"abcdef"]


def test_clicks_that_wait_for_each_other_wait_for_the_disk_once(
    lakeside: ClinicStore, pool: ThreadPoolExecutor, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[GroupCommit] = []
    commit = GroupCommit.commit

    def counted(
        group: GroupCommit, write_journal: Callable[[Connection], JournalGrowth | None]
    ) -> JournalGrowth | None:
        commits.append(group)
        return commit(group, write_journal)

    monkeypatch.setattr(GroupCommit, "commit", counted)

    at_once(lakeside, pool, dict.fromkeys("abcdef"))

    assert len(commits) == 1
    assert raw("SELECT COUNT(*) FROM access") == [(7,)]


def test_so_many_are_written_together_and_no_more(
    lakeside: ClinicStore, pool: ThreadPoolExecutor, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_queue, "MOST_TOGETHER", 3)

    at_once(lakeside, pool, dict.fromkeys("abcdef"))

    assert raw("SELECT COUNT(*) FROM access") == [(7,)]


@pytest.mark.parametrize("refused", ["a", "c", "f", "abc", "def", "abcdef"])
def test_a_refused_click_takes_nothing_of_the_others_with_it(
    lakeside: ClinicStore, pool: ThreadPoolExecutor, raw: Raw, refused: str
) -> None:
    done = at_once(lakeside, pool, {one: UnknownRun(one) if one in refused else None for one in "abcdef"})

    kept = [one for one in "abcdef" if one not in refused]
    assert [about for (about,) in raw("SELECT about FROM access ORDER BY rowid")] == ["first", *kept]
    assert {one for one, result in done.items() if isinstance(result.exception(), UnknownRun)} == set(refused)


def test_the_first_click_refused_leaves_the_others_a_transaction_of_their_own(
    lakeside: ClinicStore, pool: ThreadPoolExecutor, raw: Raw
) -> None:
    def first() -> None:
        with lakeside.transaction() as books:
            books.log_access("ana", "looked", "first")
            others.extend(pool.submit(looked, lakeside, about) for about in "ab")
            wait_for(lakeside, 2)
            raise UnknownRun("first")

    others: list[Future[None]] = []
    with pytest.raises(UnknownRun):
        first()
    for one in others:
        one.result(timeout=10)

    assert {about for (about,) in raw("SELECT about FROM access")} == {"a", "b"}


def test_nobody_is_told_that_it_is_written_before_it_is_on_the_disk(
    lakeside: ClinicStore, pool: ThreadPoolExecutor, raw: Raw
) -> None:
    working, may_end = [threading.Event() for _ in range(2)], [threading.Event() for _ in range(2)]

    def slowly(place: int) -> None:
        with lakeside.transaction() as books:
            books.log_access("ana", "looked", f"slow {place}")
            working[place].set()
            may_end[place].wait(10)

    clicks = [pool.submit(slowly, 0)]
    working[0].wait(10)
    for waiting, click in enumerate((lambda: looked(lakeside, "quick"), lambda: slowly(1)), 1):
        clicks.append(pool.submit(click))
        wait_for(lakeside, waiting)
    may_end[0].set()
    working[1].wait(10)

    assert [one.done() for one in clicks] == [False, False, False]
    assert raw("SELECT * FROM access") == []
    may_end[1].set()
    for one in clicks:
        one.result(timeout=10)
    assert raw("SELECT about FROM access ORDER BY rowid") == [("slow 0",), ("quick",), ("slow 1",)]


@pytest.mark.plain("the class of a connection")
def test_a_disk_that_fails_fails_every_click_that_waited_for_it(
    lakeside: ClinicStore, pool: ThreadPoolExecutor, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(conn: Connection) -> None:
        conn.rollback()
        raise FULL

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "commit", full, raising=False)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            at_once(lakeside, pool, dict.fromkeys("ab"))

    assert raw("SELECT * FROM access") == []
    looked(lakeside, "later")
    assert raw("SELECT about FROM access") == [("later",)]


def test_a_transaction_lost_on_the_way_fails_every_click_in_it(
    lakeside: ClinicStore, pool: ThreadPoolExecutor, raw: Raw
) -> None:
    def lose() -> None:
        with lakeside.transaction() as books:
            books._session.execute("ROLLBACK")  # noqa: SLF001 - as SQLite does where the disk is full
            raise FULL

    def first() -> None:
        with lakeside.transaction() as books:
            books.log_access("ana", "looked", "first")
            for place, click in enumerate((lose, lambda: looked(lakeside, "third")), 1):
                others.append(pool.submit(click))
                wait_for(lakeside, place)

    others: list[Future[None]] = []
    with pytest.raises(sqlite3.OperationalError, match="full"):
        first()

    assert [one.exception(timeout=10) for one in others] == [FULL, None]
    assert raw("SELECT about FROM access") == [("third",)]


def test_one_who_gave_up_waiting_is_not_waited_for(
    lakeside: ClinicStore, pool: ThreadPoolExecutor, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lakeside.transaction() as books:
        books.log_access("ana", "looked", "first")
        monkeypatch.setattr(database_file, "BUSY_SECONDS", 0.01)
        impatient = pool.submit(looked, lakeside, "impatient")
        assert isinstance(impatient.exception(timeout=10), BooksBusy)

    looked(lakeside, "later")
    assert raw("SELECT about FROM access ORDER BY rowid") == [("first",), ("later",)]


def test_turns_that_are_given_up_as_they_come_are_not_lost() -> None:
    queue = WriteQueue()

    def often(patience: float) -> int:
        had = 0
        for _ in range(300):
            if queue.enter(patience):
                had += 1
                queue.leave()
        return had

    with ThreadPoolExecutor(8) as pool:
        had = list(pool.map(often, [0.0, 0.00001, 0.0001, 10.0] * 2))

    assert had[3] == had[7] == 300
    assert queue.enter(0)


def test_a_click_that_fails_as_it_ends_keeps_nobody_else_from_writing(
    lakeside: ClinicStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(_: threading.Thread) -> None:
        message = "can't start new thread"
        raise RuntimeError(message)

    monkeypatch.setattr(database_file, "_CACHE", ConnectionCache())
    monkeypatch.setattr(database_file, "BUSY_SECONDS", 0.1)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", none_left)
        with pytest.raises(RuntimeError, match="start new thread"):
            looked(lakeside, "first")

    looked(lakeside, "second")


def test_eight_threads_at_the_same_invoices_lose_no_step(
    lakeside: ClinicStore, pool: ThreadPoolExecutor
) -> None:
    numbers = created(lakeside, *[a_draft(f"Patient {place}") for place in range(5)])

    def notes(client: int) -> None:
        for turn in range(20):
            take(lakeside, Action.NOTE, numbers, note=f"{client} {turn}")

    list(pool.map(notes, range(8)))

    verified = lakeside.verify()
    assert isinstance(verified, Verified)
    assert verified.steps == 5 * (1 + 8 * 20)


def test_a_program_beside_is_waited_for_without_long_sleeps(lakeside: ClinicStore, folder: Path) -> None:
    other = connect_file(folder / "clinics" / "lakeside.db")
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.05, other.rollback).start()

    looked(lakeside, "after the other")

    other.close()
    with lakeside.reading() as books:
        assert books._session.all("SELECT about FROM access") == [("after the other",)]  # noqa: SLF001

"""A primary whose standby is away, or that stands still: a click ends in a sentence, and its repeat records it once."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from server.cli.service import temporary_service
from server.settings import Settings
from tests.api.wire import press, problem, wait_until
from tests.cli.programs import clinicledger, sentence
from tests.failover.ledger_on_pair import LedgerOnPair
from tests.invented_exams import exam_columns, typed
from tests.postgresql import ADDRESSES_IN_ENVIRONMENT
from tests.postgresql_pair import Server
from tests.ribbon.clicks import a_click

LAKESIDE = "lakeside"
STATED_SECONDS = 2 * 1 + 5 + 2
"""Twice the wait for another click and for a connection, five for the answer of a server that stands still, and a slow computer."""

PATIENCE_SECONDS = 120.0
"""How long a click is sent again and again."""

_END_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ledger_service'"
_WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


def bill(client: httpx.Client, patient: str) -> httpx.Response:
    """Create the invoice of one exam; sent again, it is the same click."""
    sheet = {"name": "Exams", "columns": exam_columns([typed(Patient=patient, Case=f"C {patient}")])}
    return press(client, "invoices.create", a_click(sheets=[sheet], request_id=f"click {patient}"))


def code_of(answer: httpx.Response) -> str:
    """Return the code of a refusal, which says when to try again."""
    assert answer.status_code == 503, answer.text
    code = str(problem(answer)["code"])
    assert code == "books-busy" or answer.headers["retry-after"] == "5"
    return code


@contextmanager
def impatient(on_pair: LedgerOnPair) -> Iterator[httpx.Client]:
    """Yield a client of a service that waits a second for a commit, and for another click."""
    settings = Settings(
        path=on_pair.folder,
        workers=0,
        database=on_pair.pair.database.service,
        database_commit_seconds=1,
        database_lock_seconds=1,
    )
    with temporary_service(settings) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


@contextmanager
def standby_away(on_pair: LedgerOnPair) -> Iterator[None]:
    """Let there be no standby during the block. One that only stood still would read later what was sent to it meanwhile."""
    standby = on_pair.pair.standby
    standby.kill()
    try:
        yield
    finally:
        standby.start()


def invoices_of(on_pair: LedgerOnPair, patient: str) -> int:
    return on_pair.billed()[LAKESIDE, patient]


@pytest.fixture(autouse=True)
def _books_verify(on_pair: LedgerOnPair) -> Iterator[None]:
    yield
    on_pair.check_chains()


def test_a_commit_whose_standby_is_away_ends_in_a_sentence_and_its_repeat_records_it_once(
    on_pair: LedgerOnPair,
) -> None:
    with impatient(on_pair) as client:
        with standby_away(on_pair):
            begun = time.monotonic()
            assert code_of(bill(client, "waiting")) == "database-unreachable"
            assert time.monotonic() - begun < 5
            assert invoices_of(on_pair, "waiting") == 0
            assert code_of(bill(client, "waiting")) in {"books-busy", "database-unreachable"}
            assert invoices_of(on_pair, "waiting") == 0
        wait_until(lambda: bill(client, "waiting").status_code == 200)
    assert invoices_of(on_pair, "waiting") == 1


@pytest.mark.parametrize("function", ["pg_cancel_backend", "pg_terminate_backend"])
def test_a_commit_that_an_administrator_ends_on_the_primary_alone_is_not_acknowledged(
    on_pair: LedgerOnPair, function: str
) -> None:
    with impatient(on_pair) as client:
        with standby_away(on_pair):
            end_wait_of(on_pair, client, function, function)
            assert invoices_of(on_pair, function) == 1
            assert code_of(bill(client, function)) == "database-unreachable"
        wait_until(lambda: bill(client, function).status_code == 200)
    assert invoices_of(on_pair, function) == 1


def end_wait_of(
    on_pair: LedgerOnPair, client: httpx.Client, patient: str, function: str = "pg_cancel_backend"
) -> None:
    """Press a button, and end the wait of its commit for the standby."""
    primary = on_pair.pair.primary
    with ThreadPoolExecutor(1) as pool:
        clicked = pool.submit(bill, client, patient)
        wait_until(lambda: primary.execute(_WAITING))
        primary.execute(f"SELECT {function}(pid) FROM ({_WAITING}) AS waiting")  # noqa: S608
        assert code_of(clicked.result()) == "database-unreachable"


def test_a_commit_that_only_the_dead_primary_had_is_recorded_by_its_repeat(on_pair: LedgerOnPair) -> None:
    with impatient(on_pair) as client:
        with standby_away(on_pair):
            end_wait_of(on_pair, client, "of the dead")
            assert code_of(bill(client, "of the dead")) == "database-unreachable"
            on_pair.pair.primary.kill()
        on_pair.pair.promote()
        wait_until(lambda: bill(client, "of the dead").status_code == 200)
        assert invoices_of(on_pair, "of the dead") == 1
    on_pair.pair.join()


def test_a_primary_that_stands_still_is_given_up_and_the_promoted_standby_is_used(
    on_pair: LedgerOnPair,
) -> None:
    pair = on_pair.pair
    with impatient(on_pair) as client:
        assert bill(client, "before").status_code == 200
        with pair.primary.standing_still(whole=True):
            begun = time.monotonic()
            assert code_of(bill(client, "frozen")) == "database-unreachable"
            assert time.monotonic() - begun < STATED_SECONDS
            assert client.get("/ready").status_code == 503
            pair.promote()
            wait_until(lambda: bill(client, "frozen").status_code == 200)
            wait_until(lambda: client.get("/ready").status_code == 200)
        pair.standby.kill()
        pair.join()
    assert invoices_of(on_pair, "frozen") == 1


def test_a_server_that_takes_no_connection_holds_a_click_no_longer_than_stated(
    on_pair: LedgerOnPair,
) -> None:
    primary = on_pair.pair.primary
    with impatient(on_pair) as client, primary.connected() as administrator:
        assert bill(client, "connected").status_code == 200
        with primary.standing_still(whole=False):
            assert bill(client, "still connected").status_code == 200
            administrator.execute(_END_ALL)
            begun = time.monotonic()
            assert code_of(bill(client, "not connected")) == "database-unreachable"
            assert time.monotonic() - begun < STATED_SECONDS
        wait_until(lambda: bill(client, "not connected").status_code == 200)
    assert invoices_of(on_pair, "not connected") == 1


def test_a_server_that_only_reads_is_left_for_one_that_can_be_written_to(on_pair: LedgerOnPair) -> None:
    primary = on_pair.pair.primary
    with impatient(on_pair) as client:
        assert bill(client, "written").status_code == 200
        set_read_only(primary, "on")
        try:
            wait_until(lambda: bill(client, "only read").status_code == 503)
            assert code_of(bill(client, "only read")) == "database-unreachable"
        finally:
            set_read_only(primary, "off")
        wait_until(lambda: bill(client, "only read").status_code == 200)
    assert invoices_of(on_pair, "only read") == 1


def set_read_only(primary: Server, how: str) -> None:
    """Let a server begin transactions that only read, as one does that hands over to another one."""
    primary.execute(f"ALTER SYSTEM SET default_transaction_read_only = {how}")
    primary.execute("SELECT pg_reload_conf()")


def test_a_worker_process_finds_the_promoted_standby_too(on_pair: LedgerOnPair) -> None:
    pair = on_pair.pair
    settings = {"workers": "1", "big_request": "0", "database_lock_seconds": "1"}
    with (
        on_pair.served(**settings) as program,
        httpx.Client(base_url=program.url, timeout=60) as client,
    ):
        assert bill(client, "before the kill").status_code == 200
        pair.primary.kill()
        assert code_of(bill(client, "of a worker")) == "database-unreachable"
        pair.promote()
        wait_until(lambda: bill(client, "of a worker").status_code == 200)
    pair.join()
    assert invoices_of(on_pair, "of a worker") == 1


def test_a_click_that_is_sent_twice_at_once_while_the_primary_dies_is_recorded_once(
    on_pair: LedgerOnPair,
) -> None:
    def send_until_answered(patient: str) -> bytes:
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            answer = bill(client, patient)
            if answer.status_code == 200:
                return answer.content
            code_of(answer)
        raise AssertionError(f"nobody has billed the exam of {patient}")

    with impatient(on_pair) as client, ThreadPoolExecutor(16) as threads:
        patients = [f"twin {turn}" for turn in range(40)]
        answers = [
            threads.submit(send_until_answered, patient) for patient in patients for _ in ("once", "again")
        ]
        wait_until(lambda: sum(one.done() for one in answers) > 8)
        on_pair.pair.fail_over()
        said = [one.result() for one in answers]
    on_pair.pair.join()
    assert said[::2] == said[1::2]
    assert {invoices_of(on_pair, patient) for patient in patients} == {1}


def test_an_administrator_prepares_whichever_server_can_be_written_to(
    on_pair: LedgerOnPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, address in zip(
        ADDRESSES_IN_ENVIRONMENT, (on_pair.pair.database.service, on_pair.pair.database.owner), strict=True
    ):
        monkeypatch.setenv(name, address)
    for _ in range(2):
        ended = clinicledger("ledger", "prepare", within=on_pair.folder.parent)
        assert ended.returncode == 0, ended.stderr
        assert "nothing" in sentence(ended.stdout).lower()
        on_pair.pair.fail_over()
        on_pair.pair.join()


def test_the_check_of_the_rounds_notices_a_click_that_was_acknowledged_and_lost(
    on_pair: LedgerOnPair,
) -> None:
    """Without a synchronous standby, the end of the books is lost with the primary: what these tests could not see else."""
    pair = on_pair.pair
    with impatient(on_pair) as client:
        pair.set_synchronous("")
        with standby_away(on_pair):
            wait_until(lambda: bill(client, "lost").status_code == 200)
            assert invoices_of(on_pair, "lost") == 1
            pair.primary.kill()
        pair.promote()
        assert invoices_of(on_pair, "lost") == 0
    pair.join()

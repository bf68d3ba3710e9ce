"""Errors of a PostgreSQL server that make a connection unusable, and what an address is completed with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from server.billing.clinics import Clinic
from server.errors import BooksBusy, DatabaseNotPrepared, DatabaseTooSlow, DatabaseUnreachable, DiskFull
from server.ledger import store
from server.ledger.clinic_store import ClinicStore
from server.ledger.engine.postgresql.addresses import complete_address
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.storage import Storage
from tests.ledger.conftest import a_clock
from tests.postgresql import PostgresqlOfTests

DATABASES_OF = store.databases_of
_FAILS = "DO $$ BEGIN RAISE EXCEPTION 'so' USING ERRCODE = '{code}'; END $$"


@pytest.fixture
def books(
    postgresql: PostgresqlOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ClinicStore]:
    monkeypatch.setattr("server.ledger.store.databases_of", DATABASES_OF)
    folder = tmp_path / "ledger"
    ledger = Ledger(folder, a_clock, storage=Storage(postgresql.address_of(folder)))
    yield ledger.open_clinic(Clinic("harbor", "Harbor Clinic"))
    ledger.close()
    postgresql.empty_databases()


def fail_with(books: ClinicStore, code: str) -> int:
    """Let the server answer with an error after something was written; return the process of the connection."""
    with books.transaction() as opened:
        process = int(opened._session.value("SELECT pg_backend_pid()"))  # noqa: SLF001
        opened.log_access("A. Biller", "looked", "and failed")
        opened._session.execute(_FAILS.format(code=code))  # noqa: SLF001
    return process


def process_of(books: ClinicStore) -> int:
    with books.transaction() as opened:
        opened.log_access("A. Biller", "looked", "and was recorded")
        return int(opened._session.value("SELECT pg_backend_pid()"))  # noqa: SLF001


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("08006", "the connection failed"),
        ("25006", "it only reads"),
        ("25P03", "it ended a transaction that did nothing"),
        ("40001", "a standby ended a reading because of what it replays"),
        ("40P01", "two transactions waited for each other"),
        ("53300", "it has too many connections"),
        ("57P01", "it is stopped"),
        ("57P02", "another process of it crashed"),
        ("57P03", "it starts"),
        ("58030", "it cannot read its disk"),
    ],
)
def test_a_server_that_cannot_be_used_is_left_with_a_sentence_and_nothing_is_recorded(
    books: ClinicStore, code: str, why: str
) -> None:
    before, process = books.journal_head(), process_of(books)
    with pytest.raises(DatabaseUnreachable):
        fail_with(books, code)
    assert books.journal_head().entries == before.entries + 1, why
    assert process_of(books) != process
    assert isinstance(books.verify(), Verified)


@pytest.mark.parametrize(
    ("code", "refusal"), [("55P03", BooksBusy), ("57014", DatabaseTooSlow), ("53100", DiskFull)]
)
def test_a_server_that_ends_a_statement_is_kept(
    books: ClinicStore, code: str, refusal: type[Exception]
) -> None:
    process = process_of(books)
    with pytest.raises(refusal):
        fail_with(books, code)
    assert process_of(books) == process


def test_an_address_gets_the_waits_that_it_does_not_name() -> None:
    completed = conninfo_to_dict(complete_address("postgresql://role@host/ledger?connect_timeout=20"))
    assert (completed["connect_timeout"], completed["tcp_user_timeout"]) == ("20", "10000")
    assert (completed["user"], completed["host"], completed["dbname"]) == ("role", "host", "ledger")
    assert "target_session_attrs" not in completed


@pytest.mark.parametrize(
    ("address", "searched"),
    [
        ("postgresql://role@one,two/ledger", "read-write"),
        ("postgresql://role@one:5432,two:5433/ledger?target_session_attrs=primary", "primary"),
        ("host=one,two user=role dbname=ledger", "read-write"),
        ("hostaddr=192.0.2.1,192.0.2.2 user=role dbname=ledger", "read-write"),
    ],
)
def test_of_several_servers_the_one_that_can_be_written_to_is_used(address: str, searched: str) -> None:
    assert conninfo_to_dict(complete_address(address))["target_session_attrs"] == searched


@pytest.mark.parametrize("address", ["postgresql://[", "postgresql:///ledger", "", "nonsense"])
def test_what_is_no_address_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(DatabaseNotPrepared) as refused:
        complete_address(address)
    assert "not complete" in str(refused.value)
    assert refused.value.__cause__ is None

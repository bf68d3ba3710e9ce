"""The books on PostgreSQL: apart from each other, with the tables that a file has, and in and out as files."""

import re
import shutil
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from server.billing.clinics import Clinic
from server.billing.invoices.invoice import Action
from server.database_address import DatabaseAddress
from server.errors import BillingError, DatabaseNotPrepared, DatabaseUnreachable
from server.ledger import store
from server.ledger.clinic_store import ClinicStore
from server.ledger.engine.postgresql import schema as postgresql_schema
from server.ledger.engine.postgresql.preparation import prepare
from server.ledger.engine.postgresql.schema import Schema
from server.ledger.engine.sqlite import schema as sqlite_schema
from server.ledger.engine.sqlite.schema import database_of
from server.ledger.preparation import prepare_database
from server.ledger.store import Ledger
from server.ledger.verify import Verified, VerifiedFirm
from server.storage import Storage
from tests.contract.repository import ROOT
from tests.ledger.conftest import a_clock
from tests.ledger.invented import LAKESIDE
from tests.ledger.invoiced import a_cheque, a_draft, await_cheque, take
from tests.postgresql import OWNER, SERVICE, PostgresqlOfTests

CEDAR = Clinic("cedar-clinic", "Cedar Clinic")
HARBOR = Clinic("harbor-clinic", "Harbor Clinic")
KINDS = [
    pytest.param(sqlite_schema.FIRM, postgresql_schema.FIRM, id="firm"),
    pytest.param(sqlite_schema.CLINIC, postgresql_schema.CLINIC, id="clinic"),
]


DATABASES_OF = store.databases_of


@pytest.fixture(autouse=True)
def _addresses_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep each ledger where its storage says, also in a run that keeps all others on PostgreSQL."""
    monkeypatch.setattr("server.ledger.store.databases_of", DATABASES_OF)


@dataclass(frozen=True)
class Place:
    """A ledger on PostgreSQL, and what opens a connection to it."""

    ledger: Ledger
    address: DatabaseAddress

    def connect(
        self, clinic: str | None, *, as_owner: bool = False
    ) -> psycopg.Connection[tuple[object, ...]]:
        """Return a connection of the service, or of the owner, about a clinic, or about none."""
        about = "" if clinic is None else f" -c app.clinic={clinic}"
        address = self.address.owner if as_owner else self.address.service
        return psycopg.connect(address, autocommit=True, options=f"-c search_path=clinics{about}")


@pytest.fixture
def place(postgresql: PostgresqlOfTests, tmp_path: Path) -> Iterator[Place]:
    """Return a ledger with two clinics, each with three invoices and a cheque."""
    folder = tmp_path / "on-postgresql"
    address = postgresql.address_of(folder)
    ledger = Ledger(folder, a_clock, storage=Storage(address))
    for clinic in (LAKESIDE, HARBOR):
        record_some(ledger.open_clinic(clinic))
    yield Place(ledger, address)
    ledger.close()
    postgresql.empty_databases()


def record_some(clinic: ClinicStore) -> None:
    numbers = await_cheque(clinic, a_draft(), a_draft(), a_draft())
    take(clinic, Action.RECORD_CHEQUE, numbers[:1], exception="partial", **a_cheque(30_00))
    take(clinic, Action.VOID, numbers[1:2], note="billed twice")


# -- Apart --


def test_a_statement_that_forgets_the_clinic_sees_nothing(place: Place) -> None:
    with place.connect(None) as conn:
        for table in postgresql_schema.CLINIC.tables:
            query = sql.SQL("SELECT COUNT(*) FROM {}").format(sql.Identifier(table))
            assert conn.execute(query).fetchall() == [(0,)], table


def test_a_statement_about_a_clinic_sees_its_rows_and_no_others(place: Place) -> None:
    with place.connect(LAKESIDE.id) as conn:
        assert conn.execute("SELECT DISTINCT clinic FROM step").fetchall() == [(LAKESIDE.id,)]
        assert conn.execute("SELECT COUNT(*) FROM step WHERE clinic = 'harbor-clinic'").fetchall() == [(0,)]
        changed = conn.execute("UPDATE invoice SET version = version + 1 WHERE clinic = 'harbor-clinic'")
        assert changed.rowcount == 0


@pytest.mark.parametrize("as_owner", [False, True], ids=["service", "owner"])
def test_no_row_of_another_clinic_can_be_written(place: Place, *, as_owner: bool) -> None:
    statement = b"INSERT INTO payer (clinic, id, name, folded) VALUES ('harbor-clinic', 99, 'X', 'x')"
    with (
        place.connect(LAKESIDE.id, as_owner=as_owner) as conn,
        pytest.raises(psycopg.Error, match="row-level security"),
    ):
        conn.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM step",
        "UPDATE step SET note = 'another'",
        "TRUNCATE step",
        "ALTER TABLE step DISABLE TRIGGER ALL",
        "ALTER TABLE step NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY own_clinic ON step",
        "DROP TRIGGER step_continues_the_chain ON step",
        "SET session_replication_role = replica",
        "CREATE TABLE clinics.other (id BIGINT)",
        "CREATE OR REPLACE FUNCTION ledger.is_moving() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "SET ROLE ledger_owner",
    ],
)
def test_the_service_cannot_change_what_was_recorded_nor_the_rules(place: Place, statement: str) -> None:
    with place.connect(LAKESIDE.id) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(statement.encode())


def test_the_service_cannot_pass_the_triggers_by_saying_that_it_moves_rows(place: Place) -> None:
    with place.connect(LAKESIDE.id) as conn:
        conn.execute("SET app.moving = 'on'")
        with pytest.raises(psycopg.IntegrityError, match="never go back"):
            conn.execute("UPDATE invoice SET version = 0")


# -- The same tables --


def columns_of_file(conn: sqlite3.Connection) -> dict[str, list[tuple[str, str, bool]]]:
    """Return the name, the type and whether it may be empty of each column of a file, by table."""
    kinds = {"INTEGER": "bigint", "TEXT": "text", "BLOB": "bytea"}
    tables = [name for (name,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {
        table: [
            (name, kinds[kind], not required and not key)
            for _, name, kind, required, _, key in conn.execute(f'PRAGMA table_info("{table}")')
        ]
        for table in tables
    }


def indexes_of_file(conn: sqlite3.Connection) -> dict[str, set[tuple[bool, int]]]:
    """Return whether each named index of a file is unique, and how many columns it has, by name."""
    found = conn.execute("SELECT name, tbl_name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
    unique = {
        name: bool(is_unique)
        for (table,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for _, name, is_unique, *_ in conn.execute(f'PRAGMA index_list("{table}")')
    }
    return {
        name: {(unique[name], len(conn.execute(f'PRAGMA index_info("{name}")').fetchall()))}
        for name, _ in found
    }


@pytest.mark.parametrize(("of_file", "of_server"), KINDS)
def test_both_engines_end_in_the_same_tables(
    of_file: sqlite_schema.Schema, of_server: Schema, place: Place
) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        of_file.take_steps(database_of(conn))
        for statement in of_file.trigger_repairs(conn):
            conn.execute(statement)
        tables, indexes = columns_of_file(conn), indexes_of_file(conn)
        triggers = {name for (name,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    with place.connect(None) as server:
        found: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
        for table, name, kind, empty in server.execute(
            "SELECT table_name, column_name, data_type, is_nullable = 'YES' FROM information_schema.columns"
            " WHERE table_schema = %s ORDER BY table_name, ordinal_position",
            [of_server.namespace],
        ):
            if name != "clinic" or not of_server.of_clinic or table == "books":
                found[str(table)].append((str(name), str(kind), bool(empty)))
        named = {
            str(name): {(bool(unique), int(str(count)) - of_server.of_clinic)}
            for name, unique, count in server.execute(
                "SELECT relname, indisunique, indnkeyatts FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
                " JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = %s AND NOT EXISTS ("
                "SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)",
                [of_server.namespace],
            )
        }
        made = {
            str(name)
            for (name,) in server.execute(
                "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace"
                " ON pg_namespace.oid = relnamespace WHERE nspname = %s AND NOT tgisinternal",
                [of_server.namespace],
            )
        }
    assert list(of_server.steps) == of_file.steps
    assert dict(found) == tables
    assert named == indexes
    assert made == triggers | {
        "journal_is_open"
    }  # of a database whose books are elsewhere; a folder has moved.txt


def words_of(statements: str) -> set[str]:
    """Return the words that a step's conditions list, such as the bases of a rate."""
    lists = re.findall(r"\bIN \(([^()]*)\)", re.sub(r"--[^\n]*", "", statements))
    return {word for listed in lists for word in re.findall(r"'([^']*)'", listed)}


@pytest.mark.parametrize("kind", ["firm", "clinic"])
def test_both_engines_take_the_same_words(kind: str) -> None:
    steps = resources.files("server.ledger").joinpath("sql")
    found = {
        engine: {
            file.name: words_of(file.read_text("utf-8")) for file in steps.joinpath(engine, kind).iterdir()
        }
        for engine in ("sqlite", "postgresql")
    }
    assert any(found["sqlite"].values())
    assert found["postgresql"] == found["sqlite"]


def test_every_key_index_and_reference_begins_with_the_clinic(place: Place) -> None:
    """So tables can be distributed or partitioned by clinic as they are."""
    with place.connect(None) as conn:
        first_columns = conn.execute(
            "SELECT indexrelid::regclass::text, attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid"
            " AND attnum = indkey[0] JOIN pg_class ON pg_class.oid = indrelid JOIN pg_namespace"
            " ON pg_namespace.oid = relnamespace WHERE nspname = 'clinics'"
        ).fetchall()
        references = conn.execute(
            "SELECT conname, pg_get_constraintdef(pg_constraint.oid) FROM pg_constraint JOIN pg_namespace"
            " ON pg_namespace.oid = connamespace WHERE nspname = 'clinics' AND contype = 'f'"
        ).fetchall()
    assert len(first_columns) > len(postgresql_schema.CLINIC.tables)
    assert {column for _, column in first_columns} == {"clinic"}
    assert references
    for _, definition in references:
        assert re.match(r"FOREIGN KEY \(clinic, .*\) REFERENCES \S+\(clinic, ", str(definition)), definition


def test_programs_that_make_the_same_books_at_once_queue(place: Place) -> None:
    def make(_: int) -> str:
        return (
            Ledger(place.ledger.folder, a_clock, storage=Storage(place.address)).open_clinic(CEDAR).clinic_id
        )

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(make, range(16))) == {CEDAR.id}
    assert isinstance(place.ledger.verify_clinic(CEDAR.id), Verified)


# -- In and out --


def test_a_backup_is_a_ledger_of_files_with_the_same_journal(place: Place, tmp_path: Path) -> None:
    place.ledger.backup(tmp_path / "copy")
    shutil.copytree(tmp_path / "copy", tmp_path / "opened")
    copied = Ledger(tmp_path / "opened", a_clock)
    for clinic in (LAKESIDE, HARBOR):
        here, there = place.ledger.verify_clinic(clinic.id), copied.verify_clinic(clinic.id)
        assert isinstance(here, Verified)
        assert here == there
    assert isinstance(copied.verify_firm(), VerifiedFirm)


def test_books_go_into_the_database_and_out_again_as_they_were(place: Place, tmp_path: Path) -> None:
    files = Ledger(tmp_path / "files", a_clock)
    books = files.open_clinic(Clinic("cedar-clinic", "Cedar Clinic"))
    record_some(books)
    files.export("cedar-clinic", tmp_path / "export")
    before = files.verify_clinic("cedar-clinic")

    place.ledger.restore(tmp_path / "export")
    assert place.ledger.verify_clinic("cedar-clinic") == before
    await_cheque(place.ledger.clinic("cedar-clinic"), a_draft())
    place.ledger.export("cedar-clinic", tmp_path / "again")

    other = Ledger(tmp_path / "other", a_clock)
    other.restore(tmp_path / "again")
    assert other.verify_clinic("cedar-clinic") == place.ledger.verify_clinic("cedar-clinic")
    assert other.verify_clinic("cedar-clinic") != before


def test_without_the_owner_no_whole_books_are_taken_in(place: Place, tmp_path: Path) -> None:
    place.ledger.export(LAKESIDE.id, tmp_path / "export")
    ledger = Ledger(tmp_path / "x", a_clock, storage=Storage(DatabaseAddress(place.address.service)))
    files = Ledger(tmp_path / "files", a_clock)
    files.open_clinic(Clinic("cedar-clinic", "Cedar Clinic"))
    files.export("cedar-clinic", tmp_path / "cedar")
    with pytest.raises(DatabaseNotPrepared, match="only take in whole books from its owner"):
        ledger.restore(tmp_path / "cedar")
    assert "cedar-clinic" not in {entry.id for entry in ledger.clinics()}


def test_a_changed_row_is_found(place: Place, postgresql: PostgresqlOfTests) -> None:
    name = postgresql.in_use[place.ledger.folder]
    postgresql.spoiled.add(name)
    with psycopg.connect(postgresql.address("postgres", name), autocommit=True) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE clinics.payer SET name = 'Another' WHERE clinic = 'lakeside'")
    found = place.ledger.verify_clinic(LAKESIDE.id)
    assert not isinstance(found, Verified)
    assert found.table == "payer"
    assert isinstance(place.ledger.verify_clinic(HARBOR.id), Verified)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("ALTER TABLE clinics.step DISABLE TRIGGER step_never_changes", "trigger"),
        ("ALTER TABLE clinics.plan_line DISABLE ROW LEVEL SECURITY", "table"),
    ],
)
def test_rules_that_were_switched_off_are_found(
    place: Place, postgresql: PostgresqlOfTests, statement: str, kind: str
) -> None:
    name = postgresql.in_use[place.ledger.folder]
    postgresql.spoiled.add(name)
    postgresql.execute(statement, name)
    found = place.ledger.verify_clinic(LAKESIDE.id)
    assert not isinstance(found, Verified)
    assert found.table == kind


def test_a_row_that_references_a_missing_one_is_named_by_its_own_id(
    place: Place, postgresql: PostgresqlOfTests
) -> None:
    with postgresql.open(place.ledger.folder, LAKESIDE.id) as execute, execute.without_triggers():
        execute("UPDATE invoice SET patient_case = 99 WHERE id = 3")
        execute(
            "INSERT INTO transfer (step, place, debit, credit, amount_cents) VALUES (98, 1, 'bank', 'receivable', 1)"
        )
    with place.ledger.clinic(LAKESIDE.id)._database.verify() as inspection:  # noqa: SLF001
        found = set(inspection.broken_references())
    assert found == {("invoice", "3", "patient_case"), ("transfer", "", "step")}


def test_a_copy_is_read_as_the_files_that_it_is_whatever_database_is_named(
    place: Place, tmp_path: Path
) -> None:
    place.ledger.backup(tmp_path / "copy")
    await_cheque(place.ledger.clinic(LAKESIDE.id), a_draft())
    copied = Ledger.open_existing(tmp_path / "copy", Storage(place.address))
    here, there = place.ledger.verify_clinic(LAKESIDE.id), copied.verify_clinic(LAKESIDE.id)
    assert isinstance(here, Verified)
    assert isinstance(there, Verified)
    assert (here.invoices, there.invoices) == (4, 3)


def test_a_value_of_bytes_is_written_as_sqlite_reads_it(place: Place) -> None:
    with place.ledger.clinic(LAKESIDE.id).reading() as books:
        assert books._session.one("SELECT x'', x'00fF'") == (b"", b"\x00\xff")  # noqa: SLF001


# -- Preparing --


def test_preparing_twice_changes_nothing(place: Place) -> None:
    assert prepare(place.address.owner, SERVICE) == []


def refusal_of(act: Callable[[], object]) -> str:
    with pytest.raises(BillingError) as refused:
        act()
    return str(refused.value)


def test_a_database_that_sorts_by_a_language_or_has_no_tables_is_refused(
    postgresql: PostgresqlOfTests, tmp_path: Path
) -> None:
    postgresql.execute(
        "CREATE DATABASE bare TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C' OWNER ledger_owner"
    )
    try:
        assert "sorts texts by a language" in refusal_of(
            lambda: prepare(postgresql.address(OWNER, "bare"), SERVICE)
        )
        bare = DatabaseAddress(postgresql.address(SERVICE, "bare"))
        ledger = refusal_of(lambda: Ledger(tmp_path / "bare", a_clock, storage=Storage(bare)))
        assert "has not the tables" in ledger
    finally:
        postgresql.execute("DROP DATABASE bare WITH (FORCE)")


@pytest.mark.parametrize(
    ("service", "why"),
    [("nobody_there", "has no role"), (OWNER, "lets the role"), ("postgres", "lets the role")],
)
def test_a_role_that_could_pass_the_rules_is_refused(place: Place, service: str, why: str) -> None:
    assert why in refusal_of(lambda: prepare(place.address.owner, service))


@pytest.mark.parametrize("role", [OWNER, "postgres"])
def test_a_ledger_is_not_opened_as_a_role_that_could_pass_the_rules(
    place: Place, tmp_path: Path, role: str
) -> None:
    strong = DatabaseAddress(place.address.service.replace(SERVICE, role))
    assert "lets the role that the service signs in as pass" in refusal_of(
        lambda: Ledger(tmp_path, a_clock, storage=Storage(strong))
    )


def test_without_the_packages_for_it_a_database_is_refused_with_how_to_install_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "server.ledger.engine.postgresql.server", None)
    address = DatabaseAddress("postgresql://x@host/ledger", "postgresql://y@host/ledger")
    assert "not installed" in refusal_of(lambda: Ledger(tmp_path / "ledger", storage=Storage(address)))
    assert "not installed" in refusal_of(lambda: prepare_database(address))


def test_no_module_opens_a_ledger_without_saying_where_its_books_are() -> None:
    """Else it would make a file of the firm beside a database."""
    opened = re.compile(r"\bLedger(?:\.open_existing)?\((?!\))[^\n]+")
    found = [
        call for path in (ROOT / "server").rglob("*.py") for call in opened.findall(path.read_text("utf-8"))
    ]
    assert found
    assert not [call for call in found if "storage" not in call]


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    nowhere = DatabaseAddress(f"postgresql://x@/none?host={tmp_path}&connect_timeout=1")
    with pytest.raises(DatabaseUnreachable):
        Ledger(tmp_path / "ledger", a_clock, storage=Storage(nowhere))


# -- Lost connections --


def end_connections(server: PostgresqlOfTests) -> None:
    """End every connection of the service, as a restart of the server does."""
    ended = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{SERVICE}'"  # noqa: S608
    server.execute(ended)


def test_a_click_after_the_server_was_restarted_is_recorded_as_any_other(
    place: Place, postgresql: PostgresqlOfTests
) -> None:
    lakeside = place.ledger.clinic(LAKESIDE.id)
    before = lakeside.journal_head().entries
    for _ in range(3):
        end_connections(postgresql)
        with lakeside.transaction() as books:
            books.log_access("A. Biller", "looked", "after a restart")
    assert lakeside.journal_head().entries == before + 3


def test_a_click_that_loses_its_connection_is_refused_and_records_nothing(
    place: Place, postgresql: PostgresqlOfTests
) -> None:
    lakeside = place.ledger.clinic(LAKESIDE.id)
    before = lakeside.journal_head()

    def lose() -> None:
        with lakeside.transaction() as books:
            books.log_access("A. Biller", "looked", "and was cut off")
            end_connections(postgresql)
            books.log_access("A. Biller", "looked", "again")

    with pytest.raises(DatabaseUnreachable):
        lose()
    assert lakeside.journal_head() == before
    assert isinstance(lakeside.verify(), Verified)


def test_eight_writers_at_once_leave_one_chain(place: Place) -> None:
    lakeside = place.ledger.clinic(LAKESIDE.id)
    before = lakeside.journal_head().entries

    def record(turn: int) -> None:
        with lakeside.transaction() as books:
            books.log_access("A. Biller", "looked", str(turn))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(record, range(80)))
    assert lakeside.journal_head().entries == before + 80
    assert isinstance(lakeside.verify(), Verified)

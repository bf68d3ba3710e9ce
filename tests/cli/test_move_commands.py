"""Prepare a PostgreSQL database, and move the books there and back, as it is typed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.programs import clinicledger, sentence
from tests.postgresql import OWNER, SERVICE, PostgresqlOfTests

pytestmark = pytest.mark.sqlite("it names the database of each ledger itself")


@pytest.fixture
def bare(
    postgresql: PostgresqlOfTests, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Return the name of a database without tables, which the variables name."""
    name = f"bare_{abs(hash(request.node.nodeid))}"
    postgresql.execute(
        f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' OWNER {OWNER}"
    )
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE", postgresql.address(SERVICE, name))
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE_OWNER", postgresql.address(OWNER, name))
    yield name
    postgresql.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.usefixtures("bare")
def test_prepare_says_what_it_did_and_then_that_nothing_was_to_do(tmp_path: Path) -> None:
    refused = clinicledger("ledger", "info", within=tmp_path)
    assert refused.returncode == 1
    assert "clinicledger ledger prepare" in sentence(refused.stderr)
    first = clinicledger("ledger", "prepare", within=tmp_path)
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("Took ")
    again = clinicledger("ledger", "prepare", within=tmp_path)
    assert again.stdout.startswith("Nothing was to do")
    assert json.loads(clinicledger("ledger", "prepare", "--json", within=tmp_path).stdout) == {"steps": []}
    assert "holds no ledger" in sentence(clinicledger("ledger", "info", within=tmp_path).stderr)


@pytest.mark.usefixtures("bare")
def test_only_the_owner_of_the_tables_prepares(
    tmp_path: Path, postgresql: PostgresqlOfTests, bare: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE_OWNER", "")
    assert "CLINIC_LEDGER_DATABASE_OWNER" in sentence(
        clinicledger("ledger", "prepare", within=tmp_path).stderr
    )
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE", postgresql.address(OWNER, bare))
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE_OWNER", postgresql.address(SERVICE, bare))
    refused = clinicledger("ledger", "prepare", within=tmp_path)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("database", "says"),
    [
        ("", "Set CLINIC_LEDGER_DATABASE"),
        ("postgresql://127.0.0.1:1/ledger", "not complete"),
        ("postgresql://role:S3CRET@[/ledger", "not complete"),
        ("postgresql://role:S3CRET@127.0.0.1:1/ledger", "does not answer"),
    ],
)
def test_a_wrong_address_is_said_and_its_password_is_not(
    tmp_path: Path, database: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE", database)
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE_OWNER", database)
    refused = clinicledger("ledger", "prepare", within=tmp_path)
    assert refused.returncode
    assert says in sentence(refused.stderr)
    assert "S3CRET" not in refused.stderr + refused.stdout

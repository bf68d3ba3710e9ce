"""Prepare a PostgreSQL database, and move the books there and back, as it is typed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.billing.clinics import Clinic
from server.ledger.store import Ledger
from tests.cli.programs import ROOT, clinicledger, sentence, surroundings
from tests.ledger.conftest import a_clock
from tests.ledger.invented import LAKESIDE
from tests.ledger.invoiced import a_draft, await_cheque
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


@pytest.fixture
def files(tmp_path: Path) -> Ledger:
    """Return a ledger of two clinics in files, where the commands look for it."""
    ledger = Ledger(tmp_path / "ledger", a_clock)
    for clinic in (LAKESIDE, Clinic("harbor", "Harbor Practice")):
        await_cheque(ledger.open_clinic(clinic), a_draft(), a_draft())
    ledger.close()
    return ledger


@pytest.fixture
def database(postgresql: PostgresqlOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the address of a prepared database, whose owner the variables name."""
    address = postgresql.address_of(tmp_path / "ledger")
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE_OWNER", address.owner)
    yield address.service
    postgresql.empty_databases()


def kill_while_it_moves(database: str, within: Path) -> None:
    """Start the command, and kill it when it says that it moves the second clinic."""
    with subprocess.Popen(
        [sys.executable, "-m", "server.cli", "ledger", "move", "--to", database],
        cwd=ROOT,
        env=surroundings(CLINIC_LEDGER_PATH=str(within / "ledger")),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as program:
        assert program.stderr
        said = [program.stderr.readline(), program.stderr.readline()]
        program.send_signal(signal.SIGKILL)
        program.wait()
    assert said == ["Moving Harbor Practice …\n", f"Moving {LAKESIDE.name} …\n"]


def test_a_move_that_was_killed_goes_on_and_another_one_brings_the_books_back(
    files: Ledger, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = {one.id: files.clinic(one.id).journal_head().hash for one in files.clinics()}
    files.close()
    kill_while_it_moves(database, tmp_path)
    moved = clinicledger("ledger", "move", "--to", database, "--json", within=tmp_path)
    assert moved.returncode == 0, moved.stderr
    found = {one["clinic"]: one for one in json.loads(moved.stdout)["clinics"]}
    assert {name: one["head"] for name, one in found.items()} == heads
    assert found["harbor"]["was_there"]
    assert found["harbor"]["invoices"] == 2

    closed = clinicledger("ledger", "info", within=tmp_path)
    assert "was moved to a PostgreSQL database on" in sentence(closed.stderr)
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE", database)
    whole = json.loads(clinicledger("ledger", "verify", "--json", within=tmp_path).stdout)
    assert {name: one["head"] for name, one in whole.items()} == heads

    back = clinicledger("ledger", "move", "--to", tmp_path / "back", within=tmp_path)
    assert back.returncode == 0, back.stderr
    assert "Moved 2 clinics to" in sentence(back.stdout)
    again = Ledger(tmp_path / "back", a_clock)
    assert {one.id: again.clinic(one.id).journal_head().hash for one in again.clinics()} == heads


def test_one_clinic_is_copied_and_it_is_said_that_both_ledgers_have_it(
    files: Ledger, database: str, tmp_path: Path
) -> None:
    command = ("ledger", "move", "--to", database, "--clinic", "harbor", "--documents", tmp_path / "other")
    copied = clinicledger(*command, within=tmp_path)
    assert copied.returncode == 0, copied.stderr
    assert "This ledger keeps the clinic, too" in sentence(copied.stdout)
    assert len(files.clinics()) == 2


@pytest.mark.usefixtures("files")
def test_what_cannot_be_a_target_is_said(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(*words: str | Path) -> str:
        refused = clinicledger("ledger", "move", "--to", *words, within=tmp_path)
        assert refused.returncode
        assert "Traceback" not in refused.stderr
        assert "S3CRET" not in refused.stderr
        return sentence(refused.stderr)

    assert "files already" in said(tmp_path / "x")
    assert "Name a database as" in said("mysql://x@y/z")
    assert "Give --documents" in said(database, "--clinic", "harbor")
    assert "does not answer" in said("postgresql://x:S3CRET@127.0.0.1:1/none?connect_timeout=2")
    assert "not complete" in said("postgresql://x:S3CRET@[/none")
    owner = os.environ["CLINIC_LEDGER_DATABASE_OWNER"]
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE_OWNER", "")
    assert "CLINIC_LEDGER_DATABASE_OWNER" in said(database)
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE", database)
    assert "in a database already" in said(database)
    assert "CLINIC_LEDGER_DATABASE_OWNER" in said(tmp_path / "x")
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE_OWNER", owner)
    assert "holds no ledger" in said(tmp_path / "x")
    assert not (tmp_path / "x").exists()

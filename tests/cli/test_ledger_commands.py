"""``clinicledger ledger verify | backup | info``, as somebody types them."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from server.billing.clinic import Clinic
from server.cli.commands import app
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from tests.ledger.invoiced import a_draft, created

run = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a ledger of two clinics, one of them with two invoices and a document."""
    ledger = Ledger(tmp_path / "ledger")
    ledger.open_clinic(Clinic("hillside", "Hillside Practice"))
    lakeside = ledger.open_clinic(Clinic("lakeside", "Lakeside Clinic"))
    created(lakeside, a_draft(), a_draft(cents=50_50))
    with lakeside.transaction() as books:
        books.documents.keep(b"%PDF-1.7 an invented cheque", "cheque.pdf", "ana")
    return ledger.folder


def told(*words: str | Path, code: int = 0) -> Any:  # noqa: ANN401 - JSON
    done = run.invoke(app, ["ledger", *map(str, words), "--json"])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def test_books_that_are_whole_are_said_to_be(folder: Path) -> None:
    found = told("verify", "--ledger", folder)

    assert found["lakeside"]["whole"]
    assert (found["lakeside"]["steps"], found["lakeside"]["receivable_cents"]) == (2, 150_50)
    assert found["hillside"]["invoices"] == 0
    assert list(told("verify", "--clinic", "lakeside", "--ledger", folder)) == ["lakeside"]
    assert "$150.50 receivable" in run.invoke(app, ["ledger", "verify", "--ledger", str(folder)]).stdout


def test_the_first_bad_row_is_named_and_the_exit_says_so(folder: Path) -> None:
    db = sqlite3.connect(folder / "clinics" / "lakeside.db", isolation_level=None)
    db.execute("DROP TRIGGER step_never_changes")
    db.execute("UPDATE step SET note = 'x' WHERE id = 2")
    db.close()

    found = told("verify", "--ledger", folder, code=1)
    assert not found["lakeside"]["whole"]
    assert (found["lakeside"]["table"], found["lakeside"]["row"]) == ("step", "2")
    assert found["hillside"]["whole"]
    assert "step 2" in run.invoke(app, ["ledger", "verify", "--ledger", str(folder)]).stdout


def test_an_unknown_clinic_is_refused(folder: Path) -> None:
    assert told("verify", "--clinic", "nowhere", "--ledger", folder, code=1)["code"] == "unknown-clinic"


def test_a_backup_is_a_ledger_with_the_same_books_and_documents(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "backups" / "monday"
    assert told("backup", "--to", copy, "--ledger", folder)["clinics"] == ["hillside", "lakeside"]

    kept, copied = (Ledger(where).clinic("lakeside").verify() for where in (folder, copy))
    assert isinstance(kept, Verified)
    assert copied == kept
    assert not list(copy.rglob("*token*"))


def test_a_backup_never_goes_over_something_else(folder: Path, tmp_path: Path) -> None:
    assert told("backup", "--to", folder, "--ledger", folder, code=1)["code"] == "backup-not-made"
    a_file = tmp_path / "file"
    a_file.write_text("mine")
    assert told("backup", "--to", a_file, "--ledger", folder, code=1)["code"] == "backup-not-made"
    assert a_file.read_text() == "mine"


def test_what_is_owed_to_each_clinic_is_shown(folder: Path) -> None:
    clinics = told("info", "--ledger", folder)["clinics"]

    assert [(one["clinic"], one["invoices"], one["balance_cents"]) for one in clinics] == [
        ("hillside", 0, 0),
        ("lakeside", 2, 150_50),
    ]
    assert "$150.50" in run.invoke(app, ["ledger", "info", "--ledger", str(folder)]).stdout

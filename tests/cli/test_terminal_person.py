"""Who may put books in place in a terminal, in a ledger that has users."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from addin.desktop.credentials import TOKEN_VARIABLE, keep_token
from server.billing.clinics import Clinic
from server.billing.people import LOCAL_PERSON, Role
from server.cli.commands import app
from server.ledger.access_search import AccessSearch
from server.ledger.store import Ledger
from server.ledger.tokens import DESKTOP_TOKEN
from tests.people import LAKESIDE_ONLY, InventedUser, add_user, opened, program_of, token_of

EXITS = {"done": 0, "refused": 1}


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """Export two clinics of another ledger, and return the folder that has both copies."""
    other = opened(tmp_path / "other")
    for clinic in ("hillside", "lakeside"):
        other.open_clinic(Clinic(clinic, f"{clinic.title()} Practice"))
        other.export(clinic, tmp_path / "copies" / clinic)
    other.close()
    return tmp_path / "copies"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Return a ledger that has an administrator and no clinic yet."""
    made = opened(tmp_path / "ledger")
    add_user(made, "ada", "Ada Admin", Role.ADMINISTRATOR)
    return made


@pytest.fixture
def mina(ledger: Ledger) -> InventedUser:
    """Return a manager of every clinic."""
    return add_user(ledger, "mina", "Mina Manager", Role.MANAGER)


def sign_in(ledger: Ledger, user: InventedUser) -> None:
    keep_token(ledger.folder / DESKTOP_TOKEN, token_of(ledger, user))


def restored(ledger: Ledger, copy: Path, outcome: str) -> Any:  # noqa: ANN401 - JSON
    words = ["ledger", "restore", "--from", str(copy), "--ledger", str(ledger.folder), "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == EXITS[outcome], done.output
    return json.loads(done.stdout)


def test_nobody_restores_without_signing_in(ledger: Ledger, exported: Path) -> None:
    assert restored(ledger, exported / "lakeside", "refused")["code"] == "sign-in-needed"
    (ledger.folder / DESKTOP_TOKEN).write_text("no token\n")
    assert restored(ledger, exported / "lakeside", "refused")["code"] == "sign-in-needed"
    assert ledger.clinics() == []


def test_a_biller_restores_nothing(ledger: Ledger, exported: Path) -> None:
    sign_in(ledger, add_user(ledger, "bo", "Bo Biller", Role.BILLER))
    refusal = restored(ledger, exported / "lakeside", "refused")
    assert (refusal["code"], "manager" in refusal["remedy"]) == ("role-not-allowed", True)
    assert ledger.clinics() == []


def test_a_manager_restores_under_the_own_name(ledger: Ledger, mina: InventedUser, exported: Path) -> None:
    sign_in(ledger, mina)
    assert restored(ledger, exported / "lakeside", "done")["clinics"] == ["lakeside"]
    assert ("restore", "lakeside by Mina Manager") in [
        (row.what, row.about) for row in ledger.access.rows(20)
    ]


def test_a_manager_of_one_clinic_restores_no_other(ledger: Ledger, exported: Path) -> None:
    ledger.open_clinic(Clinic("lakeside", "Lakeside Practice"))
    sign_in(ledger, add_user(ledger, "max", "Max Manager", Role.MANAGER, clinics=LAKESIDE_ONLY))
    assert restored(ledger, exported / "hillside", "refused")["code"] == "unknown-clinic"
    assert [entry.id for entry in ledger.clinics()] == ["lakeside"]


def test_a_program_restores_with_the_token_of_the_environment(
    ledger: Ledger, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = program_of(ledger, Role.MANAGER)
    monkeypatch.setenv(TOKEN_VARIABLE, header["authorization"].removeprefix("Bearer "))
    assert restored(ledger, exported / "hillside", "done")["clinics"] == ["hillside"]
    monkeypatch.setenv(TOKEN_VARIABLE, "short")
    assert restored(ledger, exported / "lakeside", "refused")["code"] == "token-misspelled"


def test_a_session_that_ended_restores_nothing(ledger: Ledger, mina: InventedUser, exported: Path) -> None:
    sign_in(ledger, mina)
    ledger.people.users.disable(LOCAL_PERSON, "mina")
    assert restored(ledger, exported / "lakeside", "refused")["code"] in {"session-ended", "sign-in-needed"}


def test_a_journal_is_accepted_by_a_manager_under_the_own_name(ledger: Ledger, mina: InventedUser) -> None:
    ledger.open_clinic(Clinic("lakeside", "Lakeside Practice"))
    words = ["ledger", "accept", "lakeside", "--reason", "The disk failed.", "--ledger", str(ledger.folder)]
    assert CliRunner().invoke(app, words).exit_code == 1
    sign_in(ledger, mina)
    assert CliRunner().invoke(app, words).exit_code == 0
    with ledger.clinic("lakeside").reading() as books:
        (row,) = books.search_access(AccessSearch(words="accepted"))
    assert row.who == "Mina Manager"


def test_an_empty_folder_belongs_to_whoever_has_it(tmp_path: Path, exported: Path) -> None:
    assert restored(opened(tmp_path / "empty"), exported / "lakeside", "done")["clinics"] == ["lakeside"]

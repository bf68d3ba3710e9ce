"""Signing in on the command line, and who the buttons that it presses are recorded as."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.billing.people import LOCAL_PERSON, Role
from server.cli.commands import app
from server.ledger.people.users import UserDetails
from server.ledger.store import Ledger
from server.ledger.tokens import DESKTOP_TOKEN
from tests.invented import LAKESIDE
from tests.people import PASSWORD
from tests.ribbon.clicks import a_ledger

WORKBOOK = Path(__file__).parents[2] / "workbook_templates" / "appointments.xlsx"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = a_ledger(tmp_path / "ledger", LAKESIDE).folder
    ledger = Ledger(made)
    ledger.people.users.add(LOCAL_PERSON, "ada", UserDetails("Ada Admin", Role.ADMINISTRATOR, None), PASSWORD)
    ledger.people.users.add(LOCAL_PERSON, "mina", UserDetails("Mina Manager", Role.MANAGER, None), PASSWORD)
    ledger.close()
    return made


def ran(folder: Path, *command: str, typed: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, [*command, "--ledger", str(folder)], input=typed)
    return result.exit_code, result.output


def sign_in(folder: Path, *more: str, typed: str = PASSWORD) -> tuple[int, str]:
    return ran(folder, "sign-in", "--name", "mina", "--password-stdin", *more, typed=f"{typed}\n")


def test_a_button_is_pressed_as_the_person_who_signed_in(folder: Path, tmp_path: Path) -> None:
    press = (
        "press",
        "payroll.history",
        str(WORKBOOK),
        "--clinic",
        "lakeside",
        "--save-as",
        str(tmp_path / "out.xlsx"),
        "--json",
    )
    code, refused = ran(folder, *press)
    assert (code, json.loads(refused)["code"]) == (1, "sign-in-needed")

    code, said = sign_in(folder, "--json")
    assert (code, json.loads(said)) == (0, {"name": "Mina Manager", "role": "manager", "clinics": None})
    assert (folder / DESKTOP_TOKEN).stat().st_mode & 0o777 == 0o600
    assert ran(folder, *press)[0] == 0

    assert ran(folder, "sign-out") == (0, "Signed out.\n")
    assert not (folder / DESKTOP_TOKEN).exists()
    code, refused = ran(folder, *press)
    assert (code, json.loads(refused)["code"]) == (1, "sign-in-needed")


def test_a_wrong_password_signs_nobody_in(folder: Path) -> None:
    code, said = sign_in(folder, "--json", typed="not the password at all")
    assert (code, json.loads(said)["code"]) == (1, "sign-in-refused")
    assert not (folder / DESKTOP_TOKEN).exists()
    with closing(sqlite3.connect(folder / "firm.db")) as firm:
        (rows,) = firm.execute("SELECT COUNT(*) FROM session").fetchone()
    assert rows == 0


def test_an_administrator_without_an_app_is_told_what_to_do(folder: Path) -> None:
    code, said = ran(folder, "sign-in", "--name", "ada", "--password-stdin", "--json", typed=f"{PASSWORD}\n")
    assert (code, json.loads(said)["code"]) == (1, "second-factor-missing")


def test_a_program_presses_with_its_token_and_never_as_the_person_who_signed_in(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = ran(folder, "user", "token", "Nightly report", "--role", "viewer", "--clinic", "lakeside")
    token, hint = said.splitlines()
    assert code == 0
    assert hint == (
        "Shown once. With it in the environment as CLINIC_LEDGER_TOKEN, clinicledger press works as Nightly report."
    )
    sign_in(folder)
    saved = ("--clinic", "lakeside", "--save-as", str(tmp_path / "out.xlsx"), "--json")

    monkeypatch.setenv("CLINIC_LEDGER_TOKEN", token)
    assert ran(folder, "press", "payroll.history", str(WORKBOOK), *saved)[0] == 0
    code, refused = ran(folder, "press", "payroll.close", str(WORKBOOK), *saved)
    assert (code, json.loads(refused)["code"]) == (1, "role-not-allowed")

    monkeypatch.setenv("CLINIC_LEDGER_TOKEN", token[:10])
    code, refused = ran(folder, "press", "payroll.history", str(WORKBOOK), *saved)
    assert (code, json.loads(refused)["code"]) == (1, "token-misspelled")
    assert token[:10] not in refused

"""``clinicledger user``: the command line looks after the users of a ledger folder."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from server.billing.people import Role
from server.cli.commands import app
from server.cli.service import ready_service
from server.ledger.store import Ledger
from server.settings import Settings
from tests.ledger.invented import LAKESIDE
from tests.ledger.invoiced import a_draft, created
from tests.ledger.peopled import PASSWORD

FIRST = ("max", "--full-name", "Max [Invented]", "--role", "administrator", "--all-clinics")
ANA = ("ana", "--full-name", "Ana Invented", "--role", "biller", "--clinic", "lakeside")


def run(folder: Path, *words: str, said: str = "") -> tuple[int, str]:
    told = CliRunner().invoke(
        app, ["user", *words, "--ledger", str(folder)], input=said, env={"COLUMNS": "200"}
    )
    return told.exit_code, told.output


def as_json(folder: Path, *words: str, said: str = "") -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(run(folder, *words, "--json", said=said)[1])
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ledger = Ledger(tmp_path / "ledger")
    ledger.open_clinic(LAKESIDE)
    ledger.tokens.ensure_desktop()
    return ledger.folder


@pytest.fixture
def peopled(folder: Path) -> Path:
    assert run(folder, "add", *FIRST, "--password-stdin", "--yes", said=f"{PASSWORD}\n")[0] == 0
    return folder


def test_the_first_user_is_asked_about_and_the_password_is_never_shown(folder: Path) -> None:
    status, shown = run(folder, "add", *FIRST, said="n\n")
    assert status == 1
    assert "everybody signs in" in shown
    assert as_json(folder, "list") == {"users": []}
    assert "no users" in run(folder, "list")[1]
    status, shown = run(folder, "add", *FIRST, said=f"y\n{PASSWORD}\n{PASSWORD}\n")
    assert status == 0, shown
    assert "Added max (Max [Invented], administrator)." in shown
    assert PASSWORD not in shown
    assert Ledger(folder).tokens.list_tokens() == []


def test_a_program_says_yes_before_the_first_user(folder: Path) -> None:
    status, shown = run(folder, "add", *FIRST, "--password-stdin", said=PASSWORD)
    assert (status, "--yes" in shown) == (2, True)
    assert as_json(folder, "add", *FIRST, "--link", "--yes")["code"] == "first-administrator"
    weak = as_json(folder, "add", *FIRST, "--password-stdin", "--yes", said="Max Invented 1\n")
    assert weak["code"] == "password-unusable"
    assert "Max Invented 1" not in str(weak)


def test_a_user_is_added_changed_disabled_and_enabled(peopled: Path) -> None:
    added = as_json(peopled, "add", *ANA, "--link")
    assert len(added["code"].replace("-", "")) == 20
    assert (added["user"]["clinics"], added["user"]["password_at"]) == (["lakeside"], "")
    assert as_json(peopled, "change", "ana", "--all-clinics")["user"]["clinics"] is None
    changed = as_json(peopled, "change", "ana", "--role", "attorney", "--attorney", "Lee Invented")
    assert (changed["user"]["role"], changed["user"]["attorney"]) == ("attorney", "Lee Invented")
    assert changed["remark"].startswith("No case names the attorney “Lee Invented” today")
    assert as_json(peopled, "disable", "ana")["user"]["is_disabled"]
    shown = run(peopled, "list")[1]
    assert "disabled" in shown
    assert "Max [Invented]" in shown
    assert "Enabled ana" in run(peopled, "enable", "ana")[1]
    assert as_json(peopled, "disable", "max")["code"] == "last-administrator"
    assert as_json(peopled, "disable", "nobody")["code"] == "unknown-user"


def test_a_reset_shows_a_code_once(peopled: Path) -> None:
    run(peopled, "add", *ANA, "--link")
    status, shown = run(peopled, "reset", "ana", "--second-factor")
    assert status == 0
    assert "once, within 24 hours" in shown
    code = as_json(peopled, "reset", "ana")["code"]
    Ledger(peopled).people.links.use_link(code, "seven umbrellas argue with granite", "192.0.2.1")


def test_a_programs_token_is_made_listed_and_revoked(peopled: Path) -> None:
    made = as_json(peopled, "token", "Nightly [export]", "--all-clinics", "--days", "30")
    assert Ledger(peopled).people.sessions.identify(made["token"]).name == "Nightly [export]"
    assert "Nightly [export]" in run(peopled, "sessions")[1]
    (listed,) = as_json(peopled, "sessions")["programs"]
    assert (listed["made_by"], listed["role"], listed["clinics"]) == ("local", "viewer", None)
    assert made["token"] not in str(listed)
    assert as_json(peopled, "token", "Nightly [export]", "--revoke") == {"revoked": 1}
    assert as_json(peopled, "token", "Nightly [export]", "--revoke")["code"] == "unknown-program"
    assert "Nobody is signed in" in run(peopled, "sessions")[1]


def test_a_user_is_signed_out_everywhere(peopled: Path) -> None:
    assert as_json(peopled, "sign-out", "max") == {"ended": 0}
    assert as_json(peopled, "sign-out", "nobody")["code"] == "unknown-user"


@pytest.mark.parametrize(
    "words",
    [
        ("add", "ana", "--full-name", "Ana Invented", "--role", "biller", "--link"),
        ("add", *ANA, "--all-clinics", "--link"),
        ("add", *ANA, "--link", "--password-stdin"),
        ("add", "ana", "--full-name", "Ana Invented", "--role", "queen", "--all-clinics"),
        ("change", "max"),
        ("change", "max", "--clinic", "lakeside", "--all-clinics"),
        ("token", "Nightly export"),
    ],
)
def test_what_is_not_said_clearly_is_bad_usage(peopled: Path, words: tuple[str, ...]) -> None:
    assert run(peopled, *words)[0] == 2


def test_a_service_on_a_ledger_with_users_shows_no_code_that_would_not_work(peopled: Path) -> None:
    service = ready_service(Settings(path=peopled, port=0, certificates=peopled / "none"), plain=True)
    service._listener.close()  # noqa: SLF001 - it is not run
    assert service.code is None


def test_roles_that_need_an_app_are_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().second_factor_roles == {Role.ADMINISTRATOR, Role.ATTORNEY}
    monkeypatch.setenv("CLINIC_LEDGER_SECOND_FACTOR_ROLES", "manager, Viewer")
    assert Settings().second_factor_roles == {Role.MANAGER, Role.VIEWER}
    monkeypatch.setenv("CLINIC_LEDGER_SECOND_FACTOR_ROLES", "queen")
    with pytest.raises(ValueError, match="second_factor_roles"):
        Settings()


def test_an_office_begins_with_an_administrator_and_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_PATH", str(tmp_path / "ledger"))
    run_here = CliRunner().invoke
    assert run_here(app, ["user", "add", *ANA, "--link", "--yes"]).exit_code == 1
    assert not (tmp_path / "ledger").exists()

    told = run_here(app, ["user", "add", *FIRST, "--password-stdin", "--yes"], input=f"{PASSWORD}\n")

    assert told.exit_code == 0, told.output
    assert [one.sign_in_name for one in Ledger(tmp_path / "ledger").people.users.list_users()] == ["max"]


def test_no_ledger_is_made_where_there_is_none(tmp_path: Path) -> None:
    assert as_json(tmp_path / "typo", "add", *FIRST, "--link", "--yes")["code"] == "no-ledger"
    assert not (tmp_path / "typo").exists()


def test_a_user_of_the_identity_provider_has_a_name_there_and_no_password(peopled: Path) -> None:
    status, shown = run(peopled, "add", *ANA, "--identity-name", "Ana@Firm.example")
    assert status == 0, shown
    assert "Code" not in shown
    (ana,) = [one for one in as_json(peopled, "list")["users"] if one["sign_in_name"] == "ana"]
    assert (ana["identity_name"], ana["identity_tied_at"], ana["password_at"]) == ("ana@firm.example", "", "")
    assert "as ana@firm.example at the identity provider, not yet" in run(peopled, "list")[1]

    status, shown = run(peopled, "change", "max", "--identity-name", "ANA@firm.example")
    assert status == 1
    assert "is or was the name of somebody else" in shown
    (max_,) = [one for one in as_json(peopled, "list")["users"] if one["sign_in_name"] == "max"]
    assert max_["password_at"]

    assert run(peopled, "change", "ana", "--identity-name", "ana.new@firm.example")[0] == 0
    assert run(peopled, "reset", "ana")[0] == 0
    (ana,) = [one for one in as_json(peopled, "list")["users"] if one["sign_in_name"] == "ana"]
    assert ana["identity_name"] == ""


@pytest.mark.parametrize(
    "more", [("--link",), ("--password-stdin",), ("--identity-name", " "), ("--identity-name", "a" * 255)]
)
def test_a_user_has_one_way_to_sign_in(peopled: Path, more: tuple[str, ...]) -> None:
    named = more if more[0] == "--identity-name" else (*more, "--identity-name", "ana@firm.example")
    assert run(peopled, "add", *ANA, *named, said=f"{PASSWORD}\n")[0] != 0
    assert [one["sign_in_name"] for one in as_json(peopled, "list")["users"]] == ["max"]


def test_the_first_user_has_a_password_and_no_name_at_the_provider(folder: Path) -> None:
    status, shown = run(folder, "add", *FIRST, "--yes", "--identity-name", "max@firm.example")
    assert status == 1
    assert "The first user must be an administrator" in shown
    assert as_json(folder, "list") == {"users": []}


def test_an_attorney_whom_a_case_names_is_added_without_a_remark(peopled: Path) -> None:
    created(Ledger(peopled).clinic("lakeside"), a_draft(attorney="Lee Invented"))
    words = ["--role", "attorney", "--full-name", "Their Name", "--all-clinics", "--link"]
    assert "remark" not in as_json(peopled, "add", "lee", *words, "--attorney", "LEE  invented")
    status, shown = run(
        peopled, "add", "leigh", *words[:2], "--full-name", "Other Name", *words[4:], "--attorney", "Leigh"
    )
    assert (status, "No case names the attorney “Leigh” today" in shown) == (0, True)

"""``clinicledger addin install | uninstall | manifest | xlam``, as somebody types them."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from addin.desktop.xlam import build_xlam
from manifest.office import office_manifest
from server.billing.people import Role
from server.cli.commands import app
from server.ribbon.ribbon_table import ribbon
from tests.people import add_user, opened

run = CliRunner()


def test_the_manifest_for_this_computer_is_the_committed_one() -> None:
    assert run.invoke(app, ["addin", "manifest"]).stdout == office_manifest(ribbon())


def test_the_manifest_for_everybody_names_the_office_server(tmp_path: Path) -> None:
    out = tmp_path / "manifest.xml"
    done = run.invoke(
        app, ["addin", "manifest", "--url", "https://ledger.example.com:8443/", "--out", str(out)]
    )
    assert done.exit_code == 0
    assert out.read_text("utf-8") == office_manifest(ribbon(), "https://ledger.example.com:8443")


@pytest.mark.parametrize(
    "address",
    [
        "http://ledger.example.com",
        "ledger.example.com",
        "https://",
        "https://ledger.example.com/y",
        "https://ledger.example.com?y",
        "https://ledger.example.com:port",
        "https://ana:secret@ledger.example.com",
        "https://[",
        "file:///ledger",
        "",
    ],
)
def test_an_address_that_office_would_not_take_is_bad_usage(address: str) -> None:
    assert run.invoke(app, ["addin", "manifest", "--url", address]).exit_code == 2


def test_the_desktop_add_in_is_built_anywhere(tmp_path: Path) -> None:
    out = tmp_path / "clinicledger.xlam"
    assert run.invoke(app, ["addin", "xlam", "--out", str(out)]).exit_code == 0
    assert out.read_bytes() == build_xlam()


def test_a_place_that_cannot_be_written_is_bad_usage(tmp_path: Path) -> None:
    done = run.invoke(app, ["addin", "xlam", "--out", str(tmp_path / "nowhere" / "x.xlam")])
    assert done.exit_code == 2
    assert not isinstance(done.exception, OSError)


def test_uninstalling_what_was_never_installed_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(folder, str(tmp_path))
    done = run.invoke(app, ["addin", "uninstall", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["steps"] == [
        "Nothing to remove: clinicledger addin install has not run here."
    ]


def test_for_the_service_of_the_office_no_ledger_and_no_token_are_made_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("HOME", "USERPROFILE", "APPDATA"):
        monkeypatch.setenv(folder, str(tmp_path))
    monkeypatch.setattr(sys, "platform", "darwin")
    address, ledger = "https://ledger.office.example", tmp_path / "ledger"
    done = run.invoke(
        app, ["addin", "install", "--office", "--url", address, "--json", "--ledger", str(ledger)]
    )
    assert done.exit_code == 0, done.stdout
    written = [path.read_bytes() for path in tmp_path.rglob("*.xml")]
    assert written == [office_manifest(ribbon(), address).encode()]
    assert not ledger.exists()


def test_who_works_alone_is_told_of_being_the_administrator_without_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("HOME", "USERPROFILE", "APPDATA"):
        monkeypatch.setenv(folder, str(tmp_path))
    monkeypatch.setattr(sys, "platform", "darwin")
    typed = ["addin", "install", "--ledger", str(tmp_path / "ledger")]
    alone = run.invoke(app, typed)
    assert alone.exit_code == 0, alone.output
    assert "is its administrator, without a password" in alone.output
    add_user(opened(tmp_path / "ledger"), "ada", "Ada Admin", Role.ADMINISTRATOR)
    assert "without a password" not in run.invoke(app, typed).output


def test_office_is_given_no_manifest_for_an_address_that_it_does_not_take(tmp_path: Path) -> None:
    typed = [
        "addin",
        "install",
        "--office",
        "--url",
        "http://ledger.office.example",
        "--ledger",
        str(tmp_path),
    ]
    assert run.invoke(app, typed).exit_code == 2


def test_a_dry_run_of_an_installation_makes_no_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("HOME", "USERPROFILE", "APPDATA"):
        monkeypatch.setenv(folder, str(tmp_path))
    ledger = tmp_path / "ledger"
    done = run.invoke(app, ["addin", "install", "--dry-run", "--json", "--ledger", str(ledger)])
    told = json.loads(done.stdout)
    assert not ledger.exists()
    if sys.platform in {"win32", "darwin"}:
        assert all(step.startswith("Would write ") for step in told["steps"])
    else:
        assert (done.exit_code, told["code"]) == (1, "no-excel")

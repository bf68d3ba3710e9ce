"""``clinicledger serve --host`` where other computers reach it: refused until it is protected."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from typer.testing import CliRunner, Result

from server.billing.people import Role
from server.certificates import Certificates, Signed, new_authority, new_leaf
from server.cli import commands
from server.cli.service import ready_service
from server.errors import NotProtected
from server.ledger.store import Ledger
from server.settings import Settings
from tests.cli.programs import sentence, surroundings
from tests.people import add_user, opened
from tests.security.conftest import NOW
from tests.security.test_certificates import trusting

NAME = "localhost"
"""A name that leads to this computer everywhere, also when it is called from elsewhere."""


def settings_in(folder: Path, **changed: str) -> dict[str, str]:
    settings = {
        "path": str(folder / "ledger"),
        "certificates": str(folder / "certificates"),
        "certificate": str(folder / "office.pem"),
        "names": NAME,
        "workers": "0",
    }
    return {f"CLINIC_LEDGER_{name.upper()}": value for name, value in (settings | changed).items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a certificate for NAME, and a ledger that has given a token."""
    made = Certificates(tmp_path / "certificates")
    made.make(NOW)
    signer = Signed.of((made.folder / "authority-key.pem").read_bytes())
    (tmp_path / "office.pem").write_bytes(new_leaf(signer, [x509.DNSName(NAME)], NOW).pem())
    ledger = opened(tmp_path / "ledger")
    add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR)
    ledger.close()
    return tmp_path


def refused(folder: Path, *words: str, host: str = "0.0.0.0", **changed: str) -> dict[str, str]:  # noqa: S104
    typed = ["serve", "--host", host, "--port", "0", "--json", *words]
    result: Result = CliRunner().invoke(commands.app, typed, env=settings_in(folder, **changed))
    assert result.exit_code == 1
    told: dict[str, str] = json.loads(result.stdout)
    return told


def test_everything_that_is_missing_is_named_with_its_remedy(tmp_path: Path) -> None:
    told = refused(tmp_path, certificate="", names="")
    assert told["code"] == "not-protected"
    for missing in ("no certificate", "no name", "no users"):
        assert missing in told["detail"]
    for remedy in ("--tls-cert", "--name", "clinicledger user add", "leave out --host"):
        assert remedy in told["remedy"]


def test_a_token_is_not_enough_for_other_computers(folder: Path) -> None:
    another = Ledger(folder / "another")
    another.tokens.ensure_desktop()
    another.close()
    told = refused(folder, path=str(folder / "another"))
    assert "the ledger has no users" in told["detail"]


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (["--proxy", "127.0.0.1"], "no name of the service is given"),
        (["--name", "ledger.office.example"], "no proxy is named that passes their requests on"),
        (
            ["--proxy", "127.0.0.1", "--name", "ledger.office.example"],
            "the ledger has no users, so nobody has to sign in",
        ),
    ],
    ids=str,
)
def test_a_proxy_on_this_computer_needs_no_certificate_and_the_rest(
    folder: Path, words: list[str], missing: str
) -> None:
    path = str(folder / "another") if "users" in missing else str(folder / "ledger")
    told = refused(folder, *words, host="127.0.0.1", names="", certificate="", path=path)
    assert told["detail"] == f"Other computers could reach the service through a proxy, but {missing}."


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["--proxy", "*"], "“*” is not an address such as 127.0.0.1"),
        (["--proxy", "proxy.example"], "“proxy.example” is not an address such as 127.0.0.1"),
        (["--name", "https://ledger.office.example"], "is not a name such as ledger.office.example"),
        (["--name", "ledger.office.example:8765"], "is not a name such as ledger.office.example"),
    ],
    ids=str,
)
def test_what_is_no_name_and_no_address_is_said(folder: Path, words: list[str], wrong: str) -> None:
    result = CliRunner().invoke(commands.app, ["serve", "--port", "0", *words], env=settings_in(folder))
    assert result.exit_code == 2
    assert wrong in sentence(result.stderr)


@pytest.mark.parametrize(
    ("words", "changed", "missing"),
    [
        (["--http"], {}, "--http sends everything readable"),
        ([], {"certificate": ""}, "no certificate is named"),
        ([], {"names": ""}, "no name of the service is given"),
        ([], {"names": "ledger.clinic.example"}, "the certificate is not for ledger.clinic.example"),
        ([], {"path": "another"}, "the ledger has no users, so nobody has to sign in"),
    ],
    ids=str,
)
def test_each_missing_part_is_enough(
    folder: Path, words: list[str], changed: dict[str, str], missing: str
) -> None:
    if "path" in changed:
        changed = {"path": str(folder / changed["path"])}
    told = refused(folder, *words, **changed)
    assert (told["code"], told["detail"].partition("but ")[2]) == ("not-protected", f"{missing}.")


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::"])  # noqa: S104
def test_every_address_of_others_is_refused(tmp_path: Path, host: str) -> None:
    assert refused(tmp_path, host=host, certificate="")["code"] == "not-protected"


def test_a_certificate_that_cannot_be_used_is_said_with_its_setting(folder: Path) -> None:
    (folder / "office.pem").write_bytes(b"damaged")
    told = refused(folder)
    assert told["code"] == "certificate-unusable"
    assert "CLINIC_LEDGER_CERTIFICATE" in told["remedy"]


def test_a_key_of_another_certificate_is_said(folder: Path) -> None:
    (folder / "key.pem").write_bytes(new_authority(NOW).pem())
    told = refused(folder, certificate_key=str(folder / "key.pem"))
    assert told["code"] == "certificate-unusable"


def test_with_all_three_others_are_served_under_the_name_only(folder: Path) -> None:
    typed = [sys.executable, "-m", "server.cli", "serve", "--host", "0.0.0.0", "--port", "0", "--json"]  # noqa: S104
    environment = surroundings(**settings_in(folder))
    with subprocess.Popen(typed, stdout=subprocess.PIPE, text=True, env=environment) as program:
        assert program.stdout
        url = httpx.URL(json.loads(program.stdout.readline())["url"])
        try:
            assert url.host == NAME
            with httpx.Client(base_url=url, verify=trusting(Certificates(folder / "certificates"))) as client:
                assert client.get("/health").status_code == 200
                assert client.get("/clinics").json()["code"] == "sign-in-needed"
                stranger = client.get("/health", headers={"host": "ledger.clinic.example"})
                assert stranger.json()["code"] == "foreign-request"
                assert "strict-transport-security" not in client.get("/health").headers
        finally:
            program.terminate()


def test_a_service_for_an_office_that_is_refused_makes_no_ledger(tmp_path: Path) -> None:
    settings = Settings(
        path=tmp_path / "ledger", port=0, names=frozenset({NAME}), proxies=frozenset({"127.0.0.1"})
    )
    with pytest.raises(NotProtected, match="no users"):
        ready_service(settings, plain=False)
    assert not (tmp_path / "ledger" / "firm.db").exists()
    assert not (tmp_path / "ledger" / "encryption.json").exists()


def test_an_office_without_clinics_is_encrypted_and_says_how_to_get_the_recovery_text(folder: Path) -> None:
    typed = [sys.executable, "-m", "server.cli", "serve", "--host", "0.0.0.0", "--port", "0"]  # noqa: S104
    environment = surroundings(**settings_in(folder, encryption="office"), COLUMNS="400")
    with subprocess.Popen(typed, stdout=subprocess.PIPE, text=True, env=environment) as program:
        assert program.stdout
        told = "".join(program.stdout.readline() for _ in range(3))
        program.terminate()

    assert "clinicledger ledger recovery-text" in sentence(told)
    opened_again = Ledger.open_existing(folder / "ledger")
    assert [user.sign_in_name for user in opened_again.people.users.list_users()] == ["ada"]
    opened_again.close()
    assert not (folder / "ledger" / "firm.db").read_bytes().startswith(b"SQLite format 3")

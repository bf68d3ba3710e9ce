"""``clinicledger serve --host`` where other computers reach it: refused until it is protected."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from typer.testing import CliRunner, Result

from server.certificates import Certificates, Signed, new_authority, new_leaf
from server.cli import commands
from server.ledger.store import Ledger
from tests.cli.programs import surroundings
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
    Ledger(tmp_path / "ledger").tokens.ensure_desktop()
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
    for missing in ("no certificate", "no name", "never given a token"):
        assert missing in told["detail"]
    for remedy in ("CLINIC_LEDGER_CERTIFICATE", "CLINIC_LEDGER_NAMES", "addin install", "leave out --host"):
        assert remedy in told["remedy"]


@pytest.mark.parametrize(
    ("words", "changed", "missing"),
    [
        (["--http"], {}, "--http sends everything readable"),
        ([], {"certificate": ""}, "no certificate is named"),
        ([], {"names": ""}, "no name of the service is given"),
        ([], {"names": "ledger.clinic.example"}, "the certificate is not for ledger.clinic.example"),
        ([], {"path": "another"}, "the ledger has never given a token"),
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
                assert client.get("/clinics").json()["code"] == "token-needed"
                stranger = client.get("/health", headers={"host": "ledger.clinic.example"})
                assert stranger.json()["code"] == "foreign-request"
        finally:
            program.terminate()

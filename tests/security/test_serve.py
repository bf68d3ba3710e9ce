"""``clinicledger serve`` and ``clinicledger addin`` as somebody types them, over real HTTPS."""

import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from addin.desktop.refusals import Refusal
from addin.desktop.service import Service
from addin.desktop.service_refusals import Refused, ServiceNotTrusted
from server.certificates import Certificates
from server.cli import commands
from server.ledger.tokens import DESKTOP_TOKEN
from tests.security.conftest import NOW
from tests.security.test_certificates import serving, trusting


@dataclass(frozen=True)
class Computer:
    """A computer's settings, and what is typed on it."""

    folder: Path
    environment: dict[str, str]

    @property
    def certificates(self) -> Certificates:
        return Certificates(self.folder / "certificates")

    @property
    def token_file(self) -> Path:
        return self.folder / "ledger" / DESKTOP_TOKEN

    def typed(self, *words: str) -> Result:
        return CliRunner().invoke(commands.app, words, env=self.environment, catch_exceptions=False)


@pytest.fixture(scope="module")
def computer(tmp_path_factory: pytest.TempPathFactory) -> Computer:
    folder = tmp_path_factory.mktemp("computer")
    settings = {
        "CLINIC_LEDGER_PATH": str(folder / "ledger"),
        "CLINIC_LEDGER_CERTIFICATES": str(folder / "certificates"),
        "HOME": str(folder),
    }
    return Computer(folder, settings)


@pytest.fixture(scope="module")
def url(computer: Computer) -> Iterator[str]:
    """The service, started by its command on a computer that has a certificate."""
    made = computer.typed("addin", "certificate", "--json")
    assert json.loads(made.stdout)["did"] == "made"
    words = [sys.executable, "-m", "server.cli", "serve", "--port", "0", "--json"]
    environment = os.environ | computer.environment | {"CLINIC_LEDGER_WORKERS": "0"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as service:
        assert service.stdout
        yield str(json.loads(service.stdout.readline())["url"])
        service.send_signal(signal.SIGINT)


@pytest.fixture(autouse=True)
def _same_computer(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLINIC_LEDGER_PATH", "CLINIC_LEDGER_CERTIFICATES"):
        monkeypatch.setenv(name, computer.environment[name])


def test_a_computer_with_a_certificate_is_served_over_https(computer: Computer, url: str) -> None:
    assert url.startswith("https://localhost:")
    answer = httpx.get(f"{url}/health", verify=trusting(computer.certificates))
    assert answer.json()["status"] == "ok"


def test_over_https_nobody_is_served_without_a_token(computer: Computer, url: str) -> None:
    answer = httpx.get(f"{url}/clinics", verify=trusting(computer.certificates))
    assert answer.json()["code"] == "token-needed"


HUNG_UP = "EOF occurred|alert"
"""How a client notices that the service ends the talk. What the client itself cannot do has other words."""


def spoken(url: str, version: ssl.TLSVersion, ciphers: str) -> str | None:
    """Return the version of TLS that the service speaks with a client that knows this version and these ciphers only."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE  # what is asked for is the version
    client.set_ciphers(ciphers)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # Python warns of the old versions, which are asked for here
        client.minimum_version = client.maximum_version = version
    at = httpx.URL(url)
    with socket.create_connection((at.host, at.port or 443), 20) as line, client.wrap_socket(line) as secure:
        return secure.version()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_of_today_is_spoken(url: str, version: ssl.TLSVersion) -> None:
    assert spoken(url, version, "DEFAULT") == version.name.replace("_", ".")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_older_tls_is_refused(url: str, version: ssl.TLSVersion) -> None:
    with pytest.raises(ssl.SSLError, match=HUNG_UP):
        spoken(url, version, "ALL:@SECLEVEL=0")


@pytest.mark.parametrize("ciphers", ["kRSA", "aNULL", "eNULL"])
def test_ciphers_that_a_later_theft_of_the_key_would_open_are_refused(url: str, ciphers: str) -> None:
    with pytest.raises(ssl.SSLError, match=HUNG_UP):
        spoken(url, ssl.TLSVersion.TLSv1_2, f"{ciphers}:@SECLEVEL=0")


def test_the_desktop_add_in_finds_token_and_certificate_by_itself(url: str) -> None:
    with Service(url) as service:
        assert service.ribbon()["tab"] == "Clinic Ledger"


def test_without_its_token_the_desktop_add_in_says_what_the_service_says(url: str, tmp_path: Path) -> None:
    with Service(url, tmp_path / "none") as service, pytest.raises(Refused) as caught:
        service.ribbon()
    assert caught.value.code == "token-needed"
    assert "clinicledger addin install" in caught.value.remedy


def test_press_shows_the_token_of_its_ledger_to_a_service_that_runs(
    computer: Computer, url: str, tmp_path: Path
) -> None:
    log = tmp_path / "log.csv"
    log.write_text("Date,Provider,Status\n10/01/2026,Ada Example,Show\n")
    pressed = computer.typed("press", "clinic.choose", str(log), "--service", url, "--json")
    assert json.loads(pressed.stdout)["detail"] == "There are no clinics yet."


def test_a_code_from_the_command_line_lets_a_task_pane_in(computer: Computer, url: str) -> None:
    shown = json.loads(computer.typed("addin", "code", "--service", url, "--json").stdout)
    with httpx.Client(base_url=url, verify=trusting(computer.certificates)) as pane:
        token = pane.post("/pair", json={"code": shown["code"]}).json()["token"]
        assert pane.get("/clinics", headers={"authorization": f"Bearer {token}"}).status_code == 200


def test_forgetting_lets_nobody_in_but_this_users_desktop_add_in(computer: Computer, url: str) -> None:
    old = computer.token_file.read_text().strip()
    forgotten = computer.typed("addin", "forget", "--json")
    assert json.loads(forgotten.stdout)["forgotten"] >= 1
    with httpx.Client(base_url=url, verify=trusting(computer.certificates)) as pane:
        answer = pane.get("/clinics", headers={"authorization": f"Bearer {old}"})
        assert answer.json()["code"] == "token-revoked"
    with Service(url) as service:
        assert service.ribbon()


def test_another_program_on_the_services_port_is_shown_nothing(computer: Computer, tmp_path: Path) -> None:
    impostor = Certificates(tmp_path / "impostor")
    impostor.make(NOW)
    with serving(impostor.ssl_context()) as port:
        client = Service(f"https://localhost:{port}", computer.token_file)
        with client, pytest.raises(ServiceNotTrusted):
            client.ribbon()


def test_a_damaged_certificate_keeps_the_service_from_starting_in_words(
    computer: Computer, tmp_path: Path
) -> None:
    folder = tmp_path / "certificates"
    Certificates(folder).make(NOW)
    (folder / "localhost.pem").write_bytes(b"damaged")
    of_its_own = {"CLINIC_LEDGER_CERTIFICATES": str(folder), "CLINIC_LEDGER_PATH": str(tmp_path / "ledger")}
    environment = {**computer.environment, **of_its_own}
    refused = Computer(computer.folder, environment).typed("serve", "--port", "0", "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["code"] == "certificate-unusable"


def test_no_service_means_no_code_in_words(computer: Computer) -> None:
    refused = computer.typed("addin", "code", "--service", "http://127.0.0.1:9", "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["code"]) == (1, "service-not-running")


def test_the_certificate_is_taken_away_as_it_was_made(computer: Computer, tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    assert computer.typed("addin", "certificate", "--dir", str(folder)).exit_code == 0
    removed = computer.typed("addin", "certificate", "--dir", str(folder), "--remove", "--json")
    assert (removed.exit_code, json.loads(removed.stdout)["did"]) == (0, "removed")
    assert not folder.exists()


def test_no_token_stands_in_what_the_service_prints_or_logs(computer: Computer, url: str) -> None:
    with Service(url) as service:
        service.ribbon()
    assert computer.token_file.read_text().strip() not in url
    assert stat.S_IMODE(computer.token_file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "no certificate"])
def test_a_damaged_authority_is_said_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    (tmp_path / "authority.pem").write_text(content)
    monkeypatch.setenv("CLINIC_LEDGER_CERTIFICATES", str(tmp_path))
    with pytest.raises(Refusal) as caught:
        Service("https://localhost:9")
    assert caught.value.code == "service-not-trusted"

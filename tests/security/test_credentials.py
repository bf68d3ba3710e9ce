"""The desktop add-in shows its token to the service it was given for, and to nobody else."""

from pathlib import Path

import pytest

from addin.desktop import credentials
from server.certificates import Certificates
from server.ledger.tokens import DESKTOP_TOKEN
from server.settings import Settings

TOKEN = "t" * 43


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / DESKTOP_TOKEN
    path.write_text(TOKEN + "\n")
    return path


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8765",
        "http://localhost:8765",
        "http://[::1]:8765",
        "http://127.9.9.9",
        "https://office.invalid",
    ],
)
def test_the_token_is_shown_on_this_computer_and_over_https(token_file: Path, url: str) -> None:
    assert credentials.token_for(url, token_file) == TOKEN


@pytest.mark.parametrize(
    "url",
    [
        "http://office.invalid:8765",
        "http://203.0.113.7",
        "http://127.0.0.1.office.invalid",
        "http://localhost@office.invalid",
        "http://",
        "nonsense",
    ],
)
def test_the_token_never_crosses_a_network_in_the_open(token_file: Path, url: str) -> None:
    assert credentials.token_for(url, token_file) is None


@pytest.mark.parametrize("content", [b"", b"short", b"two lines of\ntext that is long", b"\xff" * 43])
def test_what_is_no_token_is_not_sent(token_file: Path, content: bytes) -> None:
    token_file.write_bytes(content)
    assert credentials.token_for("http://127.0.0.1:8765", token_file) is None


def test_no_file_no_token(tmp_path: Path) -> None:
    assert credentials.token_for("http://127.0.0.1:8765", tmp_path / "none") is None
    assert credentials.token_for("http://127.0.0.1:8765", tmp_path) is None


def test_a_computer_with_a_certificate_is_asked_over_https(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(credentials.CERTIFICATES_VARIABLE, str(certificates.folder))
    assert credentials.usual_url() == "https://localhost:8765"
    monkeypatch.setenv(credentials.CERTIFICATES_VARIABLE, str(tmp_path / "none"))
    assert credentials.usual_url() == "http://127.0.0.1:8765"


def test_both_halves_look_in_the_same_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (credentials.LEDGER_VARIABLE, credentials.CERTIFICATES_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    assert credentials.usual_token_file() == Settings().path / DESKTOP_TOKEN
    assert credentials.usual_authority() == Certificates(Settings().certificates).authority
    monkeypatch.setenv(credentials.LEDGER_VARIABLE, str(tmp_path / "books"))
    monkeypatch.setenv(credentials.CERTIFICATES_VARIABLE, str(tmp_path / "keys"))
    assert credentials.usual_token_file() == Settings().path / DESKTOP_TOKEN
    assert credentials.usual_authority() == Certificates(Settings().certificates).authority

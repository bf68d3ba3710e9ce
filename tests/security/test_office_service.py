"""One service for the office behind nginx and behind Caddy, with the very files that the install page names."""

import re
import shutil
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from addin.desktop import sign_in
from addin.desktop.service import Service
from server.api.answer_headers import can_be_kept_encrypted
from server.api.page_addresses import ENCRYPTED_PAGE_COOKIE
from server.api.request_limits import WINDOW_SECONDS
from server.billing.people import Role
from server.cli import commands
from server.settings import Settings
from tests.cli.programs import ROOT
from tests.invented import LAKESIDE
from tests.office_service import NAME, SHOWN_UPSTREAM, caddy, certificate_in, lead_here, nginx, served
from tests.people import PASSWORD, InventedUser, add_user, opened
from tests.ribbon.clicks import a_ledger

CONFIGURATIONS = {
    nginx: (ROOT / "deploy" / "office" / "nginx.conf").read_text("utf-8"),
    caddy: (ROOT / "deploy" / "office" / "Caddyfile").read_text("utf-8"),
}
PROXY = "127.0.0.1"


@dataclass(frozen=True)
class Office:
    """A service behind a proxy: its address as people see it, and the certificate that their computers trust."""

    url: str
    behind: str
    certificate: Path
    ben: InventedUser

    def client(self, **headers: str) -> httpx.Client:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        context = ssl.create_default_context(cafile=self.certificate)
        return httpx.Client(base_url=self.url, verify=context, headers=sent, trust_env=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, InventedUser]:
    ledger = opened(a_ledger(tmp_path_factory.mktemp("office") / "ledger", LAKESIDE).folder)
    add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR)
    ben = add_user(ledger, "ben", "Ben Biller", Role.BILLER)
    ledger.close()
    return ledger.folder, ben


@pytest.fixture(params=CONFIGURATIONS, ids=lambda proxy: proxy.__name__)
def office(
    tmp_path: Path,
    made: tuple[Path, InventedUser],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Office]:
    lead_here(monkeypatch)
    folder = Path(shutil.copytree(made[0], tmp_path / "ledger"))
    certificate = certificate_in(tmp_path / "tls")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    names, proxies = frozenset({NAME}), frozenset({PROXY})
    settings = Settings(path=folder, workers=0, names=names, proxies=proxies, address_requests=60)
    with (
        served(settings) as port,
        request.param(tmp_path, certificate, {SHOWN_UPSTREAM: port}, CONFIGURATIONS[request.param]) as public,
    ):
        yield Office(f"https://{NAME}:{public}", f"http://127.0.0.1:{port}", certificate, made[1])


def test_a_person_signs_in_over_the_proxy_and_the_cookie_is_for_https_only(office: Office) -> None:
    with office.client(origin=office.url, sec_fetch_site="same-origin") as browser:
        answer = browser.post("/sign-in", data={"name": office.ben.name, "password": PASSWORD})
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        assert {"Secure", "HttpOnly"} <= {part.strip() for part in answer.headers["set-cookie"].split(";")}
        (name,) = browser.cookies
        assert name == ENCRYPTED_PAGE_COOKIE == "__Host-clinicledger"
        token = browser.cookies[name]
        assert browser.get("/account").status_code == 200
    with office.client(cookie=f"clinicledger={token}") as of_a_neighbor:
        assert of_a_neighbor.get("/account").status_code == httpx.codes.SEE_OTHER
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_the_desktop_add_in_signs_in_and_its_page_has_the_address_that_people_see(
    office: Office, tmp_path: Path
) -> None:
    with Service(office.url, tmp_path / "token") as service:
        begun = sign_in.begin(service, "Excel")
        assert begun.page == f"{office.url}/device?code={begun.user_code}"
        assert not sign_in.is_finished(service, begun)
        with office.client(origin=office.url, sec_fetch_site="same-origin") as browser:
            browser.post("/sign-in", data={"name": office.ben.name, "password": PASSWORD})
            assert browser.get(begun.page).status_code == 200
        service.sign_in(office.ben.name, PASSWORD, "", "Excel")
        assert service.session()["name"] == "Ben Biller"
        assert service.ribbon()["tab"] == "Clinic Ledger"


def test_the_add_ins_are_made_for_the_address(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    out = tmp_path / "manifest.xml"
    typed = ["addin", "manifest", "--url", office.url, "--out", str(out)]
    assert CliRunner().invoke(commands.app, typed).exit_code == 0
    addresses = set(re.findall(rf"{re.escape(office.url)}/[^\"<]*", out.read_text("utf-8")))
    assert addresses
    assert "localhost" not in out.read_text("utf-8")
    with office.client() as excel:
        assert {excel.get(address).status_code for address in addresses} == {200}


def test_what_came_through_the_proxy_is_not_of_this_computer(office: Office) -> None:
    with office.client(host="localhost") as claiming:
        answer = claiming.get("/health")
        is_of_proxy = (
            "x-protocol" not in answer.headers
        )  # Caddy knows its own name only, and answers by itself
        assert is_of_proxy or answer.json()["code"] == "foreign-request"
        assert "clinics" not in answer.text
    with office.client(x_forwarded_for="127.0.0.1", x_forwarded_proto="http") as claiming:
        assert claiming.get("/health").status_code == 200
    with httpx.Client(base_url=office.behind, headers={"host": NAME}, trust_env=False) as past_the_proxy:
        assert past_the_proxy.get("/health").json()["code"] == "proxy-unclear"


def test_strangers_are_limited_over_the_proxy(office: Office) -> None:
    wrong = {"authorization": "Bearer nobody-has-this-token-at-all"}
    with office.client() as stranger:
        answers = [stranger.get("/clinics", headers=wrong) for _ in range(70)]
    assert answers[0].json()["code"] in {"sign-in-needed", "session-ended"}
    refused = [answer for answer in answers if answer.status_code == httpx.codes.TOO_MANY_REQUESTS]
    assert refused
    assert all(int(answer.headers["retry-after"]) <= WINDOW_SECONDS + 1 for answer in refused)


def test_a_big_click_and_a_document_pass_the_proxy(office: Office, tmp_path: Path) -> None:
    with Service(office.url, tmp_path / "token") as service:
        service.sign_in(office.ben.name, PASSWORD, "", "Excel")
        content = b"%PDF-1.7\n" + b"x" * 3_000_000 + b"\n%%EOF\n"
        assert service.keep_document(LAKESIDE.clinic.id, content, "letter.pdf")


@pytest.mark.parametrize(
    ("name", "is_kept"),
    [
        (NAME, True),
        ("ledger", True),
        ("localhost", False),
        ("ledger.localhost", False),
        ("127.0.0.1", False),
        ("192.168.1.20", False),
        ("[::1]", False),
    ],
)
def test_browsers_are_told_to_keep_to_https_for_names_of_the_office_only(name: str, *, is_kept: bool) -> None:
    assert can_be_kept_encrypted(name) is is_kept

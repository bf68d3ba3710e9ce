"""Whoever shows no token learns nothing, on a ledger that has ever given one."""

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from server.api.guard import OPEN
from server.app import create_app
from server.cli.service import temporary_service
from server.ledger.clock import utc_now
from server.ledger.store import Ledger
from server.ledger.tokens import UNUSED_DAYS
from server.settings import Settings
from tests.security.conftest import Running

WRONG = "x" * 43


def test_a_ledger_that_gave_no_token_answers_every_program_of_the_computer(service_url: str) -> None:
    assert httpx.get(f"{service_url}/clinics").json() == []
    assert httpx.get(f"{service_url}/pair/status").json() == {"needed": False, "signs_in": False}


def test_the_first_token_closes_the_ledger_of_a_service_already_running(
    service_url: str, ledger_folder: Path
) -> None:
    token = Ledger(ledger_folder).tokens.ensure_desktop().read_text().strip()
    assert httpx.get(f"{service_url}/clinics").status_code == 401
    assert httpx.get(f"{service_url}/clinics", headers={"authorization": f"Bearer {token}"}).json() == []


@pytest.mark.parametrize("header", ["", "Bearer", "Basic dTpw", "Token abc"])
def test_without_a_token_the_remedy_is_told(stranger: httpx.Client, header: str) -> None:
    answer = stranger.get("/ribbon", headers={"authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "token-needed"
    assert "clinicledger addin code" in answer.json()["remedy"]


@pytest.mark.parametrize("token", [WRONG, "é", "' OR 1=1 --", "x" * 30_000])
def test_a_wrong_token_is_refused_whatever_it_looks_like(stranger: httpx.Client, token: str) -> None:
    answer = stranger.get("/clinics", headers=[(b"authorization", f"Bearer {token}".encode())])
    assert (answer.status_code, answer.json()["code"]) == (401, "token-unknown")


def test_every_address_wants_a_token_but_those_for_getting_one(
    stranger: httpx.Client, paired: httpx.Client
) -> None:
    document = paired.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            kind = next(iter(operation.get("requestBody", {}).get("content", [])), "application/json")
            answer = stranger.request(method.upper(), path, content=b"{}", headers={"content-type": kind})
            assert (answer.status_code == 401) == (path not in OPEN), f"{method} {path}"


def is_kept_out(answer: httpx.Response) -> bool:
    """Return whether a stranger is refused, or led to the page to sign in."""
    return answer.status_code == httpx.codes.UNAUTHORIZED or answer.headers.get("location", "").startswith(
        "/sign-in?"
    )


def test_only_the_health_and_the_pairing_are_answered_without_a_token(
    stranger: httpx.Client, tmp_path: Path
) -> None:
    """Named here, not taken from the guard: the reference and the contract must not become open unnoticed."""
    app = create_app(Settings(path=tmp_path / "routes", workers=0))
    own = {"sec-fetch-site": "same-origin", "origin": str(stranger.base_url).rstrip("/")}
    answered = {
        route.path
        for route in iter_route_contexts(app.routes)
        for method in set(route.methods or ()) - {"HEAD"}
        if not is_kept_out(stranger.request(method, str(route.path), json={}, headers=own))
    }
    assert answered == {
        "/health", "/ready", "/pair", "/pair/status", "/session/start", "/session/devices", "/session/devices/token",
        "/sign-in", "/sign-in/app", "/sign-out", "/new-password",
        "/sign-in/provider", "/sign-in/provider/back", "/sign-in/provider/code", "/sign-in/provider/app",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/nowhere", "/health/", "//health", "/Health", "/pair/../clinics", "/docs/x"]
)
def test_an_address_that_only_resembles_an_open_one_is_closed(stranger: httpx.Client, path: str) -> None:
    assert stranger.get(path).status_code == 401


def test_a_page_of_another_site_gets_nowhere_even_with_the_token(paired: httpx.Client) -> None:
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "null"},
        {"origin": "https://elsewhere.invalid"},
        {"host": "elsewhere.invalid"},
    ):
        assert paired.get("/clinics", headers=headers).json()["code"] == "foreign-request"


def test_a_page_of_the_service_itself_shows_its_token_like_everybody(
    closed: Running, stranger: httpx.Client, paired: httpx.Client
) -> None:
    own = {"sec-fetch-site": "same-origin", "origin": closed.url}
    assert stranger.get("/clinics", headers=own).status_code == 401
    assert paired.get("/clinics", headers=own).status_code == 200


def test_the_token_is_in_a_file_only_its_user_can_read(closed: Running) -> None:
    assert stat.S_IMODE(closed.token_file.stat().st_mode) == 0o600


def test_the_ledger_keeps_only_a_digest_of_the_token(closed: Running) -> None:
    for path in closed.ledger.rglob("firm.db*"):
        assert closed.token.encode() not in path.read_bytes()


def test_asking_again_for_the_desktop_token_gives_the_same_one(closed: Running) -> None:
    assert Ledger(closed.ledger).tokens.ensure_desktop().read_text() == closed.token + "\n"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"some text", b"x" * 43])
def test_a_damaged_token_file_is_replaced(closed: Running, content: bytes) -> None:
    closed.token_file.write_bytes(content)
    Ledger(closed.ledger).tokens.ensure_desktop()
    with closed.client(closed.token) as client:
        assert client.get("/clinics").status_code == 200


def test_installers_at_work_at_once_leave_one_token_that_works(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        files = set(
            pool.map(lambda folder: Ledger(folder).tokens.ensure_desktop(), [tmp_path / "ledger"] * 8)
        )
    (file,) = files
    assert Ledger(tmp_path / "ledger").tokens.admits(file.read_text().strip())
    with closing(sqlite3.connect(tmp_path / "ledger" / "firm.db")) as db:
        assert db.execute("SELECT count(*) FROM token").fetchone() == (1,)


@pytest.mark.parametrize("how", ["one by one", "all"])
def test_a_revoked_token_opens_nothing_the_same_moment(
    closed: Running, paired: httpx.Client, how: str
) -> None:
    tokens = Ledger(closed.ledger).tokens
    assert paired.get("/clinics").status_code == 200
    assert tokens.forget_all() == 1 if how == "all" else tokens.revoke(tokens.list_tokens()[0].id)
    refused = paired.get("/clinics")
    assert (refused.status_code, refused.json()["code"]) == (401, "token-revoked")
    assert refused.headers["www-authenticate"] == "Bearer"


def test_a_token_expires_when_nobody_uses_it(closed: Running, paired: httpx.Client) -> None:
    """The use is written down by the service: a token that was used half a year ago is set to be so."""
    assert paired.get("/clinics").status_code == 200
    long_ago = utc_now() - timedelta(days=UNUSED_DAYS)
    old = Ledger(closed.ledger, lambda: long_ago).tokens.give("office")
    with closed.client(old) as client:
        refused = client.get("/clinics")
    assert (refused.status_code, refused.json()["code"]) == (401, "token-expired")
    assert "clinicledger addin code" in refused.json()["remedy"] or "pairing code" in refused.json()["remedy"]
    assert paired.get("/clinics").status_code == 200


def test_a_ledger_whose_tokens_were_all_forgotten_stays_closed(
    closed: Running, stranger: httpx.Client
) -> None:
    Ledger(closed.ledger).tokens.forget_all()
    assert stranger.get("/clinics").status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM token",
        "UPDATE token SET digest = 'x'",
        "UPDATE token SET forgotten_at = NULL",
        "UPDATE token SET used_at = '2999-01-01'",
    ],
)
def test_who_was_let_in_cannot_be_rewritten(closed: Running, change: str) -> None:
    Ledger(closed.ledger).tokens.forget_all()
    with closing(sqlite3.connect(closed.ledger / "firm.db")) as db, pytest.raises(sqlite3.IntegrityError):
        db.execute(change)


def test_damaged_books_let_nobody_in(closed: Running, paired: httpx.Client) -> None:
    for path in closed.ledger.glob("firm.db*"):
        path.write_bytes(b"no books")
    assert paired.get("/ribbon").json()["code"] == "books-not-opened"


def test_a_passing_service_on_a_closed_ledger_is_closed_too(closed: Running) -> None:
    with temporary_service(Settings(path=closed.ledger, workers=0)) as url:
        assert httpx.get(f"{url}/clinics").status_code == 401

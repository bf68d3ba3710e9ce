"""How many requests are answered: generous for everybody, and one runaway program does not slow the office."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.api.request_limits import WINDOW_SECONDS
from server.billing.people import Role
from server.settings import Settings
from tests.invented import LAKESIDE
from tests.office_service import NAME, served
from tests.people import add_user, at, opened, program_of, token_of
from tests.ribbon.clicks import a_ledger

MOST = 20
# As the window slides, one request at most is answered again each half second, so one of a few is always refused.
FEW = 3
TOO_MANY = httpx.codes.TOO_MANY_REQUESTS


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, str]]]:
    """Return a ledger with users, and the headers of two people and a program."""
    ledger = opened(a_ledger(tmp_path_factory.mktemp("limits") / "ledger", LAKESIDE).folder)
    add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR)
    people = [add_user(ledger, name, f"{name.title()} Biller", Role.BILLER) for name in ("ben", "bea")]
    headers = {user.name: {"authorization": f"Bearer {token_of(ledger, user)}"} for user in people}
    headers["program"] = program_of(ledger, Role.VIEWER)
    ledger.close()
    return ledger.folder, headers


@pytest.fixture
def office(tmp_path: Path, made: tuple[Path, dict[str, dict[str, str]]]) -> Iterator[str]:
    folder = Path(shutil.copytree(made[0], tmp_path / "ledger"))
    settings = Settings(path=folder, workers=0, person_requests=MOST, address_requests=MOST)
    with served(settings) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def headers(made: tuple[Path, dict[str, dict[str, str]]]) -> dict[str, dict[str, str]]:
    return made[1]


def statuses(url: str, path: str, sent: dict[str, str], times: int = MOST + 5) -> list[int]:
    with httpx.Client(base_url=url, headers=sent, trust_env=False) as client:
        return [client.get(path).status_code for _ in range(times)]


def test_one_program_that_never_stops_does_not_slow_the_others(
    office: str, headers: dict[str, dict[str, str]]
) -> None:
    assert TOO_MANY in statuses(office, "/clinics", headers["program"])
    assert set(statuses(office, "/clinics", headers["ben"], MOST // 2)) == {200}
    assert set(statuses(office, "/clinics", headers["bea"], MOST // 2)) == {200}


def test_a_refusal_says_when_to_ask_again(office: str, headers: dict[str, dict[str, str]]) -> None:
    with httpx.Client(base_url=office, headers=headers["program"], trust_env=False) as client:
        answers = (client.get("/clinics") for _ in range(10 * MOST))
        # A slow computer may be past the window by the next request, so this is about the refusal itself.
        told = next(answer for answer in answers if answer.status_code == TOO_MANY)
    assert told.json()["code"] == "too-many-requests"
    assert 1 <= int(told.headers["retry-after"]) <= WINDOW_SECONDS + 1


def test_strangers_are_limited_by_address_and_keep_nobody_out_who_is_signed_in(
    office: str, headers: dict[str, dict[str, str]]
) -> None:
    wrong = {"authorization": "Bearer nobody-has-this-token-at-all"}
    assert TOO_MANY in statuses(office, "/clinics", wrong)
    assert TOO_MANY in statuses(office, "/sign-in", {}, FEW)
    assert statuses(office, "/clinics", headers["ben"], 1) == [200]


def test_pages_of_somebody_signed_in_count_for_the_person(
    office: str, headers: dict[str, dict[str, str]]
) -> None:
    token = headers["bea"]["authorization"].removeprefix("Bearer ")
    assert TOO_MANY not in statuses(office, "/sign-in", {"cookie": f"clinicledger={token}"}, MOST // 2)
    with at(office) as browser:
        assert browser.get("/account").status_code == httpx.codes.SEE_OTHER


def test_a_ledger_without_users_is_never_limited_on_this_computer(tmp_path: Path) -> None:
    settings = Settings(path=tmp_path / "ledger", workers=0, person_requests=1, address_requests=1)
    with served(settings) as port:
        for path in ("/health", "/clinics", "/pair/status", "/sign-in"):
            assert set(statuses(f"http://127.0.0.1:{port}", path, {}, 5)) == {200}


def test_a_ledger_without_users_limits_strangers_behind_a_proxy(tmp_path: Path) -> None:
    settings = Settings(path=tmp_path / "ledger", workers=0, address_requests=2, names=frozenset({NAME}))
    with served(settings) as port:
        proxied = {"host": NAME, "x-forwarded-for": "203.0.113.7"}
        assert TOO_MANY in statuses(f"http://127.0.0.1:{port}", "/health", proxied, 2 + FEW)

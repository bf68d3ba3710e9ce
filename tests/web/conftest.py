"""A ledger with people, the service on it, and a browser for each of them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from server.billing.people import Role
from server.cli.service import temporary_service
from server.ledger.store import Ledger
from server.settings import Settings
from tests.invented import LAKESIDE
from tests.people import CHEAP, LAKESIDE_ONLY, PASSWORD, InventedUser, add_user, at, opened, with_app
from tests.ribbon.clicks import HARBOR, a_ledger


@pytest.fixture(scope="session")
def made_with_users(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, InventedUser]]:
    """Return a ledger with an administrator who has an authenticator app, a manager, and a biller of one clinic."""
    ledger = opened(a_ledger(tmp_path_factory.mktemp("users") / "ledger", LAKESIDE, HARBOR).folder)
    ada = with_app(ledger, add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR))
    mina = add_user(ledger, "mina", "Mina Manager", Role.MANAGER)
    ben = add_user(ledger, "ben", "Ben Biller", Role.BILLER, clinics=LAKESIDE_ONLY)
    ledger.close()
    return ledger.folder, {user.name: user for user in (ada, mina, ben)}


@pytest.fixture
def users(made_with_users: tuple[Path, dict[str, InventedUser]]) -> dict[str, InventedUser]:
    return made_with_users[1]


@pytest.fixture
def folder(tmp_path: Path, made_with_users: tuple[Path, dict[str, InventedUser]]) -> Path:
    return Path(shutil.copytree(made_with_users[0], tmp_path / "ledger"))


@pytest.fixture
def ledger(folder: Path) -> Iterator[Ledger]:
    found = opened(folder)
    yield found
    found.close()


@pytest.fixture
def url(folder: Path) -> Iterator[str]:
    with temporary_service(Settings(path=folder, workers=0), hashing=CHEAP) as address:
        yield address


@pytest.fixture
def browser(url: str) -> Iterator[httpx.Client]:
    with at(url) as client:
        yield client


SignIn = Callable[[InventedUser], httpx.Client]


@pytest.fixture
def signed_in(url: str) -> Iterator[SignIn]:
    """Return a function that signs a user in on a browser of the user's own."""
    open_browsers = []

    def sign_in(user: InventedUser) -> httpx.Client:
        client = at(url)
        open_browsers.append(client)
        form = {"name": user.name, "password": PASSWORD, "code": user.code()}
        answer = client.post("/sign-in", data=form)
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        return client

    yield sign_in
    for client in open_browsers:
        client.close()

"""What two services on one ledger share, with the books in files and in PostgreSQL: whichever is asked, the answer is the same."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.billing.people import LOCAL_PERSON, Role
from server.cli.service import FILES_ON_THIS_COMPUTER, ready_service, temporary_service
from server.ledger.clock import utc_now
from server.ledger.people.sign_in_rules import SignInRules
from server.ledger.retention import RetentionPeriods, remove_expired
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.settings import Settings
from tests.invented import LAKESIDE, a_row
from tests.object_servers import S3Server
from tests.office_service import NAME
from tests.people import CHEAP, PASSWORD, InventedUser, add_user, token_of, with_app
from tests.postgresql import PostgresqlOfTests
from tests.ribbon.clicks import a_click

PAY = "/ribbon/payroll.generate"
MOST_REQUESTS = 20
"""How many requests of one person each service answers in ten seconds."""


@dataclass
class Two:
    """The addresses of two services on one ledger, and its people."""

    ledger: Ledger
    urls: list[str]
    ada: InventedUser
    ben: InventedUser
    settings: Settings

    def post(self, place: int, path: str, body: dict[str, Any], token: str = "") -> httpx.Response:
        return httpx.post(self.urls[place] + path, json=body, headers=_bearer(token), trust_env=False)

    def get(self, place: int, path: str, token: str = "") -> httpx.Response:
        return httpx.get(self.urls[place] + path, headers=_bearer(token), trust_env=False)

    def sign_in(self, place: int, user: InventedUser, password: str = PASSWORD) -> httpx.Response:
        typed = {"name": user.name, "password": password, "code": user.code(), "device": "tests"}
        return self.post(place, "/session/start", typed)


@pytest.fixture(params=["files", "PostgreSQL"])
def two(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Two]:
    settings = Settings(path=tmp_path / "ledger", workers=0, person_requests=MOST_REQUESTS)
    server: PostgresqlOfTests | None = None
    if request.param == "PostgreSQL":
        server = request.getfixturevalue("postgresql")
        settings = settings.model_copy(update={"database": server.address_of(settings.path).service})
    ledger = Ledger(settings.path, sign_in_rules=SignInRules(hashing=CHEAP), storage=settings.storage)
    with ledger.open_clinic(LAKESIDE.clinic).transaction() as books:
        books.save_setup(LAKESIDE, "tests")
    ada = with_app(ledger, add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR))
    ben = add_user(ledger, "ben", "Ben Biller", Role.BILLER)
    with ExitStack() as running:
        urls = [running.enter_context(temporary_service(settings, hashing=CHEAP)) for _ in range(2)]
        yield Two(ledger, urls, ada, ben, settings)
    ledger.close()
    if server:
        server.empty_databases()


def test_a_click_that_one_answered_is_answered_by_the_other_as_it_was(two: Two) -> None:
    token, click = token_of(two.ledger, two.ben), a_click([a_row()])
    first = two.post(0, PAY, click, token)
    again = two.post(1, PAY, click, token)
    assert first.json()["level"] == "done"
    assert again.content == first.content
    changed = two.post(1, PAY, {**click, "inputs": {"from": "2026-10-01"}}, token)
    assert changed.json()["code"] == "request-id-reused"


def test_a_finished_workbook_is_fetched_from_either(two: Two) -> None:
    """The folder of finished workbooks is shared here; tests behind nginx have a bucket."""
    token = token_of(two.ledger, two.ben)
    url = two.post(0, PAY, a_click([a_row()]), token).json()["output"]["url"]
    assert two.get(1, url, token).content == two.get(0, url, token).content


def test_a_session_begins_at_one_and_ends_at_the_other(two: Two) -> None:
    token = two.sign_in(0, two.ben).json()["token"]
    assert two.get(1, "/session", token).json()["name"] == "Ben Biller"
    two.post(1, "/session/end", {}, token)
    assert two.get(0, "/session", token).json()["code"] == "session-ended"


def test_whoever_is_disabled_at_one_is_out_of_both(two: Two) -> None:
    token = two.sign_in(0, two.ben).json()["token"]
    two.ledger.people.users.disable(LOCAL_PERSON, "ben")
    assert [two.get(place, "/session", token).status_code for place in range(2)] == [401, 401]
    assert two.sign_in(1, two.ben).json()["code"] == "sign-in-refused"


def test_wrong_passwords_count_together(two: Two) -> None:
    said = [two.sign_in(place % 2, two.ben, "wrong").json()["code"] for place in range(7)]
    assert said == ["sign-in-refused"] * 5 + ["too-many-sign-ins"] * 2
    refused = [two.sign_in(place, two.ben) for place in range(2)]
    assert {answer.status_code for answer in refused} == {429}
    assert all(0 < int(answer.headers["retry-after"]) <= 60 for answer in refused)
    assert two.sign_in(1, two.ada).status_code == 200


def test_a_code_of_an_app_works_at_one_of_them(two: Two) -> None:
    typed = {"name": "ada", "password": PASSWORD, "code": two.ada.code(), "device": "tests"}
    answers = [two.post(place, "/session/start", typed).json() for place in range(2)]
    assert "token" in answers[0]
    assert answers[1]["code"] == "second-factor-refused"


def test_a_device_begins_at_one_and_is_approved_and_asks_at_the_other(two: Two) -> None:
    codes = two.post(0, "/session/devices", {"device": "Ben's Excel"}).json()
    two.ledger.people.devices.decide(
        two.sign_in(0, two.ben).json()["token"], codes["user_code"], "127.0.0.1", is_approved=True
    )
    token = two.post(1, "/session/devices/token", {"device_code": codes["device_code"]}).json()["token"]
    assert two.get(0, "/session", token).json()["name"] == "Ben Biller"


def test_no_more_devices_begin_at_two_than_at_one(two: Two) -> None:
    said = [two.post(place % 2, "/session/devices", {"device": "x"}).status_code for place in range(12)]
    assert said == [200] * 10 + [429] * 2


def test_requests_are_limited_by_each(two: Two) -> None:
    """A limit that spares a service is of that service (docs/postgresql.md#of-each-service)."""
    token = token_of(two.ledger, two.ben)
    with httpx.Client(base_url=two.urls[0], headers=_bearer(token), trust_env=False) as client:
        statuses = [client.get("/session").status_code for _ in range(MOST_REQUESTS + 5)]
    assert statuses[:MOST_REQUESTS] == [200] * MOST_REQUESTS
    assert 429 in statuses[MOST_REQUESTS:]
    assert two.get(1, "/session", token).status_code == 200


def test_two_that_remove_what_is_past_its_time_at_once_remove_all_of_it(two: Two) -> None:
    books = two.ledger.clinic("lakeside")
    for number in range(20):
        two.ledger.outputs.keep("lakeside", b"invented")
        books.keep_document(f"%PDF-1.4 {number}".encode(), "letter.pdf", "tests")
    later, storage = utc_now() + timedelta(days=40), two.settings.storage
    tidying = [Ledger(two.settings.path, lambda: later, storage=storage) for _ in range(4)]
    periods = RetentionPeriods(timedelta(days=30), timedelta(days=1))
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda ledger: remove_expired(ledger, periods), tidying))
    with books.reading() as read:
        assert read.documents.count() == 0
    assert tidying[0].outputs.tidy() == 0
    assert isinstance(two.ledger.verify_clinic("lakeside"), Verified)


@pytest.mark.parametrize("has_store", [False, True])
def test_a_service_whose_files_others_cannot_see_says_so_at_its_start(
    tmp_path: Path,
    postgresql: PostgresqlOfTests,
    s3: S3Server,
    caplog: pytest.LogCaptureFixture,
    *,
    has_store: bool,
) -> None:
    database = postgresql.address_of(tmp_path / "ledger").service
    objects = s3.new_bucket().address if has_store else ""
    settings = Settings(
        path=tmp_path / "ledger", port=0, workers=0, database=database, objects=objects,
        names=frozenset({NAME}), proxies=frozenset({"127.0.0.1"}),
    )  # fmt: skip
    ledger = Ledger(settings.path, sign_in_rules=SignInRules(hashing=CHEAP), storage=settings.storage)
    add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR)
    with caplog.at_level(logging.WARNING, "clinicledger"):
        service = ready_service(settings, plain=True)
    service._listener.close()  # noqa: SLF001
    ledger.close()
    postgresql.empty_databases()
    assert (FILES_ON_THIS_COMPUTER in caplog.messages) is not has_store


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}

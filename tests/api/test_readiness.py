"""GET /ready: whether the database and the store of the documents answer, told to anybody, and nothing else."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest

from server.api.readiness import ANSWER_SECONDS, FRESH_SECONDS
from server.billing.people import Role
from server.cli.service import temporary_service
from server.settings import Settings
from tests.api.on_postgresql import books_on
from tests.api.wire import problem, wait_until
from tests.object_servers import S3Server, cut_line, use_store
from tests.people import CHEAP, add_user, opened
from tests.postgresql import PostgresqlOfTests

READY = {"ready": True}


def test_a_service_whose_books_are_files_says_to_anybody_that_it_is_ready(folder: Path) -> None:
    ledger = opened(folder)
    add_user(ledger, "root", "The Administrator", Role.ADMINISTRATOR)
    ledger.close()
    with temporary_service(Settings(path=folder, workers=0), hashing=CHEAP) as url:
        assert httpx.get(f"{url}/clinics").status_code == 401
        answer = httpx.get(f"{url}/ready")
        assert (answer.status_code, answer.json()) == (200, READY)
        assert httpx.head(f"{url}/ready").status_code == 200
        assert httpx.get(f"{url}/ready", headers={"origin": "https://elsewhere.invalid"}).status_code == 403


def test_a_service_is_not_ready_while_its_database_lets_nobody_in(
    postgresql: PostgresqlOfTests, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        books_on(postgresql, tmp_path / "ledger") as books,
        temporary_service(books.settings(database_lock_seconds=1)) as url,
    ):
        assert httpx.get(f"{url}/ready").json() == READY
        books.lock_out()
        time.sleep(FRESH_SECONDS)
        answer = httpx.get(f"{url}/ready", timeout=20)
        told = problem(answer)
        assert (answer.status_code, told["code"]) == (503, "not-ready")
        assert answer.headers["retry-after"] == "5"
        assert "the database of the books does not answer" in told["detail"]
        assert not {"harbor", "ledger_service", books.database} & set(answer.text.lower().split())
        assert "not ready: the database of the books: database-unreachable" in caplog.text
        books.let_in()
        wait_until(lambda: httpx.get(f"{url}/ready", timeout=20).status_code == 200)
        assert "ready again" in caplog.text


def test_while_the_database_is_slow_to_say_who_asks_others_are_answered(
    postgresql: PostgresqlOfTests, tmp_path: Path
) -> None:
    with (
        books_on(postgresql, tmp_path / "ledger") as books,
        temporary_service(books.settings()) as url,
        ThreadPoolExecutor(1) as pool,
    ):
        with books.users_locked():
            asked = pool.submit(httpx.get, f"{url}/clinics", timeout=20)
            wait_until(books.someone_waits)
            assert httpx.get(f"{url}/health", timeout=3).status_code == 200
            assert not asked.done()
        assert asked.result().status_code == 200


def test_a_service_is_not_ready_while_its_store_answers_no_more_and_does_not_name_it(
    folder: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = s3.new_bucket()
    with cut_line(s3.url) as line:
        use_store(monkeypatch, line.url)
        with temporary_service(Settings(path=folder, workers=0, objects=bucket.address)) as url:
            assert httpx.get(f"{url}/ready").json() == READY
            line.bytes_left = 0
            time.sleep(FRESH_SECONDS)
            answer = httpx.get(f"{url}/ready", timeout=20)
            assert (answer.status_code, problem(answer)["code"]) == (503, "not-ready")
            assert bucket.name not in answer.text
            line.bytes_left = None
            wait_until(lambda: httpx.get(f"{url}/ready", timeout=20).status_code == 200)


def test_whoever_asks_waits_seconds_for_a_store_that_is_silent_and_many_ask_it_once(
    folder: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = s3.new_bucket()
    with cut_line(s3.url) as line:
        use_store(monkeypatch, line.url)
        with (
            temporary_service(Settings(path=folder, workers=0, objects=bucket.address)) as url,
            ThreadPoolExecutor(8) as threads,
        ):
            assert httpx.get(f"{url}/ready").json() == READY
            time.sleep(FRESH_SECONDS)
            line.bytes_left, line.waiting = 10, Event()
            begun = time.monotonic()
            asking = [threads.submit(httpx.get, f"{url}/ready", timeout=30) for _ in range(8)]
            assert line.waiting.wait(10)
            assert httpx.get(f"{url}/health").status_code == 200
            assert {one.result().status_code for one in asking} == {503}
            assert time.monotonic() - begun < 2 * ANSWER_SECONDS


def test_a_service_is_not_ready_when_its_bucket_is_gone(folder: Path, s3: S3Server) -> None:
    bucket = s3.new_bucket()
    with temporary_service(Settings(path=folder, workers=0, objects=bucket.address)) as url:
        assert httpx.get(f"{url}/ready").json() == READY
        s3.remove_bucket(bucket)
        time.sleep(FRESH_SECONDS)
        assert problem(httpx.get(f"{url}/ready", timeout=20))["code"] == "not-ready"

"""A click is carried out once: however often, by however many, and through whatever it is sent."""

import multiprocessing
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from server.cli.service import temporary_service
from server.settings import Settings
from tests.end_to_end.clicks import a_click
from tests.end_to_end.conftest import Biller
from tests.end_to_end.practice import a_month, owed

GENERATE = "/ribbon/payroll.generate"
MANY = 20_000
"""Appointments that keep the service busy for about a second."""


def recorded(ledger: Path) -> tuple[list[str], list[tuple[str, int]]]:
    """Return the ids of the clicks in the practice's books, and its runs with how often each was drafted."""
    with closing(sqlite3.connect(ledger / "clinics" / "quince.db")) as db:
        clicks = [row[0] for row in db.execute("SELECT id FROM request WHERE id LIKE 'click-%'")]
        return clicks, list(db.execute("SELECT id, revision FROM pay_run"))


def test_the_same_click_sent_twice_gets_the_same_answer_and_is_recorded_once(biller: Biller) -> None:
    click = a_click(a_month())
    with biller.http() as http:
        first, again = (http.post(GENERATE, json=click) for _ in range(2))

    assert first.status_code == 200
    assert again.content == first.content
    assert recorded(biller.ledger) == ([click["request_id"]], [("quince-2025-10-r1", 1)])


def test_the_same_click_sent_eight_times_at_once_is_recorded_once(biller: Biller) -> None:
    click = a_click(a_month())

    def send(_: int) -> httpx.Response:
        with biller.http() as http:
            return http.post(GENERATE, json=click)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))

    assert [answer.status_code for answer in answers] == [200] * 8
    assert len({answer.content for answer in answers}) == 1
    assert recorded(biller.ledger) == ([click["request_id"]], [("quince-2025-10-r1", 1)])


def test_eight_different_clicks_at_once_leave_one_run_with_the_right_cents(biller: Biller) -> None:
    clicks = [a_click(a_month()) for _ in range(8)]

    def send(click: dict[str, Any]) -> httpx.Response:
        with biller.http() as http:
            return http.post(GENERATE, json=click)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, clicks))

    paid = {answer.json()["figures"]["paid_cents"] for answer in answers}
    assert paid == {sum(owed(a_month()).values())}
    assert recorded(biller.ledger)[1] == [("quince-2025-10-r1", 8)]


@pytest.mark.parametrize("button", ["payroll.generate", "payroll.check"])
def test_an_id_with_another_body_is_refused_and_changes_nothing(biller: Biller, button: str) -> None:
    click = a_click(a_month())
    with biller.http() as http:
        http.post(GENERATE, json=click)
        before = recorded(biller.ledger)
        other = click | {"inputs": {"from": "2025-10-01", "to": "2025-10-15"}}
        answer = http.post(f"/ribbon/{button}", json=other)

    assert (answer.status_code, answer.json()["code"]) == (409, "request-id-reused")
    assert recorded(biller.ledger) == before


@contextmanager
def a_real_service(ledger: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Start ``clinicledger serve`` as a program of its own."""
    command = [sys.executable, "-m", "server.cli", "serve", "--port", str(port), "--ledger", str(ledger)]
    quiet = os.environ | {"CLINIC_LEDGER_WORKERS": "0"}
    with subprocess.Popen(command, env=quiet, stdout=subprocess.DEVNULL) as program:
        try:
            _wait_for(port)
            yield program
        finally:
            program.kill()


def _wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 0.1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError


def test_a_service_killed_in_mid_click_has_done_all_of_it_or_nothing(biller: Biller) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    click = a_click(a_month(visits=MANY))
    body = orjson.dumps(click)

    def answered() -> bool:
        try:
            post(f"http://127.0.0.1:{port}", body)
        except httpx.TransportError:
            return False
        return True

    with a_real_service(biller.ledger, port) as program, ThreadPoolExecutor(1) as sender:
        answer = sender.submit(answered)
        time.sleep(0.2)
        program.kill()
        assert not answer.result()
    figures = post(biller.url, body).json()["figures"]

    assert figures["paid_cents"] == sum(owed(a_month(visits=MANY)).values())
    assert recorded(biller.ledger) == ([click["request_id"]], [("quince-2025-10-r1", 1)])


def post(url: str, body: bytes) -> httpx.Response:
    return httpx.post(
        url + GENERATE,
        content=body,
        headers={"content-type": "application/json"},
        timeout=60,
        trust_env=False,
    )


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system cannot stop a process in mid work")
def test_a_click_whose_worker_is_killed_is_carried_out_once_all_the_same(biller: Biller) -> None:
    click = a_click(a_month())
    settings = Settings(path=biller.ledger, workers=1, big_request=1)
    with (
        temporary_service(settings) as url,
        httpx.Client(base_url=url, timeout=60, trust_env=False) as http,
        ThreadPoolExecutor(1) as sender,
    ):
        http.post("/ribbon/payroll.history", json=a_click())
        workers = multiprocessing.active_children()
        for worker in workers:
            os.kill(worker.pid or 0, signal.SIGSTOP)
        answer = sender.submit(http.post, GENERATE, json=click)
        time.sleep(0.5)
        for worker in workers:
            worker.kill()
        first = answer.result()
        once = recorded(biller.ledger)
        again = http.post(GENERATE, json=click)

    assert first.json()["figures"]["paid_cents"] == sum(owed(a_month()).values())
    assert again.content == first.content
    assert recorded(biller.ledger) == once

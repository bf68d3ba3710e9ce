"""GET /metrics: how the service is used, for Prometheus, and nothing about a clinic or a person."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from server.api.request_meter import OF_THE_ADD_IN, OTHER_METHOD, UNKNOWN_ROUTE
from server.billing.clinics import Setup
from server.billing.people import Role
from server.cli.service import temporary_service
from server.ribbon.dispatch import COMMANDS
from server.settings import Settings
from tests.api.on_postgresql import Books, books_on
from tests.api.wire import press, problem, raw
from tests.behind import copy_ledger
from tests.invented_exams import PRICED, exam_columns, typed
from tests.people import CHEAP, LAKESIDE_ONLY, add_user, opened, program_of
from tests.postgresql import PostgresqlOfTests
from tests.ribbon.clicks import HARBOR, a_click, visits
from tools.rights_page import every_route

CANARY = "zqcanary"
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", OTHER_METHOD}


def samples_of(client: httpx.Client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return the value of each sample by its name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value_of(client: httpx.Client, name: str, **labels: str) -> float:
    """Return the value of one sample, 0 if there is none."""
    return samples_of(client).get((f"clinic_ledger_{name}", tuple(sorted(labels.items()))), 0)


@pytest.fixture
def metered(folder: Path) -> Iterator[httpx.Client]:
    with (
        temporary_service(Settings(path=folder, workers=0, metrics=True)) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        yield client


def test_a_service_gives_no_metrics_unless_it_was_told_to(service: httpx.Client) -> None:
    answer = service.get("/metrics")
    assert (answer.status_code, problem(answer)["code"]) == (404, "metrics-off")


def test_the_variable_switches_them_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_METRICS", "on")
    assert Settings().metrics is True


def test_requests_are_counted_by_the_declared_path_the_method_and_the_status(metered: httpx.Client) -> None:
    for address in ("/clinics/lakeside/invoices", "/clinics/harbor/invoices", "/clinics/zqcanary/invoices"):
        metered.get(address)
    metered.head("/clinics/lakeside/invoices")
    metered.get("/office/taskpane.html")
    metered.get("/zqcanary")
    metered.get("/clinics", headers={"origin": "https://zqcanary.invalid"})
    metered.post("/ribbon/zq.canary", json={})
    metered.request("ZQCANARY", "/clinics")
    counted = {
        key: value_of(metered, "requests_total", route=key[0], method=key[1], status=key[2])
        for key in (
            ("/clinics/{clinic}/invoices", "GET", "200"),
            ("/clinics/{clinic}/invoices", "GET", "404"),
            ("/clinics/{clinic}/invoices", "HEAD", "200"),
            (OF_THE_ADD_IN, "GET", "200"),
            (UNKNOWN_ROUTE, "GET", "404"),
            ("/clinics", "GET", "403"),
        )
    }
    assert list(counted.values()) == [2, 1, 1, 1, 1, 1]
    assert value_of(metered, "request_seconds_count", route="/clinics/{clinic}/invoices", method="GET") == 3
    assert CANARY not in metered.get("/metrics").text.lower()


def test_clicks_are_counted_by_button(metered: httpx.Client) -> None:
    assert press(metered, "payroll.generate", a_click(visits(5, 6))).status_code == 200
    assert press(metered, "payroll.generate", a_click(visits(5), clinic="nowhere")).status_code != 200
    assert value_of(metered, "clicks_total", button="payroll.generate", status="200") == 1
    refused = [
        value
        for (name, labels), value in samples_of(metered).items()
        if name == "clinic_ledger_clicks_total" and ("status", "200") not in labels
    ]
    assert refused == [1]


def test_the_memory_of_the_process_is_told(metered: httpx.Client) -> None:
    assert samples_of(metered)["process_resident_memory_bytes", ()] > 10_000_000


def test_staff_and_their_programs_may_read_them_and_nobody_else(folder: Path) -> None:
    ledger = opened(folder)
    add_user(ledger, "root", "The Administrator", Role.ADMINISTRATOR)
    scraper = program_of(ledger, Role.VIEWER, LAKESIDE_ONLY)
    ledger.close()
    with (
        temporary_service(Settings(path=folder, workers=0, metrics=True), hashing=CHEAP) as url,
        httpx.Client(base_url=url) as client,
    ):
        stranger = client.get("/metrics")
        assert (stranger.status_code, problem(stranger)["code"]) == (401, "sign-in-needed")
        told = client.get("/metrics", headers=scraper)
        assert told.status_code == 200
        assert "harbor" not in told.text


def a_day(client: httpx.Client) -> None:
    """Work for a day with names that are found again wherever they go, in what works and in what is refused."""
    name = "Zqcanary"
    clicks: list[tuple[str, dict[str, Any]]] = [
        ("payroll.generate", a_click(visits(5, 6))),
        ("payroll.generate", a_click(visits(7, provider=f"{name} Provider"))),
        (
            "invoices.create",
            a_click(
                sheets=[
                    {
                        "name": "Exams",
                        "columns": exam_columns([typed(None, Patient=f"{name} Patient", Note=name)]),
                    }
                ]
            ),
        ),
        ("invoices.create", a_click(sheets=[{"name": "Exams", "columns": [[name], [name]]}])),
        ("clinic.open", a_click(clinic="zqcanary")),
        (f"{name}.button", a_click()),
    ]
    done = [press(client, button, click).status_code for button, click in clicks]
    assert done[0] == done[2] == 200
    for address in ("/clinics", "/clinics/lakeside/invoices", f"/clinics/{name}/invoices", f"/{name}"):
        client.get(address, params={"attorney": name})
    client.get(f"/clinics/lakeside/invoices/{name}")
    client.post("/clinics/lakeside/invoices/search", json={"patient": f"{name} Patient"})
    client.post("/clinics/lakeside/reminders", json={"reminders": [{"number": "INV-000001", "note": name}]})
    client.put(f"/clinics/{name}", json={name: name})
    raw(
        client.base_url,
        f"{name.upper()} /clinics HTTP/1.1",
        f"Host: {client.base_url.host}:{client.base_url.port}",
    )


def check_labels(client: httpx.Client) -> None:
    """Check that every label has a value from a list of ours."""
    answer = client.get("/metrics").text
    assert CANARY not in answer.lower()
    allowed = {
        "route": {path for _, path, _ in every_route()} | {OF_THE_ADD_IN, UNKNOWN_ROUTE},
        "method": METHODS,
        "button": set(COMMANDS),
        "pool": {"firm", "clinics"},
    }
    for family in text_string_to_metric_families(answer):
        for sample in family.samples:
            for label, value in sample.labels.items():
                if label in allowed:
                    assert value in allowed[label], sample
                elif label == "le":
                    assert value == "+Inf" or float(value) > 0, sample
                else:
                    assert label == "status", sample
                    assert re.fullmatch(r"[1-5]\d\d|none", value), sample


def test_no_label_holds_what_somebody_sent(tmp_path: Path, priced_folder: Path) -> None:
    own = copy_ledger(priced_folder, tmp_path / "ledger")
    with (
        temporary_service(Settings(path=own, workers=0, metrics=True)) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        a_day(client)
        check_labels(client)


@pytest.mark.parametrize("workers", [0, 1])
def test_neither_metrics_nor_the_log_of_slow_statements_hold_what_somebody_sent(
    workers: int, postgresql: PostgresqlOfTests, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with books_on(postgresql, tmp_path / "ledger", PRICED, HARBOR) as books:
        settings = books.settings(metrics=True, database_slow_seconds=0, workers=workers, big_request=0)
        with temporary_service(settings) as url, httpx.Client(base_url=url, timeout=60) as client:
            a_day(client)
            check_labels(client)
            assert value_of(client, "database_statements_slow_total") > 100
            assert value_of(client, "database_connections_most", pool="clinics") == 16
            assert value_of(client, "database_connections_open", pool="firm") >= 1
            assert value_of(client, "database_connections_waiting", pool="firm") == 0
    logged = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert sum("INSERT INTO" in message and "%s" in message for message in logged) >= (0 if workers else 20)
    said = "\n".join(logged).lower()
    assert not [word for word in (CANARY, "lakeside", "harbor", "jane", "roe", "inv-0") if word in said]


@pytest.fixture
def books(postgresql: PostgresqlOfTests, tmp_path: Path) -> Iterator[Books]:
    setups: tuple[Setup, ...] = (HARBOR,)
    with books_on(postgresql, tmp_path / "ledger", *setups) as made:
        yield made


def test_a_statement_that_takes_too_long_is_ended_said_counted_and_does_not_stop_the_service(
    books: Books,
) -> None:
    books.sleeping(3)
    settings = books.settings(metrics=True, database_statement_seconds=1)
    with temporary_service(settings) as url, httpx.Client(base_url=url, timeout=60) as client:
        before = value_of(client, "database_statements_timed_out_total")
        answer = client.get("/clinics")
        assert (answer.status_code, problem(answer)["code"]) == (503, "database-too-slow")
        assert answer.headers["retry-after"] == "60"
        assert value_of(client, "database_statements_timed_out_total") > before
        assert client.get("/ready").status_code == 200
        books.sleeping(0)
        assert client.get("/clinics").json() == [{"id": "harbor", "name": "Harbor Practice"}]


def test_a_slow_statement_is_logged_with_its_seconds(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    books.sleeping(0.4)
    settings = books.settings(database_slow_seconds=0.3)
    with temporary_service(settings) as url:
        assert httpx.get(f"{url}/clinics", timeout=60).status_code == 200
    assert re.search(
        r"a statement took 0\.[4-9]\d\d seconds: SELECT id, name FROM clinic$", caplog.text, re.MULTILINE
    )


def test_a_click_waits_as_long_for_another_one_as_the_settings_say(books: Books) -> None:
    settings = books.settings(metrics=True, database_lock_seconds=1)
    with temporary_service(settings) as url, httpx.Client(base_url=url, timeout=60) as client:
        before = value_of(client, "database_statements_lock_waits_ended_total")
        with books.turn_taken():
            answer = press(
                client, "payroll.generate", a_click(visits(5, provider="Pat Poe"), clinic="harbor")
            )
        assert problem(answer)["code"] == "books-busy"
        assert value_of(client, "database_statements_lock_waits_ended_total") > before


def test_a_pool_opens_no_more_connections_than_the_settings_say(books: Books) -> None:
    settings = books.settings(metrics=True, database_connections=2)
    with temporary_service(settings) as url, httpx.Client(base_url=url, timeout=60) as client:
        assert value_of(client, "database_connections_most", pool="firm") == 2
        clicks = [
            ("clinic.open", a_click(clinic="harbor")),
            ("payroll.generate", a_click(visits(5, provider="Pat Poe"), clinic="harbor")),
            ("payroll.history", a_click(clinic="harbor")),
        ]
        assert [press(client, *click).status_code for click in clicks] == [200, 200, 200]
        assert value_of(client, "database_connections_open", pool="clinics") <= 2


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("DATABASE_CONNECTIONS", "1"),
        ("DATABASE_CONNECTIONS", "1001"),
        ("DATABASE_STATEMENT_SECONDS", "0"),
        ("DATABASE_LOCK_SECONDS", "0"),
        ("DATABASE_LOCK_SECONDS", "1.5"),
        ("DATABASE_HOLD_SECONDS", "0"),
        ("DATABASE_COMMIT_SECONDS", "0"),
        ("DATABASE_SLOW_SECONDS", "-1"),
        ("DATABASE_SLOW_SECONDS", "nan"),
        ("METRICS", "perhaps"),
    ],
)
def test_settings_out_of_their_range_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, wrong: str
) -> None:
    monkeypatch.setenv(f"CLINIC_LEDGER_{name}", wrong)
    with pytest.raises(ValueError, match=name.lower()):
        Settings()


def test_the_statements_of_worker_processes_are_counted_too(books: Books) -> None:
    counted = {}
    for workers in (0, 1):
        settings = books.settings(
            metrics=True, database_slow_seconds=0, workers=workers, big_request=0 if workers else 10**9
        )
        with temporary_service(settings) as url, httpx.Client(base_url=url, timeout=60) as client:
            client.get("/clinics")
            before = value_of(client, "database_statements_slow_total")
            click = a_click(visits(5, provider="Pat Poe"), clinic="harbor", request_id=f"workers {workers}")
            assert press(client, "payroll.generate", click).status_code == 200
            counted[workers] = value_of(client, "database_statements_slow_total") - before
    assert counted[1] > counted[0] / 2 > 20, counted

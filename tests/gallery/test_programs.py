"""The refusals no sheet can provoke: they answer programs, strangers, and broken computers."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from addin.desktop import service
from addin.desktop.files import open_workbook
from addin.desktop.files.refusals import NotAllowed
from addin.desktop.service_refusals import ServiceTooSlow
from server.cli.service import temporary_service
from server.settings import Settings

MAPLE = {"name": "October.xlsx", "clinic": "maple", "date_system": 1900}


@pytest.fixture(name="http")
def client(service: tuple[str, Path, Path]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service[0], trust_env=False) as opened:
        yield opened


def refused(response: httpx.Response) -> tuple[int, str]:
    problem = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["status"] == response.status_code
    assert problem["detail"].endswith(".")
    assert problem["remedy"].endswith(".")
    return response.status_code, problem["code"]


def a_click(**more: object) -> dict[str, Any]:
    return {"request_id": "click-1", "workbook": MAPLE, **more}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"not JSON", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"request_id": "\\ud800"}', "not JSON"),
        (b'{"request_id": "\xff"}', "not JSON"),
        (b'{"request_id": NaN}', "not JSON"),
        (b"[]", "agreed form"),
        (b"{}", "request_id"),
        (b'{"request_id": ""}', "request_id"),
        (b'{"request_id": "1", "workbook": {"date_system": 1905}}', "workbook.date_system"),
        (b'{"request_id": "1", "sheets": [{"name": "A", "top_left": "A0"}]}', "sheets.0.top_left"),
        (b'{"request_id": "1", "inputs": {"from": []}}', "inputs.from"),
    ],
    ids=range(11),
)
def test_what_is_no_click_is_refused_with_its_place(http: httpx.Client, body: bytes, place: str) -> None:
    answer = http.post("/ribbon/payroll.check", content=body, headers={"content-type": "application/json"})
    assert refused(answer) == (400, "bad-request")
    assert place in answer.json()["detail"]


@pytest.mark.parametrize(
    "columns",
    [None, "A", ["A"], [["A"], ["B", "C"]], [[["A"]]], [[{"A": 1}]]],
    ids=["none", "text", "no-list", "unequal", "list", "object"],
)
def test_a_sheet_that_is_no_sheet_is_refused(http: httpx.Client, columns: object) -> None:
    click = a_click(sheets=[{"name": "Appointments", "columns": columns}])
    assert refused(http.post("/ribbon/payroll.check", json=click)) == (400, "bad-request")


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
def test_a_page_of_another_site_is_turned_away(http: httpx.Client, headers: dict[str, str]) -> None:
    assert refused(http.get("/clinics", headers=headers)) == (403, "foreign-request")
    assert refused(http.post("/ribbon/clinic.choose", json=a_click(), headers=headers)) == (
        403,
        "foreign-request",
    )


def test_an_address_nobody_knows_is_refused_in_words(http: httpx.Client) -> None:
    assert refused(http.get("/clinics/maple/secrets")) == (404, "unknown-address")


def test_a_button_nobody_knows_is_refused_by_the_service_too(http: httpx.Client) -> None:
    assert refused(http.post("/ribbon/payroll.pay", json=a_click())) == (404, "unknown-button")


@pytest.mark.parametrize("output", ["maple-0123456789abcdef0123456789abcdef", "..%2f..%2ffirm.db", "x"])
def test_a_workbook_no_longer_kept_is_refused_in_words(http: httpx.Client, output: str) -> None:
    assert http.get(f"/outputs/{output}").status_code == 404


def test_an_id_used_for_something_else_is_refused(http: httpx.Client) -> None:
    first = http.post("/ribbon/clinic.open", json=a_click(request_id="the same"))
    again = http.post("/ribbon/payroll.history", json=a_click(request_id="the same"))

    assert first.status_code == 200
    assert refused(again) == (409, "request-id-reused")


def test_more_than_the_service_takes_is_refused_unread(tmp_path: Path) -> None:
    settings = Settings(path=tmp_path / "ledger", workers=0, largest_request=1024 * 1024)
    with temporary_service(settings) as url, httpx.Client(base_url=url, trust_env=False) as http:
        answer = http.post("/ribbon/payroll.check", json=a_click(inputs={"note": "x" * 2 * 1024 * 1024}))
    assert refused(answer) == (413, "too-large")


def test_damaged_books_are_said_and_stop_no_other_clinic(
    http: httpx.Client, service: tuple[str, Path, Path]
) -> None:
    books = service[1] / "clinics" / "harbor.db"
    whole = books.read_bytes()
    books.write_bytes(b"no longer a database " * 99)
    try:
        click = a_click(workbook=MAPLE | {"clinic": "harbor"})
        assert refused(http.post("/ribbon/payroll.history", json=click)) == (503, "books-not-opened")
        assert http.post("/ribbon/payroll.history", json=a_click(request_id="maple's")).status_code == 200
    finally:
        books.write_bytes(whole)


def test_a_service_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with service.Service(url, answer_seconds=0.1) as client, pytest.raises(ServiceTooSlow):
            client.ribbon()


def test_a_file_the_system_does_not_give_out_is_said(tmp_path: Path) -> None:
    endless = tmp_path / "endless"
    endless.symlink_to(endless)
    with pytest.raises(NotAllowed):
        open_workbook(endless / "log.xlsx")

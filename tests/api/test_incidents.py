"""Bugs: an answer with a number, and a log line that says where and never what."""

import re
import socket
from pathlib import Path

import httpx
import pytest

from tests.api.wire import press, problem
from tests.behind import open_books
from tests.ribbon.clicks import a_click, visits


def spoil(folder: Path) -> None:
    """Write into the books what only a bug or a hand could have written."""
    with open_books(folder) as books:
        books.drop_checks()
        books("UPDATE provider SET works_as = 'Ann Exemplar'")


def test_a_bug_is_an_incident_and_the_log_says_where_and_never_what(
    service: httpx.Client, folder: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    spoil(folder)
    answers = [
        service.get("/clinics/lakeside/providers"),
        press(service, "payroll.check", a_click(visits(5))),
    ]

    for answer in answers:
        assert (answer.status_code, problem(answer)["code"]) == (500, "incident")
        assert "Exemplar" not in answer.text
    numbers = [re.findall(r"Incident ([0-9a-f]{8})\.", answer.text)[0] for answer in answers]
    logged = [re.fullmatch(r"incident (\w+): ValueError at (.+)", line) for line in caplog.messages]
    assert [line and line[1] for line in logged] == numbers
    assert all(line and re.search(r"clinic|setup", line[2]) for line in logged)
    assert "Exemplar" not in caplog.text + "".join(capfd.readouterr())


def test_the_service_goes_on_after_a_bug(service: httpx.Client, folder: Path) -> None:
    spoil(folder)
    assert service.get("/clinics/lakeside/providers").status_code == 500
    assert service.get("/clinics/harbor/providers").status_code == 200


def test_a_client_that_hangs_up_leaves_no_trace(
    service: httpx.Client, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection((service.base_url.host, service.base_url.port or 0)) as wire:
        wire.sendall(
            b"POST /ribbon/payroll.check HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
    assert service.get("/health").status_code == 200
    assert caplog.messages == []
    assert capfd.readouterr() == ("", "")

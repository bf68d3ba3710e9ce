"""What is said when the service declines, is away, or is somebody else."""

import socket

import pytest

from addin.desktop.refusals import UnusableReply
from addin.desktop.service import PAUSES, Service
from addin.desktop.service_refusals import NotOurService, Refused, ServiceNotRunning
from tests.addin.stand_in import TABLE, StandIn

CLICK = {"request_id": "r-1", "inputs": {}}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_the_ribbon_table_and_a_reply_come_back_as_they_were_sent(
    stand_in: StandIn, service: Service
) -> None:
    assert service.ribbon() == TABLE
    assert service.press("payroll.check", CLICK) == stand_in.reply
    assert stand_in.sent == CLICK


def test_a_refusal_carries_its_code_sentence_remedy_and_findings(stand_in: StandIn, service: Service) -> None:
    problem = {
        "code": "no-clinic",
        "title": "No clinic",
        "detail": "This workbook belongs to no clinic.",
        "remedy": "Press Choose clinic first.",
        "remedies": [{"label": "Choose clinic", "button": "clinic.choose"}],
        "findings": [{"code": "no-rate"}],
    }
    stand_in.status, stand_in.kind, stand_in.reply = 409, "application/problem+json", problem

    with pytest.raises(Refused) as caught:
        service.press("payroll.check", CLICK)

    assert caught.value.problem == problem
    assert caught.value.as_problem() == problem


def test_a_broken_connection_is_tried_again_with_the_same_id(stand_in: StandIn, service: Service) -> None:
    stand_in.break_connections = 2
    assert service.press("payroll.check", CLICK) == stand_in.reply
    assert [request["request_id"] for request in stand_in.requests] == ["r-1"] * 3


def test_a_connection_that_keeps_breaking_is_given_up(stand_in: StandIn, service: Service) -> None:
    stand_in.break_connections = 99
    with pytest.raises(ServiceNotRunning):
        service.press("payroll.check", CLICK)
    assert len(stand_in.requests) == 1 + len(PAUSES)
    assert stand_in.pauses == list(PAUSES)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_whose_service_is_restarted_is_asked_again_with_the_same_id(
    stand_in: StandIn, service: Service, status: int
) -> None:
    stand_in.first_raw = [(status, "text/html", b"<html>Bad Gateway</html>")] * 3
    assert service.press("payroll.check", CLICK) == stand_in.reply
    assert [request["request_id"] for request in stand_in.requests] == ["r-1"] * 4


def test_a_proxy_whose_service_stays_away_is_said_as_that(stand_in: StandIn, service: Service) -> None:
    stand_in.first_raw = [(502, "text/html", b"<html>Bad Gateway</html>")] * 99
    with pytest.raises(ServiceNotRunning):
        service.press("payroll.check", CLICK)
    assert len(stand_in.requests) == 1 + len(PAUSES)


def test_what_the_service_itself_refuses_with_503_is_shown_at_once(
    stand_in: StandIn, service: Service
) -> None:
    problem = {"code": "books-busy", "title": "Busy", "detail": "Busy.", "remedy": "Wait.", "status": 503}
    stand_in.reply = problem
    with pytest.raises(Refused):
        service.press("payroll.check", CLICK)
    assert len(stand_in.requests) == 1


def test_a_service_that_is_gone_after_a_broken_connection_is_waited_for(stand_in: StandIn) -> None:
    stand_in.break_connections = 1
    port, waited = free_port(), list[float]()

    def come_back(seconds: float) -> None:
        waited.append(seconds)
        client._client.base_url = stand_in.url if len(waited) > 3 else f"http://127.0.0.1:{port}"  # noqa: SLF001

    with Service(stand_in.url, sleep=come_back) as client:
        assert client.press("payroll.check", CLICK) == stand_in.reply
    assert len(waited) == 4


def test_a_service_that_is_not_running_is_said_with_how_to_start_it() -> None:
    with Service(f"http://127.0.0.1:{free_port()}") as service, pytest.raises(ServiceNotRunning) as caught:
        service.ribbon()
    assert caught.value.remedy == "Start it with: clinicledger service start"


@pytest.mark.parametrize(
    ("status", "kind", "raw"),
    [
        (200, "text/html", b"<html>router</html>"),
        (404, "text/html", b"<html>not found</html>"),
        (200, "application/json", b"[]"),
        (400, "application/problem+json", b"not json"),
        (302, "text/html", b""),
    ],
)
def test_another_program_at_that_port_is_not_taken_for_ours(
    stand_in: StandIn, service: Service, status: int, kind: str, raw: bytes
) -> None:
    stand_in.status, stand_in.kind, stand_in.raw = status, kind, raw
    with pytest.raises(NotOurService):
        service.press("payroll.check", CLICK)


@pytest.mark.parametrize("url", ["http://elsewhere.invalid/outputs/1", "//elsewhere.invalid/1", "outputs/1"])
def test_sheets_are_fetched_from_the_service_only(service: Service, url: str) -> None:
    with pytest.raises(UnusableReply):
        service.fetch_output(url)


def test_the_address_comes_from_the_setting(monkeypatch: pytest.MonkeyPatch, stand_in: StandIn) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_URL", stand_in.url + "/")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    with Service() as service:
        assert service.ribbon() == TABLE

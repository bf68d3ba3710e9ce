"""A request whose text holds a NUL character, which neither Excel nor PostgreSQL can hold, is refused wherever the character is."""

import httpx
import pytest

from tests.api.wire import problem

CLINIC = "/clinics/lakeside"
STEP = b'{"request_id": "one", "action": "note", "version": 1, "note": "%s"}'
JSON = {"content-type": "application/json"}


def refused(answer: httpx.Response) -> tuple[int, str]:
    told = problem(answer)
    assert "NUL character" in told["detail"]
    return answer.status_code, told["code"]


@pytest.mark.parametrize(
    "address",
    [
        "/invoices?payer=Oak%00",
        "/invoices?%00=Oak",
        "/invoices/INV-000001%00",
        "/credits?after=%00",
        "/worklist?who=a%00b",
        "/documents/%00",
    ],
)
def test_in_an_address(idle: httpx.Client, address: str) -> None:
    assert refused(idle.get(CLINIC + address)) == (400, "bad-request")


def test_in_the_name_of_a_clinic(idle: httpx.Client) -> None:
    assert refused(idle.get("/clinics/lakeside%00/invoices")) == (400, "bad-request")


@pytest.mark.parametrize("text", [rb"\u0000", rb"so\u0000", rb"\\\u0000"])
def test_in_a_body(idle: httpx.Client, text: bytes) -> None:
    answer = idle.post(f"{CLINIC}/invoices/INV-000001/steps", content=STEP % text, headers=JSON)
    assert refused(answer) == (400, "bad-request")


def test_the_letters_of_an_escape_are_no_such_character(idle: httpx.Client) -> None:
    body = STEP % rb"\\u0000"
    answer = idle.post(f"{CLINIC}/invoices/INV-000001/steps", content=body, headers=JSON)
    assert problem(answer)["code"] == "unknown-invoice"


def test_in_a_form(idle: httpx.Client) -> None:
    form = {"content-type": "application/x-www-form-urlencoded", "origin": str(idle.base_url).rstrip("/")}
    answer = idle.post("/sign-in", content=b"name=ana%00&password=x", headers=form)
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert "NUL character" in answer.text


def test_a_document_may_hold_it(idle: httpx.Client) -> None:
    octets = {"content-type": "application/octet-stream"}
    answer = idle.post(f"{CLINIC}/documents", content=b"%PDF-1.7 \0 invented", headers=octets)
    assert answer.is_success, answer.text

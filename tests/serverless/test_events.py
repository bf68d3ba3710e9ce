"""Requests through every gateway of AWS reach the same service, and none can say that it is from elsewhere."""

import json
import logging
from hashlib import sha256
from typing import Any

import httpx
import pytest

from server import serverless
from server.billing.people import Role
from server.errors import BadRequest
from tests.api.wire import check_protected, press, problem
from tests.people import PASSWORD, add_user
from tests.ribbon.clicks import a_click, visits
from tests.serverless.conftest import Office, alone
from tests.serverless.gateways import CLIENT, LOAD_BALANCERS, NAME, Gateway, Invoke, Kind, client_of

PDF = b"%PDF-1.7 \x00\xff an invented cheque"
OCTETS = {"content-type": "application/octet-stream"}
JSON = {"content-type": "application/json"}
KINDS = pytest.mark.parametrize("kind", list(Kind))


@KINDS
def test_a_payroll_is_generated_and_fetched(kind: Kind, office: Office, function: Invoke) -> None:
    with client_of(kind, function) as client:
        client.headers.update(office.signed_in)
        reply = press(client, "payroll.generate", a_click(visits(5, 6))).json()
        fetched = client.get(reply["output"]["url"])
        assert fetched.headers["content-type"].endswith("sheet")
        assert sha256(fetched.content).hexdigest() == reply["output"]["sha256"]
        check_protected(fetched.headers, kind)
        assert fetched.headers["strict-transport-security"]


@KINDS
def test_bytes_come_and_go_as_they_are(kind: Kind, office: Office, function: Invoke) -> None:
    with client_of(kind, function) as client:
        client.headers.update(office.signed_in)
        kept = client.post("/clinics/lakeside/documents", content=PDF, headers=OCTETS)
        digest = kept.json()["digest"]
        assert digest == sha256(PDF).hexdigest()
        assert client.get(f"/clinics/lakeside/documents/{digest}").content == PDF
        headed = client.head(f"/clinics/lakeside/documents/{digest}")
        assert (headed.content, headed.headers["content-length"]) == (b"", str(len(PDF)))


@KINDS
def test_filters_of_the_address_arrive_each_of_them(kind: Kind, office: Office, function: Invoke) -> None:
    with client_of(kind, function) as client:
        client.headers.update(office.program)
        asked = client.get(
            "/clinics/lakeside/invoices", params={"state": ["no & such", "none=such"], "limit": "5"}
        )
        assert asked.status_code == 400
        last = (
            "state[0]" if kind is Kind.LOAD_BALANCER else "state[1]"
        )  # without lists, it passes on one of a name
        assert last in problem(asked)["detail"]
        assert client.get("/clinics/lakeside/invoices?state=open&state=credit").json()["invoices"] == []


@KINDS
def test_a_person_signs_in_on_a_page_and_the_cookies_stay(
    kind: Kind, office: Office, function: Invoke
) -> None:
    add_user(office.ledger, "bo", "Bo Biller", Role.BILLER)
    with client_of(kind, function) as client:
        assert client.get("/account").headers["location"].startswith("/sign-in")
        typed = {"name": "bo", "password": PASSWORD, "next": "/account"}
        sent = client.post("/sign-in", data=typed, headers={"origin": f"https://{NAME}"})
        assert sent.status_code == 303, sent.text
        (cookie,) = sent.headers.get_list("set-cookie")
        assert "Secure" in cookie
        client.cookies.set("another", "one")
        assert "Bo Biller" in client.get("/account").text


CLAIMED: list[dict[str, str]] = [
    {"x-forwarded-for": "127.0.0.1"},
    {"x-forwarded-for": "198.51.100.9, 10.0.0.1"},
    {"x-forwarded-for": "::"},
    {"x-forwarded-for": "nonsense"},
    {"x-real-ip": "127.0.0.1", "forwarded": "for=127.0.0.1", "x-forwarded-proto": "http"},
    {},
]


@KINDS
def test_nobody_can_say_to_be_somewhere_else(kind: Kind, office: Office, function: Invoke) -> None:
    before = len(office.ledger.access.rows(100))
    with client_of(kind, function) as client:
        for claimed in CLAIMED:
            wrong = {"authorization": "Bearer an-invented-token"}
            assert client.get("/clinics", headers=claimed | wrong).status_code == 401
    alone(serverless.close)
    recorded = office.ledger.access.rows(100)[:-before]
    assert {row.origin for row in recorded} == {CLIENT}
    assert sum(row.times for row in recorded) == len(CLAIMED)


@KINDS
def test_a_named_proxy_before_the_gateway_says_who_asked(
    kind: Kind, office: Office, function: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_PROXIES", "198.51.100.0/24")
    with client_of(kind, function, client="198.51.100.20") as client:
        passed = {"x-forwarded-for": "127.0.0.1, 192.0.2.44"}
        client.get("/clinics", headers=passed | {"authorization": "Bearer an-invented-token"})
    assert office.ledger.access.rows(1)[0].origin == "192.0.2.44"


@KINDS
def test_a_name_that_is_not_the_services_reaches_nothing(
    kind: Kind, office: Office, function: Invoke
) -> None:
    with client_of(kind, function) as client:
        for host in ("localhost", "127.0.0.1.example", "evil.example", f"{NAME}.evil.example", ""):
            answer = client.get("/clinics", headers=office.signed_in | {"host": host})
            assert (answer.status_code, problem(answer)["code"]) == (403, "foreign-request")


@KINDS
def test_a_click_without_a_content_type_is_refused_also_where_no_length_is_passed_on(
    kind: Kind, office: Office, function: Invoke
) -> None:
    """API Gateway drops Content-Length: a body must not slip by because of that."""
    with client_of(kind, function) as client:
        for told in ({"content-type": "text/plain"}, {}):
            answer = client.post("/ribbon/payroll.generate", content=b"{}", headers=office.signed_in | told)
            assert (answer.status_code, problem(answer)["code"]) == (400, "bad-request")


@KINDS
def test_headers_that_decide_are_not_taken_twice(kind: Kind, office: Office, function: Invoke) -> None:
    with client_of(kind, function) as client:
        twice = [
            ("authorization", f"Bearer {office.token}"),
            ("origin", f"https://{NAME}"),
            ("origin", "https://evil.example"),
        ]
        answer = client.get("/clinics", headers=twice)
        assert problem(answer)["code"] in {"bad-request", "foreign-request"}


@pytest.mark.parametrize("kind", sorted(LOAD_BALANCERS))
def test_a_load_balancer_that_was_asked_over_plain_http_is_answered_with_no(
    kind: Kind, office: Office, function: Invoke
) -> None:
    with client_of(kind, function, scheme="http") as client:
        assert problem(client.get("/clinics", headers=office.signed_in))["code"] == "not-encrypted"


@pytest.mark.parametrize("kind", sorted(LOAD_BALANCERS))
def test_a_load_balancer_that_does_not_say_who_asked_is_answered_with_no(
    kind: Kind, office: Office, function: Invoke
) -> None:
    class Silent(Gateway):
        def _headers_of(self, request: httpx.Request) -> list[tuple[str, str]]:
            return [header for header in super()._headers_of(request) if header[0] != "X-Forwarded-For"]

    with httpx.Client(transport=Silent(kind, function), base_url=f"https://{NAME}") as client:
        assert problem(client.get("/clinics", headers=office.signed_in))["code"] == "proxy-unclear"


@KINDS
def test_a_click_sent_again_is_answered_from_the_books(kind: Kind, office: Office, function: Invoke) -> None:
    with client_of(kind, function) as client:
        client.headers.update(office.signed_in)
        click = a_click(visits(5, 6))
        first = press(client, "payroll.generate", click)
        assert press(client, "payroll.generate", click).content == first.content


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"task": "destroy"},
        {"requestContext": None},
        {"source": "aws.events", "detail-type": "Scheduled Event"},
    ],
)
def test_an_event_of_nobody_is_refused(event: dict[str, Any], function: Invoke) -> None:
    with pytest.raises(BadRequest, match="event"):
        function(event)


@pytest.mark.parametrize(
    "event",
    [
        {"requestContext": {}},
        {"version": "2.0", "requestContext": {}},
        {"resource": "/", "requestContext": {"identity": {}}},
        {"httpMethod": "GET", "path": "/", "requestContext": {"elb": {}}},
        {"httpMethod": "GET", "path": "/", "headers": {"host": "a:b:Pat Doe"}, "requestContext": {"elb": {}}},
        {"version": "2.0", "headers": {}, "body": "Pat Doe!", "isBase64Encoded": True,
         "requestContext": {"http": {"method": "POST", "path": "/pair", "sourceIp": CLIENT}}},
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_read_is_an_incident_and_nothing_of_it_is_logged(
    event: dict[str, Any], function: Invoke, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        reply = json.loads(json.dumps(function(event)))
    assert reply["statusCode"] == 500
    assert json.loads(reply["body"])["code"] == "incident"
    assert "Pat Doe" not in caplog.text
    assert "incident" in caplog.text


def test_nothing_that_is_asked_for_is_logged(
    office: Office, function: Invoke, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), client_of(Kind.HTTP_API, function) as client:
        client.get("/clinics/lakeside/invoices", headers=office.program)
    told = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    assert "lakeside" not in " ".join(told)

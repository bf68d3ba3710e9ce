"""Requests above what a gateway lets through are left in the store, and only their sender can use them, once and as announced."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from server.billing.people import Role
from server.errors import BillingError, SentBodyUnusable
from server.ledger.objects.folder_objects import FolderObjects
from server.ledger.sent_bodies import SentBodies
from tests.api.wire import problem
from tests.object_servers import REGION, S3Server
from tests.people import add_user, program_of, token_of
from tests.ribbon.clicks import a_click, visits
from tests.serverless.conftest import Office
from tests.serverless.gateways import LOAD_BALANCERS, Invoke, Kind, client_of

OCTETS, JSON = {"content-type": "application/octet-stream"}, {"content-type": "application/json"}
KINDS = pytest.mark.parametrize("kind", list(Kind))
DOCUMENTS = "/clinics/lakeside/documents"
GENERATE = "/ribbon/payroll.generate"
SMALL = b"%PDF-1.7 an invented cheque"


def announce(client: httpx.Client, body: bytes) -> dict[str, str]:
    """Announce a body; return its address and its reference."""
    told = {"size": len(body), "sha256": sha256(body).hexdigest()}
    place: dict[str, str] = client.post("/request-bodies", json=told).raise_for_status().json()
    return place


def leave(client: httpx.Client, body: bytes) -> dict[str, str]:
    """Leave a body in the store; return the header that refers to it."""
    place = announce(client, body)
    httpx.put(place["address"], content=body).raise_for_status()
    return {"x-body-reference": place["reference"]}


def padded_click(size: int) -> bytes:
    """Return a click that has a number of bytes more than it needs."""
    return orjson.dumps(a_click(visits(5, 6))) + b" " * size


def refused(answer: httpx.Response) -> str:
    """Return the code with which a request was refused."""
    return str(problem(answer)["code"])


@KINDS
def test_a_large_document_is_kept_and_nothing_stays_behind(
    kind: Kind, office: Office, function: Invoke, s3: S3Server
) -> None:
    data = b"%PDF-1.7 " + os.urandom(7_000_000)
    with client_of(
        kind,
        function,
    ) as client:
        client.headers.update(office.signed_in)
        assert client.post(DOCUMENTS, content=data, headers=OCTETS).status_code == 413
        kept = client.post(DOCUMENTS, headers=OCTETS | leave(client, data))
        assert kept.json()["digest"] == sha256(data).hexdigest()
    assert not [key for key in s3.keys(office.bucket) if key.startswith("requests/sent")]


@KINDS
def test_a_large_click_counts_once_however_it_is_sent_again(
    kind: Kind, office: Office, function: Invoke
) -> None:
    click = padded_click(6_500_000)
    with client_of(kind, function) as client:
        client.headers.update(office.signed_in)
        first = client.post(GENERATE, headers=JSON | leave(client, click))
        assert first.json()["figures"]["paid"] == 2
        assert client.post(GENERATE, headers=JSON | leave(client, click)).content == first.content
        other = client.post(GENERATE, headers=JSON | leave(client, click + b" "))
        assert refused(other) == "request-id-reused"


@KINDS
def test_each_answer_says_how_large_a_body_passes_and_such_a_body_does(
    kind: Kind, office: Office, function: Invoke
) -> None:
    with client_of(kind, function) as client:
        answers = [
            client.get("/health"),
            client.get("/clinics"),
            client.get("/clinics", headers=office.signed_in),
            client.get("/office/taskpane.html"),
            client.get("/nowhere", headers=office.signed_in),
        ]
        (largest,) = {int(answer.headers["x-largest-body"]) for answer in answers}
        assert largest == (700_000 if kind in LOAD_BALANCERS else 2_000_000)
        rows = [["é" * 20, "\n\"'\\" * 5] for _ in range(largest // 60)]
        filled = orjson.dumps(a_click(visits(5)) | {"inputs": {"note": orjson.dumps(rows).decode()}})
        body = filled[: largest - 3]
        answer = client.post(GENERATE, content=body, headers=JSON | office.signed_in)
        assert answer.status_code != 413


def test_a_reference_is_of_its_sender_alone(office: Office, function: Invoke) -> None:
    colleague = add_user(office.ledger, "bo", "Bo Biller", Role.BILLER)
    program = program_of(office.ledger, Role.MANAGER)
    with client_of(Kind.HTTP_API, function) as client:
        client.headers.update(office.signed_in)
        reference = leave(client, SMALL)
        for token in (f"Bearer {token_of(office.ledger, colleague)}", *program.values()):
            answer = client.post(DOCUMENTS, headers=OCTETS | reference | {"authorization": token})
            assert (answer.status_code, refused(answer)) == (404, "sent-body-unusable")
        anybody = client.post(DOCUMENTS, headers=OCTETS | reference | {"authorization": "Bearer invented"})
        assert anybody.status_code == 401
        assert client.post(DOCUMENTS, headers=OCTETS | reference).status_code == 200


def test_a_reference_counts_once_also_if_the_body_is_left_again(office: Office, function: Invoke) -> None:
    with client_of(Kind.HTTP_API, function) as client:
        client.headers.update(office.signed_in)
        place = announce(client, SMALL)
        reference = {"x-body-reference": place["reference"]}
        httpx.put(place["address"], content=SMALL).raise_for_status()
        assert client.post(DOCUMENTS, headers=OCTETS | reference).status_code == 200
        assert refused(client.post(DOCUMENTS, headers=OCTETS | reference)) == "sent-body-unusable"
        httpx.put(place["address"], content=SMALL).raise_for_status()
        assert refused(client.post(DOCUMENTS, headers=OCTETS | reference)) == "sent-body-unusable"


def test_of_many_at_once_one_gets_the_body(office: Office) -> None:
    bodies = office.ledger.sent_bodies
    place = bodies.place_for("a token", len(SMALL), sha256(SMALL).hexdigest())
    assert place
    httpx.put(place.address.get_secret_value(), content=SMALL).raise_for_status()

    def take(_: int) -> bytes:
        try:
            return bodies.take("a token", place.reference)
        except BillingError:
            return b""

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(take, range(8)))[-2:] == [b"", SMALL]


@pytest.mark.parametrize(
    "left",
    [
        pytest.param(None, id="nothing"),
        pytest.param(b"", id="no bytes"),
        pytest.param(SMALL[:-1], id="less"),
        pytest.param(SMALL + b"!", id="more"),
        pytest.param(SMALL * 100_000, id="much more"),
        pytest.param(SMALL.upper(), id="others"),
    ],
)
def test_what_was_not_announced_is_not_taken(left: bytes | None, office: Office, function: Invoke) -> None:
    with client_of(Kind.HTTP_API, function) as client:
        client.headers.update(office.signed_in)
        place = announce(client, SMALL)
        if left is not None:
            httpx.put(place["address"], content=left).raise_for_status()
        answer = client.post(DOCUMENTS, headers=OCTETS | {"x-body-reference": place["reference"]})
        assert refused(answer) == "sent-body-unusable"
        assert "%PDF" not in answer.text
        assert client.get(DOCUMENTS).json()["total"] == 0


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "nonsense",
        "../../clinics/lakeside/documents/0",
        f"{'0' * 32}.5.{'0' * 64}",
        f"{'0' * 32}.5.../../{'0' * 58}",
        f"{'0' * 32}.-1.{'0' * 64}",
        f"{'0' * 32}.99999999999999999999.{'0' * 64}",
        f"{'0' * 32}.5.{'0' * 64}, {'0' * 32}.5.{'0' * 64}",
    ],
)
def test_a_reference_that_was_never_given_leads_to_nothing(
    reference: str, office: Office, function: Invoke
) -> None:
    with client_of(Kind.HTTP_API, function) as client:
        client.headers.update(office.signed_in)
        for path, kind in ((DOCUMENTS, OCTETS), (GENERATE, JSON), ("/clinics/lakeside/invoices", JSON)):
            answer = client.post(path, headers=kind | {"x-body-reference": reference})
            assert (answer.status_code, refused(answer)) == (404, "sent-body-unusable")


def test_a_changed_reference_leads_to_nothing(office: Office, function: Invoke) -> None:
    with client_of(Kind.HTTP_API, function) as client:
        client.headers.update(office.signed_in)
        reference = leave(client, SMALL)["x-body-reference"]
        random, size, digest = reference.split(".")
        for changed in (
            f"{random}.{int(size) + 1}.{digest}",
            f"{random}.0{size}.{digest}",
            f"{random[::-1]}.{size}.{digest}",
            f"{random}.{size}.{sha256(b'others').hexdigest()}",
            reference.upper(),
        ):
            answer = client.post(DOCUMENTS, headers=OCTETS | {"x-body-reference": changed})
            assert refused(answer) == "sent-body-unusable"


def test_a_body_beside_a_reference_is_refused(office: Office, function: Invoke) -> None:
    with client_of(Kind.HTTP_API, function) as client:
        client.headers.update(office.signed_in)
        reference = leave(client, SMALL)
        answer = client.post(DOCUMENTS, content=SMALL, headers=OCTETS | reference)
        assert refused(answer) == "sent-body-unusable"


def test_what_is_too_old_is_refused_and_removed(office: Office, function: Invoke, s3: S3Server) -> None:
    with client_of(Kind.HTTP_API, function) as client:
        client.headers.update(office.signed_in)
        client.post(DOCUMENTS, headers=OCTETS | leave(client, SMALL)).raise_for_status()
        (mark,) = [key for key in s3.keys(office.bucket) if key.startswith("requests/")]
        reference = leave(client, SMALL)
        (body,) = [key for key in s3.keys(office.bucket) if key.startswith("requests/sent/")]
        function({"task": "tidy"})
        assert {mark, body} <= s3.keys(office.bucket)
        for key in (mark, body):
            s3.backdate(office.bucket, key, timedelta(minutes=61))
        assert refused(client.post(DOCUMENTS, headers=OCTETS | reference)) == "sent-body-unusable"
        function({"task": "tidy"})
        assert body not in s3.keys(office.bucket)
        assert mark in s3.keys(office.bucket)
        s3.backdate(office.bucket, mark, timedelta(days=1))
        function({"task": "tidy"})
        assert mark not in s3.keys(office.bucket)


def test_who_may_not_do_it_does_not_even_use_the_reference(office: Office, function: Invoke) -> None:
    viewer = add_user(office.ledger, "vi", "Vi Viewer", Role.VIEWER)
    token = {"authorization": f"Bearer {token_of(office.ledger, viewer)}"}
    with client_of(Kind.HTTP_API, function, headers=token) as client:
        for path, kind in (("/ribbon/payroll.close", JSON), (DOCUMENTS, OCTETS)):
            reference = leave(client, SMALL)
            for _ in range(2):
                answer = client.post(path, headers=kind | reference)
                assert (answer.status_code, refused(answer)) == (403, "role-not-allowed")
        reference = leave(client, b'{"request_id": "one", "exams": []}')
        answer = client.post("/clinics/lakeside/invoices", headers=JSON | reference)
        assert refused(answer) == "role-not-allowed"


def test_what_limits_a_request_limits_it_here(
    office: Office, function: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_LARGEST_REQUEST", str(3 * 1024 * 1024))
    with client_of(Kind.HTTP_API, function, headers=office.signed_in) as client:
        told = {"size": 3 * 1024 * 1024 + 1, "sha256": "0" * 64}
        assert refused(client.post("/request-bodies", json=told)) == "too-large"
        invented = {"x-body-reference": f"{'0' * 32}.{told['size']}.{'0' * 64}"}
        assert refused(client.post(DOCUMENTS, headers=OCTETS | invented)) == "too-large"
        small = {"x-body-reference": f"{'0' * 32}.9000.{'0' * 64}"}
        assert refused(client.post("/session/start", headers=JSON | small)) == "too-large"
        assert refused(client.post(DOCUMENTS, headers=JSON | leave(client, SMALL))) == "bad-request"


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"size": 5},
        {"size": 0, "sha256": "0" * 64},
        {"size": -5, "sha256": "0" * 64},
        {"size": 5.5, "sha256": "0" * 64},
        {"size": "5", "sha256": "0" * 64},
        {"size": 5, "sha256": "0" * 63},
        {"size": 5, "sha256": "../" + "0" * 61},
        {"size": 5, "sha256": "0" * 64, "name": "a patient"},
    ],
)
def test_an_announcement_that_says_something_else_is_refused(
    told: dict[str, object], office: Office, function: Invoke
) -> None:
    with client_of(Kind.HTTP_API, function) as client:
        assert client.post("/request-bodies", json=told).status_code == 401
        answer = client.post("/request-bodies", json=told, headers=office.signed_in)
        assert (answer.status_code, refused(answer)) == (400, "bad-request")


def test_the_address_is_signed_for_one_object_and_ten_minutes(office: Office) -> None:
    place = office.ledger.sent_bodies.place_for("a token", 5, "0" * 64)
    assert place
    address = urlsplit(place.address.get_secret_value())
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert asked["X-Amz-Expires"] == "600"
    name = address.path.removeprefix(f"/{office.bucket.name}/{office.bucket.prefix}/requests/sent/")
    assert name.removesuffix(".body").isalnum()
    assert len(name) == 64 + len(".body")
    assert "a token" not in str(place)

    def signature_of(method: str, path: str) -> str:
        query = "&".join(part for part in address.query.split("&") if "X-Amz-Signature" not in part)
        request = AWSRequest(method, f"{address.scheme}://{address.netloc}{path}?{query}")
        request.context["timestamp"] = asked["X-Amz-Date"]
        signer = S3SigV4QueryAuth(Credentials("invented", "invented"), "s3", REGION)
        return str(
            signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
        )

    assert signature_of("PUT", address.path) == asked["X-Amz-Signature"]
    for other in (("GET", address.path), ("PUT", f"{address.path}x"), ("DELETE", address.path)):
        assert signature_of(*other) != asked["X-Amz-Signature"]


def test_a_store_in_a_folder_takes_no_bodies(office: Office) -> None:
    bodies = SentBodies(FolderObjects(office.folder, office.ledger.now))
    assert bodies.place_for("a token", 5, "0" * 64) is None
    with pytest.raises(SentBodyUnusable):
        bodies.take("a token", f"{'0' * 32}.5.{'0' * 64}")
    assert bodies.tidy() == 0

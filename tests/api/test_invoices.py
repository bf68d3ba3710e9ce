"""Invoices, cases and documents over HTTP: what is done, what is refused, and that it is done once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from server.ledger.document_files import LARGEST
from server.object_bucket import ObjectBucket
from tests.api.billed import DAY, INVOICES, an_exam, created, post, received, refused, serving, step
from tests.api.wire import raw
from tests.behind import copy_ledger
from tests.ledger.objects import IN_FOLDER_AND_BUCKET, Objects

CASES = "/clinics/lakeside/cases"
DOCUMENTS = "/clinics/lakeside/documents"
PDF = b"%PDF-1.4 a scanned cheque"


@pytest.fixture
def folder(tmp_path: Path, priced_folder: Path) -> Path:
    return copy_ledger(priced_folder, tmp_path / "ledger")


@pytest.fixture
def service(folder: Path, bucket: ObjectBucket | None) -> Iterator[httpx.Client]:
    """Return a client of a service on a ledger of the test's own."""
    with serving(folder, bucket) as client:
        yield client


@pytest.fixture(scope="module")
def shared(priced_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client of a service for tests that are refused, or work on exams of their own."""
    with serving(copy_ledger(priced_folder, tmp_path_factory.mktemp("shared") / "ledger")) as client:
        yield client


@pytest.fixture(scope="module")
def listed(priced_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client of a service with two drafts and an invoice whose cheque is in hand."""
    with serving(copy_ledger(priced_folder, tmp_path_factory.mktemp("listed") / "ledger")) as client:
        created(
            client,
            an_exam("P-1", payer="Elm (invented)", facility="North"),
            an_exam("P-2", physician="Dr. Example", attorney="Lex Invented"),
        )
        received(client, an_exam("P-3"))
        yield client


# -- Creating and listing


def test_exams_become_priced_invoices_in_their_order(service: httpx.Client) -> None:
    rows = [an_exam("P-2"), an_exam("P-1", code="", exam_type="Full"), an_exam("P-2", code="EX-302")]
    made = post(service, INVOICES, exams=rows).json()["invoices"]
    assert [(one["patient"], one["billed_cents"]) for one in made] == [("P-2", 150_00), ("P-1", 150_00)]
    lines = service.get(f"{INVOICES}/{made[0]['number']}").json()["lines"]
    assert [(line["code"], line["total_cents"]) for line in lines] == [("EX-301", 100_00), ("EX-302", 50_00)]


def test_one_bad_exam_keeps_all_of_them_and_each_is_named(service: httpx.Client) -> None:
    rows = [an_exam("P-1"), an_exam("P-2", code="EX-999"), an_exam("P-3", exam_date="2099-12-31")]
    answer = post(service, INVOICES, exams=rows)
    assert refused(answer) == (422, "exams-unusable")
    assert {(one["row"], one["code"]) for one in answer.json()["findings"]} == {
        (2, "unknown-code"),
        (3, "exam-in-future"),
    }
    assert service.get(INVOICES).json()["invoices"] == []


def test_an_exam_is_not_billed_twice_unless_it_is_said_so(service: httpx.Client) -> None:
    (number,) = created(service)
    again = post(service, INVOICES, exams=[an_exam()])
    assert (refused(again)[1], again.json()["findings"][0]["code"]) == (
        "exams-unusable",
        "exam-billed-already",
    )
    assert post(service, INVOICES, exams=[an_exam()], again=[number]).status_code == 200


def test_the_same_exams_sent_again_are_the_same_invoices(service: httpx.Client) -> None:
    first, again = (post(service, INVOICES, "once", exams=[an_exam()]) for _ in range(2))
    assert first.content == again.content
    assert len(service.get(INVOICES).json()["invoices"]) == 1


def test_a_clinic_without_prices_bills_nothing(shared: httpx.Client) -> None:
    assert refused(post(shared, "/clinics/harbor/invoices", exams=[an_exam()])) == (422, "no-prices")


@pytest.mark.parametrize(
    "exam",
    [
        {"patient": ""},
        {"patient": "\0P-1"},
        {"patient": "--"},
        {"case": " "},
        {"units": 0},
        {"units": 1.5},
        {"bilateral": "yes"},
        {"fee": 1},
    ],
    ids=str,
)
def test_an_exam_that_could_be_misread_is_not_read(shared: httpx.Client, exam: dict[str, Any]) -> None:
    assert refused(post(shared, INVOICES, exams=[an_exam() | exam])) == (400, "bad-request")


def test_no_exams_are_no_request(shared: httpx.Client) -> None:
    assert refused(post(shared, INVOICES, exams=[])) == (400, "bad-request")


def test_invoices_are_listed_a_page_at_a_time(service: httpx.Client) -> None:
    numbers = created(service, *(an_exam(f"P-{place}") for place in range(5)))
    seen, after = [], ""
    while after is not None:
        page = service.get(INVOICES, params={"limit": 2, "after": after}).json()
        seen += [invoice["number"] for invoice in page["invoices"]]
        after = page["next"]
    assert seen == numbers


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "pending_invoice"}, 2),
        ({"state": "paid"}, 0),
        ({"state": ["paid", "cheque_received"]}, 1),
        ({"payer": "oak invented"}, 2),
        ({"facility": "NORTH"}, 1),
        ({"physician": "Dr. Example", "attorney": "Lex Invented"}, 1),
        ({"bucket": "0-30"}, 3),
        ({"bucket": "Low"}, 3),
        ({"bucket": "121+"}, 0),
        ({"bucket": "Low", "to": "2026-01-01"}, 0),
        ({"from": "2026-01-01"}, 3),
        ({"to": "2026-01-01"}, 0),
    ],
    ids=str,
)
def test_a_list_holds_what_is_asked_for(listed: httpx.Client, asked: dict[str, Any], found: int) -> None:
    assert len(listed.get(INVOICES, params=asked).json()["invoices"]) == found


@pytest.mark.parametrize(
    "asked",
    [
        {"patient": "P-1"}, {"case": "C-1"}, {"bucket": "31-61"}, {"limit": 0}, {"limit": 1_001},
        {"from": "1"}, {"state": "closed"}, {"bucket": "low"}, {"sort": "patient"},
    ],
    ids=str,
)  # fmt: skip
def test_a_list_asked_for_otherwise_is_refused_names_of_patients_above_all(
    shared: httpx.Client, asked: dict[str, Any]
) -> None:
    assert refused(shared.get(INVOICES, params=asked)) == (400, "bad-request")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"state": "open", "limit": 0}, "limit: input should be greater than or equal to 1."),
        ({"patient": "Ann Invented"}, "patient: there is no such part."),
        ({"Ann Invented": "1"}, "(a name that no part has): there is no such part."),
    ],
    ids=["wrong values", "an undeclared name", "a name of somebody"],
)
def test_a_refusal_names_the_parts_it_knows_and_quotes_nothing_that_was_sent(
    shared: httpx.Client, asked: dict[str, Any], told: str
) -> None:
    detail = shared.get(INVOICES, params=asked).json()["detail"]
    assert told in detail
    assert "Ann" not in detail


def test_a_page_after_an_invoice_nobody_knows_is_refused(shared: httpx.Client) -> None:
    assert refused(shared.get(INVOICES, params={"after": "INV-999999"})) == (404, "unknown-invoice")


# -- Cases


def test_cases_are_listed_with_what_is_settled_of_them(service: httpx.Client) -> None:
    one, _ = received(service, an_exam("P-1"), an_exam("P-2"))
    created(service, an_exam("P-1", exam_date="2026-10-06"))
    step(service, one, "clear", day=DAY)

    listed = service.get(CASES).json()["cases"]

    told = [(case["patient"], case["invoices"], case["clearable"], case["settled"]) for case in listed]
    assert told == [("P-1", 2, 0, False), ("P-2", 1, 1, False)]
    assert [case["balance_cents"] for case in listed] == [100_00, 0]


def test_cases_are_listed_a_page_at_a_time(service: httpx.Client) -> None:
    created(service, *(an_exam(f"P-{place}") for place in range(3)))
    first = service.get(CASES, params={"limit": 2}).json()
    second = service.get(CASES, params={"limit": 2, "after": first["next"]}).json()
    assert [case["patient"] for page in (first, second) for case in page["cases"]] == ["P-0", "P-1", "P-2"]
    assert second["next"] is None


def test_a_case_is_settled_and_its_namesake_is_not(service: httpx.Client) -> None:
    one, other = received(service, an_exam("P-1"), an_exam("P-2"))
    told = post(service, f"{CASES}/settle", patient="p-1", case="c-1", day=DAY).json()
    assert ([invoice["number"] for invoice in told["cleared"]], told["settled"]) == ([one], True)
    assert service.get(f"{INVOICES}/{other}").json()["state"] == "cheque_received"


def test_settling_again_clears_nothing_more(service: httpx.Client) -> None:
    received(service)
    post(service, f"{CASES}/settle", patient="P-1", case="C-1", day=DAY)
    again = post(service, f"{CASES}/settle", patient="P-1", case="C-1", day=DAY).json()
    assert (again["cleared"], again["settled"]) == ([], True)


def shown_versions(client: httpx.Client, **search: str) -> dict[str, int]:
    """Return the invoices with a cheque in hand and their versions, as a program shows them to a person."""
    asked = {"state": ["cheque_received"], **search}
    listed = client.post(f"{INVOICES}/search", json=asked).json()["invoices"]
    return {one["number"]: one["version"] for one in listed}


def as_sent(versions: dict[str, int]) -> list[dict[str, Any]]:
    return [{"number": number, "version": version} for number, version in versions.items()]


def test_a_case_is_settled_as_it_was_shown(service: httpx.Client) -> None:
    (number,) = received(service)
    versions = shown_versions(service, patient="P-1", case="C-1")
    body: dict[str, Any] = {"patient": "P-1", "case": "C-1", "day": DAY, "versions": as_sent(versions)}
    told = post(service, f"{CASES}/settle", **body).json()
    assert ([one["number"] for one in told["cleared"]], told["settled"]) == ([number], True)
    assert refused(post(service, f"{CASES}/settle", **body)) == (409, "stale-invoice")


@pytest.mark.parametrize(
    ("meanwhile", "told"),
    [
        ("nothing was shown", (409, "stale-invoice")),
        ("another cheque came", (409, "stale-invoice")),
        ("it was worked on", (409, "stale-invoice")),
        ("it was cleared", (409, "stale-invoice")),
        ("one of another case", (422, "not-of-this-case")),
        ("one that is nowhere", (422, "not-of-this-case")),
    ],
)
def test_what_was_not_shown_is_not_cleared(
    service: httpx.Client, meanwhile: str, told: tuple[int, str]
) -> None:
    one, other = received(service, an_exam("P-1"), an_exam("P-2"))
    versions = shown_versions(service, patient="P-1")
    match meanwhile:
        case "nothing was shown":
            versions = {}
        case "another cheque came":
            received(service, an_exam("P-1", exam_date="2026-10-04"))
        case "it was worked on":
            step(service, one, "remind", due_date="2026-10-31", note="call")
        case "it was cleared":
            step(service, one, "clear", day=DAY)
        case "one of another case":
            versions |= shown_versions(service, patient="P-2")
        case "one that is nowhere":
            versions["INV-000404"] = 1
    before = every_step(service, one, other)
    body: dict[str, Any] = {"patient": "P-1", "case": "C-1", "day": DAY, "versions": as_sent(versions)}
    assert refused(post(service, f"{CASES}/settle", **body)) == told
    assert every_step(service, one, other) == before


def every_step(client: httpx.Client, *numbers: str) -> list[Any]:
    return [client.get(f"{INVOICES}/{number}/steps").json() for number in numbers]


def test_what_a_case_waits_for_is_named(service: httpx.Client) -> None:
    received(service)
    (draft,) = created(service, an_exam(exam_date="2026-10-06"))
    told = post(service, f"{CASES}/settle", patient="P-1", case="C-1", day=DAY).json()
    assert ([one["number"] for one in told["waiting"]], told["settled"]) == ([draft], False)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"patient": "P-2", "case": "C-1", "day": DAY}, (404, "unknown-case")),
        ({"patient": "P-1", "case": "", "day": DAY}, (404, "unknown-case")),
        ({"patient": "P-1", "case": "C-1", "day": "2026-10-04"}, (409, "not-cleared")),
        ({"patient": "P-1", "case": "C-1"}, (400, "bad-request")),
        ({"patient": "", "case": "C-1", "day": DAY}, (400, "bad-request")),
    ],
    ids=str,
)
def test_a_case_that_cannot_be_settled_like_that_is_left_as_it_was(
    service: httpx.Client, body: dict[str, Any], told: tuple[int, str]
) -> None:
    (number,) = received(service)
    assert refused(post(service, f"{CASES}/settle", **body)) == told
    assert service.get(f"{INVOICES}/{number}").json()["state"] == "cheque_received"


# -- Documents


def sent(client: httpx.Client, data: bytes, name: str = "cheque.pdf", **headers: str) -> httpx.Response:
    kind = {"content-type": "application/octet-stream", "x-document-name": name}
    return client.post(DOCUMENTS, content=data, headers=kind | headers)


@IN_FOLDER_AND_BUCKET
def test_a_paper_is_kept_attached_and_fetched_as_it_was(service: httpx.Client) -> None:
    (number,) = created(service)
    paper = sent(service, PDF, "Cheque%20%E2%84%96%201.pdf").json()
    assert (paper["size"], paper["media_type"], paper["file_name"]) == (
        len(PDF),
        "application/pdf",
        "Cheque № 1.pdf",
    )
    assert (
        step(service, number, "attach", document=paper["digest"]).json()["step"]["document"]
        == paper["digest"]
    )
    assert service.get(f"{DOCUMENTS}/{paper['digest']}").content == PDF


def test_a_paper_is_given_out_for_saving_and_never_shown_or_stored_by_a_browser(
    shared: httpx.Client,
) -> None:
    digest = sent(shared, b"plain \xe2\x9c\x93 text", 'a"b;c.txt').json()["digest"]
    headers = shared.get(f"{DOCUMENTS}/{digest}").headers
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''a%22b%3Bc.txt"
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")


@IN_FOLDER_AND_BUCKET
def test_the_same_paper_is_kept_once(service: httpx.Client, objects: Objects) -> None:
    assert sent(service, PDF).json() == sent(service, PDF, "another name.pdf").json()
    assert len(objects.documents()) == 1


@IN_FOLDER_AND_BUCKET
@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", (422, "document-unusable")),
        (b"<html><script>", (422, "document-unusable")),
        (b"MZ\x90\x00", (422, "document-unusable")),
        (PDF.ljust(LARGEST + 1), (413, "document-too-large")),
        (PDF.ljust(3 * LARGEST), (413, "document-too-large")),
    ],
    ids=["empty", "page", "program", "too large", "far too large"],
)
def test_what_is_no_paper_or_too_large_is_refused(
    service: httpx.Client, data: bytes, told: tuple[int, str], objects: Objects
) -> None:
    assert refused(sent(service, data)) == told
    assert objects.documents() == set()


def test_the_largest_paper_is_kept(shared: httpx.Client) -> None:
    assert sent(shared, PDF.ljust(LARGEST)).json()["size"] == LARGEST


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("..%2F..%2Ffirm.db", "firm.db"),
        ("C%3A%5Cscans%5Ccheque.pdf", "cheque.pdf"),
        ("a%0D%0ASet-Cookie%3A%20b", "aSet-Cookie: b"),
        ("", "document"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
    ],
)
def test_a_papers_name_is_a_name_and_nothing_else(shared: httpx.Client, name: str, kept: str) -> None:
    assert sent(shared, PDF + name.encode(), name).json()["file_name"] == kept


def test_a_name_that_is_not_utf_8_is_refused(shared: httpx.Client) -> None:
    assert refused(sent(shared, PDF, "%FF")) == (422, "document-unusable")


@pytest.mark.parametrize("kind", ["application/json", "application/pdf", "text/plain", "multipart/form-data"])
def test_a_paper_sent_as_another_page_could_send_it_is_refused(shared: httpx.Client, kind: str) -> None:
    assert refused(sent(shared, PDF, **{"content-type": kind})) == (400, "bad-request")


def test_a_paper_that_does_not_say_how_long_it_is_is_refused(shared: httpx.Client) -> None:
    status, told = raw(
        shared.base_url,
        f"POST {DOCUMENTS} HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/octet-stream",
        "Transfer-Encoding: chunked",
        body=b"4\r\n%PDF\r\n0\r\n\r\n",
    )
    assert (status, orjson.loads(told)["code"]) == (400, "bad-request")


def test_another_clinics_paper_is_unknown(shared: httpx.Client) -> None:
    digest = sent(shared, PDF).json()["digest"]
    assert refused(shared.get(f"/clinics/harbor/documents/{digest}")) == (404, "unknown-document")


@IN_FOLDER_AND_BUCKET
def test_a_paper_changed_where_it_is_kept_is_not_given_out(service: httpx.Client, objects: Objects) -> None:
    digest = sent(service, PDF).json()["digest"]
    objects.change(digest, b"%PDF-1.4 another cheque.")
    assert refused(service.get(f"{DOCUMENTS}/{digest}")) == (404, "unknown-document")
    objects.change(digest, PDF)


@pytest.mark.parametrize("digest", ["..", "%2e%2e%2ffirm.db", "0" * 64, "x"])
def test_a_paper_nobody_keeps_is_not_found(shared: httpx.Client, digest: str) -> None:
    assert shared.get(f"{DOCUMENTS}/{digest}").status_code == 404

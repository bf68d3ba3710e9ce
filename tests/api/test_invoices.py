"""Invoices, cases and documents over HTTP: what is done, what is refused, and that it is done once."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.cli.service import passing_service
from server.ledger.documents import LARGEST
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.settings import Settings
from tests.api.wire import problem, raw
from tests.invented_exams import PRICED
from tests.ribbon.clicks import HARBOR, a_ledger

INVOICES = "/clinics/lakeside/invoices"
CASES = "/clinics/lakeside/cases"
DOCUMENTS = "/clinics/lakeside/documents"
DAY = "2026-10-05"
PDF = b"%PDF-1.4 a scanned cheque"

_ids = count(1)


@pytest.fixture(scope="session")
def priced_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_ledger(tmp_path_factory.mktemp("priced") / "ledger", PRICED, HARBOR).folder


@pytest.fixture
def folder(tmp_path: Path, priced_folder: Path) -> Path:
    return Path(shutil.copytree(priced_folder, tmp_path / "ledger"))


@contextmanager
def serving(folder: Path) -> Iterator[httpx.Client]:
    """Run a service on a ledger whose invoices are right when it ends."""
    with passing_service(Settings(path=folder, workers=0)) as url, httpx.Client(base_url=url) as client:
        yield client
    assert isinstance(Ledger(folder).clinic("lakeside").verify(), Verified)


@pytest.fixture
def service(folder: Path) -> Iterator[httpx.Client]:
    """Return a client of a service on a ledger of the test's own."""
    with serving(folder) as client:
        yield client


@pytest.fixture(scope="module")
def shared(priced_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client of a service for tests that are refused, or work on exams of their own."""
    with serving(shutil.copytree(priced_folder, tmp_path_factory.mktemp("shared") / "ledger")) as client:
        yield client


@pytest.fixture
def draft(shared: httpx.Client) -> str:
    """Return an invoice nobody else works on."""
    return created(shared, an_exam(f"Q-{next(_ids)}"))[0]


@pytest.fixture(scope="module")
def listed(priced_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client of a service with two drafts and an invoice whose cheque is in hand."""
    with serving(shutil.copytree(priced_folder, tmp_path_factory.mktemp("listed") / "ledger")) as client:
        created(
            client,
            an_exam("P-1", payer="Elm (invented)", facility="North"),
            an_exam("P-2", physician="Dr. Example", attorney="Lex Invented"),
        )
        received(client, an_exam("P-3"))
        yield client


def an_exam(patient: str = "P-1", case: str = "C-1", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return an exam of $100.00."""
    exam = {"exam_date": DAY, "patient": patient, "case": case, "code": "EX-301", "payer": "Oak (invented)"}
    return {**exam, **more}


def post(client: httpx.Client, path: str, request_id: str = "", **body: Any) -> httpx.Response:  # noqa: ANN401
    return client.post(path, json={"request_id": request_id or f"request-{next(_ids)}", **body})


def created(client: httpx.Client, *exams: dict[str, Any]) -> list[str]:
    answer = post(client, INVOICES, exams=exams or [an_exam()])
    return [invoice["number"] for invoice in answer.json()["invoices"]]


def step(
    client: httpx.Client,
    number: str,
    action: str,
    request_id: str = "",
    **inputs: Any,  # noqa: ANN401
) -> httpx.Response:
    return post(client, f"{INVOICES}/{number}/steps", request_id, action=action, **inputs)


CHEQUE = {"cheque_date": DAY, "received_date": DAY, "paying_party": "Oak (invented)", "note": "in the drawer"}


def received(client: httpx.Client, *exams: dict[str, Any]) -> list[str]:
    """Bring an invoice of each exam to where its cheque of $80.00 is in hand."""
    numbers = created(client, *exams)
    for number in numbers:
        step(client, number, "send", day=DAY)
        step(client, number, "agree", day=DAY, amount_cents=80_00, note="by phone")
        step(client, number, "record cheque", amount_cents=80_00, cheque_number=number, **CHEQUE)
    return numbers


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, problem(answer)["code"]


# -- Steps


def test_an_invoice_is_driven_from_exam_to_paid(service: httpx.Client) -> None:
    (number,) = received(service)
    paid = step(service, number, "clear", day=DAY).json()
    assert (paid["step"]["from_state"], paid["step"]["to_state"]) == ("cheque_received", "paid")
    assert paid["invoice"].items() >= {
        "state": "paid", "version": 5, "billed_cents": 100_00, "reduction_cents": 20_00,
        "agreed_cents": 80_00, "collected_cents": 80_00, "balance_cents": 0, "paid_on": DAY,
    }.items()  # fmt: skip


def test_what_is_open_is_named_with_what_it_needs(service: httpx.Client) -> None:
    (number,) = created(service)
    opened = {one["action"]: one for one in service.get(f"{INVOICES}/{number}").json()["open_actions"]}
    assert opened.keys() == {"edit lines", "send", "remind", "void", "note", "attach"}
    assert opened["send"]["needs"] == [["day"]]
    assert opened["void"]["managers_only"]


def test_every_need_that_is_named_is_an_input_a_step_takes(shared: httpx.Client) -> None:
    taken = shared.get("/openapi.json").json()["components"]["schemas"]["StepBody"]["properties"].keys()
    for number in received(shared, an_exam(f"Q-{next(_ids)}")):
        for one in shared.get(f"{INVOICES}/{number}").json()["open_actions"]:
            assert {name for names in one["needs"] for name in names} | {*one["takes"]} <= taken


def test_the_history_tells_every_step_who_took_it_and_when(service: httpx.Client) -> None:
    (number,) = received(service)
    steps = service.get(f"{INVOICES}/{number}/steps").json()
    assert [one["action"] for one in steps] == ["create", "send", "agree", "record cheque"]
    assert {one["actor"] for one in steps} == {"local"}
    assert all(one["recorded_at"] < other["recorded_at"] for one, other in pairwise(steps))
    assert steps[3]["transfers"] == [
        {"debit": "cheques in hand", "credit": "receivable", "amount_cents": 80_00}
    ]


def test_lines_are_edited_at_the_clinics_prices_of_the_exam_date(service: httpx.Client) -> None:
    (number,) = created(service)
    lines = [{"exam_type": "Joint", "sub_exams": ["Knee"], "bilateral": True}, {"code": "ex-301", "units": 2}]
    invoice = step(service, number, "edit lines", lines=lines).json()["invoice"]
    assert [line["total_cents"] for line in invoice["lines"]] == [105_08, 200_00]
    assert invoice["balance_cents"] == 305_08


def test_lines_that_cannot_be_priced_are_refused_each_by_its_place(shared: httpx.Client, draft: str) -> None:
    lines = [{"code": "EX-301"}, {"code": "EX-999"}, {"exam_type": "Fool"}]
    told = problem(step(shared, draft, "edit lines", lines=lines))
    assert [(one["row"], one["code"]) for one in told["findings"]] == [
        (2, "unknown-code"),
        (3, "unknown-exam-type"),
    ]
    assert shared.get(f"{INVOICES}/{draft}").json()["version"] == 1


STEPS_REFUSED: list[tuple[dict[str, Any], tuple[int, str]]] = [
    ({"action": "agree", "day": DAY, "amount_cents": 1, "note": "so"}, (409, "action-not-open")),
    ({"action": "create"}, (409, "action-not-open")),
    ({"action": "send"}, (422, "inputs-unusable")),
    ({"action": "send", "day": "2099-12-31"}, (422, "inputs-unusable")),
    ({"action": "send", "day": DAY, "version": 7}, (409, "stale-invoice")),
    ({"action": "attach", "document": "0" * 64}, (404, "unknown-document")),
    ({"action": "edit lines", "lines": [{"code": "EX-999"}]}, (422, "exams-unusable")),
    ({"action": "edit lines"}, (422, "inputs-unusable")),
]


@pytest.mark.parametrize(("body", "told"), STEPS_REFUSED)
def test_a_step_that_is_not_open_is_refused_and_nothing_is_recorded(
    shared: httpx.Client, draft: str, body: dict[str, Any], told: tuple[int, str]
) -> None:
    assert refused(post(shared, f"{INVOICES}/{draft}/steps", **body)) == told
    assert len(shared.get(f"{INVOICES}/{draft}/steps").json()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"amount_cents": "5"},
        {"amount_cents": 5.0},
        {"amount_cents": True},
        {"amount_cents": 10**30},
        {"unapplied_cents": 10**30},
        {"amount": 5},
        {"day": "10/05/2026"},
        {"day": "20261005"},
        {"day": 1_759_622_400},
        {"day": "2026-10-05T00:00:00"},
        {"day": "1999-12-31"},
        {"version": 0},
        {"action": "pay"},
        {"document": "../../firm.db"},
        {"note": "x" * 32_768},
        {"note": "so\0"},
        {"paying_party": "\x1bOak"},
        {"request_id": ""},
        {"request_id": " "},
        {"exception": "all"},
    ],
    ids=str,
)
def test_a_body_that_could_be_misread_is_not_read(
    shared: httpx.Client, draft: str, body: dict[str, Any]
) -> None:
    answer = shared.post(
        f"{INVOICES}/{draft}/steps", json={"request_id": "one", "action": "note", "note": "so", **body}
    )
    assert refused(answer) == (400, "bad-request")
    assert len(shared.get(f"{INVOICES}/{draft}/steps").json()) == 1


def test_a_cheque_recorded_twice_and_one_that_does_not_fit_are_conflicts(service: httpx.Client) -> None:
    one, two = received(service, an_exam("P-1"), an_exam("P-2"))
    step(service, two, "bounce", day=DAY)
    cheque = {**CHEQUE, "cheque_number": one}
    assert refused(step(service, two, "record cheque", amount_cents=80_00, **cheque)) == (
        409,
        "duplicate-cheque",
    )
    assert refused(step(service, two, "record cheque", amount_cents=70_00, **cheque)) == (
        409,
        "amount-does-not-fit",
    )


def test_the_same_step_sent_again_is_answered_the_same_and_taken_once(service: httpx.Client) -> None:
    (number,) = created(service)
    first, again = (step(service, number, "note", "once", note="so") for _ in range(2))
    assert first.content == again.content
    assert len(service.get(f"{INVOICES}/{number}/steps").json()) == 2


def test_eight_of_the_same_step_at_once_are_taken_once(service: httpx.Client) -> None:
    (number,) = created(service)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: step(service, number, "note", "once", note="so"), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(service.get(f"{INVOICES}/{number}/steps").json()) == 2


def test_eight_who_saw_the_same_version_take_one_step(service: httpx.Client) -> None:
    (number,) = created(service)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: step(service, number, "note", note="so", version=1), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]


def test_one_request_id_for_two_steps_or_two_invoices_is_a_conflict(service: httpx.Client) -> None:
    one, two = created(service, an_exam("P-1"), an_exam("P-2"))
    step(service, one, "note", "once", note="so")
    assert refused(step(service, one, "note", "once", note="otherwise")) == (409, "request-id-reused")
    assert refused(step(service, two, "note", "once", note="so")) == (409, "request-id-reused")
    assert refused(post(service, INVOICES, "once", exams=[an_exam("P-3")])) == (409, "request-id-reused")


@pytest.mark.parametrize("clinic", ["harbor", "nowhere"])
def test_an_invoice_of_another_clinic_is_unknown(service: httpx.Client, clinic: str) -> None:
    (number,) = created(service)
    path = f"/clinics/{clinic}/invoices/{number}"
    known = "unknown-clinic" if clinic == "nowhere" else "unknown-invoice"
    for answer in (
        service.get(path),
        service.get(f"{path}/steps"),
        post(service, f"{path}/steps", action="note"),
    ):
        assert refused(answer) == (404, known)


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
        ({"bucket": "low"}, 3),
        ({"bucket": "121+"}, 0),
        ({"bucket": "low", "to": "2026-01-01"}, 0),
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
        {"from": "1"}, {"state": "open"},
    ],
    ids=str,
)  # fmt: skip
def test_a_list_asked_for_otherwise_is_refused_names_of_patients_above_all(
    shared: httpx.Client, asked: dict[str, Any]
) -> None:
    assert refused(shared.get(INVOICES, params=asked)) == (400, "bad-request")


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


def test_the_same_paper_is_kept_once(service: httpx.Client, folder: Path) -> None:
    assert sent(service, PDF).json() == sent(service, PDF, "another name.pdf").json()
    assert len([path for path in (folder / "documents").rglob("*") if path.is_file()]) == 1


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
    service: httpx.Client, data: bytes, told: tuple[int, str], folder: Path
) -> None:
    assert refused(sent(service, data)) == told
    assert not list((folder / "documents").rglob("*"))


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
    assert refused(sent(shared, PDF, "%FF")) == (400, "bad-request")


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
    assert (status, told["code"]) == (400, "bad-request")


def test_another_clinics_paper_is_unknown(shared: httpx.Client) -> None:
    digest = sent(shared, PDF).json()["digest"]
    assert refused(shared.get(f"/clinics/harbor/documents/{digest}")) == (404, "unknown-document")


def test_a_paper_changed_on_the_disk_is_not_given_out(service: httpx.Client, folder: Path) -> None:
    digest = sent(service, PDF).json()["digest"]
    path = folder / "documents" / "lakeside" / digest[:2] / digest
    path.write_bytes(b"%PDF-1.4 another cheque.")
    assert refused(service.get(f"{DOCUMENTS}/{digest}")) == (404, "unknown-document")
    path.write_bytes(PDF)


@pytest.mark.parametrize("digest", ["..", "%2e%2e%2ffirm.db", "0" * 64, "x", "%00"])
def test_a_paper_nobody_keeps_is_not_found(shared: httpx.Client, digest: str) -> None:
    assert shared.get(f"{DOCUMENTS}/{digest}").status_code == 404

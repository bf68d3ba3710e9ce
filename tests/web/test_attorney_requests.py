"""What an attorney does on the page besides reading: the statement as a PDF file, and the request for the status of a case."""

from datetime import date

import httpx
import pytest

from server.billing.invoices.status_requests import LONGEST_MESSAGE, MOST_A_DAY
from server.ledger.access_search import AccessSearch
from server.ledger.store import Ledger
from tests.ledger.invoiced import a_draft, created
from tests.papers.reading import pages_of, reader_of, tags_of, text_of
from tests.people import InventedUser, token_of
from tests.web.conftest import SignIn
from tests.web.test_admin import said
from tests.web.test_attorney import FERN, HIDDEN, HOLT, fern, give_case
from tests.web.test_sign_in import refusal, title

__all__ = ["fern"]

Users = dict[str, InventedUser]
CASE = "/attorney/lakeside/1"


def logged(ledger: Ledger, clinic: str = "lakeside") -> list[tuple[str, str, str]]:
    found = ledger.search_access(AccessSearch(), [clinic], of_firm=False)
    return [(row.who, row.what, row.about) for row in found]


def test_the_statement_has_what_the_page_has_and_nothing_that_is_hidden(
    signed_in: SignIn, fern: InventedUser
) -> None:
    browser = signed_in(fern)
    assert f'href="{CASE}/statement.pdf"' in browser.get(CASE).text
    answer = browser.get(f"{CASE}/statement.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="case statement.pdf"'
    text = text_of(answer.content)
    for shown in ("Case statement", "Patient One", FERN, "INV-000001", "EX-101", "$100.00", "$80.00", "77-1"):
        assert shown in text
    for hidden in HIDDEN:
        assert hidden not in text


def test_the_statement_is_tagged_and_its_properties_name_nobody(
    signed_in: SignIn, fern: InventedUser
) -> None:
    content = signed_in(fern).get(f"{CASE}/statement.pdf").content
    assert {"H1", "H2", "Table", "TH"} <= set(tags_of(content))
    assert b"pdfuaid" in content
    properties = str(reader_of(content).metadata)
    assert "Case statement" in properties
    assert "Patient One" not in properties
    assert len(pages_of(content)) == 1


@pytest.mark.parametrize("page", ["statement.pdf", "status", ""])
@pytest.mark.parametrize("case", ["lakeside/3", "lakeside/99", "harbor/2", "nowhere/1", "lakeside/0"])
def test_another_attorneys_case_is_answered_like_one_that_does_not_exist(
    signed_in: SignIn, fern: InventedUser, ledger: Ledger, page: str, case: str
) -> None:
    browser, address = signed_in(fern), f"/attorney/{case}/{page}".rstrip("/")
    answer = browser.post(address, data={"message": "hello"}) if page == "status" else browser.get(address)
    assert (answer.status_code, title(answer)) == (404, "You have no such case")
    with ledger.clinic("lakeside").reading() as books:
        assert books.status_requests.open_requests() == []


def test_each_view_print_and_export_is_written_down_as_what_it_is_with_the_invoices(
    signed_in: SignIn, fern: InventedUser, ledger: Ledger
) -> None:
    browser = signed_in(fern)
    for address in ("/attorney", CASE, f"{CASE}/statement.pdf", "/attorney/cases.csv"):
        assert browser.get(address).status_code == httpx.codes.OK
    who = "Fern Invented"
    assert logged(ledger) == [
        (who, "export cases of attorney", "INV-000001; INV-000002"),
        (who, "print case of attorney", "INV-000001"),
        (who, "case of attorney", "INV-000001"),
        (who, "cases of attorney", "2 cases"),
    ]
    assert logged(ledger, "harbor")[0] == (who, "export cases of attorney", "INV-000001")


def test_a_request_is_seen_by_staff_and_answered_once(
    signed_in: SignIn, fern: InventedUser, users: Users, ledger: Ledger, url: str
) -> None:
    browser = signed_in(fern)
    sent = browser.post(f"{CASE}/status", data={"message": "  <b>When</b> is\r\n the  demand sent? "})
    assert said(sent) == "The office sees your request."
    assert "The office has not answered yet" in sent.text
    assert 'action="/attorney/lakeside/1/status"' not in sent.text

    staff = {"authorization": f"Bearer {token_of(ledger, users['ben'])}"}
    cases = httpx.get(f"{url}/clinics/lakeside/cases", headers=staff).json()["cases"]
    (asked,) = cases[0]["status_requests"]
    assert asked["message"] == "<b>When</b> is the demand sent?"
    assert (asked["asked_by"], asked["asked_on"]) == ("Fern Invented", ledger.today().isoformat())
    assert [case["status_requests"] for case in cases[1:]] == [[], []]

    answers = f"{url}/clinics/lakeside/cases/status-answers"
    body = {"request_id": "answer-1", "status_requests": [asked["id"]]}
    for _ in range(2):
        assert httpx.post(answers, json=body, headers=staff).json() == {"answered": 1}
    again = httpx.post(answers, json=body | {"request_id": "answer-2"}, headers=staff)
    assert again.json() == {"answered": 0}
    listed = httpx.get(f"{url}/clinics/lakeside/cases", headers=staff).json()["cases"]
    assert listed[0]["status_requests"] == []
    page = browser.get(CASE)
    assert "The office answered on" in page.text
    assert 'action="/attorney/lakeside/1/status"' in page.text


def test_one_unknown_request_answers_none(
    signed_in: SignIn, fern: InventedUser, users: Users, ledger: Ledger, url: str
) -> None:
    signed_in(fern).post(f"{CASE}/status", data={})
    staff = {"authorization": f"Bearer {token_of(ledger, users['ben'])}"}
    body = {"request_id": "answer-1", "status_requests": [1, 2]}
    answer = httpx.post(f"{url}/clinics/lakeside/cases/status-answers", json=body, headers=staff)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-status-request")
    with ledger.clinic("lakeside").reading() as books:
        assert len(books.status_requests.open_requests()) == 1


def test_a_case_has_one_open_request_of_an_attorney(signed_in: SignIn, fern: InventedUser) -> None:
    browser = signed_in(fern)
    browser.post(f"{CASE}/status", data={"message": "once"})
    again = browser.post(f"{CASE}/status", data={"message": "twice"})
    assert (again.status_code, refusal(again)) == (409, "You have asked already")


@pytest.mark.parametrize("message", ["x" * (LONGEST_MESSAGE + 1), "a\x07bell", "\u202egnp"])
def test_a_message_that_cannot_be_shown_is_refused_and_stays_typed(
    signed_in: SignIn, fern: InventedUser, ledger: Ledger, message: str
) -> None:
    page = signed_in(fern).post(f"{CASE}/status", data={"message": message})
    assert (page.status_code, refusal(page)) == (422, "Write a shorter message")
    with ledger.clinic("lakeside").reading() as books:
        assert books.status_requests.open_requests() == []


def test_an_attorney_asks_about_so_many_cases_a_day(
    signed_in: SignIn, fern: InventedUser, ledger: Ledger
) -> None:
    drafts = [a_draft(f"Client {place}", case=f"Many {place}", attorney=FERN) for place in range(MOST_A_DAY)]
    created(ledger.clinic("lakeside"), *drafts)
    browser = signed_in(fern)
    with ledger.clinic("lakeside").reading() as books:
        own = [one.id for one in books.case_records.with_attorney(FERN, ledger.today())]
    answers = [browser.post(f"/attorney/lakeside/{case}/status", data={}) for case in own]
    assert [one.status_code for one in answers] == [200] * MOST_A_DAY + [409] * (len(own) - MOST_A_DAY)
    assert refusal(answers[-1]) == "That is enough for today"


def test_the_new_attorney_of_a_case_sees_nothing_of_the_old_ones_request_and_may_ask(
    signed_in: SignIn, fern: InventedUser, ledger: Ledger
) -> None:
    with ledger.clinic("lakeside").transaction() as books:
        books.status_requests.add(3, HOLT, "a secret note", "Holt Invented")
    give_case(ledger, "lakeside", 3, FERN)
    browser = signed_in(fern)
    page = browser.get("/attorney/lakeside/3").text
    assert "a secret note" not in page
    assert "You asked" not in page
    assert said(browser.post("/attorney/lakeside/3/status", data={})) == "The office sees your request."
    with ledger.clinic("lakeside").reading() as books:
        (first, second) = books.status_requests.of_cases([3])[3]
    assert (first.attorney, second.attorney) == (HOLT, FERN)
    assert isinstance(second.asked_on, date)


def test_a_form_of_another_site_asks_for_nothing(
    signed_in: SignIn, fern: InventedUser, ledger: Ledger
) -> None:
    browser = signed_in(fern)
    forged = browser.post(
        f"{CASE}/status", data={}, headers={"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    )
    assert forged.status_code == httpx.codes.FORBIDDEN
    with ledger.clinic("lakeside").reading() as books:
        assert books.status_requests.open_requests() == []

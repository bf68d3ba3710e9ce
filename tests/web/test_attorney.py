"""The pages of attorneys: their own cases of today, and not a word of anybody else's."""

import csv
import io

import httpx
import pytest

from server.api.page_addresses import PAGE_COOKIE
from server.billing.invoices.case_attorneys import CaseAttorney, WishedAttorney
from server.billing.invoices.invoice import Action
from server.billing.people import LOCAL_PERSON, Role
from server.ledger.store import Ledger
from server.operations.session import Session
from tests.damaged_books import overwrite_table
from tests.ledger.invoiced import AGREED, TODAY, a_cheque, a_draft, created, take
from tests.people import LAKESIDE_ONLY, InventedUser, add_user, with_app
from tests.web.conftest import SignIn
from tests.web.test_sign_in import title

Users = dict[str, InventedUser]
FERN, HOLT = "Fern Invented Esq.", "Holt Invented Esq."
HIDDEN = ("Secret Client", "Dr. Hidden", "a secret note", "Mina Manager", HOLT, "$66.66")


@pytest.fixture
def fern(ledger: Ledger) -> InventedUser:
    """Return an attorney with an app, in whose books are two own clients and one of another attorney."""
    lakeside, harbor = ledger.clinic("lakeside"), ledger.clinic("harbor")
    own = created(
        lakeside,
        a_draft(attorney=FERN, physician="Dr. Hidden"),
        a_draft("=Client()", case="-$A$1+Case(F)", attorney=FERN),
    )
    other = created(lakeside, a_draft("Secret Client", case="Secret Case", attorney=HOLT))
    created(harbor, a_draft("Harbor Client", case="Case H", attorney=FERN))
    take(lakeside, Action.SEND, [*own, *other], day=TODAY, note="a secret note", amount_cents=66_66)
    take(lakeside, Action.AGREE, own[:1], **AGREED)
    take(lakeside, Action.RECORD_CHEQUE, own[:1], **a_cheque(80_00))
    return with_app(ledger, add_user(ledger, "fern", "Fern Invented", Role.ATTORNEY, attorney=FERN))


def give_case(ledger: Ledger, clinic: str, case_id: int, attorney: str) -> None:
    day = Session(ledger, LOCAL_PERSON, clinic).today
    with ledger.clinic(clinic).transaction() as books:
        wished = WishedAttorney(CaseAttorney(attorney, from_on=day), is_correction=False)
        books.case_records.change_attorney(case_id, wished, day, "ana")


def test_an_attorney_begins_with_the_own_cases(signed_in: SignIn, fern: InventedUser) -> None:
    assert signed_in(fern).get("/sign-in").headers["location"] == "/attorney"


def test_the_own_cases_are_listed_and_nobody_elses(signed_in: SignIn, fern: InventedUser) -> None:
    page = signed_in(fern).get("/attorney")
    assert title(page) == "Your cases"
    for shown in ("Patient One", "=Client()", "Harbor Client", "Lakeside", "Harbor Practice", "3 cases"):
        assert shown in page.text
    for hidden in HIDDEN:
        assert hidden not in page.text


def test_a_case_shows_its_invoice_from_the_lines_to_the_cheque(signed_in: SignIn, fern: InventedUser) -> None:
    browser = signed_in(fern)
    page = browser.get("/attorney/lakeside/1")
    assert title(page) == "Patient One"
    for shown in ("EX-101", "Billed $100.00", "agreed $80.00", "Cheque 77-1", "Cheque received"):
        assert shown in page.text
    for hidden in HIDDEN:
        assert hidden not in page.text


@pytest.mark.parametrize("address", ["lakeside/3", "lakeside/99", "harbor/2", "nowhere/1", "harbor/0"])
def test_another_attorneys_case_is_answered_like_one_that_does_not_exist(
    signed_in: SignIn, fern: InventedUser, address: str
) -> None:
    answer = signed_in(fern).get(f"/attorney/{address}")
    assert (answer.status_code, title(answer)) == (404, "You have no such case")


def test_a_case_goes_from_one_attorney_to_another_the_same_moment(
    signed_in: SignIn, fern: InventedUser, ledger: Ledger
) -> None:
    browser = signed_in(fern)
    assert title(browser.get("/attorney/lakeside/1")) == "Patient One"
    give_case(ledger, "lakeside", 1, HOLT)
    assert browser.get("/attorney/lakeside/1").status_code == 404
    assert "Patient One" not in browser.get("/attorney").text
    give_case(ledger, "lakeside", 3, FERN)
    gained = browser.get("/attorney/lakeside/3")
    assert (title(gained), "Secret Case" in gained.text) == ("Secret Client", True)


def test_a_search_is_a_form_that_leaves_no_name_in_an_address(signed_in: SignIn, fern: InventedUser) -> None:
    browser = signed_in(fern)
    found = browser.post("/attorney", data={"words": "HARBOR case h"})
    assert "Harbor Client" in found.text
    assert "Patient One" not in found.text
    assert found.url.query == b""
    assert "No case of yours has these words." in browser.post("/attorney", data={"words": "Secret"}).text


def test_the_file_has_a_row_for_each_invoice_and_no_formula(signed_in: SignIn, fern: InventedUser) -> None:
    answer = signed_in(fern).get("/attorney/cases.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="cases.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {
        (row["Patient"], row["Billed"], row["Agreed"], row["Received"], row["Outstanding"]) for row in rows
    } == {
        ("Patient One", "$100.00", "$80.00", "$80.00", "$0.00"),
        ("'=Client()", "$100.00", "", "", "$100.00"),
        ("Harbor Client", "$100.00", "", "", "$100.00"),
    }
    assert {row["Case"] for row in rows} == {"Case A", "'-$A$1+Case(F)", "Case H"}
    for hidden in HIDDEN:
        assert hidden not in answer.text


def test_a_browser_keeps_no_patients_name_in_the_list_of_pages_that_were_open(
    signed_in: SignIn, fern: InventedUser
) -> None:
    page = signed_in(fern).get("/attorney/lakeside/1").text
    assert "<title>Case - Clinic Ledger</title>" in page


def test_an_attorney_of_one_clinic_sees_the_cases_of_that_clinic(
    signed_in: SignIn, fern: InventedUser, ledger: Ledger
) -> None:
    del fern
    only = with_app(
        ledger, add_user(ledger, "fern2", "Fern Two", Role.ATTORNEY, clinics=LAKESIDE_ONLY, attorney=FERN)
    )
    browser = signed_in(only)
    assert "Harbor" not in browser.get("/attorney").text
    assert browser.get("/attorney/harbor/1").status_code == 404


def test_a_clinic_whose_file_is_damaged_hides_no_case_of_another_clinic(
    ledger: Ledger, fern: InventedUser, signed_in: SignIn
) -> None:
    ledger.close()
    overwrite_table(ledger.folder / "clinics" / "harbor.db", "invoice")
    browser = signed_in(fern)
    for page in (browser.get("/attorney"), browser.post("/attorney", data={"words": "Patient One"})):
        assert page.status_code == 200
        assert "Patient One" in page.text
        assert "The cases of Harbor Practice cannot be shown now" in page.text
        assert "harbor.db" not in page.text
    assert browser.get("/attorney/lakeside/1").status_code == 200
    file = browser.get("/attorney/cases.csv")
    assert (file.status_code, "Patient One" in file.text) == (503, False)


def test_staff_have_no_attorneys_page_and_attorneys_no_rest(
    signed_in: SignIn, users: Users, fern: InventedUser, url: str
) -> None:
    for name in ("ada", "mina", "ben"):
        assert signed_in(users[name]).get("/attorney").status_code == 403
    cookie = signed_in(fern).cookies[PAGE_COOKIE]
    answer = httpx.get(f"{url}/clinics/lakeside/invoices", headers={"authorization": f"Bearer {cookie}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")


def test_every_view_is_in_the_access_log_of_the_clinic(
    signed_in: SignIn, fern: InventedUser, ledger: Ledger
) -> None:
    signed_in(fern).get("/attorney/lakeside/1")
    with ledger.clinic("lakeside").reading() as books:
        rows = books._session.all("SELECT actor, what, about FROM access ORDER BY id DESC LIMIT 1")  # noqa: SLF001
    assert rows == [("Fern Invented", "case of attorney", "INV-000001")]

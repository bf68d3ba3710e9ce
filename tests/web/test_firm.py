"""The page of the firm: every clinic of the person side by side, also one whose file cannot be opened."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx
import pytest

from server.billing.invoices.invoice import Action
from server.billing.people import Role
from server.cli.service import temporary_service
from server.ledger.store import Ledger
from server.settings import Settings
from tests.damaged_books import overwrite_table, overwrite_text
from tests.ledger.invoiced import TODAY, a_cheque, a_draft, await_cheque, created, take
from tests.people import CHEAP, LAKESIDE_ONLY, PASSWORD, InventedUser, add_user, at, opened, with_app
from tests.ribbon.clicks import HARBOR, views
from tests.web.conftest import SignIn
from tests.web.test_sign_in import title

Users = dict[str, InventedUser]
HEADINGS = [
    "Clinic", "Outstanding", "Gross rate", "Net rate", "Days to pay", "Days in AR", "0-30 days", "31-60 days", "61-90 days",
    "91-120 days", "121+ days", "Reminders due", "Drafts",
]  # fmt: skip


@pytest.fixture
def firm(ledger: Ledger) -> Ledger:
    """Return two clinics: $80.00 are owed and $80.00 paid in one, $300.00 not sent in the other."""
    lakeside, harbor = ledger.clinic("lakeside"), ledger.clinic("harbor")
    paid, waits = await_cheque(lakeside, a_draft(), a_draft("Patient Two"))
    take(lakeside, Action.RECORD_CHEQUE, [paid], **a_cheque(80_00))
    take(lakeside, Action.CLEAR, [paid], day=TODAY)
    take(lakeside, Action.REMIND, [waits], due_date=date(2026, 11, 2), note="call")
    created(harbor, a_draft("Patient Three", cents=300_00))
    return ledger


def rows_of(page: httpx.Response) -> dict[str, dict[str, str]]:
    """Return the rows of the page by clinic, each as its cells by heading."""
    found = {}
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page.text, re.DOTALL):
        cells = re.findall(r'<td data-name="([^"]+)"[^>]*>(.*?)</td>', row, re.DOTALL)
        if cells:
            found[cells[0][1]] = {name: re.sub(r"<.*", "", text) for name, text in cells}
    return found


@pytest.mark.usefixtures("firm")
def test_a_manager_sees_all_clinics_side_by_side_and_their_total(signed_in: SignIn, users: Users) -> None:
    page = signed_in(users["mina"]).get("/firm")
    assert (page.status_code, title(page)) == (200, "All clinics")
    rows = rows_of(page)
    assert list(rows) == ["Harbor Practice", "Lakeside", "Total"]
    assert all(list(row) == HEADINGS for row in rows.values())
    lakeside, total = rows["Lakeside"], rows["Total"]
    assert (lakeside["Outstanding"], lakeside["Gross rate"], lakeside["Net rate"]) == (
        "$80.00",
        "40.0%",
        "50.0%",
    )
    # The reminder is due, and so is the suggestion about a cheque that is late.
    assert (lakeside["Days to pay"], lakeside["Reminders due"], lakeside["Drafts"]) == ("0.0", "2", "0")
    assert (total["Outstanding"], total["Gross rate"], total["Reminders due"]) == ("$380.00", "16.0%", "2")
    assert "Collected divided by billed" in page.text
    assert "Patient" not in page.text


def test_looking_at_sums_is_no_view_of_patient_data(firm: Ledger, signed_in: SignIn, users: Users) -> None:
    before = len(views(firm.folder))
    signed_in(users["mina"]).get("/firm")
    assert len(views(firm.folder)) == before


@pytest.mark.usefixtures("firm")
def test_a_biller_sees_only_the_clinics_that_were_given(signed_in: SignIn, users: Users) -> None:
    page = signed_in(users["ben"]).get("/firm")
    assert list(rows_of(page)) == ["Lakeside"]
    assert "Harbor" not in page.text


@pytest.fixture
def damaged(firm: Ledger) -> Ledger:
    """Return the firm, with a file that is no books, before the service starts."""
    firm.close()
    for part in (firm.folder / "clinics").glob("harbor.db*"):
        part.unlink()
    (firm.folder / "clinics" / "harbor.db").write_bytes(b"no books at all " * 500)
    return firm


@pytest.mark.usefixtures("damaged")
def test_a_clinic_whose_file_cannot_be_opened_is_a_row_that_says_so(signed_in: SignIn, users: Users) -> None:
    page = signed_in(users["mina"]).get("/firm")
    rows = rows_of(page)
    assert page.status_code == 200
    assert rows["Lakeside"]["Outstanding"] == "$80.00"
    assert "harbor.db" in rows["Harbor Practice"]["Not shown"]
    assert "The total" not in page.text, "one clinic has no total"


def test_the_total_says_that_it_is_without_a_clinic_that_cannot_be_read(
    damaged: Ledger, signed_in: SignIn, users: Users
) -> None:
    hillside = replace(HARBOR.clinic, id="hillside", name="Hillside")
    with damaged.open_clinic(hillside).transaction() as books:
        books.save_setup(replace(HARBOR, clinic=hillside), "tests")
    page = signed_in(users["mina"]).get("/firm")
    assert list(rows_of(page)) == ["Hillside", "Lakeside", "Harbor Practice", "Total"]
    assert rows_of(page)["Total"]["Outstanding"] == "$80.00"
    assert "The total is without the clinic whose books cannot be read." in page.text


@pytest.fixture(params=["invoice", "pay_run"])
def damaged_inside(firm: Ledger, request: pytest.FixtureRequest) -> Ledger:
    """Return the firm, with a file that opens and whose pages in the middle are overwritten."""
    firm.close()
    overwrite_table(firm.folder / "clinics" / "harbor.db", request.param)
    return firm


@pytest.mark.usefixtures("damaged_inside")
def test_a_clinic_whose_file_is_damaged_further_in_is_a_row_that_says_so(
    signed_in: SignIn, users: Users
) -> None:
    page = signed_in(users["mina"]).get("/firm")
    rows = rows_of(page)
    assert page.status_code == 200
    assert rows["Harbor Practice"]["Not shown"] == (
        "The ledger file harbor.db is damaged. Nothing was written. Check the ledger folder, or put the right file back from a backup."
    )
    assert rows["Lakeside"]["Outstanding"] == "$80.00"
    assert list(rows) == ["Lakeside", "Harbor Practice"], "the total of one clinic is that clinic"


@pytest.fixture
def odd_value(firm: Ledger) -> Ledger:
    """Return the firm, with days in a file that are no days."""
    harbor = firm.clinic("harbor")
    paid = await_cheque(harbor, a_draft("Patient Four"))
    take(harbor, Action.RECORD_CHEQUE, paid, **a_cheque(80_00))
    take(harbor, Action.CLEAR, paid, day=TODAY)
    firm.close()
    overwrite_text(firm.folder / "clinics" / "harbor.db", b"2026-11-02", b"2026#11-02")
    return firm


@pytest.mark.usefixtures("odd_value")
def test_a_value_that_cannot_be_read_hides_its_own_clinic_alone(
    signed_in: SignIn, users: Users, caplog: pytest.LogCaptureFixture
) -> None:
    rows = rows_of(signed_in(users["mina"]).get("/firm"))
    assert rows["Lakeside"]["Outstanding"] == "$80.00"
    assert rows["Harbor Practice"]["Not shown"] == (
        "The books of Harbor Practice have values that cannot be read. Nothing was written. "
        "Ask the person who runs the service to check the books with clinicledger ledger verify."
    )
    assert re.search(r"books of harbor: \w+Error at ", caplog.text)
    assert "2026#11-02" not in caplog.text


def test_a_firm_without_clinics_is_told_how_to_get_one(tmp_path: Path) -> None:
    ledger = opened(tmp_path / "empty")
    ada = with_app(ledger, add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR))
    ledger.close()
    with temporary_service(Settings(path=ledger.folder, workers=0), hashing=CHEAP) as url, at(url) as client:
        client.post("/sign-in", data={"name": ada.name, "password": PASSWORD, "code": ada.code()})
        page = client.get("/firm")
    assert (page.status_code, "There is no clinic yet." in page.text) == (200, True)


def test_an_attorney_and_a_stranger_do_not_see_the_page(
    firm: Ledger, signed_in: SignIn, browser: httpx.Client
) -> None:
    fern = with_app(
        firm, add_user(firm, "fern", "Fern Invented", Role.ATTORNEY, attorney="Fern", clinics=LAKESIDE_ONLY)
    )
    attorney = signed_in(fern)
    assert attorney.get("/firm").status_code == 403
    assert "/firm" not in attorney.get("/attorney").text
    assert browser.get("/firm").headers["location"].startswith("/sign-in")


def test_staff_find_the_page_in_the_navigation(signed_in: SignIn, users: Users) -> None:
    for name in ("ada", "mina", "ben"):
        assert '<a href="/firm">All clinics</a>' in signed_in(users[name]).get("/account").text

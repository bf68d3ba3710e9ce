"""An administrator, a manager, two billers and an attorney on one service at once, each as themselves."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from playwright.sync_api import Browser, Page, expect

from server.billing.people import Role
from server.ledger.access_search import AccessSearch
from server.ledger.store import Ledger
from tests.browser.conftest import OpenExcel
from tests.browser.excel import PATIENCE_MS, Excel, Stage
from tests.browser.test_approval import states
from tests.browser.test_pages import sign_in
from tests.browser.workbooks import exams_of_lakeside, flagged_log
from tests.papers.reading import text_of
from tests.people import PASSWORD, InventedUser, add_user, opened, with_app

BUTTONS = ".command"
FIRM = "Brightwater & Finch"
QUESTION = "=1+1 When is the demand sent?"


@dataclass(frozen=True, slots=True)
class Attorney:
    """An attorney's own browser, on the page of the attorney's cases."""

    page: Page
    site: str

    def show_cases(self) -> set[str]:
        """Show the list of cases; return their names."""
        self.page.goto(f"{self.site}/attorney")
        return {name.strip() for name in self.page.locator('td[data-name="Case"]').all_inner_texts()}

    def save(self, link: str) -> bytes:
        """Click a link that leads to a file; return the file."""
        with self.page.expect_download(timeout=PATIENCE_MS) as download:
            self.page.get_by_role("link", name=link).click()
        return download.value.path().read_bytes()

    def open_case(self, name: str) -> None:
        """Open the case of a row of the list."""
        self.show_cases()
        self.page.locator("tr", has=self.page.get_by_text(name, exact=True)).get_by_role("link").click()

    def ask_for_status(self, message: str) -> None:
        """Ask for the status of the case that is shown."""
        self.page.get_by_label("Message to the office").fill(message)
        self.page.get_by_role("button", name="Ask for the status").click()
        expect(self.page.get_by_role("status")).to_have_text("The office sees your request.")


@pytest.fixture
def of_fern(browser: Browser, stage: Stage) -> Iterator[Attorney]:
    """Return the attorney's browser, in which nobody is signed in yet."""
    context = browser.new_context(accept_downloads=True)
    context.set_default_timeout(20_000)
    yield Attorney(context.new_page(), stage.address.removesuffix("/excel/"))
    context.close()


def signed_in(excel: Excel, user: InventedUser) -> Excel:
    """Sign a user in and return the window, with the buttons in the pane."""
    excel.page.evaluate("simulatedExcel.window.pane.show()")
    excel.sign_in(user.name, PASSWORD, user.code())
    expect(excel.pane.locator(BUTTONS).first).to_be_visible(timeout=PATIENCE_MS)
    return excel


def begin_to_send(excel: Excel, row: int) -> None:
    """Type into a row of the list that its invoice is sent, and press the button without waiting."""
    for column, text in (("F", "send"), ("K", "Umberfield Casualty"), ("M", "10/30/2026")):
        excel.select(f"{column}{row}")
        excel.type(text)
    excel.click("invoices.update")


def rows_of(book: Workbook, sheet: str) -> list[dict[str, object]]:
    """Return the rows of a list by their headings, each with its number in Excel under ``row``."""
    headings, *rows = book[sheet].values
    titles = [str(title) for title in headings]
    listed: list[dict[str, object]] = [dict(zip(titles, row, strict=True)) for row in rows]
    return [one | {"row": place} for place, one in enumerate(listed, 2) if any(one.values())]


def answer_status(excel: Excel, book: Workbook, case: str) -> None:
    """Answer the request for the status of a case on the sheet Cases."""
    titles = [cell.value for cell in book["Cases"][1]]
    (row,) = (one["row"] for one in rows_of(book, "Cases") if one["Case"] == case)
    excel.select(f"{get_column_letter(titles.index('Status answered') + 1)}{row}")
    excel.type("yes")
    excel.press("cases.save")
    excel.agree()


def cases_in(exams: Path) -> dict[str, set[str]]:
    """Return the cases of each attorney in a workbook of exams."""
    book = load_workbook(exams)
    rows = list(book.worksheets[0].values)
    head = next(place for place, row in enumerate(rows) if "Attorney" in row)
    case, attorney = (rows[head].index(title) for title in ("Case", "Attorney"))
    found: dict[str, set[str]] = {}
    for row in rows[head + 1 :]:
        if row[case]:
            found.setdefault(str(row[attorney]), set()).add(str(row[case]))
    return found


def logged(ledger: Ledger) -> set[tuple[str, str]]:
    """Return who did what to the clinic's data, as the access log has it."""
    found = ledger.search_access(AccessSearch(most=1000), ["lakeside"], of_firm=False)
    return {(row.who, row.what) for row in found}


def read_and_ask(attorney: Attorney, own: set[str]) -> str:
    """Save the file of all cases and the statement of one, and ask for the status of that one; return its name."""
    case = min(own)
    file = attorney.save("All your cases as a file").decode("utf-8-sig")
    assert {row["Case"] for row in csv.DictReader(io.StringIO(file))} == own
    attorney.open_case(case)
    statement = text_of(attorney.save("Statement of this case"))
    assert FIRM in statement
    assert case in statement
    attorney.ask_for_status(QUESTION)
    return case


def find_and_answer(biller: Excel, case: str) -> None:
    """Find the attorney's request among what is due today and on the sheet Cases, and answer it."""
    biller.press("reminders.today")
    (due,) = rows_of(biller.saved(), "Reminders")
    assert (due["Subject"], due["From"], due["Details"]) == (case, "Fern Invented", QUESTION)
    biller.press("cases.open")
    listed = biller.saved()
    asked = {row["Case"]: row["Status message"] for row in rows_of(listed, "Cases") if row["Status message"]}
    assert asked == {case: f"Fern Invented: {QUESTION}"}
    answer_status(biller, listed, case)


def approve(manager: Excel) -> set[str]:
    """Approve the payroll in front; return what its sheets and the statements of pay say about that."""
    manager.press("payroll.close")
    manager.pane.locator("form").get_by_role("button", name="Approve payroll", exact=True).click()
    expect(manager.result).to_contain_text("is approved", timeout=PATIENCE_MS)
    said = {text for texts in states(manager.saved()).values() for text in texts}
    manager.press("payroll.statements")
    with manager.page.expect_download(timeout=PATIENCE_MS) as download:
        manager.pane.get_by_role("link", name="Save ").click()
    with ZipFile(BytesIO(download.value.path().read_bytes())) as papers:
        return said | {text_of(papers.read(name)) for name in papers.namelist() if name.endswith(".pdf")}


def history_of_sent(administrator: Excel) -> set[tuple[object, object]]:
    """Return who took which step on the invoices that were sent, as the sheet says."""
    administrator.press("invoices.open")
    listed = rows_of(administrator.saved(), "Invoices")
    sent = [row["row"] for row in listed if row["State"] != "Pending invoice"]
    assert len(sent) == 2
    administrator.select(f"A{sent[0]}:A{sent[1]}")
    administrator.press("invoices.history")
    return {(row["Who"], row["Action"]) for row in rows_of(administrator.saved(), "Invoice History")}


def test_each_works_and_is_recorded_under_the_own_name(
    sign_in_excel: OpenExcel, of_fern: Attorney, tmp_path: Path
) -> None:
    ledger = opened(tmp_path / "ledger")
    ada = with_app(ledger, add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR))
    fern = with_app(ledger, add_user(ledger, "fern", "Fern Invented", Role.ATTORNEY, attorney=FIRM))
    users = [
        add_user(ledger, name, full_name, role)
        for name, full_name, role in (
            ("mina", "Mina Manager", Role.MANAGER),
            ("bo", "Bo Biller", Role.BILLER),
            ("bea", "Bea Biller", Role.BILLER),
        )
    ]
    of_ada, mina, bo, bea = (signed_in(sign_in_excel(), one) for one in (ada, *users))
    sign_in(of_fern.page, of_fern.site, fern, "/attorney")
    assert of_fern.show_cases() == set()

    exams = exams_of_lakeside(ledger.today(), tmp_path / "Exams.xlsx")
    own = cases_in(exams)[FIRM]
    bo.open(exams)
    bo.press("invoices.create")
    bo.agree()
    assert of_fern.show_cases() == own
    for biller in (bo, bea):
        biller.press("invoices.open")
    begin_to_send(bo, 2)
    begin_to_send(bea, 3)
    asked_about = read_and_ask(of_fern, own)
    for biller in (bo, bea):
        expect(biller.result).to_contain_text("1 row recorded: 1 send.", timeout=PATIENCE_MS)
        biller.settled()

    mina.open(flagged_log(tmp_path / "October.xlsx", rows=40, flagged=0))
    mina.press("payroll.generate")
    find_and_answer(bea, asked_about)
    of_fern.open_case(asked_about)
    expect(of_fern.page.get_by_text("The office answered on")).to_be_visible()
    said = approve(mina)
    assert len(said) > 1
    assert all("Mina Manager" in text for text in said), said
    assert history_of_sent(of_ada) == {
        ("Bo Biller", "create"),
        ("Bo Biller", "send"),
        ("Bea Biller", "send"),
    }

    with ledger.clinic("lakeside").reading() as books:
        every = books.status_requests.of_cases(range(1, 1000))
    ((answered,),) = every.values()
    assert (answered.asked_by, answered.answered_by) == ("Fern Invented", "Bea Biller")
    firm = ledger.search_access(AccessSearch(words="sign-in"), [], of_firm=True)
    sign_ins = {row.about.split()[0].strip(":;,") for row in firm if row.what == "sign-in"}
    assert {"ada", "mina", "bo", "bea", "fern"} <= sign_ins
    assert logged(ledger) == {
        ("Ada Admin", "open invoices"),
        ("Ada Admin", "invoice history"),
        ("Bo Biller", "open invoices"),
        ("Bea Biller", "open invoices"),
        ("Bea Biller", "open cases"),
        ("Bea Biller", "list reminders"),
        ("Mina Manager", "export statements"),
        ("Fern Invented", "cases of attorney"),
        ("Fern Invented", "case of attorney"),
        ("Fern Invented", "print case of attorney"),
        ("Fern Invented", "export cases of attorney"),
    }
    ledger.close()

"""The guide docs/receivables.md in the simulated Excel: a Monday of the person who does the follow-up."""

from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from server.cli.try_command import fill_ledger
from server.ledger.store import Ledger
from server.settings import Settings
from tests.browser.conftest import windows
from tests.browser.excel import PATIENCE_MS, Excel, running_stage
from tests.papers.reading import text_of

LAKESIDE = "lakeside"


@pytest.fixture(scope="module")
def billed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a ledger with invoices of all ages and states, and a log of their clinic."""
    room = tmp_path_factory.mktemp("billed")
    settings = Settings(path=room / "ledger", workers=0)
    return settings.path, fill_ledger(settings, room, None, with_invoices=True)


def outstanding(folder: Path) -> int:
    """Return what the books say is owed, in cents: the sum over all invoices."""
    ledger = Ledger.open_existing(folder)
    with ledger.clinic(LAKESIDE).reading() as books:
        owed = sum(invoice.balance_cents for invoice in books.invoices.find())
    ledger.close()
    return owed


def dollars_of(text: str) -> int:
    """Return an amount such as $1,200.50 in cents."""
    return int("".join(letter for letter in text if letter.isdigit()))


def test_a_monday_with_the_receivables(browser: Browser, billed: tuple[Path, Path]) -> None:
    folder, log = billed
    owed = outstanding(folder)
    with running_stage(folder, log) as stage, windows(browser) as open_window:
        excel = open_window(stage)
        list_the_oldest(excel, owed)
        work_through_what_is_due(excel)
        send_a_statement(excel)
        look_back(excel, owed)
        excel.press("receivables.worklist")
        assert excel.front == "Worklist"
    assert outstanding(folder) == owed, "nothing of this moves money"


def list_the_oldest(excel: Excel, owed: int) -> None:
    excel.press("receivables.aging")
    bars = excel.pane.locator(".panel li")
    counted = [dollars_of(text) for text in bars.locator("strong").all_inner_texts()]
    assert sum(counted[:5]) == owed, "the five buckets are all that is owed"

    oldest = bars.filter(has_text="121+")
    critical = dollars_of(oldest.locator("strong").inner_text())
    oldest.get_by_role("button").click()
    excel.settled()

    assert excel.front == "Invoices"
    rows = list(excel.saved()["Invoices"].values)
    balance = rows[0].index("Balance")
    listed = [row[balance] for row in rows[1:] if str(row[0]).startswith("INV-")]
    assert sum(Decimal(str(one)) for one in listed) * 100 == critical


def work_through_what_is_due(excel: Excel) -> None:
    excel.press("reminders.today")
    assert excel.front == "Reminders"
    rows = list(excel.saved()["Reminders"].values)
    due = [row for row in rows[1:] if row[0]]
    action = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rows[0].index("Action")]
    excel.select(f"{action}2")
    excel.type("done")

    excel.press("reminders.save")
    expect(excel.result).to_contain_text("1", timeout=PATIENCE_MS)
    excel.press("reminders.today")

    left = [row for row in list(excel.saved()["Reminders"].values)[1:] if row[0]]
    assert len(left) == len(due) - 1
    subject = rows[0].index("Subject")
    assert due[0][subject] not in [row[subject] for row in left]


def send_a_statement(excel: Excel) -> None:
    excel.page.locator("#sheets button", has_text="Invoices").first.click()
    excel.select("A2")
    excel.press("receivables.statement")
    with excel.page.expect_download(timeout=PATIENCE_MS) as download:
        excel.pane.get_by_role("link", name="Save ").click()
    text = text_of(download.value.path().read_bytes())
    assert "Statement of account" in text
    assert "Balance due" in text


def look_back(excel: Excel, owed: int) -> None:
    excel.press("receivables.dashboard")
    assert excel.front == "Dashboard"
    shown = excel.pane.locator(".panel li", has_text="Outstanding").first.locator("strong").inner_text()
    assert dollars_of(shown) == owed

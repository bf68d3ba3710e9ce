"""Letters in the task pane: the terms of a reduction offer are asked for, shown with what they come to, and printed."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from server.billing.setup_payer_mail import PayerContact
from server.cli.try_command import fill_ledger
from server.ledger.store import Ledger
from server.settings import Settings
from tests.browser.conftest import windows
from tests.browser.excel import PATIENCE_MS, running_stage
from tests.browser.test_options import opened
from tests.papers.reading import pages_of

BUTTON = "reminders.letters"


@pytest.fixture(scope="module")
def addressed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a ledger with invoices, whose attorneys and payers have addresses, and a log of their clinic."""
    room = tmp_path_factory.mktemp("addressed")
    settings = Settings(path=room / "ledger", workers=0)
    log = fill_ledger(settings, room, None, with_invoices=True)
    ledger = Ledger.open_existing(settings.path)
    with ledger.clinic("lakeside").transaction() as books:
        facts = [invoice.facts for invoice in books.invoices.find()]
        names = dict.fromkeys(name for one in facts for name in (one.attorney, one.payer) if name)
        contacts = tuple(
            PayerContact(name, address="9 Invented Square; Columbus, OH 43215") for name in names
        )
        books.save_setup(replace(books.setup(), payer_contacts=contacts), "tests")
    ledger.close()
    return settings.path, log


def test_an_offer_is_filled_in_seen_and_printed(browser: Browser, addressed: tuple[Path, Path]) -> None:
    until = datetime.now(UTC).astimezone().date() + timedelta(days=30)
    with running_stage(*addressed) as stage, windows(browser) as open_window:
        excel = open_window(stage)
        excel.page.evaluate("simulatedExcel.window.pane.show()")
        opened(excel, BUTTON).get_by_label("Letter").select_option("reduction offer")
        excel.press("invoices.open")
        excel.select("A2")
        excel.press(BUTTON)
        offer = excel.pane.get_by_label("The attorney is to pay")
        offer.fill("100%")
        excel.pane.get_by_label("The offer ends on").fill(until.isoformat())
        excel.pane.get_by_role("button", name="Continue").click()
        expect(excel.pane.get_by_text("does not reduce the balance").first).to_be_visible(timeout=PATIENCE_MS)

        offer.fill("60%")
        excel.pane.get_by_role("button", name="Continue").click()
        table = excel.pane.locator("table", has_text="Offered payable")
        expect(table).to_be_visible(timeout=PATIENCE_MS)
        payable = table.locator("tr").nth(1).locator("td").last.inner_text()
        excel.pane.get_by_role("button", name="Print 1 letter").click()
        with excel.page.expect_download(timeout=PATIENCE_MS) as download:
            excel.pane.get_by_role("link", name=re.compile("^Save ")).click()
        (page,) = pages_of(download.value.path().read_bytes())
        expect(excel.result).to_contain_text("A letter records no offer")
    assert f"We offer to accept {payable} in full payment" in " ".join(page.split())

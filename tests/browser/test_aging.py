"""The aging in the simulated Excel: its sheets, and its bars in the task pane, each of which opens its invoices."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from server.ledger.clock import utc_now
from server.ledger.store import Ledger
from tests.browser.conftest import OpenExcel
from tests.ledger.invoiced import a_draft, created

AGES = (3, 45, 50, 75, 100, 150, 400)


def test_a_bar_of_the_aging_opens_the_invoices_that_it_counts(open_excel: OpenExcel, tmp_path: Path) -> None:
    now = utc_now()
    for age in AGES:
        ledger = Ledger(tmp_path / "ledger", lambda age=age: now - timedelta(days=age))  # type: ignore[misc]
        (clinic,) = [one for one in ledger.clinics() if one.id.startswith("lakeside")]
        created(ledger.clinic(clinic.id), a_draft(case=f"Case {age}", cents=age * 1_000))
    excel = open_excel()
    excel.press("receivables.aging")
    excel.settled()
    panel = excel.pane.get_by_role("region", name="Aging by the day the invoice was created")
    bars = panel.locator("li")
    expect(bars).to_have_count(6)
    expect(bars.nth(1)).to_contain_text("$950.00")
    expect(bars.nth(1)).to_contain_text("2 invoices")
    assert {"Aging", "Aging Detail"} <= set(excel.tabs())

    panel.get_by_role("button", name="List the invoices of 31-60 days").click()
    excel.settled()

    listed = [row[0] for row in excel.saved()["Invoices"].values if str(row[0]).startswith("INV-")]
    assert len(listed) == 2

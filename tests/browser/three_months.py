"""The office of docs/three-months.md in the simulated Excel: what it clicks at the end of a month."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.excel import PATIENCE_MS, Excel
from tests.end_to_end.three_months import CLINIC_NAME, Month, write_log, write_setup


def begin_month(excel: Excel, month: Month, folder: Path) -> None:
    """Save the setup of a month, open its export, and choose the clinic and the days."""
    excel.open(write_setup(folder, month))
    excel.press("clinic.save")
    expect(excel.result).to_contain_text("is saved", timeout=PATIENCE_MS)
    excel.open(write_log(folder, month))
    excel.press("clinic.choose")
    excel.pane.get_by_text(CLINIC_NAME).click()
    excel.pane.get_by_role("button", name="Continue").click()
    expect(excel.pane.locator("#clinic")).to_have_text(CLINIC_NAME, timeout=PATIENCE_MS)
    excel.settled()
    excel.pane.get_by_role("button", name="All buttons").click()
    options = excel.pane.locator('li:has([data-button="payroll.generate"]) details')
    options.locator("summary").click()
    options.get_by_label("From").fill(month.first.isoformat())
    options.get_by_label("To").fill(month.last.isoformat())
    options.get_by_label("To").press("Tab")


def generate(excel: Excel) -> None:
    """Press Generate payroll, and answer which word means that a note is signed if it is asked."""
    excel.press("payroll.generate")
    question = excel.pane.locator("form[data-asks]")
    if question.count():
        question.get_by_role("checkbox").first.check()
        question.get_by_role("button", name="Continue").click()
        excel.settled()
    expect(excel.result).to_contain_text("Payroll for", timeout=PATIENCE_MS)


def offer(excel: Excel, code: str) -> Locator:
    """Return the button of what a finding of some code offers."""
    return excel.pane.locator(f'.remedies li[data-code="{code}"]').get_by_role("button").first


def ask_to_approve(excel: Excel) -> Locator:
    """Press Approve payroll, tick what was flagged, and return the button that approves."""
    excel.press("payroll.close")
    for box in excel.pane.locator("form input[type=checkbox]").all():
        box.check()
    return excel.pane.locator("form").get_by_role("button", name="Approve payroll", exact=True)


def register_of(excel: Excel) -> dict[str, Any]:
    """Press Payroll register; return the total to pay of each provider, in dollars."""
    excel.press("payroll.register")
    sheet = excel.saved()["Payroll Register"]
    rows: list[list[Any]] = [list(row) for row in sheet.values]
    top = next(place for place, row in enumerate(rows) if row[0] == "Provider")
    total = rows[top].index("Total to pay")
    return {row[0]: row[total] for row in rows[top + 1 :] if row[0] and not row[0].startswith("Total")}

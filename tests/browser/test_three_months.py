"""The three months of docs/three-months.md in the simulated Excel, to the cent of each provider."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.excel import PATIENCE_MS, Excel
from tests.browser.three_months import ask_to_approve, begin_month, generate, offer, register_of
from tests.end_to_end.three_months import CLINIC, HANDED_OVER, MONTHS


def test_three_months_in_the_simulated_excel(excel: Excel, tmp_path: Path) -> None:
    for month in MONTHS:
        begin_month(excel, month, tmp_path)
        generate(excel)
        if month.name == "September":
            offer(excel, "rate-changed-since-paid").click()
            excel.settled()
            expect(excel.result).to_contain_text("Payroll for", timeout=PATIENCE_MS)
        ask_to_approve(excel).click()
        approved = f"Run {CLINIC}-{month.first:%Y-%m}-r1 ("
        expect(excel.result).to_contain_text(approved, timeout=PATIENCE_MS)
        expect(excel.result).to_contain_text("is approved")
        excel.settled()
        paid = {name: round(dollars * 100) for name, dollars in register_of(excel).items()}
        assert paid == HANDED_OVER[month.name], month.name

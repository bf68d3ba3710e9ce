"""The setup from a log in the simulated Excel: a finding is fixed with two clicks, and a log begins a clinic."""

from pathlib import Path

from openpyxl import Workbook
from playwright.sync_api import expect

from tests.browser.excel import PATIENCE_MS, Excel


def test_a_finding_is_fixed_in_the_setup_and_the_check_goes_on(excel: Excel) -> None:
    excel.press("clinic.open")
    excel.page.locator("#sheets button").first.click()
    excel.press("payroll.check")
    offered = excel.pane.locator('.remedies li[data-code="unknown-status"]')
    offered.get_by_role("button", name="Count “Pending chart” as attended").click()

    expect(excel.pane.locator("h2")).to_contain_text("Save this in the setup of Lakeside Psychology Group?")
    expect(excel.pane.locator("table")).to_contain_text("Pending chart counts as attended")
    excel.agree()

    expect(excel.pane.locator("#says")).to_contain_text(
        "“Pending chart” counts as attended", timeout=PATIENCE_MS
    )
    expect(excel.result).to_contain_text("Checked")
    expect(offered).to_have_count(0)
    written = [row[:2] for row in excel.saved()["Statuses"].iter_rows(values_only=True)]
    assert ("Pending chart", "attended") in written
    excel.press("clinic.save")
    expect(excel.result).to_contain_text("There were no changes.")


def a_log_of_nobody(path: Path) -> Path:
    """Write a log of a clinic that is not set up yet."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Export"
    sheet.append(["Appt ID", "Date of service", "Provider", "Service", "Status"])
    for row in range(6):
        name = "New, Nora LCSW" if row == 3 else "Nora New"
        sheet.append([f"N-{row}", 45931 + row, name, "EX-101", "Show"])
    book.save(path)
    return path


def test_a_log_of_a_clinic_that_does_not_exist_yet_becomes_its_setup(excel: Excel, tmp_path: Path) -> None:
    excel.open(a_log_of_nobody(tmp_path / "October.xlsx"))
    excel.press("clinic.new")
    expect(excel.result).to_contain_text("1 provider, 1 service, 1 status")
    expect(excel.pane.locator("button.finding")).to_have_count(1)
    assert excel.front == "Clinic"

    for sheet, cell, text in (
        ("Clinic", "B4", "newport"),
        ("Clinic", "B5", "Newport Talk"),
        ("Clinic", "B10", "monthly"),
        ("Providers", "G4", "W-2"),
        ("Rates", "C4", "per session"),
    ):
        excel.page.get_by_role("tab", name=sheet, exact=True).click()
        excel.select(cell)
        excel.type(text)
    excel.press("clinic.save")
    expect(excel.result).to_contain_text("Not done")
    excel.page.get_by_role("tab", name="Rates", exact=True).click()
    excel.select("D4")
    excel.type("50")
    excel.press("clinic.save")

    expect(excel.result).to_contain_text("The setup of Newport Talk is saved.")
    expect(excel.pane.locator("#clinic")).to_have_text("Newport Talk")
    excel.press("payroll.check")
    expect(excel.result).to_contain_text("Checked Newport Talk, Oct 1–31, 2025: 6 rows.")

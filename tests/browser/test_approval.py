"""Approving and voiding a run in the simulated Excel: what the form asks, and what every sheet says afterwards."""

from pathlib import Path

from openpyxl import Workbook
from playwright.sync_api import expect

from tests.browser.excel import Excel
from tests.browser.workbooks import flagged_log, unbound

STATE = "_ClinicLedgerState"


def states(book: Workbook) -> dict[str, set[str]]:
    """Return what the cells say that show a state, by sheet."""
    told = {}
    for sheet in book.worksheets:
        if STATE in sheet.defined_names:
            areas = sheet.defined_names[STATE].attr_text.split(",")
            cells = [area.rpartition("!")[2].replace("$", "").split(":")[0] for area in areas]
            told[sheet.title] = {str(sheet[cell].value) for cell in cells}
    return told


def test_a_run_is_approved_after_what_was_flagged_is_ticked_and_every_sheet_says_so(
    excel: Excel, tmp_path: Path
) -> None:
    excel.open(flagged_log(tmp_path / "October.xlsx", rows=40, flagged=12))
    excel.press("payroll.generate")
    draft = states(excel.saved())
    excel.press("payroll.close")
    expect(excel.pane.locator("h2")).to_contain_text("12 items were flagged for review.")
    expect(excel.pane.locator("button.finding")).to_have_count(12)
    approve = excel.pane.locator("form").get_by_role("button", name="Approve payroll", exact=True)

    approve.click()
    expect(excel.pane.get_by_text("Tick this once you have looked at all 12.")).to_be_visible()
    expect(excel.pane.locator("input[type=checkbox]")).to_have_count(1)  # one idea of a tick on the form
    expect(excel.pane.get_by_role("button", name="Done", exact=True)).to_have_count(0)
    excel.pane.get_by_label("Seen, all 12 of this kind").check()
    approve.click()
    expect(excel.result).to_contain_text("is approved: 1 provider")
    approved = states(excel.saved())

    excel.press("payroll.void")
    expect(excel.pane.locator("h2")).to_contain_text("The run is approved.")
    excel.pane.get_by_label("Reason").fill("wrong month")
    excel.pane.locator("form").get_by_role("button", name="Void run").click()
    expect(excel.result).to_contain_text("is voided")
    voided = states(excel.saved())

    assert draft.keys() == approved.keys() == voided.keys()
    assert {"Payroll Summary", "Lines", "Findings", "Basil Thistledown"} <= draft.keys()
    for told, word in (
        (draft, "DRAFT – not approved yet"),
        (approved, "Approved "),
        (voided, "VOID – do not pay"),
    ):
        assert all(text.startswith(word) for texts in told.values() for text in texts), told


def test_a_log_in_the_wrong_clinic_leads_back_to_the_choice(
    excel: Excel, made: tuple[Path, Path], tmp_path: Path
) -> None:
    excel.open(unbound(made[1], tmp_path / "October.xlsx"))
    excel.press("clinic.choose")
    expect(excel.pane.locator("input:checked")).to_have_count(0)
    excel.pane.get_by_text("Cedar Hill Medical Clinic").click()
    excel.pane.get_by_role("button", name="Continue").click()
    expect(excel.pane.locator("#clinic")).to_have_text("Cedar Hill Medical Clinic")
    excel.press("payroll.check")
    expect(excel.pane.locator("button.finding")).to_have_count(1)

    excel.pane.locator("#view").get_by_role("button", name="Choose clinic", exact=True).click()
    excel.pane.get_by_text("Lakeside Psychology Group").click()
    excel.pane.get_by_role("button", name="Continue").click()

    expect(excel.pane.locator("#clinic")).to_have_text("Lakeside Psychology Group")

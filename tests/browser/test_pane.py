"""The task pane around the clicks: buttons that can do nothing, and keys and focus."""

import json
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Locator, expect

from server.backups.backup_state import BackupState, record_state
from server.ledger.store import Ledger
from server.ribbon.ribbon_table import ribbon
from tests.browser.conftest import OpenExcel, windows
from tests.browser.excel import PATIENCE_MS, Excel, running_stage
from tests.browser.test_asks import DONE, a_field, answering, asking
from tests.browser.test_worklist import a_finding
from tests.browser.workbooks import small_workbook, unbound
from tests.ledger.invoiced import created


@pytest.fixture
def shown(small: Excel) -> Excel:
    """Return the simulated Excel with all buttons of the pane in sight."""
    small.page.evaluate("simulatedExcel.window.pane.show()")
    small.pane.locator(".command").first.wait_for()
    return small


def command(excel: Excel, button: str) -> Locator:
    """Return a button of the pane."""
    return excel.pane.locator(f'[data-button="{button}"]')


def tip_of(excel: Excel, button: str) -> Locator:
    """Return what the button does, in one line."""
    return excel.pane.locator(f'[data-button="{button}"] + .tip')


def test_a_button_that_can_do_nothing_says_what_to_do_first(shown: Excel) -> None:
    approve = command(shown, "payroll.close")
    expect(approve).to_have_attribute("aria-disabled", "true")
    expect(approve).to_contain_text(
        "This workbook has no sheet Payroll Summary. Press Generate payroll first."
    )
    expect(shown.button("payroll.close")).to_be_disabled()

    approve.click(force=True)

    expect(shown.pane.locator("#says")).to_contain_text("Press Generate payroll first.")
    expect(approve).to_be_visible()  # it was not pressed


def test_it_works_as_soon_as_the_sheet_is_there_and_not_when_it_is_gone(shown: Excel) -> None:
    approve = command(shown, "payroll.close")
    for change, disabled in (
        ("simulatedExcel.window.book.add('payroll summary')", "false"),
        ("simulatedExcel.window.book.remove(simulatedExcel.window.book.find('Payroll Summary'))", "true"),
    ):
        shown.page.evaluate(f"{change}; simulatedExcel.window.draw()")
        expect(approve).to_have_attribute("aria-disabled", disabled)
        expect(shown.button("payroll.close")).to_be_enabled(enabled=disabled == "false")


def test_a_backup_that_is_too_long_ago_is_told_above_the_buttons_until_there_is_a_newer_one(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = tmp_path / "copies"
    monkeypatch.setenv("CLINIC_LEDGER_BACKUPS", str(copies))
    ledger = Ledger(tmp_path / "ledger")
    now = ledger.now()
    record_state(ledger.folder, BackupState(copies, now - timedelta(hours=37), now, "Its disk is full."))
    with (
        running_stage(ledger.folder, small_workbook(tmp_path / "small.xlsx")) as stage,
        windows(browser) as show,
    ):
        excel = show(stage)
        excel.page.evaluate("simulatedExcel.window.pane.show()")
        told = excel.pane.locator(".late")
        expect(told).to_contain_text("The last good backup of the books is more than 36 hours old.")
        expect(told).to_contain_text("Tell the person who looks after Clinic Ledger.")

        record_state(ledger.folder, BackupState(copies, now - timedelta(hours=35), now))
        excel.page.evaluate("simulatedExcel.window.book.add('another'); simulatedExcel.window.draw()")

        expect(told).to_be_hidden()


def test_without_a_clinic_only_what_needs_none_works(small: Excel, tmp_path: Path) -> None:
    book = load_workbook(small_workbook(tmp_path / "small.xlsx"))
    del book.defined_names["_ClinicLedger"]
    book.save(tmp_path / "unbound.xlsx")
    small.open(tmp_path / "unbound.xlsx")
    small.page.evaluate("simulatedExcel.window.pane.show()")
    small.pane.get_by_role("button", name="All buttons").click()

    expect(command(small, "payroll.check")).to_contain_text("Choose a clinic first.")
    expect(command(small, "clinic.choose")).to_have_attribute("aria-disabled", "false")
    expect(small.button("payroll.check")).to_be_disabled()
    expect(small.button("clinic.choose")).to_be_enabled()


def test_no_button_grows_under_the_pointer(shown: Excel) -> None:
    void = command(shown, "payroll.void")
    height = "() => document.body.scrollHeight"
    before = (shown.pane.locator("body").evaluate(height), void.evaluate("row => row.offsetHeight"))
    void.hover()
    expect(tip_of(shown, "payroll.void")).to_be_visible()
    assert (shown.pane.locator("body").evaluate(height), void.evaluate("row => row.offsetHeight")) == before


def test_arrows_move_from_button_to_button(shown: Excel) -> None:
    command(shown, "payroll.check").focus()
    shown.page.keyboard.press("ArrowDown")
    expect(command(shown, "payroll.generate")).to_be_focused()
    expect(tip_of(shown, "payroll.generate")).to_be_visible()
    shown.page.keyboard.press("Escape")
    expect(tip_of(shown, "payroll.generate")).to_be_hidden()
    shown.page.keyboard.press("End")
    expect(command(shown, "clinic.fix")).to_be_focused()  # with a clinic, the daily work comes first
    shown.page.keyboard.press("Home")
    expect(command(shown, "payroll.check")).to_be_focused()


def test_keys_press_buttons_from_the_sheet(small: Excel) -> None:
    clicks = answering(small, DONE | {"findings": [a_finding("C2"), a_finding("B2")], "findings_total": 2})
    small.page.keyboard.press("Control+Shift+Alt+K")
    expect(small.pane.locator("button.finding")).to_have_count(2, timeout=PATIENCE_MS)
    small.settled()
    for key, cell in (("N", "C2"), ("D", "B2")):
        small.page.keyboard.press(f"Control+Shift+Alt+{key}")
        expect(small.page.locator("#name-box")).to_have_value(cell)
    expect(small.pane.locator(".count")).to_have_text("2 of 2, 1 done")
    assert len(clicks) == 1


def test_help_has_the_keys_the_version_and_details_without_anything_of_the_sheet(shown: Excel) -> None:
    route = "**/ribbon/payroll.check"
    problem = {"code": "no-rate", "title": "t", "detail": "Ada Example has no rate.", "remedy": "r"}
    kind = {"Content-Type": "application/problem+json"}
    shown.page.route(route, lambda call: call.fulfill(status=422, headers=kind, body=json.dumps(problem)))
    shown.press("payroll.check")
    shown.button("help").click()

    expect(shown.pane.locator("#view")).to_contain_text("Ctrl+Shift+Alt+K")
    details = shown.pane.locator("#details").input_value()
    assert details.splitlines() == [
        f"Clinic Ledger {version('clinic-ledger')}",
        "Excel 16.0.0.0, OfficeOnline, ExcelApi 1.17",
        "Language en-US",
        "Last button: payroll.check",
        "Last refusal: no-rate",
    ]
    shown.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown.pane.get_by_role("button", name="Copy details").click()
    expect(shown.pane.locator(".support")).to_contain_text("Copied.")
    shown.pane.get_by_role("button", name="Check the service").click()
    expect(shown.pane.locator(".support")).to_contain_text("Checked.")
    checked = shown.pane.locator("#details").input_value().splitlines()
    assert checked[:5] == details.splitlines()
    parts = [line.partition(":")[0] for line in checked[5:] if not line.startswith("  ")]
    assert parts == ["good Program", "good Ledger", "good Disk", "look Backups", "good Clock"]
    shown.pane.get_by_role("button", name="Copy details").click()
    expect(shown.pane.locator(".support")).to_contain_text("Copied.")
    assert shown.page.evaluate("() => navigator.clipboard.readText()").splitlines() == checked
    with shown.page.expect_popup() as opened:
        shown.pane.get_by_role("link", name="Open the guide").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Clinic Ledger: help")
    opened.value.close()
    shown.pane.get_by_role("button", name="All buttons").click()
    shown.pane.locator("#help").click()
    expect(shown.pane.get_by_role("heading", name="Help")).to_be_visible()


def test_sample_data_comes_as_a_workbook_that_can_be_saved_and_checked(
    open_excel: OpenExcel, made: tuple[Path, Path], tmp_path: Path
) -> None:
    excel = open_excel()
    excel.open(unbound(made[1], tmp_path / "October.xlsx"))
    excel.page.evaluate("simulatedExcel.window.pane.show()")
    expect(excel.pane.locator("#view")).to_contain_text(ribbon().purpose, timeout=PATIENCE_MS)

    excel.pane.get_by_role("button", name="Try with sample data").click()
    expect(excel.page.locator("#file-name")).to_have_text("Book1.xlsx", timeout=PATIENCE_MS)
    excel.press("clinic.save")
    expect(excel.pane.locator("#clinic")).to_have_text("Sample Clinic")
    excel.page.locator("#sheets button", has_text="Appointments").click()
    excel.press("payroll.check")

    expect(excel.pane.locator("button.finding")).to_have_count(4)
    expect(excel.result).to_contain_text("36 rows")


def test_a_question_takes_the_focus_and_escape_leads_back_to_its_button(small: Excel) -> None:
    answering(small, asking(a_field("note", "text")))
    small.press("payroll.check")
    expect(small.pane.get_by_role("heading", name="One more thing")).to_be_focused()

    small.page.keyboard.press("Escape")

    expect(small.pane.locator("#says")).to_have_text("Canceled. Nothing was recorded.")
    expect(command(small, "payroll.check")).to_be_focused()


def test_a_result_leaves_the_focus_in_the_sheet_and_escape_leaves_the_result(small: Excel) -> None:
    answering(small, DONE)
    small.select("B2")
    small.press("payroll.check")
    expect(small.result).to_contain_text("Done.")
    assert not small.pane.locator("body").evaluate("() => document.hasFocus()")

    small.result.click()
    small.page.keyboard.press("Escape")

    expect(command(small, "payroll.check")).to_be_visible()


def test_the_pane_shows_how_much_waits_behind_a_button(open_excel: OpenExcel, tmp_path: Path) -> None:
    lakeside = Ledger(tmp_path / "ledger").clinic("lakeside")
    created(lakeside)
    with lakeside.transaction() as books:
        books.status_requests.add(1, "Attorney Invented", "How far are they?", "Fern Invented")
    excel = open_excel()
    excel.page.evaluate("simulatedExcel.window.pane.show()")
    badge = command(excel, "reminders.today").locator(".badge")
    expect(badge).to_have_text("1 due")

    command(excel, "reminders.today").click()
    excel.settled()
    assert "Reminders" in excel.tabs()
    with lakeside.transaction() as books:
        books.status_requests.answer([1], "local")
    excel.press("reminders.today")
    expect(excel.result).to_contain_text("Nothing is due")
    excel.pane.get_by_role("button", name="All buttons").click()
    expect(badge).to_have_text("")

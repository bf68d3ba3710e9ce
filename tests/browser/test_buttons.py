"""Every button, pressed in the simulated Excel, with the task pane, the service and the files all real."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.cell import coordinate_to_tuple
from playwright.sync_api import Route, expect

from server.ribbon.ribbon_table import ribbon
from tests.browser.conftest import OpenExcel
from tests.browser.excel import PATIENCE_MS, Excel, Stage
from tests.browser.workbooks import long_log, unbound

MARKED = {"FFC7CE", "FFEB9C"}


def test_the_first_run_page_leads_to_a_chosen_clinic(
    excel: Excel, made: tuple[Path, Path], tmp_path: Path
) -> None:
    excel.open(unbound(made[1], tmp_path / "October.xlsx"))
    excel.press("payroll.generate")
    expect(excel.result).to_contain_text("clinic")
    refused = excel.tabs()

    excel.press("clinic.choose")
    excel.pane.get_by_text("Cedar Hill Medical Clinic").click()
    excel.pane.get_by_role("button", name="Continue").click()

    expect(excel.pane.locator("#clinic")).to_have_text("Cedar Hill Medical Clinic")
    assert refused == ["Appointments"]
    assert excel.saved().defined_names["_ClinicLedger"].attr_text == '"cedar-hill"'


def test_a_finding_leads_to_its_cell_which_is_marked(excel: Excel) -> None:
    excel.press("payroll.check")
    finding = excel.pane.locator("button.finding").first
    place = re.search(r"Appointments ([A-Z]+\d+)", finding.inner_text())
    assert place

    finding.click()

    expect(excel.page.locator("#name-box")).to_have_value(place[1])
    assert excel.front == "Appointments"
    row, column = coordinate_to_tuple(place[1])
    assert excel.saved()["Appointments"].cell(row, column).fill.fgColor.rgb[-6:] in MARKED


def test_generate_payroll_puts_the_finished_sheets_in(excel: Excel) -> None:
    excel.press("payroll.generate")

    assert excel.front == "Payroll Summary"
    paid = re.search(r"\$[\d,]+\.\d\d", excel.result.inner_text())
    assert paid
    cells = [cell.value for row in excel.saved()["Payroll Summary"].iter_rows() for cell in row]
    assert float(paid[0].replace("$", "").replace(",", "")) in cells


def test_pressed_twice_there_is_one_set_of_sheets(excel: Excel) -> None:
    excel.press("payroll.generate")
    once = excel.tabs()
    excel.page.locator("#sheets button", has_text="Appointments").click()

    excel.click("payroll.generate")
    excel.click("payroll.generate")
    excel.settled()

    assert excel.tabs() == once


def test_every_button_of_the_ribbon_answers(excel: Excel) -> None:
    for button in ribbon().button:
        excel.page.locator("#sheets button", has_text="Appointments").first.click()
        if button.works_on and not {*button.works_on} & {*excel.tabs()}:
            expect(excel.button(button.id)).to_be_disabled()
            continue
        excel.press(button.id)
        expect(excel.pane.locator("#view .card, #view form").first).to_be_visible()


def test_the_setup_comes_as_sheets_and_goes_back(excel: Excel) -> None:
    excel.press("clinic.open")
    assert {"Providers", "Services", "Rates", "Statuses"} <= set(excel.tabs())

    excel.press("clinic.save")

    expect(excel.result).to_contain_text("Lakeside Psychology Group")


def test_a_service_that_stops_is_said_and_the_click_can_be_tried_again(excel: Excel, stage: Stage) -> None:
    def stop_first(route: Route) -> None:
        stage.stop(at_once=True)
        route.continue_()

    excel.page.route("**/ribbon/payroll.generate", stop_first)
    excel.press("payroll.generate")
    expect(excel.result).to_contain_text("not running")
    before = excel.tabs()

    stage.start()
    excel.page.unroute_all()
    excel.pane.get_by_role("button", name="Try again").click()
    excel.page.locator("#sheets button", has_text="Payroll Summary").wait_for()

    assert before == ["Appointments"]


def test_a_click_while_a_cell_is_edited_waits_for_enter(excel: Excel) -> None:
    excel.select("M1")
    excel.page.keyboard.type("a remark")
    excel.click("payroll.check")
    expect(excel.pane.locator("progress, [role=progressbar]").first).to_be_visible()
    waiting = excel.page.locator(".editor").count()

    excel.page.locator(".editor").press("Enter")
    excel.settled()

    assert waiting == 1
    expect(excel.result).to_contain_text("Checked")


def test_an_excel_that_takes_no_sheets_offers_them_as_a_file(open_excel: OpenExcel) -> None:
    old = open_excel(excelapi="1.9")
    old.press("payroll.generate")

    with old.page.expect_download() as download:
        old.pane.get_by_text("Save them as a file").click()

    assert old.tabs() == ["Appointments"]
    book = load_workbook(BytesIO(download.value.path().read_bytes()))
    assert "Payroll Summary" in book.sheetnames


def test_fifty_thousand_rows_are_read_paid_and_scrolled(excel: Excel, tmp_path: Path) -> None:
    excel.open(long_log(tmp_path / "long.xlsx", 50_000))
    excel.press("payroll.check")
    expect(excel.result).to_contain_text("50,000 rows", timeout=PATIENCE_MS)

    drawn = excel.page.evaluate(
        """() => {
          const { box, paper } = simulatedExcel.window.grid;
          const counts = [];
          for (let at = 0; at < 30; at += 1) {
            box.scrollTop = at * 33_000;
            simulatedExcel.window.grid.draw();
            counts.push(paper.querySelectorAll("*").length);
          }
          return counts;
        }"""
    )

    assert max(drawn) < 3_000, "elements drawn: only what is in sight"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pane_wears_the_theme_of_excel(open_excel: OpenExcel, theme: str) -> None:
    excel = open_excel(theme=theme)
    excel.press("payroll.check")

    expect(excel.pane.locator("html")).to_have_attribute("data-theme", theme)


def test_a_protected_sheet_is_said_in_words(excel: Excel, made: tuple[Path, Path], tmp_path: Path) -> None:
    book: Workbook = load_workbook(made[1])
    book.worksheets[0].protection.sheet = True
    book.save(tmp_path / "protected.xlsx")
    excel.open(tmp_path / "protected.xlsx")

    excel.press("payroll.check")

    expect(excel.result.first).to_be_visible()
    expect(excel.pane.locator("#view")).to_contain_text("protected", ignore_case=True)


def test_a_cell_in_the_list_of_findings_leads_to_the_log_and_still_does_when_it_is_saved(
    excel: Excel,
) -> None:
    excel.press("payroll.check")
    excel.page.locator("#sheets button", has_text="Check").click()
    saved = excel.saved()
    links = {
        str(cell.value): cell.hyperlink.location
        for row in saved["Check"].iter_rows()
        for cell in row
        if cell.hyperlink
    }
    assert links
    assert all(target and target.startswith("'Appointments'!") for target in links.values())
    stretches = [target for target in links.values() if ":" in str(target)]
    assert stretches  # a library that writes them as addresses of files would make dead links of them

    shown, target = next(iter(links.items()))
    excel.cell(shown).click()

    first = str(target).partition("!")[2].partition(":")[0]
    in_front = excel.page.locator('#sheets button[aria-selected="true"]')
    expect(in_front).to_have_text("Appointments", timeout=PATIENCE_MS)
    expect(excel.page.locator("#name-box")).to_have_value(first, timeout=PATIENCE_MS)

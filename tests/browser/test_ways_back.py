"""What the pane keeps in sight: the findings a canceled remedy came from, what was typed, hidden cells, and a service that comes back."""

from typing import Any

import pytest
from playwright.sync_api import FilePayload, Route, expect

from tests.browser.excel import PATIENCE_MS, Excel, Stage
from tests.browser.test_asks import DONE, a_field, asking
from tests.browser.test_remedies import RESUMED, found, serving
from tests.browser.test_worklist import a_finding, checked, marked

FIX: dict[str, Any] = {"label": "Fix it", "button": "clinic.fix", "inputs": {"gap": "1"}}
LOOK: dict[str, Any] = {"label": "Past runs", "button": "payroll.history", "inputs": {}, "resumes": False}
SAYS = "#says"


def press_in_pane(excel: Excel, label: str) -> None:
    excel.pane.get_by_role("button", name=label, exact=True).click()


def test_cancel_of_a_fix_returns_to_its_findings_as_they_were(small: Excel) -> None:
    blocked = DONE | {"level": "blocked", "findings": [found(2, FIX), found(3, FIX)], "findings_total": 2}
    clicks = serving(
        small, {"payroll.check": [blocked, DONE], "clinic.fix": [asking(a_field("rate", "text")), DONE]}
    )
    small.press("payroll.check")
    small.pane.get_by_label("Done: Appointments C3").check()
    press_in_pane(small, "Fix it")
    press_in_pane(small, "Cancel")

    expect(small.pane.locator(SAYS)).to_have_text("Canceled. Nothing was recorded.")
    expect(small.pane.get_by_label("Done: Appointments C3")).to_be_checked()
    expect(small.pane.get_by_role("button", name="Fix it")).to_be_focused()

    press_in_pane(small, "Fix it")
    expect(small.result).to_contain_text("Done.")
    assert [button for button, _ in clicks] == ["payroll.check", "clinic.fix", "clinic.fix", "payroll.check"]


def test_a_refused_fix_and_a_list_to_look_at_lead_back_to_the_findings(small: Excel) -> None:
    blocked = DONE | {"level": "blocked", "findings": [found(2, FIX, LOOK)], "findings_total": 1}
    serving(small, {"payroll.check": [blocked], "payroll.history": [DONE | {"summary": "12 runs."}]})
    problem = {
        "code": "fix-unusable",
        "title": "No",
        "detail": "It does not fit.",
        "remedy": "Change it.",
        "findings": [],
    }
    small.page.route(
        "**/ribbon/clinic.fix",
        lambda route: route.fulfill(status=422, json=problem, content_type="application/problem+json"),
    )
    small.press("payroll.check")
    for label, said in (("Fix it", "It does not fit."), ("Past runs", "12 runs.")):
        press_in_pane(small, label)
        expect(small.result).to_contain_text(said)
        press_in_pane(small, "Back to the findings")
        expect(small.pane.locator(".remedies li")).to_have_count(1)


def test_what_was_typed_and_not_sent_is_there_again_after_a_remedy_beside_the_question(small: Excel) -> None:
    choices = [{"value": value, "label": value.title()} for value in ("east", "west")]
    fields = [
        a_field("note", "text"),
        a_field("day", "date", default="2026-10-01"),
        a_field("where", "choice", choices=choices),
        a_field("ticked", "several", choices=choices),
        a_field("paper", "file", required=False),
    ]
    beside = {"findings": [found(2, FIX, LOOK)], "findings_total": 1, "level": "blocked"}
    again = asking(
        *(field | {"default": "2026-10-05"} if field["name"] == "day" else field for field in fields)
    )
    clicks = serving(
        small,
        {
            "payroll.check": [asking(*fields, **beside), again, DONE | {"summary": "All well."}],
            "clinic.fix": [DONE],
            "payroll.history": [DONE | {"summary": "12 runs."}],
        },
    )
    small.press("payroll.check")
    small.pane.locator("#ask-note").fill("half a sent")
    small.pane.get_by_text("West").first.click()
    small.pane.locator("[name=ticked]").first.check()
    scan: FilePayload = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 invented"}
    small.pane.locator("#ask-paper").set_input_files(scan)
    press_in_pane(small, "Past runs")
    expect(small.result).to_contain_text("12 runs.")
    press_in_pane(small, "Back to the question")
    expect(small.pane.locator("#ask-note")).to_have_value("half a sent")

    press_in_pane(small, "Fix it")

    expect(small.pane.locator("#ask-note")).to_have_value("half a sent")
    expect(small.pane.locator("#ask-day")).to_have_value("2026-10-05")  # nobody typed over what is suggested
    expect(small.pane.locator("[name=where][value=west]")).to_be_checked()
    expect(small.pane.locator("[name=ticked][value=east]")).to_be_checked()
    expect(small.pane.locator("[name=ticked][value=west]")).not_to_be_checked()
    expect(small.pane.locator("#ask-paper-size")).to_have_text("17 bytes")
    assert (
        small.pane.locator("body").evaluate("() => Object.keys({...localStorage, ...sessionStorage})") == []
    )
    assert clicks[-1] == ("payroll.check", RESUMED)


HIDE = {
    "row": 'c.workbook.worksheets.getItem("Visits").getRange("C12").rowHidden = true;',
    "column": 'c.workbook.worksheets.getItem("Visits").getRange("C12").columnHidden = true;',
    "sheet": 'c.workbook.worksheets.add("Front").activate(); c.workbook.worksheets.getItem("Visits").visibility = "Hidden";',
}


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("row", "Row 12 was hidden or filtered out, and is shown now."),
        ("column", "Column C was hidden, and is shown now."),
        ("sheet", "The sheet Visits was hidden and is shown now."),
    ],
)
def test_a_finding_that_is_hidden_is_shown_when_it_is_clicked_and_nothing_else(
    small: Excel, what: str, said: str
) -> None:
    small.office(f"await Excel.run(async (c) => {{ {HIDE[what]} await c.sync(); }});")
    findings = checked(small, a_finding("B2"), a_finding("C12"))
    findings.nth(1).click()

    expect(small.pane.locator(SAYS)).to_have_text(f"{said} Selected C12 of Visits.")
    expect(marked(small)).to_contain_text("C12")
    assert small.front == "Visits"
    assert small.selected == "C12"
    still = small.office(
        "return Excel.run(async (c) => { const r = c.workbook.worksheets.getItem('Visits').getRange('C3');"
        "r.load({rowHidden: true, columnHidden: true}); const s = c.workbook.worksheets.getItem('Visits').getRange('C12');"
        "s.load({rowHidden: true, columnHidden: true}); await c.sync();"
        "return [r.rowHidden, s.rowHidden, s.columnHidden]; });"
    )
    assert still == [True, False, False]  # row 3 is hidden in this workbook, and is nobody's finding


def test_on_a_protected_sheet_the_pane_says_that_the_row_stays_hidden(small: Excel) -> None:
    small.office(
        f"await Excel.run(async (c) => {{ {HIDE['row']} await c.sync();"
        'c.workbook.worksheets.getItem("Visits").protection.protect(); await c.sync(); });'
    )
    checked(small, a_finding("C12")).first.click()
    expect(small.pane.locator(SAYS)).to_contain_text(
        "Row 12 is hidden or filtered out, and the sheet is protected."
    )


def test_a_whole_row_is_led_to(small: Excel) -> None:
    checked(small, a_finding("C2") | {"cell": "5:5", "row": 5}).first.click()
    expect(small.pane.locator(SAYS)).to_have_text("Selected 5:5 of Visits.")


def test_a_click_that_goes_on_about_a_renamed_sheet_says_so_and_can_be_pressed_anew(small: Excel) -> None:
    blocked = DONE | {"level": "blocked", "findings": [found(2, FIX)], "findings_total": 1}
    clicks = serving(
        small, {"payroll.check": [blocked, DONE | {"summary": "All well."}], "clinic.fix": [DONE]}
    )
    small.press("payroll.check")

    def rename(route: Route) -> None:
        small.page.evaluate("simulatedExcel.window.book.find('Visits').name = 'October'")
        route.fulfill(json=DONE)

    small.page.route("**/ribbon/clinic.fix", rename)
    press_in_pane(small, "Fix it")

    expect(small.result).to_contain_text(
        "The sheet Visits is no longer there. It may have been renamed or deleted."
    )
    press_in_pane(small, "Find problems again")
    expect(small.result).to_contain_text("All well.")
    assert clicks[-1] == ("payroll.check", {})


def test_a_click_goes_on_by_itself_when_the_service_is_back_with_what_was_typed(
    excel: Excel, stage: Stage
) -> None:
    clicks = serving(excel, {"payroll.check": [asking(a_field("note", "text"))]})
    excel.press("payroll.check")
    excel.pane.locator("#ask-note").fill("a word")
    excel.page.unroute_all()
    stage.stop()
    press_in_pane(excel, "Continue")

    page = excel.pane.locator("#view")
    expect(page).to_contain_text("Clinic Ledger is not running", timeout=PATIENCE_MS)
    expect(page.locator("code")).to_have_text(
        f"clinicledger serve --http --port {stage.address.split(':')[2].split('/')[0]}"
    )
    press_in_pane(excel, "Back to the question")
    expect(excel.pane.locator("#ask-note")).to_have_value("a word")
    press_in_pane(excel, "Continue")
    expect(page).to_contain_text("goes on by itself", timeout=PATIENCE_MS)
    stage.start()

    expect(excel.result).to_contain_text("Checked", timeout=PATIENCE_MS)
    assert len(clicks) == 1


def test_the_checks_go_on_by_themselves_when_the_service_is_back(excel: Excel, stage: Stage) -> None:
    excel.page.evaluate("simulatedExcel.window.pane.show()")
    expect(excel.pane.locator(".command").first).to_be_visible(timeout=PATIENCE_MS)
    stage.stop()
    press_in_pane(excel, "Check the connection")
    first = excel.pane.locator("[data-check=service]")
    expect(first.locator("code")).to_contain_text("clinicledger serve", timeout=PATIENCE_MS)
    stage.start()
    expect(excel.pane.get_by_role("heading", name="Everything works")).to_be_visible(timeout=PATIENCE_MS)

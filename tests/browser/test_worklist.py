"""The findings of a reply in the task pane: worked through by mouse, by keys and from the cells of the sheet."""

from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.excel import Excel
from tests.browser.test_asks import DONE, answering

CELLS = ("B2", "C2", "A9", "D12")


def a_finding(cell: str, severity: str = "blocker", sheet: str = "Visits") -> dict[str, Any]:
    return {
        "severity": severity, "code": "no-rate", "sheet": sheet, "cell": cell, "row": int(cell[1:] or 0) or None,
        "column": "Day", "message": f"{cell} is wrong.", "remedy": "Put it right.",
    }  # fmt: skip


def checked(excel: Excel, *findings: dict[str, Any]) -> Locator:
    """Press the check, which is answered with these findings; return them in the pane."""
    listed = list(findings or map(a_finding, CELLS))
    figures = {"rows_in": 7, "from": "2026-10-01"}
    answering(excel, DONE | {"findings": listed, "findings_total": len(listed), "figures": figures})
    excel.press("payroll.check")
    found = excel.pane.locator("button.finding")
    expect(found).to_have_count(len(listed))
    return found


def marked(excel: Excel) -> Locator:
    return excel.pane.locator("[aria-current=true]")


def press(excel: Excel, label: str) -> None:
    excel.pane.get_by_role("button", name=label, exact=True).click()


def test_findings_stand_above_the_figures_and_days_are_written_the_american_way(small: Excel) -> None:
    checked(small)
    order = small.pane.locator("#view").evaluate(
        "view => [...view.querySelectorAll('.worklist, .figures')].map((part) => part.className)"
    )
    assert order == ["worklist", "figures"]
    expect(small.pane.locator(".figures")).to_contain_text("10/01/2026")


def test_the_clicked_finding_is_marked_and_no_other(small: Excel) -> None:
    found = checked(small)
    for at in (1, 3):
        found.nth(at).click()
        expect(marked(small)).to_have_count(1)
        expect(marked(small)).to_contain_text(CELLS[at])
        expect(small.page.locator("#name-box")).to_have_value(CELLS[at])


def test_next_and_done_lead_through_what_is_left_and_count_it(small: Excel) -> None:
    found = checked(small)
    count = small.pane.locator(".count")
    expect(count).to_have_text("4 shown")
    press(small, "Next")
    press(small, "Done")
    expect(marked(small)).to_contain_text("C2")
    expect(count).to_have_text("2 of 4, 1 done")
    expect(small.page.locator("#name-box")).to_have_value("C2")

    found.nth(3).click()
    press(small, "Done")
    expect(marked(small)).to_contain_text("C2")  # around the end, past those that are done
    small.pane.get_by_label("Done: Visits B2").uncheck()
    expect(count).to_have_text("2 of 4, 1 done")
    for _ in range(3):
        press(small, "Done")
    expect(count).to_have_text("All done.")
    assert (
        small.pane.locator("body").evaluate("() => Object.keys({...localStorage, ...sessionStorage})") == []
    )


def test_a_selected_cell_marks_its_finding_and_a_cell_of_its_row_too(small: Excel) -> None:
    checked(small)
    for selected, finding in (("D12", "D12"), ("A1", "D12"), ("C9", "A9"), ("C2", "C2"), ("B2:C9", "B2")):
        small.select(selected)
        expect(marked(small)).to_contain_text(finding)
    expect(marked(small)).to_have_count(1)


def test_a_filter_leaves_the_others_out_of_the_way(small: Excel) -> None:
    found = checked(small, a_finding("B2"), a_finding("C2", "review"), a_finding("A9"))
    small.pane.get_by_label("Blockers 2").check()
    expect(found.nth(1)).to_be_hidden()
    press(small, "Next")
    press(small, "Next")
    expect(marked(small)).to_contain_text("A9")
    expect(small.pane.locator(".count")).to_have_text("2 of 2")


def test_the_list_is_one_stop_of_tab_and_arrows_move_in_it(small: Excel) -> None:
    found = checked(small)
    expect(small.pane.locator(".findings [tabindex='0']")).to_have_count(2)  # one row: its cell and its box
    found.first.focus()
    small.page.keyboard.press("ArrowDown")
    expect(found.nth(1)).to_be_focused()
    small.page.keyboard.press("End")
    expect(found.nth(3)).to_be_focused()
    small.page.keyboard.press("ArrowDown")
    small.page.keyboard.press("Enter")
    expect(marked(small)).to_contain_text("D12")
    small.page.keyboard.press("Home")
    small.page.keyboard.press("Tab")
    small.page.keyboard.press("Space")
    expect(small.pane.locator(".count")).to_have_text("4 of 4, 1 done")


def test_a_finding_about_no_cell_is_marked_and_goes_nowhere(small: Excel) -> None:
    found = checked(small, a_finding("B2") | {"sheet": "", "cell": "", "row": None}, a_finding("C2"))
    small.select("A1")
    found.first.click(force=True)
    expect(marked(small)).to_have_count(1)
    press(small, "Done")
    expect(small.page.locator("#name-box")).to_have_value("C2")

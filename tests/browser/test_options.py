"""Options at a button of the task pane: set beforehand, sent with every click of it, and taken away again."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.excel import PATIENCE_MS, Excel
from tests.browser.test_asks import DONE, a_field, asking
from tests.browser.test_worklist import a_finding

FIND = "invoices.open"


@pytest.fixture
def clicks(excel: Excel) -> list[dict[str, Any]]:
    """Return the inputs of the clicks on Invoice list as they come; the first is answered with a question."""
    sent: list[dict[str, Any]] = []

    def answer(route: Route) -> None:
        sent.append((route.request.post_data_json or {})["inputs"])
        first = len(sent) == 1
        route.fulfill(json=asking(a_field("anew", "yes-no")) if first else DONE | {"level": "review"})

    excel.page.route(f"**/ribbon/{FIND}", answer)
    excel.page.evaluate("simulatedExcel.window.pane.show()")
    return sent


def options(excel: Excel, button: str = FIND) -> Locator:
    """Return what is folded away under a button of the pane."""
    return excel.pane.locator(f'li:has([data-button="{button}"]) details')


def opened(excel: Excel, button: str = FIND) -> Locator:
    found = options(excel, button)
    found.locator("summary").click()
    return found


def test_what_is_set_goes_with_every_click_and_an_answer_with_one(
    excel: Excel, clicks: list[dict[str, Any]]
) -> None:
    form = opened(excel)
    form.get_by_label("State").select_option("Paid")
    form.get_by_label("From").fill("2026-10-01")
    form.get_by_label("Payer").fill(" Oak ")
    form.get_by_label("Payer").press("Tab")

    excel.press(FIND)
    expect(excel.pane.locator("#says")).to_have_text(
        "Invoice list with State: Paid, Payer: Oak, From: 10/01/2026."
    )
    excel.pane.get_by_text("Yes", exact=True).click()
    excel.pane.get_by_role("button", name="Continue").click()
    excel.pane.get_by_role("button", name="Invoice list again").click()
    expect(excel.result).to_contain_text("Done.")
    excel.settled()

    given = {"state": "Paid", "payer": "Oak", "from": "2026-10-01"}
    assert clicks == [given, given | {"anew": "yes"}, given]


def test_they_are_shown_at_the_button_until_somebody_resets_them(
    excel: Excel, clicks: list[dict[str, Any]]
) -> None:
    opened(excel).get_by_label("Days old").select_option("121+")
    excel.press(FIND)
    excel.pane.get_by_role("button", name="Cancel").click()
    expect(options(excel).locator("summary")).to_have_text("OptionsDays old: 121+")

    opened(excel).get_by_role("button", name="Reset").click()
    excel.press(FIND)

    expect(excel.pane.locator("#says")).to_have_text("")
    assert clicks == [{"bucket": "121+"}, {}]


def test_enter_presses_the_button_with_them(excel: Excel, clicks: list[dict[str, Any]]) -> None:
    physician = opened(excel).get_by_label("Physician")
    physician.fill("Dr. Invented")
    physician.press("Enter")
    expect(excel.pane.get_by_role("button", name="Continue")).to_be_visible()
    excel.settled()
    assert clicks == [{"physician": "Dr. Invented"}]


def test_half_a_day_is_said_and_not_sent(excel: Excel, clicks: list[dict[str, Any]]) -> None:
    form = opened(excel)
    form.get_by_label("From").press_sequentially("10")
    form.get_by_role("button", name="Invoice list").click()
    expect(form.locator(".error").filter(has_text="Type the whole date")).to_be_visible()
    assert clicks == []


def test_a_period_set_at_one_button_is_not_another_ones(excel: Excel, clicks: list[dict[str, Any]]) -> None:
    form = opened(excel, "payroll.generate")
    form.get_by_label("From").fill("2026-10-01")
    form.get_by_label("To").fill("2026-10-15")
    form.get_by_role("button", name="Generate payroll").click()
    expect(excel.result).to_contain_text("Oct 1–15, 2026", timeout=PATIENCE_MS)
    expect(excel.pane.locator("#says")).to_contain_text("From: 10/01/2026, To: 10/15/2026")
    excel.settled()

    excel.press(FIND)
    assert clicks == [{}]


@pytest.mark.parametrize(
    ("remedy", "sent"),
    [
        ({"button": FIND, "inputs": {"payer": "Oak"}}, {"from": "2026-10-01", "payer": "Oak"}),
        ({"button": FIND, "inputs": {"from": "2026-09-01"}}, {"from": "2026-09-01"}),
        ({"button": FIND, "inputs": {}}, {"from": "2026-10-01"}),
    ],
)
def test_what_is_set_at_a_button_goes_with_a_remedy_that_presses_it(
    excel: Excel, remedy: dict[str, Any], sent: dict[str, str]
) -> None:
    """A payroll of September whose raise was accepted was once generated for all days of its log."""
    clicks: list[dict[str, Any]] = []
    offered = {"label": "Do it", "resumes": False, **remedy}
    found = a_finding("A6", "review", "Appointments") | {"remedies": [offered]}

    def answer(route: Route) -> None:
        clicks.append((route.request.post_data_json or {})["inputs"])
        route.fulfill(json=DONE | {"level": "review", "findings": [found], "findings_total": 1})

    excel.page.route(f"**/ribbon/{FIND}", answer)
    excel.page.evaluate("simulatedExcel.window.pane.show()")
    form = opened(excel)
    form.get_by_label("From").fill("2026-10-01")
    form.get_by_label("From").press("Tab")
    excel.press(FIND)
    excel.pane.get_by_role("button", name="Do it").click()
    excel.settled()
    assert clicks == [{"from": "2026-10-01"}, sent]


def test_what_is_set_at_another_button_does_not_go_with_a_remedy_that_says_what_it_wants(
    excel: Excel,
) -> None:
    clicks: list[dict[str, Any]] = []
    offered = {"label": "Do it", "resumes": False, "button": FIND, "inputs": {"state": "credit"}}
    found = a_finding("A6", "review", "Appointments") | {"remedies": [offered]}

    def answer(route: Route) -> None:
        clicks.append((route.request.post_data_json or {})["inputs"])
        route.fulfill(json=DONE)

    excel.page.route(f"**/ribbon/{FIND}", answer)
    excel.page.route(
        "**/ribbon/payroll.check",
        lambda route: route.fulfill(
            json=DONE | {"level": "review", "findings": [found], "findings_total": 1}
        ),
    )
    excel.page.evaluate("simulatedExcel.window.pane.show()")
    form = opened(excel)
    form.get_by_label("Payer").fill("Oak")
    form.get_by_label("Payer").press("Tab")
    excel.press("payroll.check")
    excel.pane.get_by_role("button", name="Do it").click()
    excel.settled()
    assert clicks == [{"state": "credit"}]

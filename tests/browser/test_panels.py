"""Panels of a reply in the task pane: measures with bars, and the way to what is behind each."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.excel import Excel
from tests.browser.test_asks import DONE
from tests.browser.test_remedies import serving

OPENS: dict[str, Any] = {
    "label": "Open these 4 invoices",
    "button": "invoices.open",
    "inputs": {"bucket": "31-60"},
    "resumes": False,
}
MEASURES = [
    {"label": "0-30 days, Low", "value": "$0.00", "note": "", "share": 0, "color": "#A9D08E", "opens": None},
    {
        "label": "31-60 days, Moderate",
        "value": "$1,200.00",
        "note": "4 invoices",
        "share": 0.25,
        "color": "#FFD966",
        "opens": OPENS,
    },
    {
        "label": "Gross collection rate",
        "value": "64.2 %",
        "note": "",
        "share": None,
        "color": None,
        "opens": None,
    },
    {
        "label": "Sent away",
        "value": "1",
        "note": "",
        "share": None,
        "color": None,
        "opens": OPENS | {"button": "no.such"},
    },
]
PANELS = [{"title": "How old it is", "rows": MEASURES}]


def test_a_panel_shows_measures_and_opens_what_is_behind_them(excel: Excel) -> None:
    figures = {"days_in_ar_tenths": 834}
    replies = {"payroll.check": [DONE | {"panels": PANELS, "figures": figures}], "invoices.open": [DONE]}
    clicks = serving(excel, replies)
    excel.press("payroll.check")
    panel = excel.pane.get_by_role("region", name="How old it is")
    expect(excel.pane.get_by_role("region", name="Figures")).to_have_count(0)
    rows = panel.locator("li")
    expect(rows).to_have_count(4)
    expect(rows.nth(1)).to_contain_text("$1,200.00")
    expect(rows.nth(1)).to_contain_text("4 invoices")
    widths = rows.locator(".bar").evaluate_all(
        "(bars) => bars.map((bar) => bar.firstElementChild.getBoundingClientRect().width / bar.clientWidth)"
    )
    assert widths == [0, 0.25]
    color = rows.nth(1).locator(".bar div").evaluate("(bar) => getComputedStyle(bar).backgroundColor")
    assert color == "rgb(255, 217, 102)"
    expect(panel.get_by_role("button")).to_have_count(1)

    panel.get_by_role("button", name="Open these 4 invoices").click()
    excel.settled()

    assert clicks == [("payroll.check", {}), ("invoices.open", {"bucket": "31-60"})]

"""The Dashboard in the simulated Excel: its sheet, and charts that cover no cells of it and not each other."""

from itertools import combinations
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser

from server.ledger.store import Ledger
from tests.browser.conftest import windows
from tests.browser.excel import running_stage
from tests.invented import LAKESIDE
from tests.ledger.invoiced import a_draft, await_cheque
from tests.ribbon.clicks import a_ledger


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = a_ledger(tmp_path / "ledger", LAKESIDE).folder
    ledger = Ledger(folder)
    await_cheque(
        ledger.clinic("lakeside"), a_draft(), a_draft("Patient Two", payer="Second Invented Insurance")
    )
    ledger.close()
    return folder


def test_the_charts_of_the_dashboard_are_drawn_side_by_side(
    browser: Browser, folder: Path, tmp_path: Path
) -> None:
    book = tmp_path / "book.xlsx"
    Workbook().save(book)
    with running_stage(folder, book) as stage, windows(browser) as open_window:
        excel = open_window(stage)
        excel.press("clinic.choose")
        excel.pane.get_by_label("Lakeside").check()
        excel.pane.get_by_role("button", name="Continue").click()
        excel.settled()
        excel.press("receivables.dashboard")
        assert excel.front == "Dashboard"
        charts = excel.page.locator("svg.chart").evaluate_all(
            """all => all.map((one) => {
              const { left, top, width, height } = one.style;
              const size = [left, top, width, height].map((part) => Math.round(parseFloat(part)));
              return { name: one.getAttribute("aria-label"), drawn: one.querySelectorAll("rect, polyline").length, size };
            })"""
        )
    names = {chart["name"]: chart["drawn"] for chart in charts}
    assert names.keys() == {
        "Billed and collected by month",
        "Collection rate by month",
        "Outstanding by days since creation",
        "Who owes most",
    }
    assert all(names.values())
    boxes = {chart["name"]: chart["size"] for chart in charts}
    for one, other in combinations(boxes.values(), 2):
        (x, y, width, height), (far_x, far_y, far_width, far_height) = one, other
        is_apart = (
            x + width <= far_x or far_x + far_width <= x or y + height <= far_y or far_y + far_height <= y
        )
        assert is_apart, boxes

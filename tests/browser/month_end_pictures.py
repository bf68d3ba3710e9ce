"""Takes the pictures of the month-end guide: one month of a clinic, from the raw log to the statements."""

import subprocess
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Browser, Locator, expect

from tests.browser.excel import PATIENCE_MS, Excel, Stage

WINDOW = {"width": 1120, "height": 1_400}
"""Pixels. In such a high window the longest form is in sight."""

PANE_HEIGHT = 620
"""Pixels of the pane that a picture shows: the part that the step is about."""

DRAWN_MS = 800
PAPER_DPI = "64"


def take_month_end_pictures(chromium: Browser, stage: Stage, log: Path, folder: Path) -> None:
    """Walk through the guide with a log that belongs to no clinic yet, and take a picture of each form on the way."""
    excel = Excel(chromium.new_page(), stage.address, {"theme": "light"})
    excel.page.set_viewport_size({"width": WINDOW["width"], "height": WINDOW["height"]})
    excel.open(log)
    excel.press("clinic.choose")
    excel.pane.get_by_text("Lakeside Psychology Group").click()
    pane_shot(excel, folder / "month-end-choose.png", 380)
    excel.pane.get_by_role("button", name="Continue").click()
    expect(excel.pane.locator("#clinic")).to_have_text("Lakeside Psychology Group", timeout=PATIENCE_MS)

    excel.press("payroll.check")
    _offer(excel, "unknown-status", "Count “Pending chart” as attended").click()
    expect(excel.decisions.first).to_be_visible(timeout=PATIENCE_MS)
    pane_shot(excel, folder / "month-end-fix.png", 420)
    excel.agree()
    expect(excel.result).to_contain_text("Checked", timeout=PATIENCE_MS)

    excel.press("payroll.generate")
    excel.press("payroll.close")
    pane_shot(excel, folder / "month-end-approve.png", PANE_HEIGHT)
    _approve(excel)
    excel.press("payroll.statements")
    pane_shot(excel, folder / "month-end-statements.png", 420)
    with excel.page.expect_download(timeout=PATIENCE_MS) as download:
        excel.pane.get_by_role("link", name="Save ").click()
    archive = ZipFile(BytesIO(download.value.path().read_bytes()))
    first = min(name for name in archive.namelist() if name.endswith(".pdf"))
    paper_shot(archive.read(first), folder / "month-end-statement.png")
    excel.page.close()


def _approve(excel: Excel) -> None:
    """Hold the blocked rows, tick everything that was flagged, and approve."""
    excel.pane.locator("form").get_by_text("Yes", exact=True).click()
    excel.pane.get_by_role("button", name="Continue").click()
    approve = excel.pane.locator("form").get_by_role("button", name="Approve payroll", exact=True)
    approve.wait_for(timeout=PATIENCE_MS)
    for box in excel.pane.locator("form input[type=checkbox]").all():
        box.check()
    approve.click()
    expect(excel.result).to_contain_text("is approved", timeout=PATIENCE_MS)
    excel.settled()


def _offer(excel: Excel, code: str, label: str) -> Locator:
    offered = excel.pane.locator(f'.remedies li[data-code="{code}"]')
    return offered.get_by_role("button", name=label)


def pane_shot(excel: Excel, file: Path, height: int) -> None:
    """Take a picture of the upper part of the pane."""
    excel.page.mouse.move(10, 10)
    excel.page.wait_for_timeout(DRAWN_MS)
    box = excel.page.locator("#pane").bounding_box()
    if box is None:
        raise RuntimeError("The pane is not in sight.")
    excel.page.screenshot(path=file, clip={**box, "height": height})


def paper_shot(pdf: bytes, file: Path) -> None:
    """Write the first page of a PDF file as a picture. It needs pdftoppm, of poppler-utils."""
    command = ["pdftoppm", "-png", "-singlefile", "-r", PAPER_DPI, "-", str(file.with_suffix(""))]
    subprocess.run(command, input=pdf, check=True)

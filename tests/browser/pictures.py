"""Takes the pictures of the guides: ``python -m tests.browser.pictures docs/pictures``."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from server.cli.try_command import fill_ledger
from server.ledger.store import Ledger
from server.settings import Settings
from tests.browser.browsers import CHROMIUM, FLAGS
from tests.browser.excel import Excel, Stage, running_stage
from tests.browser.month_end_pictures import take_month_end_pictures
from tests.browser.receivables_pictures import take_receivables_pictures
from tests.browser.sign_in_pictures import take_sign_in_pictures
from tests.browser.three_months_pictures import take_three_months_pictures
from tests.browser.workbooks import exams_of_lakeside, unbound

SIZE: ViewportSize = {"width": 1120, "height": 700}
"""Large enough to read, small enough to keep."""

WHOLE_PANE = 1_250
"""Pixels. In such a high window the longest form is in sight."""

DRAWN_MS = 800


def take_pictures(folder: Path) -> None:
    """Write every picture into a folder."""
    with TemporaryDirectory() as told, sync_playwright() as playwright:
        room = Path(told)
        settings = Settings(path=room / "ledger", workers=0)
        log = fill_ledger(settings, room, None)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        exams = exams_of_lakeside(Ledger(settings.path).today(), room / "Exams.xlsx")
        take_sign_in_pictures(chromium, folder)
        take_receivables_pictures(chromium, folder)
        with running_stage(settings.path, log) as stage:
            _first_run(chromium, stage, unbound(log, room / "October.xlsx"), folder)
            _generated(chromium, stage, folder)
            for theme, name in (("light", "findings.png"), ("dark", "dark-theme.png")):
                _findings(chromium, stage, theme, folder / name)
            _invoices(chromium, stage, exams, folder)
            take_three_months_pictures(chromium, stage, folder)
            take_month_end_pictures(chromium, stage, unbound(log, room / "Month.xlsx"), folder)


def _first_run(chromium: Browser, stage: Stage, log: Path, folder: Path) -> None:
    excel = Excel(chromium.new_page(viewport=SIZE), stage.address, {"theme": "light"})
    excel.open(log)
    excel.page.evaluate("simulatedExcel.window.pane.show()")
    excel.pane.get_by_role("button", name="Choose clinic").wait_for()
    _picture(excel.page, folder / "first-run.png")


def _generated(chromium: Browser, stage: Stage, folder: Path) -> None:
    excel = Excel(chromium.new_page(viewport=SIZE), stage.address, {"theme": "light"})
    excel.press("payroll.generate")
    _picture(excel.page, folder / "generate-payroll.png")


def _findings(chromium: Browser, stage: Stage, theme: str, picture: Path) -> None:
    excel = Excel(chromium.new_page(viewport=SIZE), stage.address, {"theme": theme})
    excel.press("payroll.check")
    excel.pane.locator("button.finding").nth(3).click()
    _picture(excel.page, picture)


def _invoices(chromium: Browser, stage: Stage, exams: Path, folder: Path) -> None:
    """Look at what would be billed; create it; send invoices, one of them wrongly; record what was good."""
    excel = Excel(chromium.new_page(viewport=SIZE), stage.address, {"theme": "light"})
    excel.open(exams)
    excel.press("invoices.create")
    _pane_shot(excel.page, folder / "preview.png")
    excel.agree()
    _shot(excel.page, folder / "create-invoices.png")
    excel.press("invoices.open")
    for row, action in enumerate(("send", "send", "clear", "send", "send"), 2):
        for column, text in (("F", action), ("K", "Umberfield Casualty"), ("M", "10/30/2026")):
            excel.select(f"{column}{row}")
            excel.type(text)
    excel.press("invoices.update")
    excel.select("F4")
    _shot(excel.page, folder / "update-invoices.png")
    excel.agree()
    excel.pane.get_by_text("rows recorded").wait_for()
    excel.select("O4")
    _picture(excel.page, folder / "recorded-rows.png")


def _pane_shot(page: Page, file: Path) -> None:
    """Take a picture of the pane alone, all of it."""
    page.set_viewport_size({**SIZE, "height": WHOLE_PANE})
    page.wait_for_timeout(DRAWN_MS)
    page.locator("#pane").screenshot(path=file)
    page.set_viewport_size(SIZE)


def _picture(page: Page, file: Path) -> None:
    _shot(page, file)
    page.close()


def _shot(page: Page, file: Path) -> None:
    page.mouse.move(SIZE["width"] / 2, SIZE["height"] / 2)
    page.wait_for_timeout(DRAWN_MS)
    page.screenshot(path=file)


if __name__ == "__main__":
    take_pictures(Path(sys.argv[1]))

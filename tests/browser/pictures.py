"""Takes the pictures of the install guide: ``python -m tests.browser.pictures docs/pictures``."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from server.cli.try_command import fill
from server.settings import Settings
from tests.browser.browsers import CHROMIUM, FLAGS
from tests.browser.excel import Excel, Stage, running_stage
from tests.browser.workbooks import unbound

SIZE: ViewportSize = {"width": 1120, "height": 700}
"""Large enough to read, small enough to keep."""

DRAWN_MS = 800


def take_pictures(folder: Path) -> None:
    """Write every picture into a folder."""
    with TemporaryDirectory() as told, sync_playwright() as playwright:
        room = Path(told)
        settings = Settings(path=room / "ledger", workers=0)
        log = fill(settings, room, None)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with running_stage(settings.path, log) as stage:
            _first_run(chromium, stage, unbound(log, room / "October.xlsx"), folder)
            _generated(chromium, stage, folder)
            for theme, name in (("light", "findings.png"), ("dark", "dark-theme.png")):
                _findings(chromium, stage, theme, folder / name)


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


def _picture(page: Page, file: Path) -> None:
    page.mouse.move(SIZE["width"] / 2, SIZE["height"] / 2)
    page.wait_for_timeout(DRAWN_MS)
    page.screenshot(path=file)
    page.close()


if __name__ == "__main__":
    take_pictures(Path(sys.argv[1]))

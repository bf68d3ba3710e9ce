"""Takes the pictures of docs/receivables.md: a clinic with invoices of all ages and states."""

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from server.cli.try_command import fill_ledger
from server.settings import Settings
from tests.browser.excel import PATIENCE_MS, Excel, running_stage
from tests.browser.month_end_pictures import DRAWN_MS, paper_shot

WINDOW = {"width": 1400, "height": 860}


def take_receivables_pictures(chromium: Browser, folder: Path) -> None:
    """Walk through the Monday of the guide, and take a picture of each part."""
    with TemporaryDirectory() as told:
        settings = Settings(path=Path(told) / "ledger", workers=0)
        log = fill_ledger(settings, Path(told), None, with_invoices=True)
        with running_stage(settings.path, log) as stage:
            excel = Excel(chromium.new_page(), stage.address, {"theme": "light"})
            excel.page.set_viewport_size({"width": WINDOW["width"], "height": WINDOW["height"]})
            excel.press("receivables.aging")
            _window_shot(excel, folder / "receivables-aging.png")
            excel.press("reminders.today")
            _window_shot(excel, folder / "receivables-reminders.png")
            excel.press("receivables.dashboard")
            _window_shot(excel, folder / "receivables-dashboard.png")
            excel.press("invoices.open")
            excel.select("A2")
            excel.press("receivables.statement")
            with excel.page.expect_download(timeout=PATIENCE_MS) as download:
                excel.pane.get_by_role("link", name="Save ").click()
            paper_shot(download.value.path().read_bytes(), folder / "receivables-statement.png")
            excel.page.close()


def _window_shot(excel: Excel, file: Path) -> None:
    excel.page.mouse.move(10, 10)
    excel.page.wait_for_timeout(DRAWN_MS)
    excel.page.screenshot(path=file)

"""Takes the pictures of docs/three-months.md."""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from playwright.sync_api import Browser, expect

from tests.browser.excel import PATIENCE_MS, Excel, Stage
from tests.browser.month_end_pictures import WINDOW, pane_shot, paper_shot
from tests.browser.three_months import ask_to_approve, begin_month, generate, offer
from tests.end_to_end.three_months import ADA, CORA, MONTHS


def take_three_months_pictures(chromium: Browser, stage: Stage, folder: Path) -> None:
    """Walk through the three months, and take a picture of what each is about."""
    excel = Excel(chromium.new_page(), stage.address, {"theme": "light"})
    excel.page.set_viewport_size({"width": WINDOW["width"], "height": WINDOW["height"]})
    july, august, september = MONTHS
    with TemporaryDirectory() as told:
        room = Path(told)
        begin_month(excel, july, room)
        generate(excel)
        pane_shot(excel, folder / "three-months-held.png", 640)
        _approve(excel)

        begin_month(excel, august, room)
        generate(excel)
        _approve(excel, folder / "three-months-approve.png")
        paper_shot(_statement(excel, ADA), folder / "three-months-clawback.png")

        begin_month(excel, september, room)
        generate(excel)
        offer(excel, "rate-changed-since-paid").scroll_into_view_if_needed()
        pane_shot(excel, folder / "three-months-raise.png", 860)
        offer(excel, "rate-changed-since-paid").click()
        excel.settled()
        _approve(excel)
        paper_shot(_statement(excel, CORA), folder / "three-months-owed.png")
    excel.page.close()


def _approve(excel: Excel, picture: Path | None = None) -> None:
    """Approve the payroll; take a picture of what is asked before."""
    approve = ask_to_approve(excel)
    if picture:
        pane_shot(excel, picture, 560)
    approve.click()
    expect(excel.result).to_contain_text("is approved", timeout=PATIENCE_MS)
    excel.settled()


def _statement(excel: Excel, provider: str) -> bytes:
    """Save the statements, and return that of a provider."""
    excel.press("payroll.statements")
    with excel.page.expect_download(timeout=PATIENCE_MS) as download:
        excel.pane.get_by_role("link", name="Save ").click()
    with ZipFile(BytesIO(download.value.path().read_bytes())) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith(f"{provider}.pdf")))

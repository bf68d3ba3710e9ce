"""Pictures of signing in: the form in the task pane, and the page where a code is compared."""

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from server.billing.people import Role
from server.ledger.people.sign_in_rules import SessionKind
from server.ledger.people.sign_ins import Credentials
from tests.browser.conftest import windows
from tests.browser.excel import running_stage
from tests.browser.workbooks import long_log
from tests.people import HERE, PASSWORD, add_user, opened, with_app

DRAWN_MS = 800


def take_sign_in_pictures(chromium: Browser, folder: Path) -> None:
    """Write the pictures into a folder."""
    with TemporaryDirectory() as told:
        room = Path(told)
        with (
            running_stage(room / "ledger", long_log(room / "October.xlsx", 20)) as stage,
            windows(chromium) as open_window,
        ):
            ledger = opened(room / "ledger")
            with_app(ledger, add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR))
            mina = add_user(ledger, "mina", "Mina Manager", Role.MANAGER)
            excel = open_window(stage, signs_in=True, theme="light")
            excel.page.evaluate("simulatedExcel.window.pane.show()")
            excel.pane.locator("form[data-sign-in]").get_by_label("Name").fill("mina")
            excel.page.wait_for_timeout(DRAWN_MS)
            excel.page.locator("#pane").screenshot(path=folder / "sign-in-pane.png")

            codes = ledger.people.devices.begin("Excel on FRONT-DESK", HERE)
            cookie = ledger.people.sign_ins.sign_in(
                Credentials(mina.name, PASSWORD, HERE), SessionKind.PAGE, "Browser"
            )
            address = stage.address.removesuffix("/excel/")
            page = chromium.new_page(viewport={"width": 560, "height": 620}, color_scheme="light")
            page.context.add_cookies([{"name": "clinicledger", "value": cookie, "url": address}])
            page.goto(f"{address}/device?code={codes.user_code}")
            page.wait_for_timeout(DRAWN_MS)
            page.screenshot(path=folder / "sign-in-device.png")
            page.context.close()
            ledger.close()

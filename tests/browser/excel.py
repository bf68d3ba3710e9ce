"""What a biller does in the simulated Excel, as methods; and the service behind it, which can be stopped."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import uvicorn
from openpyxl import Workbook, load_workbook
from playwright.sync_api import ConsoleMessage, FrameLocator, Locator, Page, expect

from server.api.simulator_pages import ADDRESS, show_excel
from server.app import create_app
from server.cli.service import http_config, open_listener
from server.settings import Settings

PATIENCE_MS = 60_000

HARMLESS = ("Ignored call to", "can escape its sandboxing", "Failed to load resource", "ERR_CONNECTION")
"""What a browser says of a page in its own site's frame, and of a service that was stopped on purpose."""


class Stage:
    """A service with the simulated Excel in front of it, on a port that stays the same over a restart."""

    def __init__(self, ledger: Path, workbook: Path) -> None:
        self._settings = Settings(path=ledger, workers=0)
        self._port = 0
        self.workbook = workbook
        self.start()

    @property
    def address(self) -> str:
        """Return where the window is."""
        return f"http://127.0.0.1:{self._port}{ADDRESS}"

    def start(self) -> None:
        """Start the service, again where it was."""
        app = create_app(self._settings)
        show_excel(app, self._settings, self.workbook)
        self._listener = open_listener("127.0.0.1", self._port)
        self._port = self._listener.getsockname()[1]
        self._server = uvicorn.Server(http_config(app, self._settings))
        self._thread = Thread(target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self, *, at_once: bool = False) -> None:
        """Stop it; ``at_once`` in the middle of whatever it is doing."""
        self._server.should_exit = True
        self._server.force_exit = at_once
        self._thread.join()
        self._listener.close()


@contextmanager
def running_stage(ledger: Path, workbook: Path) -> Iterator[Stage]:
    stage = Stage(ledger, workbook)
    try:
        yield stage
    finally:
        stage.stop()


class Excel:
    """The window in the browser. What a page complains of in its console fails the test."""

    def __init__(self, page: Page, address: str, told: dict[str, str]) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)
        page.goto(f"{address}?{urlencode(told)}")
        page.wait_for_selector("html[data-ready]", state="attached")

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(text in message.text for text in HARMLESS):
            self.complaints.append(message.text)

    # -- the window

    def button(self, button: str) -> Locator:
        """Return a button of the ribbon by its id."""
        return self.page.locator(f'[data-button="{button}"]')

    def click(self, button: str) -> None:
        """Press a button of the ribbon and do not wait. In a narrow window, its group is opened first."""
        command = self.button(button)
        group = self.page.locator(".group.collapsed", has=command)
        if group.count():
            group.locator(".unfold").click()
        command.click()

    def press(self, button: str) -> None:
        """Press a button of the ribbon and wait until Excel may take the next."""
        self.click(button)
        self.settled()

    def settled(self) -> None:
        """Wait until no command is underway, be it of the ribbon or of a form in the pane."""
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0, timeout=PATIENCE_MS)
        expect(self.pane.locator(".working")).to_have_count(0, timeout=PATIENCE_MS)

    @property
    def pane(self) -> FrameLocator:
        """Return the task pane's page."""
        return self.page.frame_locator("#pane iframe")

    @property
    def result(self) -> Locator:
        """Return the card in the pane that says what came of a click."""
        return self.pane.locator(".card")

    @property
    def decisions(self) -> Locator:
        """Return the buttons under what would be recorded."""
        return self.pane.locator("form button[type=submit][name]")

    def agree(self) -> None:
        """Agree to all that is shown before it is recorded."""
        self.decisions.first.click()
        expect(self.decisions).to_have_count(0, timeout=PATIENCE_MS)
        self.settled()

    @property
    def status(self) -> Locator:
        """Return the left of the status bar."""
        return self.page.locator("#status")

    def sign_in(self, name: str, password: str, code: str = "") -> None:
        """Fill in the form for signing in, which is in sight, and send it; the code if it is asked for."""
        form = self.pane.locator("form[data-sign-in]")
        form.get_by_label("Name").fill(name)
        form.get_by_label("Password").fill(password)
        form.get_by_role("button", name="Sign in").click()
        if code:
            form.get_by_label("Code of your authenticator app").fill(code)
            form.get_by_role("button", name="Sign in").click()

    def tabs(self) -> list[str]:
        """Return the names of the sheets in sight."""
        return self.page.locator("#sheets button").all_inner_texts()

    @property
    def front(self) -> str:
        """Return the sheet in front."""
        return self.page.locator('#sheets button[aria-selected="true"]').inner_text()

    @property
    def selected(self) -> str:
        """Return the address in the name box."""
        return self.page.locator("#name-box").input_value()

    def select(self, address: str) -> None:
        """Go to a cell by the name box."""
        box = self.page.locator("#name-box")
        box.fill(address)
        box.press("Enter")

    def type(self, text: str, end: str = "Enter") -> None:
        """Type into the selected cell."""
        self.page.keyboard.type(text)
        self.page.keyboard.press(end)

    def cell(self, text: str) -> Locator:
        """Return the cells in sight that show exactly this."""
        return self.page.locator("#grid .cell").filter(has_text=text)

    # -- files

    def open(self, workbook: Path) -> None:
        """Open a workbook from disk."""
        self.page.locator("#chosen").set_input_files(workbook)
        expect(self.page.locator("#file-name")).to_have_text(workbook.name, timeout=PATIENCE_MS)

    def saved(self) -> Workbook:
        """Save a copy, as Excel's File menu does, and return it as openpyxl reads it."""
        self.page.locator("#file").click()
        with self.page.expect_download(timeout=PATIENCE_MS) as download:
            self.page.locator("#save").click()
        return load_workbook(BytesIO(download.value.path().read_bytes()))

    # -- what an add-in sees

    def office(self, batch: str) -> Any:  # noqa: ANN401 - whatever the batch returns
        """Run JavaScript in the add-in's page, ``async``, with ``code(f)`` for the error code of ``f()``."""
        self.page.evaluate("simulatedExcel.window.pane.show()")
        self.pane.locator("main h2, main .view").first.wait_for(state="attached")
        frame = next(frame for frame in self.page.frames if "taskpane" in frame.url)
        return frame.evaluate(
            "async () => {"
            "const code = async (f) => { try { await f(); return null } catch (e) { return e.code ?? e.name } };"
            f"{batch}"
            "}"
        )

"""A real browser, the simulated Excel in it, and a service of its own for every test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from server.api.simulator_pages import WORKBOOK
from server.cli.try_command import fill_ledger
from server.ribbon.ribbon_table import ribbon
from server.settings import Settings
from tests.browser.excel import Excel, Stage, running_stage
from tests.browser.workbooks import small_workbook

OpenExcel = Callable[..., Excel]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a ledger folder with both sample clinics, and the log that belongs to the first."""
    room = tmp_path_factory.mktemp("made")
    settings = Settings(path=room / "ledger", workers=0)
    return settings.path, fill_ledger(settings, room, None)


@pytest.fixture
def stage(made: tuple[Path, Path], tmp_path: Path) -> Iterator[Stage]:
    ledger, log = made
    shutil.copytree(ledger, tmp_path / "ledger")
    with running_stage(tmp_path / "ledger", log) as running:
        yield running


@pytest.fixture
def open_excel(browser: Browser, stage: Stage) -> Iterator[OpenExcel]:
    """Return how to open the simulated Excel with the sample log: ``open_excel(theme="dark", excelapi="1.9")``."""
    with windows(browser) as open_window:
        yield lambda **told: open_window(stage, **told)


@pytest.fixture
def sign_in_excel(browser: Browser, stage: Stage) -> Iterator[OpenExcel]:
    """Return how to open the simulated Excel of somebody who has to sign in first: the ledger has users."""
    with windows(browser) as open_window:
        yield lambda **told: open_window(stage, signs_in=True, **told)


@pytest.fixture
def excel(open_excel: OpenExcel) -> Excel:
    """Return the simulated Excel with the sample log, which belongs to Lakeside."""
    return open_excel()


@pytest.fixture(scope="session")
def small_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return a service for tests that press no button, on a workbook that opens at once."""
    room = tmp_path_factory.mktemp("small")
    with running_stage(room / "ledger", small_workbook(room / "small.xlsx")) as running:
        yield running


@pytest.fixture
def small(browser: Browser, small_stage: Stage) -> Iterator[Excel]:
    """Return the simulated Excel with a small workbook that has one of everything a file can keep."""
    with windows(browser) as open_window:
        yield open_window(small_stage)


@contextmanager
def windows(browser: Browser) -> Iterator[Callable[..., Excel]]:
    """Yield how to open windows; close them all, having seen that none complained."""
    opened: list[Excel] = []

    def open_window(stage: Stage, *, signs_in: bool = False, **told: str) -> Excel:
        # Real Excel has the workbook from a disk and the ribbon from the manifest; the simulated one asks the service, as nobody.
        context = browser.new_context(viewport={"width": 1400, "height": 860}, accept_downloads=True)
        context.set_default_timeout(20_000)
        if signs_in:
            context.route(f"**{WORKBOOK}", lambda route: route.fulfill(path=stage.workbook))
            context.route("**/ribbon", lambda route: route.fulfill(body=ribbon().model_dump_json()))
        opened.append(Excel(context.new_page(), stage.address, told))
        return opened[-1]

    yield open_window
    for excel in opened:
        excel.page.context.close()
        assert excel.complaints == []

"""The task pane and the window around it, looked through by axe-core: every view, light, dark and in forced colors."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page

from tests.browser.conftest import windows
from tests.browser.excel import Excel, Stage
from tests.browser.test_asks import DONE, a_field, answering, asking
from tests.browser.test_panels import PANELS
from tests.browser.test_worklist import a_finding

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
"""What must hold: WCAG 2.2 up to AA, and what else axe-core knows to be good."""

FINDINGS = [a_finding("B2"), a_finding("C2", "review"), a_finding("D2", "info", sheet="")]
CHOICES = [{"value": word, "label": word} for word in ("one", "two", "three")]
FIELDS = [
    a_field(kind, kind, choices=CHOICES) for kind in ("text", "choice", "several", "date", "number", "yes-no")
]
TABLES = [{"title": "What would be recorded", "headings": ["Action", "Amount"], "rows": [["send", "$1.00"]]}]
PROBLEM = {"code": "no-clinic", "title": "No clinic", "detail": "There is none.", "remedy": "Choose one."}

KIND = {"Content-Type": "application/problem+json"}


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the program that looks through a page."""
    if not AXE.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not installed, so the pages were not looked through by axe-core")
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=ROOT, check=True, capture_output=True)
    return AXE.read_text("utf-8")


@pytest.fixture(params=["light", "dark", "forced"])
def worn(request: pytest.FixtureRequest, browser: Browser, small_stage: Stage) -> Iterator[Excel]:
    """Return the simulated Excel in one of its looks."""
    with windows(browser) as open_window:
        excel = open_window(small_stage, theme="light" if request.param == "forced" else request.param)
        if request.param == "forced":
            excel.page.emulate_media(forced_colors="active")
        yield excel


def home(excel: Excel) -> None:
    excel.page.evaluate("simulatedExcel.window.pane.show()")
    excel.pane.locator(".command").first.wait_for()
    excel.pane.locator("details summary").first.click()


def connection(excel: Excel) -> None:
    excel.pane.get_by_role("button", name="Check the connection").click()
    excel.pane.locator(".checks").wait_for()


def help_view(excel: Excel) -> None:
    excel.pane.locator("#help").click()
    excel.pane.locator("#details").wait_for()


def with_findings(excel: Excel) -> None:
    answering(
        excel,
        DONE | {"level": "review", "findings": FINDINGS, "findings_total": 9, "figures": {"rows_in": 3}},
    )
    excel.press("payroll.check")
    excel.pane.get_by_role("button", name="Next", exact=True).click()
    excel.pane.get_by_role("button", name="Done", exact=True).click()


def panels(excel: Excel) -> None:
    answering(excel, DONE | {"panels": PANELS})
    excel.press("payroll.check")


def question(excel: Excel) -> None:
    answering(excel, asking(*FIELDS) | {"findings": FINDINGS, "findings_total": 3})
    excel.press("payroll.check")
    excel.pane.get_by_role("button", name="Continue").click()


def preview(excel: Excel) -> None:
    asked = asking(a_field("apply", "buttons", choices=CHOICES), level="review", edits=[])
    asked["asks"]["tables"] = TABLES
    answering(excel, asked)
    excel.press("payroll.check")


def refusal(excel: Excel) -> None:
    body = json.dumps(PROBLEM | {"findings": FINDINGS})
    excel.page.route(
        "**/ribbon/payroll.check", lambda route: route.fulfill(status=422, headers=KIND, body=body)
    )
    excel.press("payroll.check")


def signing_in(excel: Excel) -> None:
    """Ask to sign in over a click, with an error at a field."""
    ended = PROBLEM | {"code": "session-ended"}
    excel.page.route(
        "**/ribbon/payroll.check",
        lambda route: route.fulfill(status=401, headers=KIND, body=json.dumps(ended)),
    )
    excel.press("payroll.check")
    excel.pane.get_by_role("button", name="Sign in").click()
    excel.pane.locator(".error:not(:empty)").first.wait_for()


def working(excel: Excel) -> None:
    excel.page.route("**/ribbon/payroll.check", lambda _: None)
    excel.click("payroll.check")
    excel.pane.locator("#stage").wait_for()


# Each is reached from the one before.
VIEWS: dict[str, Callable[[Excel], None]] = {
    "home": home,
    "connection": connection,
    "help": help_view,
    "findings": with_findings,
    "panels": panels,
    "question": question,
    "preview": preview,
    "refusal": refusal,
    "signing in": signing_in,
    "working": working,
}


def complaints(axe: str, place: Page | Frame, part: str = "html") -> list[tuple[str, str]]:
    """Return the rules that a page breaks, each with the first element that breaks it."""
    if not place.evaluate("'axe' in window"):
        place.evaluate(f"{axe};0")
    result: dict[str, Any] = place.evaluate(
        "([part, rules]) => axe.run(part, {...rules, iframes: false, resultTypes: ['violations']})",
        [part, RULES],
    )
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in result["violations"]]


def pane_of(excel: Excel) -> Frame:
    return next(frame for frame in excel.page.frames if "taskpane" in frame.url)


def test_every_view_of_the_pane_is_accessible(axe: str, worn: Excel) -> None:
    broken = {}
    for name, show in VIEWS.items():
        show(worn)
        broken[name] = complaints(axe, pane_of(worn))
    assert broken == {name: [] for name in VIEWS}


def test_the_window_of_the_simulated_excel_is_accessible(axe: str, worn: Excel) -> None:
    worn.page.evaluate("simulatedExcel.window.pane.show()")
    worn.pane.locator(".command").first.wait_for()
    assert complaints(axe, worn.page) == []
    worn.page.locator("#file").click()
    assert complaints(axe, worn.page, "#file-menu") == []

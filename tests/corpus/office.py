"""The Office half: the add-in's own JavaScript in a real browser, on the workbook of the simulated Excel."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Route

from tests.corpus.cases import Case
from tests.corpus.content import Content, content_of_file
from tests.office.conftest import javascript_file

SCRIPT = Path(__file__).with_name("apply.js")
ADDRESS = "https://office.invalid"
TYPES = {".js": "text/javascript", ".html": "text/html"}
PAGE = """<!doctype html>
<script src="/simulator/vendor/dx-exceljs-fork.min.js"></script>
<script src="/simulator/vendor/ssf.js"></script>
<script type="module" src="/apply.js"></script>"""


@contextmanager
def a_page(browser: Browser) -> Iterator[Page]:
    """Show a page that holds the add-in's bridge and a simulated workbook."""
    with browser.new_page() as page:
        page.route(f"{ADDRESS}/**", _answer)
        page.goto(f"{ADDRESS}/")
        page.wait_for_function("() => Boolean(globalThis.applied)")
        yield page


def applied(case: Case, page: Page) -> Content:
    """Return what the workbook of a case holds after the Office add-in applied the reply."""
    output = None if case.output is None else b64encode(case.output).decode()
    given = {"workbook": b64encode(case.workbook).decode(), "reply": case.reply, "output": output}
    return content_of_file(b64decode(page.evaluate("(given) => applied(given)", given)))


def _answer(route: Route) -> None:
    path = route.request.url.removeprefix(ADDRESS)
    if path == "/":
        route.fulfill(body=PAGE, content_type=TYPES[".html"])
    else:
        file = SCRIPT if path == "/apply.js" else javascript_file(path)
        route.fulfill(path=file, content_type=TYPES[file.suffix])

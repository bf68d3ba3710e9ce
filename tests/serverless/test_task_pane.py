"""The task pane in a real browser, from the function: what is large goes to the bucket and comes from there, as its CORS rule admits."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from playwright.sync_api import Browser, Frame, expect

from server.api.pages import TYPES
from server.api.simulator_pages import ADDRESS, OUR_OFFICE_JS, PANE, REAL_OFFICE_JS, WORKBOOK
from server.ribbon.ribbon_table import ribbon
from tests.browser.excel import PATIENCE_MS, Excel
from tests.cli.programs import ROOT
from tests.invented import HEADINGS, a_row
from tests.object_servers import CrossOriginStore, S3Server, cross_origin_store
from tests.people import PASSWORD
from tests.serverless.conftest import Office
from tests.serverless.gateways import Gateway, Invoke, Kind
from tests.serverless.runtime_api import running_gateway

ROWS = 12_000
GUIDE = Path(ROOT, "docs", "serverless.md").read_text()
FETCH = """async ([url, sha256]) => {
  const { output } = await import("/office/src/service.js");
  return output({ url, sha256 }, new AbortController().signal).then(({ length }) => length, ({ problem }) => problem.code);
}"""

FETCH_AS_A_CLICK = """async ([url]) => {
  const { token } = await import("/office/src/token.js");
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "arraybuffer";
    request.setRequestHeader("Accept", "application/json, */*");
    request.setRequestHeader("Authorization", `Bearer ${token()}`);
    request.upload.onprogress = () => {};
    request.onload = () => resolve(request.response.byteLength);
    request.onerror = () => resolve("failed");
    request.send();
  });
}"""
"""A request whose progress is watched, as that of a click: a browser may ask the store before it follows."""

KEEP = """async () => {
  const { keep } = await import("/office/src/service.js");
  const scan = new File(["%PDF-1.7 ", new Uint8Array(6999992)], "a scanned cheque.pdf", { type: "application/pdf" });
  return keep("lakeside", scan, { signal: new AbortController().signal, sent: () => {} });
}"""


def rules_of_guide(origin: str) -> list[dict[str, Any]]:
    """Return the CORS rule of the guide, for the address of a test."""
    written: list[dict[str, Any]] = json.loads(GUIDE.partition("```json\n")[2].partition("```")[0])
    return [rule | {"AllowedOrigins": [origin]} for rule in written]


def log_of(rows: int, path: Path) -> Path:
    """Write a log of Lakeside's that has a number of rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Appointments")
    sheet.append(HEADINGS)
    for row in range(rows):
        sheet.append(a_row(date=f"2026-10-{row % 28 + 1:02}", id=f"Appointment {row:012}"))
    book.defined_names.add(DefinedName("_ClinicLedger", attr_text='"lakeside"', hidden=True))
    book.save(path)
    return path


@dataclass
class GatewayWithExcel(Gateway):
    """A gateway with the window of the simulated Excel before it: Excel is not of the function, everything of the pane is.

    The requests of the browser are not intercepted: Playwright would answer preflights by itself.
    """

    log: Path = Path()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with a file of the window, or with what the function replies."""
        path = request.url.path
        if path == WORKBOOK:
            return httpx.Response(200, content=self.log.read_bytes())
        if path.startswith(ADDRESS):
            file = Path(ROOT, "simulator", path.removeprefix(ADDRESS) or "index.html")
            return httpx.Response(
                200, headers={"content-type": TYPES[file.suffix]}, content=file.read_bytes()
            )
        if path == "/ribbon" and "authorization" not in request.headers:
            return httpx.Response(200, json=ribbon().model_dump(mode="json"))
        answer = super().handle_request(request)
        if path == PANE:
            page = answer.text.replace(REAL_OFFICE_JS, OUR_OFFICE_JS)
            return httpx.Response(200, headers=answer.headers, text=page)
        return answer


@contextmanager
def excel_of(browser: Browser, address: str) -> Iterator[Excel]:
    """Open the simulated Excel with the task pane of the function, where Mia has signed in."""
    with browser.new_context(viewport={"width": 1400, "height": 860}) as context:
        context.set_default_timeout(PATIENCE_MS)
        excel = Excel(context.new_page(), f"{address}{ADDRESS}", {})
        excel.page.evaluate("simulatedExcel.window.pane.show()")
        excel.sign_in("mia", PASSWORD)
        expect(excel.pane.locator("form[data-sign-in]")).to_have_count(0)
        yield excel


@contextmanager
def office_with_rules(
    rules: list[dict[str, Any]] | None, function: Invoke, kind: Kind, log: Path
) -> Iterator[tuple[str, CrossOriginStore]]:
    """Run a function behind a gateway whose bucket has the rules of the guide, or these; yield its address, and the store."""
    with (
        cross_origin_store(os.environ["AWS_ENDPOINT_URL"], []) as store,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("AWS_ENDPOINT_URL", store.url)
        with running_gateway(function, kind, partial(GatewayWithExcel, log=log)) as address:
            store.rules = rules_of_guide(address) if rules is None else rules
            yield address, store


def pane_of(excel: Excel) -> Frame:
    return next(frame for frame in excel.page.frames if "taskpane" in frame.url)


def test_a_large_log_is_paid_and_its_large_workbook_is_inserted(
    browser: Browser, office: Office, function: Invoke, s3: S3Server, tmp_path: Path
) -> None:
    log = log_of(ROWS, tmp_path / "October.xlsx")
    with (
        office_with_rules(None, function, Kind.LOAD_BALANCER_WITH_LISTS, log) as (address, store),
        excel_of(browser, address) as excel,
    ):
        excel.press("payroll.generate")
        expect(excel.result).to_contain_text("Payroll for Lakeside")
        assert "Payroll Summary" in excel.tabs()
        assert excel.complaints == []
    of_pages = [(method, path, headers) for method, path, headers in store.seen if "origin" in headers]
    assert {"OPTIONS", "PUT", "GET"} == {method for method, _, _ in of_pages}
    assert not [headers for _, _, headers in of_pages if {"authorization", "cookie"} & headers.keys()]
    kept = {key.rpartition("/")[0] for key in s3.keys(office.bucket)}
    assert {"requests/taken", "outputs/_answers"} <= kept
    assert "requests/sent" not in kept


def test_without_the_rule_the_browser_passes_nothing_on_and_what_is_small_works(
    browser: Browser, office: Office, function: Invoke, tmp_path: Path
) -> None:
    data = b"%PDF-1.7 " + os.urandom(7_000_000)
    document = office.ledger.clinic("lakeside").keep_document(data, "a long statement.pdf", "tests")
    asked = [f"/clinics/lakeside/documents/{document.digest}", document.digest]
    log = log_of(3, tmp_path / "October.xlsx")
    with (
        office_with_rules([], function, Kind.HTTP_API, log) as (address, store),
        excel_of(browser, address) as excel,
    ):
        excel.press("payroll.check")
        assert pane_of(excel).evaluate(FETCH, asked) == "service-not-running"
        store.rules = rules_of_guide(address)
        assert pane_of(excel).evaluate(FETCH, asked) == len(data)
        assert pane_of(excel).evaluate(FETCH_AS_A_CLICK, asked) == len(data)
        kept = pane_of(excel).evaluate(KEEP)
        assert office.ledger.clinic("lakeside").read_document(kept)[0].size == 7_000_001
        store.rules = rules_of_guide("https://evil.example")
        assert pane_of(excel).evaluate(FETCH, asked) == "service-not-running"


def test_the_page_may_connect_to_the_place_in_the_bucket_and_to_no_other(
    browser: Browser, office: Office, function: Invoke, s3: S3Server, tmp_path: Path
) -> None:
    other = s3.new_bucket()
    with (
        office_with_rules(None, function, Kind.HTTP_API, log_of(3, tmp_path / "October.xlsx")) as (
            address,
            store,
        ),
        excel_of(browser, address) as excel,
    ):
        policy = httpx.get(f"{address}/office/taskpane.html").headers["content-security-policy"]
        place = f"{store.url}/{office.bucket.name}/{office.bucket.prefix}/"
        assert f"connect-src 'self' {place};" in policy
        before = len(store.seen)
        for elsewhere in (
            f"{store.url}/{other.name}/x",
            f"{store.url}/{office.bucket.name}/x",
            f"{s3.url}/x",
        ):
            tried = f"fetch('{elsewhere}', {{method: 'PUT', body: 'x'}}).then(() => 'sent', () => 'refused')"
            assert pane_of(excel).evaluate(tried) == "refused"
        assert len(store.seen) == before
        excel.complaints.clear()

"""What Excel is handed when it opens the task pane."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.api.help_page import PANE_KEYS
from server.api.pages import OFFICE_JS, TYPES
from server.cli.service import temporary_service
from server.ledger.store import Ledger
from server.ribbon.ribbon_table import ribbon
from server.settings import Settings

ROOT = Path(__file__).parents[2]
FRAMED = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client, without a token, of a service that wants one."""
    folder = tmp_path_factory.mktemp("ledger")
    Ledger(folder).tokens.give("office")
    with temporary_service(Settings(path=folder, workers=0)) as url, httpx.Client(base_url=url) as client:
        yield client


def test_excel_on_the_web_may_frame_the_pane_and_other_sites_may_not(guarded: httpx.Client) -> None:
    page = guarded.get("/office/taskpane.html", headers=FRAMED)
    assert page.status_code == httpx.codes.OK
    ancestors = re.search(r"frame-ancestors ([^;]*)", page.headers["content-security-policy"])
    assert ancestors is not None
    assert "https://*.officeapps.live.com" in ancestors[1]
    assert not {"*", "https:"} & set(ancestors[1].split())


def test_nothing_of_a_clinic_is_behind_the_same_door(guarded: httpx.Client) -> None:
    assert guarded.get("/clinics", headers=FRAMED).status_code == httpx.codes.FORBIDDEN
    assert guarded.get("/clinics").status_code == httpx.codes.UNAUTHORIZED


def test_a_page_is_never_kept_and_knows_no_stranger_but_office_js(guarded: httpx.Client) -> None:
    page = guarded.get("/office/taskpane.html")
    assert page.headers["cache-control"] == "no-store"
    assert re.findall(r"https?://[^/\"]+", page.text) == [OFFICE_JS]
    assert re.findall(r"<script(?![^>]*\bsrc=)|\bon\w+=|style=", page.text) == []


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("taskpane.html", "text/html; charset=utf-8"),
        ("taskpane.css", "text/css; charset=utf-8"),
        ("src/main.js", "text/javascript; charset=utf-8"),
        ("src/ribbon.js", "text/javascript; charset=utf-8"),
        ("icons/payroll.generate-32.png", "image/png"),
        ("help.html", "text/html; charset=utf-8"),
        ("shortcuts.json", "application/json"),
        ("start/sample-clinic.xlsx", TYPES[".xlsx"]),
    ],
)
def test_a_file_is_handed_out_as_what_it_is(guarded: httpx.Client, path: str, media_type: str) -> None:
    answer = guarded.get(f"/office/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (httpx.codes.OK, media_type)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_ribbon_comes_as_a_module_that_names_every_command(guarded: httpx.Client) -> None:
    source = guarded.get("/office/src/ribbon.js").text
    assert source.startswith("export const RIBBON = {")
    assert all(f'"id":"{button.id}"' in source for button in ribbon().button)


def test_the_workbooks_to_start_from_are_there(guarded: httpx.Client) -> None:
    for starter in ribbon().starter:
        assert guarded.get(f"/office/start/{starter.file}").content[:2] == b"PK"


def test_help_names_every_button_and_its_keys(guarded: httpx.Client) -> None:
    page = guarded.get("/office/help.html").text
    assert all(f"<td>{button.label}</td>" in page for button in ribbon().button)
    assert all(f"Alt, {ribbon().keytip}, {button.keytip}<" in page for button in ribbon().button)
    assert "Ctrl+Shift+Alt+K" in page


@pytest.mark.parametrize(
    "path",
    [
        "nothing.html",
        "src",
        "",
        "src/contract.d.ts",
        "..%2F..%2Fpyproject.toml",
        "icons/..%2Fribbon.toml",
        "start/..%2Fpyproject.toml",
        "icons/../../server/app.py",
        "%00.js",
        "a" * 5000 + ".js",
    ],
)
def test_nothing_but_the_pages_is_handed_out(guarded: httpx.Client, path: str) -> None:
    assert guarded.get(f"/office/{path}").status_code in {httpx.codes.NOT_FOUND, httpx.codes.UNAUTHORIZED}


def test_every_module_a_page_asks_for_is_there(guarded: httpx.Client) -> None:
    seen: set[str] = set()
    waiting = ["/office/src/main.js"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = guarded.get(path)
        assert answer.status_code == httpx.codes.OK, path
        for wanted in re.findall(r'^import .* from "(\.[^"]+)"', answer.text, re.MULTILINE):
            found = httpx.URL(path).join(wanted).path
            waiting += [found] if found not in seen else []
    assert len(seen) == len(list(Path(Settings().office, "src").rglob("*.js"))) + 1  # and the ribbon


def test_the_pane_and_the_help_page_name_the_same_keys() -> None:
    source = (ROOT / "addin" / "office" / "src" / "views" / "help.js").read_text("utf-8")
    listed = source.partition("const KEYS = ")[2].partition(";")[0].replace("],\n]", "]\n]")
    assert [tuple(pair) for pair in json.loads(listed)] == list(PANE_KEYS)

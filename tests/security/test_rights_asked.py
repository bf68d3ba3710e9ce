"""The table of rights against the running service: every route, button and page, asked for by every role and by nobody."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.api.guard import OPEN
from server.api.page_addresses import OPEN_PAGES, PAGE_COOKIE, is_page
from server.api.route_rights import refuse_unlisted_routes, roles_of_route
from server.app import create_app
from server.billing.people import Role
from server.cli.service import temporary_service
from server.errors import RoleNotAllowed
from server.ledger.people.sign_in_rules import SessionKind
from server.ledger.people.sign_ins import Credentials
from server.settings import Settings
from tests.invented import LAKESIDE
from tests.people import CHEAP, HERE, LAKESIDE_ONLY, PASSWORD, add_user, at, opened, program_of, with_app
from tests.ribbon.clicks import HARBOR, a_click, a_ledger
from tools.rights_page import every_route

NOBODY = "nobody"
SHOWN_TO_NOBODY = {
    "GET /health", "GET /ready", "POST /pair", "GET /pair/status", "POST /session/start", "POST /session/devices",
    "POST /session/devices/token", "GET /sign-in", "POST /sign-in", "POST /sign-in/app", "POST /sign-out",
    "GET /new-password", "POST /new-password", "GET /sign-in/provider", "GET /sign-in/provider/back",
    "POST /sign-in/provider/code", "POST /sign-in/provider/app",
}  # fmt: skip
"""Named here, not taken from the guard: nothing may become open unnoticed."""

REFUSED = "role-not-allowed"
FILLED = {
    "clinic": "lakeside", "number": "INV-000001", "digest": "0" * 64, "run": "lakeside-2026-10-r1", "held_visit": "1", "message": "1",
    "output_id": "lakeside." + "0" * 32, "button": "no.such", "name": "nobody-at-all", "act": "disable", "case_id": "1", "access_id": "1",
}  # fmt: skip


ROUTES = every_route()
STAFF = [role for role in Role if role is not Role.ATTORNEY]


ENDING = {"/account/sign-out": "who leaves the pages", "/session/end": "who leaves"}
"""What ends the session that asks: another user of the same role asks."""


class Asked:
    """A running service, and how each role asks it: REST with a token, pages with a cookie."""

    def __init__(
        self, url: str, headers: Mapping[str, dict[str, str]], cookies: Mapping[str, dict[str, str]]
    ) -> None:
        self.url = url
        self.headers = headers
        self.cookies = cookies

    def ask(self, who: str, method: str, path: str, **values: str) -> httpx.Response:
        who = f"{who} {ENDING[path]}" if path in ENDING else who
        address = re.sub(r"\{(\w+)\}", lambda found: (FILLED | values)[found[1]], path)
        if is_page(path):
            with at(self.url) as browser:
                browser.cookies.update(self.cookies.get(who, {}))
                form = {"full_name": "X", "role": "viewer"} if method == "POST" else None
                return browser.request(method, address, data=form)
        headers = self.headers.get(who, {})
        if method == "POST" and path.endswith("/documents"):
            octets = headers | {"content-type": "application/octet-stream"}
            return httpx.post(f"{self.url}{address}", content=b"a paper", headers=octets)
        sent: Any = None
        if path.startswith("/ribbon/"):
            click = a_click() | {"sheets": [], "request_id": f"{who} {address} {values}"}
            click["workbook"] = click["workbook"] | {"clinic": values.get("clinic", "lakeside")}
            sent = click
        elif method == "POST":
            sent = {}
        return httpx.request(method, f"{self.url}{address}", json=sent, headers=headers)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    ledger = opened(a_ledger(tmp_path_factory.mktemp("asked") / "ledger", LAKESIDE, HARBOR).folder)
    headers, cookies = {}, {}
    for role, who in (
        (role, f"{role.value} {more}".strip()) for role in Role for more in ("", *ENDING.values())
    ):
        attorney = "Paula Placeholder" if role is Role.ATTORNEY else ""
        user = add_user(ledger, who.replace(" ", "-"), f"The {who}", role, attorney=attorney)
        user = with_app(ledger, user) if role in {Role.ADMINISTRATOR, Role.ATTORNEY} else user
        typed = Credentials(user.name, PASSWORD, HERE, user.code())
        cookie = ledger.people.sign_ins.sign_in(typed, SessionKind.PAGE, "the tests")
        cookies[who] = {PAGE_COOKIE: cookie}
        headers[who] = program_of(ledger, role) if role in STAFF else {"authorization": f"Bearer {cookie}"}
    for role in STAFF:
        headers[f"{role.value} of lakeside"] = program_of(ledger, role, LAKESIDE_ONLY)
    ledger.close()
    with temporary_service(Settings(path=ledger.folder, workers=0), hashing=CHEAP) as url:
        yield Asked(url, headers, cookies)


def code_of(answer: httpx.Response) -> str:
    """Return the code of a refusal, "" of anything else."""
    is_problem = answer.headers.get("content-type", "") == "application/problem+json"
    return str(answer.json()["code"]) if is_problem else ""


def is_kept_out(answer: httpx.Response) -> bool:
    """Return whether an answer says that somebody must sign in first."""
    leads = answer.headers.get("location", "").startswith("/sign-in?next=")
    ended = answer.headers.get("location", "") == "/sign-in?ended=1"
    is_problem = answer.headers.get("content-type", "") == "application/problem+json"
    return (is_problem and answer.status_code == httpx.codes.UNAUTHORIZED) or leads or ended


@pytest.mark.parametrize(("method", "path", "name"), ROUTES)
def test_nobody_gets_an_answer_but_of_what_is_open(asked: Asked, method: str, path: str, name: str) -> None:
    is_open = f"{method} {path}" in SHOWN_TO_NOBODY
    assert is_open == (path in OPEN | OPEN_PAGES)
    answer = asked.ask(NOBODY, method, path)
    assert is_open or is_kept_out(answer), name


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("method", "path", "name"), [row for row in ROUTES if row[1] not in OPEN | OPEN_PAGES]
)
def test_each_role_is_answered_as_the_table_says(
    asked: Asked, method: str, path: str, name: str, role: Role
) -> None:
    answer = asked.ask(role.value, method, path)
    is_refused = code_of(answer) == REFUSED or (is_page(path) and RoleNotAllowed.title in answer.text)
    assert is_refused == (role not in roles_of_route(name)), answer.text
    assert not is_kept_out(answer)
    assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR
    if is_refused:
        assert answer.status_code == httpx.codes.FORBIDDEN
        asked_for = RoleNotAllowed("", role, [one for one in reversed(Role) if one in roles_of_route(name)])
        assert asked_for.allowed
        assert asked_for.remedy in unescape(answer.text)


OF_A_CLINIC = [row for row in ROUTES if "{clinic}" in row[1] or row[1].startswith("/ribbon/")]


@pytest.mark.parametrize("role", STAFF)
@pytest.mark.parametrize(("method", "path", "name"), OF_A_CLINIC)
def test_a_clinic_that_was_not_given_is_answered_like_one_that_does_not_exist(
    asked: Asked, method: str, path: str, name: str, role: Role
) -> None:
    who = f"{role.value} of lakeside"
    others, unknown = (asked.ask(who, method, path, clinic=clinic) for clinic in ("harbor", "nowhere"))
    assert others.status_code == unknown.status_code, name
    texts = [
        answer.text.replace("harbor", "CLINIC").replace("nowhere", "CLINIC") for answer in (others, unknown)
    ]
    if code_of(others):
        assert texts[0] == texts[1]
    assert "Harbor" not in others.text


def test_a_list_of_clinics_has_the_given_ones_only(asked: Asked) -> None:
    for role in STAFF:
        listed = asked.ask(f"{role.value} of lakeside", "GET", "/clinics").json()
        assert [clinic["id"] for clinic in listed] == ["lakeside"]
        assert len(asked.ask(role.value, "GET", "/clinics").json()) == 2


@pytest.mark.parametrize("role", Role)
def test_the_service_tells_everybody_which_buttons_to_show(asked: Asked, role: Role) -> None:
    told = asked.ask(role.value, "GET", "/session").json()
    buttons = {path.removeprefix("/ribbon/") for _, path, name in ROUTES if path == f"/ribbon/{name}"}
    assert told["role"] == role.value
    assert set(told["buttons"]) == {name for name in buttons if role in roles_of_route(name)}


def _nothing() -> None:
    """Answer a route that nobody gave a row."""


def test_a_route_without_a_row_keeps_the_service_from_starting(tmp_path: Path) -> None:
    app = create_app(Settings(path=tmp_path, workers=0))
    app.add_api_route("/forgotten", _nothing, name="forgotten")
    with pytest.raises(KeyError, match="forgotten"):
        refuse_unlisted_routes(app.routes)


def test_every_role_of_the_table_asked(asked: Asked) -> None:
    assert {*Role} <= asked.cookies.keys()

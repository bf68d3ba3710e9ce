"""Signing in from Excel: the box shows a code, a person approves it on the page, and the click goes on as it was."""

import re
import time
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import xlwings as xw

from addin.desktop import ribbon, sign_in_boxes
from addin.desktop.service import Service
from server.api.page_addresses import PAGE_COOKIE
from server.billing.people import Role
from server.cli.service import temporary_service
from server.ledger.people.sign_in_rules import SessionKind
from server.ledger.people.sign_ins import Credentials
from server.ledger.store import Ledger
from server.settings import Settings
from tests.addin.stand_in import DONE, StandIn, a_log
from tests.invented import LAKESIDE
from tests.people import CHEAP, HERE, PASSWORD, InventedUser, add_user, at, opened, with_app
from tests.ribbon.clicks import a_ledger

NEEDED = {
    "status": 401,
    "code": "session-ended",
    "title": "Sign in again",
    "detail": "This session was not used for 12 hours.",
    "remedy": "Sign in again. What was recorded before is kept.",
}
Show = Callable[[Path], xw.Book]


class Approving(webbrowser.BaseBrowser):
    """A browser in which somebody is signed in, who answers the page of a device as told."""

    def __init__(self, cookie: str, answer: str = "yes") -> None:
        super().__init__("approving")
        self.cookie = cookie
        self.answer = answer
        self.addresses: list[str] = []

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:  # noqa: ARG002, FBT001, FBT002
        self.addresses.append(url)
        place = httpx.URL(url)
        with at(f"{place.scheme}://{place.netloc.decode()}") as browser:
            browser.cookies.set(PAGE_COOKIE, self.cookie)
            assert place.params["code"] in browser.get(url).text
            if self.answer:
                sent = {"code": place.params["code"], "answer": self.answer}
                assert browser.post("/device", data=sent).is_success
        return True


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = opened(a_ledger(tmp_path / "ledger", LAKESIDE).folder)
    with_app(ledger, add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR))
    yield ledger
    ledger.close()


@pytest.fixture
def mina(ledger: Ledger) -> InventedUser:
    return add_user(ledger, "mina", "Mina Manager", Role.MANAGER)


@pytest.fixture
def book(tmp_path: Path, ledger: Ledger, show: Show, monkeypatch: pytest.MonkeyPatch) -> Iterator[xw.Book]:
    """The workbook of somebody whose service has users, and who is not signed in."""
    for folder in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(folder, str(tmp_path))
    monkeypatch.setenv("CLINIC_LEDGER_PATH", str(tmp_path / "of Excel"))
    book = show(a_log(tmp_path / "October.xlsx", clinic="lakeside"))
    book.set_mock_caller()
    with temporary_service(Settings(path=ledger.folder, workers=0), hashing=CHEAP) as url:
        monkeypatch.setenv("CLINIC_LEDGER_URL", url)
        yield book
    del xw.Book._mock_caller  # type: ignore[attr-defined]  # noqa: SLF001


def browser_of(ledger: Ledger, user: InventedUser, answer: str = "yes") -> Approving:
    """Return the browser that Excel opens from now on, with a user signed in."""
    typed = Credentials(user.name, PASSWORD, HERE, user.code())
    cookie = ledger.people.sign_ins.sign_in(typed, SessionKind.PAGE, "Browser")
    browser = Approving(cookie, answer)
    webbrowser.register("approving", None, browser, preferred=True)
    return browser


def alerts(book: xw.Book) -> list[str]:
    said: list[str] = book.app.impl.alerts
    return said


def press_in_boxes(book: xw.Book, *buttons: str) -> None:
    book.app.impl.buttons_to_press.extend(buttons)


def test_a_click_of_somebody_who_is_not_signed_in_goes_on_after_signing_in(
    book: xw.Book, ledger: Ledger, mina: InventedUser, tmp_path: Path
) -> None:
    browser = browser_of(ledger, mina)
    press_in_boxes(book, "ok", "ok")
    ribbon.run("payroll.history")
    offered, code, *_ = alerts(book)
    assert offered.endswith("Sign in.\n\nOK: Sign in")
    assert re.search(r"must show this code:\n\n[A-Z0-9-]+\n", code)
    assert code.endswith("OK: I have signed in")
    assert browser.addresses
    assert "pay run" in str(book.app.status_bar)
    assert (tmp_path / "of Excel" / "desktop-token").stat().st_mode & 0o777 == 0o600
    devices = [one.device for one in ledger.people.sessions.list_sessions("mina")]
    assert any(device.startswith("Excel on ") for device in devices)


def test_nobody_has_signed_in_yet_is_said_and_the_service_is_asked_no_sooner_than_it_allows(
    book: xw.Book, ledger: Ledger, mina: InventedUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    browser_of(ledger, mina, answer="")
    press_in_boxes(book, "ok", "ok", "cancel")
    ribbon.run("payroll.history")
    assert alerts(book)[2].startswith("Nobody has signed in on the page with this code yet.")
    assert book.app.status_bar == "You are not signed in. Nothing was recorded."
    assert all(0 <= seconds <= 5 for seconds in slept)


def test_a_code_that_was_refused_on_the_page_gets_another_one(
    book: xw.Book, ledger: Ledger, mina: InventedUser
) -> None:
    browser = browser_of(ledger, mina, answer="no")
    press_in_boxes(book, "ok", "ok", "cancel")
    ribbon.run("payroll.history")
    assert alerts(book)[2] == (
        "The code was refused on the page, or its time is over.\n\nOK: Get another code"
    )
    assert len(browser.addresses) == 1


def test_without_a_browser_the_address_to_type_is_shown(
    book: xw.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    press_in_boxes(book, "ok")
    ribbon.run("payroll.history")
    assert re.match(
        r"No browser could be opened. Type this address in a browser: http://127.0.0.1:\d+/device\n",
        alerts(book)[1],
    )


@pytest.mark.parametrize("page", ["file:///etc/passwd", "calc.exe", "javascript:alert(1)"])
def test_only_pages_are_opened(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(webbrowser, "open", given.append)
    assert sign_in_boxes._open_page(page) is False  # noqa: SLF001 - what the system is given
    assert given == []


def test_a_session_that_ended_in_the_middle_sends_the_same_request_again(
    caller: xw.Book, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_boxes, "offer_sign_in", lambda *_: True)
    stand_in.first_replies = [NEEDED, {**DONE, "summary": "Checked."}]
    ribbon.run("payroll.check")
    first, second = stand_in.requests
    assert first == second
    assert caller.app.status_bar == "Checked."


def test_a_button_that_the_role_may_not_press_says_so(book: xw.Book, ledger: Ledger) -> None:
    browser_of(ledger, add_user(ledger, "bea", "Bea Biller", Role.BILLER))
    press_in_boxes(book, "ok", "ok")
    ribbon.run("payroll.close")
    assert alerts(book)[-1] == (
        "“Approve payroll” is not for a biller, which is your role.\n\nAsk a manager or an administrator to do it."
    )


def test_a_remedy_whose_button_the_person_may_not_press_is_not_offered(
    book: xw.Book, ledger: Ledger, mina: InventedUser, caller_of: Callable[[InventedUser], Service]
) -> None:
    viewer = caller_of(add_user(ledger, "vic", "Vic Viewer", Role.VIEWER))
    manager = caller_of(mina)
    sequences = [ribbon._Sequence(book, one.ribbon(), one) for one in (viewer, manager)]  # noqa: SLF001
    of_viewer, of_manager = (
        {row["id"] for row in one._allowed_table()["button"]}  # noqa: SLF001
        for one in sequences
    )
    assert "payroll.close" in of_manager - of_viewer
    assert "payroll.history" in of_viewer & of_manager
    reply = {"next": "payroll.close"}
    assert [one._next_words(reply) for one in sequences] == ["", " Next: Approve payroll."]  # noqa: SLF001


@pytest.fixture
def caller_of(
    book: xw.Book,  # noqa: ARG001 - its service
    tmp_path: Path,
) -> Iterator[Callable[[InventedUser], Service]]:
    """Return how a client signs in as a user."""
    clients: list[Service] = []

    def signed_in(user: InventedUser) -> Service:
        clients.append(Service(token_file=tmp_path / user.name / "token"))
        clients[-1].sign_in(user.name, PASSWORD, user.code(), "Excel of the tests")
        return clients[-1]

    yield signed_in
    for client in clients:
        client.close()


def test_who_is_signed_in_is_shown_and_can_sign_out(
    book: xw.Book, ledger: Ledger, mina: InventedUser, tmp_path: Path
) -> None:
    browser_of(ledger, mina)
    press_in_boxes(book, "ok", "ok")
    ribbon.run("help.account")
    assert book.app.status_bar == "Signed in as Mina Manager (manager)."

    token = (tmp_path / "of Excel" / "desktop-token").read_text().strip()
    ribbon.run("help.support")
    assert "Signed in: Mina Manager (manager). This line is not copied." in alerts(book)[-1]
    assert all(token not in said for said in alerts(book))

    press_in_boxes(book, "ok")
    ribbon.run("help.account")
    assert alerts(book)[-1] == "You are signed in as Mina Manager (manager).\n\nOK: Sign out"
    assert book.app.status_bar == "You are signed out."
    assert not (tmp_path / "of Excel" / "desktop-token").exists()
    assert len(ledger.people.sessions.list_sessions("mina")) == 1  # the page


def test_a_ledger_without_users_has_nobody_to_sign_in(
    caller: xw.Book, service_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_URL", service_url)
    ribbon.run("help.account")
    assert alerts(caller) == ["This ledger has no users, so nobody signs in."]

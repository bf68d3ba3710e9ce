"""Signing in in the task pane: the form and its errors, a click that goes on afterward, and buttons by role."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from server.billing.people import Role
from server.ledger.store import Ledger
from tests.browser.conftest import OpenExcel
from tests.browser.excel import PATIENCE_MS, Excel
from tests.browser.test_asks import DONE, a_field, asking
from tests.people import PASSWORD, InventedUser, add_user, opened, with_app

TOKEN = re.compile(r"[A-Za-z0-9_-]{40,}")
STORED = "Object.values(localStorage).join(' ')"
REMEDIES = [
    {"label": "Approve payroll", "button": "payroll.close", "inputs": {}},
    {"label": "Past runs", "button": "payroll.history", "inputs": {}},
]


@pytest.fixture
def ledger(stage: object, tmp_path: Path) -> Iterator[Ledger]:  # noqa: ARG001 - its ledger
    ledger = opened(tmp_path / "ledger")
    add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR)
    add_user(ledger, "mina", "Mina Manager", Role.MANAGER)
    add_user(ledger, "bea", "Bea Biller", Role.BILLER)
    yield ledger
    ledger.close()


@pytest.fixture
def ada(ledger: Ledger) -> InventedUser:
    return with_app(ledger, InventedUser("ada", "Ada Admin", Role.ADMINISTRATOR))


def asked_to_sign_in(excel: Excel) -> Excel:
    """Show the pane of an Excel where nobody is signed in."""
    excel.page.evaluate("simulatedExcel.window.pane.show()")
    expect(excel.pane.locator("form[data-sign-in]")).to_be_visible()
    return excel


def stored(page: Page) -> str:
    return str(page.evaluate(STORED))


@pytest.mark.usefixtures("ledger")
def test_what_is_wrong_is_said_at_its_field_and_a_right_password_shows_the_buttons(
    sign_in_excel: OpenExcel,
) -> None:
    excel = asked_to_sign_in(sign_in_excel())
    form = excel.pane.locator("form[data-sign-in]")
    name, password = form.get_by_label("Name"), form.get_by_label("Password")

    form.get_by_role("button", name="Sign in").click()
    expect(name).to_be_focused()
    expect(form.locator("#sign-in-name-error")).to_have_text("Type your name.")
    expect(form.locator("#sign-in-password-error")).to_have_text("Type your password.")

    excel.sign_in("mina", "not the password at all")
    expect(form.locator("#sign-in-password-error")).to_contain_text(
        "no user with this name and this password"
    )
    expect(password).to_be_focused()
    expect(password).to_have_value("")
    expect(password).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_value("mina")

    excel.sign_in("mina", PASSWORD)
    expect(excel.pane.locator(".command").first).to_be_visible()
    expect(excel.pane.get_by_role("button", name="Mina Manager (manager)")).to_be_visible()
    assert PASSWORD not in stored(excel.page)
    assert TOKEN.search(stored(excel.page))


def test_the_code_of_the_app_is_asked_for_when_it_is_needed(
    sign_in_excel: OpenExcel, ada: InventedUser
) -> None:
    excel = asked_to_sign_in(sign_in_excel())
    code = excel.pane.get_by_label("Code of your authenticator app")
    expect(code).to_be_hidden()
    excel.sign_in("ada", PASSWORD, "000000")
    expect(excel.pane.locator("#sign-in-code-error")).to_contain_text("wrong, too old, or was used before")
    expect(code).to_be_focused()
    code.fill(ada.code())
    code.press("Enter")
    expect(excel.pane.get_by_role("button", name="Ada Admin (administrator)")).to_be_visible()


@pytest.mark.usefixtures("ledger")
def test_an_app_that_is_missing_is_set_up_in_the_browser(sign_in_excel: OpenExcel) -> None:
    excel = asked_to_sign_in(sign_in_excel())
    excel.sign_in("ada", PASSWORD)
    link = excel.pane.get_by_role("link", name="Set up the app in the browser")
    with excel.page.context.expect_page() as page:
        link.click()
    assert page.value.url.endswith("/sign-in")
    expect(page.value.get_by_label("Password")).to_be_visible()


def on_the_page(excel: Excel) -> Page:
    """Have the pane use the browser, and return the page that it leads to; the code is compared there."""
    excel.pane.get_by_role("button", name="Use the browser").click()
    code = excel.pane.locator(".shown-code").inner_text()
    with excel.page.context.expect_page() as opened_page:
        excel.pane.get_by_role("link", name="Open the page").click()
    page = opened_page.value
    page.get_by_label("User name").fill("mina")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".code")).to_have_text(code)
    return page


@pytest.mark.usefixtures("ledger")
def test_somebody_signs_in_on_the_page_of_the_browser_and_the_pane_goes_on_by_itself(
    sign_in_excel: OpenExcel,
) -> None:
    excel = asked_to_sign_in(sign_in_excel())
    on_the_page(excel).get_by_role("button", name="Yes, sign it in").click()
    expect(excel.pane.locator(".command").first).to_be_visible()
    expect(excel.pane.get_by_role("button", name="Mina Manager (manager)")).to_be_visible()
    assert TOKEN.search(stored(excel.page))


@pytest.mark.usefixtures("ledger")
def test_what_is_refused_on_the_page_is_said_in_the_pane(sign_in_excel: OpenExcel) -> None:
    excel = asked_to_sign_in(sign_in_excel())
    on_the_page(excel).get_by_role("button", name="No, refuse it").click()
    expect(excel.pane.locator("form[data-sign-in] > .error")).to_contain_text("was refused or used before")
    expect(excel.pane.locator(".shown-code")).to_have_count(0)
    excel.sign_in("mina", PASSWORD)
    expect(excel.pane.locator(".command").first).to_be_visible()


@pytest.mark.usefixtures("ledger")
def test_too_many_attempts_say_when_to_try_again(sign_in_excel: OpenExcel) -> None:
    excel = asked_to_sign_in(sign_in_excel())
    said = excel.pane.locator("form[data-sign-in] > .error")
    for _ in range(6):
        excel.sign_in("mina", "not the password at all")
        expect(excel.pane.locator("form[data-sign-in] button[type=submit]")).to_have_attribute(
            "aria-disabled", "false"
        )
    expect(said).to_contain_text(re.compile(r"Wait \d+ seconds, then try again"))


def in_the_middle(excel: Excel, replies: list[dict[str, Any] | int]) -> list[dict[str, Any]]:
    """Answer checks with these replies in turn; a status is that of a session that has ended. Return the clicks as they come."""
    clicks: list[dict[str, Any]] = []

    def answer(route: Route) -> None:
        clicks.append(route.request.post_data_json or {})
        reply = replies[len(clicks) - 1]
        if isinstance(reply, int):
            problem = {
                "code": "session-ended",
                "title": "Sign in again",
                "detail": "This session was not used for 12 hours.",
                "remedy": "Sign in again.",
            }
            kind = {"Content-Type": "application/problem+json"}
            route.fulfill(status=reply, headers=kind, body=json.dumps(problem))
        else:
            route.fulfill(json=reply)

    excel.page.route("**/ribbon/payroll.check", answer)
    return clicks


@pytest.mark.usefixtures("ledger")
def test_a_session_that_ended_while_a_form_is_open_asks_over_it_and_goes_on_with_what_was_typed(
    sign_in_excel: OpenExcel,
) -> None:
    excel = asked_to_sign_in(sign_in_excel())
    excel.sign_in("mina", PASSWORD)
    expect(excel.pane.locator(".command").first).to_be_visible()
    clicks = in_the_middle(excel, [asking(a_field("reason", "text")), 401, 401, DONE])
    excel.press("payroll.check")
    excel.pane.get_by_label("Reason").fill("as agreed")
    excel.pane.get_by_role("button", name="Continue").click()
    expect(excel.pane.get_by_role("heading", name="Sign in again")).to_be_focused()

    excel.pane.locator("form[data-sign-in]").get_by_label("Name").press("Escape")
    expect(excel.pane.get_by_label("Reason")).to_have_value("as agreed")
    excel.pane.get_by_role("button", name="Continue").click()
    excel.sign_in("bea", PASSWORD)

    expect(excel.result).to_contain_text("Done.")
    assert clicks[2] == clicks[3]
    assert clicks[3]["inputs"]["reason"] == "as agreed"


def test_signing_out_ends_the_session_and_forgets_the_token(sign_in_excel: OpenExcel, ledger: Ledger) -> None:
    excel = asked_to_sign_in(sign_in_excel())
    excel.sign_in("bea", PASSWORD)
    expect(excel.pane.locator(".command").first).to_be_visible()
    (session,) = ledger.people.sessions.list_sessions("bea")
    assert session.device == "Excel on the web"

    excel.press("account")
    expect(excel.pane.get_by_text("Bea Biller (biller). What you record carries your name.")).to_be_visible()
    excel.pane.get_by_role("button", name="Sign out").click()

    expect(excel.pane.locator("form[data-sign-in]")).to_be_visible()
    expect(excel.pane.locator("#says")).to_have_text("You are signed out.")
    assert ledger.people.sessions.list_sessions("bea") == []
    assert not TOKEN.search(stored(excel.page))


@pytest.mark.usefixtures("ledger")
def test_what_a_person_may_not_press_is_disabled_says_for_whom_it_is_and_is_never_offered(
    sign_in_excel: OpenExcel,
) -> None:
    excel = asked_to_sign_in(sign_in_excel())
    excel.sign_in("bea", PASSWORD)
    expect(excel.pane.locator(".command").first).to_be_visible()
    approve = excel.pane.locator('.command[data-button="payroll.close"]')
    expect(approve).to_have_attribute("aria-disabled", "true")
    expect(approve.locator(".needs")).to_have_text("For managers: approve payroll.")
    expect(excel.button("payroll.close")).to_be_disabled()
    expect(excel.button("payroll.check")).to_be_enabled()

    finding = {
        "severity": "blocker", "code": "x", "sheet": "", "cell": "", "row": None, "column": "",
        "message": "Something.", "remedy": "Correct it.", "remedies": REMEDIES,
    }  # fmt: skip
    reply = DONE | {"findings": [finding], "findings_total": 1, "next": "payroll.close"}
    in_the_middle(excel, [reply])
    excel.press("payroll.check")
    shown = excel.pane.locator("#view")
    expect(shown.get_by_role("button", name="Past runs")).to_be_visible()
    expect(shown.get_by_role("button", name="Approve payroll")).to_have_count(0)
    expect(shown.locator("button.primary")).to_have_text("All buttons")


def test_a_ledger_without_users_notices_nothing(excel: Excel) -> None:
    excel.press("account")
    expect(excel.pane.get_by_role("heading", name="Nobody signs in here")).to_be_visible(timeout=PATIENCE_MS)
    excel.pane.get_by_role("button", name="Back").click()
    expect(excel.pane.locator(".command[aria-disabled=true]", has_text="For ")).to_have_count(0)

"""Both add-ins carry a chain of refusals and remedies out alike: they send the same clicks with the same inputs."""

import re
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from hypothesis import HealthCheck, Phase, example, given, settings
from playwright.sync_api import Route, expect

from addin.desktop import headless
from addin.desktop.files import open_workbook
from tests.addin.remedy_chains import (
    CANCEL,
    OTHER,
    Chain,
    Person,
    Sent,
    a_remedy,
    chains,
    sent_from_desktop,
)
from tests.addin.stand_in import DONE, a_log, running_stand_in
from tests.browser.excel import PATIENCE_MS, Excel


def sent_from_desktop_alone(chain: Chain, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Carry a chain out in the desktop add-in, in a workbook of its own, by a user who has nothing installed."""
    with running_stand_in() as stand_in, monkeypatch.context() as patch:
        for name in ("HOME", "USERPROFILE"):
            patch.setenv(name, str(folder))
        patch.setenv("CLINIC_LEDGER_URL", stand_in.url)
        book = headless.show_workbook(open_workbook(a_log(folder / "October.xlsx", clinic="lakeside")))
        book.set_mock_caller()
        try:
            return sent_from_desktop(chain, book, stand_in)
        finally:
            del xw.Book._mock_caller  # type: ignore[attr-defined]  # noqa: SLF001
            book.app.quit()


def sent_from_pane(chain: Chain, excel: Excel) -> Sent:
    """Carry a chain out in the task pane and return the clicks that it sends."""
    sent: Sent = []
    answers = list(chain.answers)

    def answer(route: Route) -> None:
        body: Any = route.request.post_data_json
        sent.append((route.request.url.rpartition("/")[2], body["inputs"]))
        reply: dict[str, Any] = answers.pop(0) if answers else DONE
        status: int = reply.get("status", 200)
        kind = "application/problem+json" if "status" in reply else "application/json"
        route.fulfill(status=status, json=reply, content_type=kind)

    excel.page.route("**/ribbon/*.*", answer)
    person = Person(chain.choices)
    for button in chain.presses:
        excel.press(button)
        while choose_in_pane(excel, person):
            excel.settled()
    leave_to_buttons(excel)
    excel.page.unroute_all()
    return sent


def choose_in_pane(excel: Excel, person: Person) -> bool:
    """Make the next choice if the pane offers one. Returns whether it did."""
    pane = excel.pane
    expect(pane.locator(".working")).to_have_count(0, timeout=PATIENCE_MS)
    form, offers = pane.locator("form[data-asks]"), pane.get_by_role("button", name=re.compile(r"^Do \d+$"))
    if not form.count() and not offers.count():
        return False
    choice = person.choose()
    if form.count() and choice == CANCEL:
        pane.get_by_role("button", name="Cancel").click()
    elif form.count():
        pane.get_by_text("Yes", exact=True).click()
        pane.get_by_role("button", name="Continue").click()
    elif choice == CANCEL:
        leave_to_buttons(excel)
    else:
        offers.nth(min(1 if choice == OTHER else 0, offers.count() - 1)).click()
    return True


def leave_to_buttons(excel: Excel) -> None:
    """Go to all buttons, which ends the waiting."""
    way = excel.pane.get_by_role("button", name="All buttons")
    if way.count():
        way.click()


def refused(*remedies: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": 422, "code": "refused", "title": "Refused", "detail": "No.", "remedy": "Correct it.", "findings": [],
        "remedies": list(remedies),
    }  # fmt: skip


ONWARD, ENDING = (a_remedy(number, "clinic.save", resumes=number == 1) for number in (1, 2))
A_STACK = Chain([refused(ONWARD), refused(ONWARD), DONE, DONE, DONE], ["payroll.check"], [0, 0])
NOTHING_GOES_ON = Chain([refused(ONWARD), refused(ENDING), DONE], ["payroll.check"], [0, 0])
WAITS_FOR_ITS_BUTTON = Chain(
    [refused(a_remedy(1, "clinic.choose", resumes=True)), refused(), DONE],
    ["payroll.check", "clinic.choose"],
    [0],
)


def test_a_remedy_of_a_remedy_leads_back_to_what_was_asked_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = sent_from_desktop_alone(A_STACK, tmp_path, monkeypatch)
    assert [button for button, _ in sent] == [
        "payroll.check", "clinic.save", "clinic.save", "clinic.save", "payroll.check",
    ]  # fmt: skip


def test_after_a_remedy_at_which_it_is_the_persons_turn_nothing_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = sent_from_desktop_alone(NOTHING_GOES_ON, tmp_path, monkeypatch)
    assert [button for button, _ in sent] == ["payroll.check", "clinic.save", "clinic.save"]


@settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.generate],  # a browser is too slow to shrink with
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(chain=chains())
@example(chain=A_STACK)
@example(chain=NOTHING_GOES_ON)
@example(chain=WAITS_FOR_ITS_BUTTON)
def test_pane_and_desktop_send_the_same_clicks(
    small: Excel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chain: Chain
) -> None:
    assert sent_from_pane(chain, small) == sent_from_desktop_alone(chain, tmp_path, monkeypatch)

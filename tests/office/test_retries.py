"""The task pane sends a click again, to the byte, while a service behind a proxy is restarted."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.office.conftest import javascript_file

OFFICE, HERE = "https://ledger.office.invalid", "http://localhost:8765"
PAGE = '<!doctype html><script type="module">globalThis.service = await import("/src/service.js")</script>'
CLICK = '{"request_id": "r-1", "inputs": {}}'
DONE = '{"summary": "Done.", "level": "done"}'
PRESS = """(body) => service.press("payroll.check", body, {sent: () => {}, signal: new AbortController().signal})
    .then(({summary}) => summary, ({problem}) => problem.code)"""

Answer = Callable[[Route], None]


def away(route: Route) -> None:
    route.fulfill(status=502, content_type="text/html", body="<html>Bad Gateway</html>")


def broken(route: Route) -> None:
    route.abort("connectionreset")


def done(route: Route) -> None:
    route.fulfill(status=200, content_type="application/json", body=DONE)


def newer(route: Route) -> None:
    route.fulfill(status=200, content_type="application/json", body=DONE, headers={"X-Protocol": "1000"})


def older(route: Route) -> None:
    route.fulfill(status=200, content_type="application/json", body=DONE, headers={"X-Protocol": "0"})


def pressed(browser: Browser, address: str, *answers: Answer) -> tuple[str, list[str]]:
    """Return what the pane says about a click, and the bodies it sent. ``answers`` are given in turn, the last for good."""
    sent: list[str] = []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(address)
        if path == "/":
            route.fulfill(body=PAGE, content_type="text/html")
        elif path.startswith("/ribbon/"):
            sent.append(route.request.post_data or "")
            answers[min(len(sent), len(answers)) - 1](route)
        elif path == "/health":
            away(route)
        else:
            route.fulfill(path=javascript_file(path), content_type="text/javascript")

    with browser.new_page() as page:
        return _pressed_on(page, address, answer), sent


def _pressed_on(page: Page, address: str, answer: Answer) -> str:
    page.route(f"{address}/**", answer)
    page.goto(f"{address}/")
    page.wait_for_function("() => Boolean(globalThis.service)")
    said: str = page.evaluate(PRESS, CLICK)
    return said


@pytest.mark.parametrize("first", [away, broken], ids=lambda one: one.__name__)
def test_a_click_is_sent_again_while_the_service_is_away(browser: Browser, first: Answer) -> None:
    said, sent = pressed(browser, OFFICE, first, first, done)
    assert (said, sent) == ("Done.", [CLICK] * 3)


def test_a_service_of_this_computer_that_is_not_running_is_not_waited_for(browser: Browser) -> None:
    said, sent = pressed(browser, HERE, away)
    assert (said, sent) == ("service-not-running", [CLICK])


@pytest.mark.parametrize(("answer", "code"), [(newer, "add-in-too-old"), (older, "add-in-too-new")])
def test_the_pane_takes_no_answer_of_another_version(browser: Browser, answer: Answer, code: str) -> None:
    said, sent = pressed(browser, OFFICE, answer)
    assert (said, sent) == (code, [CLICK])

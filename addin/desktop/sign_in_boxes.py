"""Signing in from message boxes of Excel: the browser shows the page, a box shows the code to compare."""

import time
import webbrowser
from typing import Final
from urllib.parse import urlsplit

import xlwings as xw

from addin.desktop import dialogs, remedies, sign_in
from addin.desktop.refusals import Refusal
from addin.desktop.service import Service
from addin.desktop.service_refusals import Refused

PROGRAM: Final = "Excel"
TITLE: Final = "Sign in"
SIGN_IN: Final = "Sign in"
SIGNED_IN: Final = "I have signed in"
ANOTHER_CODE: Final = "Get another code"
NOBODY_YET: Final = "Nobody has signed in on the page with this code yet.\n\n"
NOT_SIGNED_IN: Final = "You are not signed in. Nothing was recorded."

CODE_UNUSABLE: Final = "device-code-unusable"


def offer_sign_in(book: xw.Book, service: Service, refusal: Refusal) -> bool:
    """Offer to sign in after a refusal that needs it, and return whether somebody is signed in now. Raises Refusal.

    The box asks the service only when it is closed, so Excel waits for the person and never for the service.
    """
    book.app.status_bar = refusal.title
    text, label = remedies.text_of(refusal), SIGN_IN
    while _agrees(book, text, label):
        begun = sign_in.begin(service, PROGRAM)
        state = _wait_in_boxes(book, service, begun)
        if state is None:
            break
        if state:
            me = service.session()
            book.app.status_bar = f"Signed in as {me['name']} ({me['role']})."
            return True
        text, label = "The code was refused on the page, or its time is over.", ANOTHER_CODE
    book.app.status_bar = NOT_SIGNED_IN
    return False


def _agrees(book: xw.Book, text: str, label: str) -> bool:
    chosen = remedies.choose_in_box(book.app, text, [{"label": label}], dialogs.box_title(TITLE))
    return chosen is not None


def _wait_in_boxes(book: xw.Book, service: Service, begun: sign_in.SignIn) -> bool | None:
    """Show the code until the person has signed in; return whether that is so, ``None`` if the person canceled.

    The service is asked once each time the person says so, and not more often than it allows.
    """
    is_open = _open_page(begun.page)
    text, remark, may_ask_at = _text_of(begun, is_open=is_open), "", 0.0
    while _agrees(book, remark + text, SIGNED_IN):
        time.sleep(max(0.0, may_ask_at - time.monotonic()))
        try:
            if sign_in.is_finished(service, begun):
                return True
        except Refused as refusal:
            if refusal.code == CODE_UNUSABLE:
                return False
            raise
        may_ask_at, remark = time.monotonic() + begun.interval_seconds, NOBODY_YET
    return None


def _open_page(page: str) -> bool:
    """Open the page in the browser, and return whether a browser says that it is open.

    Only addresses of pages: on Windows, the system would start whatever else it is given.
    """
    try:
        return urlsplit(page).scheme in {"http", "https"} and webbrowser.open(page)
    except (OSError, webbrowser.Error):
        return False


def _text_of(begun: sign_in.SignIn, *, is_open: bool) -> str:
    address, code = begun.page.partition("?")[0], begun.user_code
    where = (
        f"A page has opened in the browser. If you see none, type this address there: {address}"
        if is_open
        else f"No browser could be opened. Type this address in a browser: {address}"
    )
    return f"{where}\n\nSign in on that page. It must show this code:\n\n{code}\n\nApprove it there, then come back here."

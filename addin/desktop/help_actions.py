"""Help in the desktop add-in: the guide in the browser, and the details that support needs."""

import platform
import subprocess
import sys
import webbrowser
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Final

import xlwings as xw

from addin.desktop import dialogs, remedies, sign_in, sign_in_boxes
from addin.desktop.refusals import Refusal
from addin.desktop.service import Service
from addin.desktop.service_refusals import Refused

GUIDE: Final = "help.guide"
SUPPORT: Final = "help.support"
ACCOUNT: Final = "help.account"
GUIDE_PATH: Final = "/office/help.html"

NO_USERS: Final = "This ledger has no users, so nobody signs in."

CLIPBOARD_COMMANDS: Final = {"win32": "clip", "darwin": "pbcopy"}
"""The program of the system that puts what it reads on the clipboard."""


def open_guide(book: xw.Book, service: Service) -> None:
    """Open the guide in the browser. It says which keys press the buttons."""
    address = f"{service.url}{GUIDE_PATH}"
    is_open = webbrowser.open(address)
    book.app.status_bar = "The guide is open in the browser." if is_open else f"The guide is at {address}"


def show_account(book: xw.Book, service: Service) -> None:
    """Show who is signed in, and sign that person out if wanted; let somebody sign in where nobody is. Raises Refusal."""
    try:
        me = service.session()
    except Refused as refusal:
        if refusal.code not in sign_in.NEEDED:
            raise
        sign_in_boxes.offer_sign_in(book, service, refusal)
        return
    title = dialogs.box_title("Who is signed in")
    if not me["has_users"]:
        book.app.status_bar = False
        dialogs.pressed_button(book.app, NO_USERS, title, "ok")
        return
    said = "\n\n".join([f"You are signed in as {me['name']} ({me['role']}).", *me["notes"]])
    book.app.status_bar = said.partition("\n")[0]
    if remedies.choose_in_box(book.app, said, [{"label": "Sign out"}], title):
        service.sign_out()
        book.app.status_bar = "You are signed out."


ACTS: Final[Mapping[str, Callable[[xw.Book, Service], None]]] = {GUIDE: open_guide, ACCOUNT: show_account}
"""What the buttons do that need a service, and nobody who is signed in."""


def show_details(book: xw.Book, service_of: Callable[[], Service]) -> None:
    """Show the details that support needs, and copy them if the person wants that.

    Who is signed in is shown and not copied. ``service_of`` returns a client of the service, if its settings are right.
    """
    text = support_details(book)
    offered = [{"label": "Copy these details"}]
    who = _who_is_signed_in(service_of)
    said = f"{text}\n\nVersions only: no names, no amounts, nothing of a sheet.{who}"
    if remedies.choose_in_box(book.app, said, offered, dialogs.box_title("Details for support")):
        is_copied = _copy_text(text)
        book.app.status_bar = "The details are copied." if is_copied else "The details could not be copied."


def support_details(book: xw.Book) -> str:
    """Return versions as lines of text: nothing of a sheet, a clinic or a person."""
    return "\n".join(
        [
            f"Clinic Ledger {version('clinic-ledger')}",
            f"Excel {book.app.version}, desktop add-in, xlwings {xw.__version__}",
            f"Python {platform.python_version()}, {platform.system()} {platform.release()}",
        ]
    )


def _who_is_signed_in(service_of: Callable[[], Service]) -> str:
    """Return who is signed in as a paragraph, "" if there are no users or the service does not say. It never has the token."""
    try:
        with service_of() as service:
            me = service.session()
    except Refused as refusal:
        return "\n\nNobody is signed in." if refusal.code in sign_in.NEEDED else ""
    except Refusal:
        return ""
    return f"\n\nSigned in: {me['name']} ({me['role']}). This line is not copied." if me["has_users"] else ""


def _copy_text(text: str) -> bool:
    """Put a text on the clipboard; return whether that worked."""
    command = CLIPBOARD_COMMANDS.get(sys.platform)
    if command is None:
        return False
    return subprocess.run([command], input=text.encode(), check=False).returncode == 0  # noqa: S603 - of the system

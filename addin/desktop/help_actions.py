"""Help in the desktop add-in: the guide in the browser, and the details that support needs."""

import platform
import subprocess
import sys
import webbrowser
from importlib.metadata import version
from typing import Final

import xlwings as xw

from addin.desktop import dialogs, remedies
from addin.desktop.service import Service

GUIDE: Final = "help.guide"
SUPPORT: Final = "help.support"
GUIDE_PATH: Final = "/office/help.html"

CLIPBOARD_COMMANDS: Final = {"win32": "clip", "darwin": "pbcopy"}
"""The program of the system that puts what it reads on the clipboard."""


def open_guide(book: xw.Book, service: Service) -> None:
    """Open the guide in the browser. It says which keys press the buttons."""
    address = f"{service.url}{GUIDE_PATH}"
    is_open = webbrowser.open(address)
    book.app.status_bar = "The guide is open in the browser." if is_open else f"The guide is at {address}"


def show_details(book: xw.Book) -> None:
    """Show the details that support needs, and copy them if the person wants that."""
    text = support_details(book)
    offered = [{"label": "Copy these details"}]
    said = f"{text}\n\nVersions only: no names, no amounts, nothing of a sheet."
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


def _copy_text(text: str) -> bool:
    """Put a text on the clipboard; return whether that worked."""
    command = CLIPBOARD_COMMANDS.get(sys.platform)
    if command is None:
        return False
    return subprocess.run([command], input=text.encode(), check=False).returncode == 0  # noqa: S603 - of the system

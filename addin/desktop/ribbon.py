"""What Excel calls: ``RunPython "from addin.desktop import ribbon; ribbon.run('payroll.check')"``."""

import logging
import os
import sys
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.desktop import bridge, conversation, handed_files, native
from addin.desktop.install_settings import Settings
from addin.desktop.refusals import Refusal
from addin.desktop.service import Service

COM_ATTEMPTS = 100_000
"""How often one call into Excel is tried. xlwings would try forever, and keep one core busy, while a biller
types in a cell. In a test, a million tries took one second; across processes, as in Excel, a try takes longer."""

NAME = "Clinic Ledger"
log = logging.getLogger(__name__)


def run(button: str) -> None:
    """Carry out a click in the workbook that made it, and show the result in Excel.

    If Excel does not accept the result either, the process ends with one sentence, which the macro that
    started it shows.
    """
    _limit_retries()
    try:
        _carry_out_click(button, xw.Book.caller())
    except Exception as error:  # noqa: BLE001 - a traceback helps no biller, and may show patients
        _log_failure(button, error)
        raise SystemExit(f"{NAME}: {_failure_text(button, error)}") from None


def _carry_out_click(button: str, book: xw.Book) -> None:
    try:
        with Settings.of(Path.home()).service(os.environ) as service:
            _show_summary(book, *_press_button(book, button, service))
    except Refusal as refusal:
        book.app.status_bar = refusal.title
        _show_alert(book.app, refusal.title, f"{refusal.sentence}\n\n{refusal.remedy}".strip())
    except Exception as error:  # noqa: BLE001 - as in run
        _log_failure(button, error)
        book.app.status_bar = False
        _show_alert(book.app, "Something went wrong", _failure_text(button, error))


def _failure_text(button: str, error: Exception) -> str:
    return (
        f"Excel could not finish {button} ({type(error).__name__}).\n\n"
        "If a cell is being edited, press Enter, and press the button again."
    )


def _log_failure(button: str, error: Exception) -> None:
    log.error("%s failed: %s", button, type(error).__name__)


def _press_button(book: xw.Book, button: str, service: Service) -> tuple[dict[str, Any], Path | None]:
    book.app.status_bar = f"{NAME}: working…"
    table = service.ribbon()
    reply = conversation.answer_to(
        button, lambda asked: bridge.read_request(book, button, table, asked_sheets=asked), service
    )
    output = service.fetch_output(reply["output"]["url"]) if reply.get("output") else None
    file = handed_files.save_handed_file(reply, service, handed_files.folder_beside(book))
    with book.app.properties(screen_updating=False):
        bridge.apply_reply(book, reply, output)
    return reply, file


def _show_summary(book: xw.Book, reply: dict[str, Any], file: Path | None) -> None:
    book.app.status_bar = reply["summary"]
    if file:
        _show_alert(book.app, NAME, "\n\n".join([reply["summary"], *_remarks_of(reply), f"Saved as {file}"]))
        return
    if reply.get("asks"):
        _show_alert(
            book.app, NAME, f"{reply['summary']}\n\nFill in the Settings sheet and press the button again."
        )
    elif reply.get("level") == "blocked" or native.speaks_applescript(book):
        # On a Mac, xlwings clears the status bar when Python ends, so the summary would not be visible there.
        _show_alert(book.app, NAME, reply["summary"])


def _remarks_of(reply: dict[str, Any]) -> list[str]:
    """Return the remarks of a reply that hands over a file: no sheet shows them."""
    return [f"{found['message']} {found['remedy']}" for found in reply.get("findings") or ()]


def _show_alert(app: xw.App, title: str, text: str) -> None:
    app.alert(text, title=f"{NAME}: {title}" if title != NAME else NAME)


def _limit_retries() -> None:
    if sys.platform == "win32":
        from xlwings import _xlwindows  # noqa: PLC0415 - exists on Windows only

        _xlwindows.N_COM_ATTEMPTS = COM_ATTEMPTS

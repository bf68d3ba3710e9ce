"""What Excel calls: ``RunPython "from addin.desktop import ribbon; ribbon.run('payroll.check')"``."""

import logging
import os
import sys
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.desktop import bridge, conversation, native
from addin.desktop.install_settings import Settings
from addin.desktop.refusals import Refusal
from addin.desktop.service import Service

COM_ATTEMPTS = 100_000
"""Tries of one call into Excel before giving up. xlwings would try for ever, a core spinning, while a biller
types in a cell. In a trial a million tries took a second; across processes, as in Excel, one takes longer."""

NAME = "Clinic Ledger"
log = logging.getLogger(__name__)


def run(button: str) -> None:
    """Carry out a click in the workbook that made it, and say in Excel what came of it.

    Where Excel does not even let itself be told, the process ends with one sentence, which the macro
    that started it shows.
    """
    _limit_retries()
    try:
        _click(button, xw.Book.caller())
    except Exception as error:  # noqa: BLE001 - a traceback helps no biller, and may show patients
        _log(button, error)
        raise SystemExit(f"{NAME}: {_unfinished(button, error)}") from None


def _click(button: str, book: xw.Book) -> None:
    try:
        with Settings.of(Path.home()).service(os.environ) as service:
            _tell(book, _press(book, button, service))
    except Refusal as refusal:
        book.app.status_bar = refusal.title
        _alert(book.app, refusal.title, f"{refusal.sentence}\n\n{refusal.remedy}".strip())
    except Exception as error:  # noqa: BLE001 - as in run
        _log(button, error)
        book.app.status_bar = False
        _alert(book.app, "Something went wrong", _unfinished(button, error))


def _unfinished(button: str, error: Exception) -> str:
    return (
        f"Excel could not finish {button} ({type(error).__name__}).\n\n"
        "If a cell is being edited, press Enter, and press the button again."
    )


def _log(button: str, error: Exception) -> None:
    log.error("%s failed: %s", button, type(error).__name__)


def _press(book: xw.Book, button: str, service: Service) -> dict[str, Any]:
    book.app.status_bar = f"{NAME}: working…"
    table = service.ribbon()
    reply = conversation.answer_to(
        button, lambda asked: bridge.read(book, button, table, asked_sheets=asked), service
    )
    output = service.output(reply["output"]["url"]) if reply.get("output") else None
    with book.app.properties(screen_updating=False):
        bridge.apply(book, reply, output)
    return reply


def _tell(book: xw.Book, reply: dict[str, Any]) -> None:
    book.app.status_bar = reply["summary"]
    if reply.get("asks"):
        _alert(
            book.app, NAME, f"{reply['summary']}\n\nFill in the Settings sheet and press the button again."
        )
    elif reply.get("level") == "blocked" or native.speaks_applescript(book):
        # On a Mac xlwings clears the status bar when Python ends, so nobody would see the summary there.
        _alert(book.app, NAME, reply["summary"])


def _alert(app: xw.App, title: str, text: str) -> None:
    app.alert(text, title=f"{NAME}: {title}" if title != NAME else NAME)


def _limit_retries() -> None:
    if sys.platform == "win32":
        from xlwings import _xlwindows  # noqa: PLC0415 - exists on Windows only

        _xlwindows.N_COM_ATTEMPTS = COM_ATTEMPTS

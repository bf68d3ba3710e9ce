"""What Excel calls: ``RunPython "from addin.desktop import ribbon; ribbon.run('payroll.check')"``."""

import logging
import sys
from typing import Any

import xlwings as xw

from addin.desktop import bridge
from addin.desktop.refusals import Refusal
from addin.desktop.service import Service

COM_ATTEMPTS = 2_000
"""Tries before giving up while a biller is still typing in a cell. xlwings would try for ever."""

NAME = "Clinic Ledger"
log = logging.getLogger(__name__)


def run(button: str) -> None:
    """Carry out a click in the workbook that made it. Says everything in Excel; raises nothing."""
    _limit_retries()
    book = xw.Book.caller()
    try:
        with Service() as service:
            _tell(book.app, _press(book, button, service))
    except Refusal as refusal:
        book.app.status_bar = refusal.title
        _alert(book.app, refusal.title, f"{refusal.sentence}\n\n{refusal.remedy}")
    except Exception as error:  # noqa: BLE001 - a traceback helps no biller, and may show patients
        log.error("%s failed: %s", button, type(error).__name__)  # noqa: TRY400 - nor does it belong in a log
        book.app.status_bar = False
        _alert(
            book.app,
            "Something went wrong",
            f"Excel could not finish {button} ({type(error).__name__}).\n\n"
            "If a cell is being edited, press Enter, and press the button again.",
        )


def _press(book: xw.Book, button: str, service: Service) -> dict[str, Any]:
    book.app.status_bar = f"{NAME}: working…"
    reply = service.press(button, bridge.read(book, button, service.ribbon()))
    output = service.output(reply["output"]["url"]) if reply.get("output") else None
    with book.app.properties(screen_updating=False):
        bridge.apply(book, reply, output)
    return reply


def _tell(app: xw.App, reply: dict[str, Any]) -> None:
    app.status_bar = reply["summary"]
    if reply.get("asks"):
        _alert(app, NAME, f"{reply['summary']}\n\nFill in the Settings sheet and press the button again.")
    elif reply.get("level") == "blocked":
        _alert(app, NAME, reply["summary"])


def _alert(app: xw.App, title: str, text: str) -> None:
    app.alert(text, title=f"{NAME}: {title}" if title != NAME else NAME)


def _limit_retries() -> None:
    if sys.platform == "win32":
        from xlwings import _xlwindows  # noqa: PLC0415 - exists on Windows only

        _xlwindows.N_COM_ATTEMPTS = COM_ATTEMPTS

"""What Excel calls: ``RunPython "from addin.desktop import ribbon; ribbon.run('payroll.check')"``."""

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.desktop import bridge, conversation, dialogs, handed_files, native
from addin.desktop.install_settings import Settings
from addin.desktop.refusals import Canceled, QuestionsOpen, Refusal, UnusableReply
from addin.desktop.service import Service

COM_ATTEMPTS = 100_000
"""How often one call into Excel is tried. xlwings would try forever, and keep one core busy, while a biller
types in a cell. In a test, a million tries took one second; across processes, as in Excel, a try takes longer."""

MOST_QUESTIONS = 20
"""How often one click may ask. No button asks half as often."""

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
            _show_summary(book, _press_button(book, button, service))
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


@dataclass(frozen=True, slots=True)
class _Answer:
    """A reply, the selection that was sent for it, and where the file that it hands over was saved, if it does."""

    reply: dict[str, Any]
    selection: Mapping[str, Any]
    file: Path | None


@dataclass(frozen=True, slots=True)
class _Click:
    """One press of a button, with every request that its questions need."""

    book: xw.Book
    row: Mapping[str, Any]
    table: Mapping[str, Any]
    service: Service

    @property
    def label(self) -> str:
        """Return what the button says."""
        return str(self.row.get("label") or self.row["id"])

    def carry_out(self) -> _Answer:
        """Press the button, ask the questions of its answers in message boxes, and return the last answer.

        If a box cannot ask them, they are on the question sheet when this returns, and pressing the button again
        answers them. Raises Refusal.
        """
        form = bridge.find_form(self.book, self.row["id"], self.row["reads"])
        if form and (waiting := form.open_questions()):
            form.sheet.activate()
            raise QuestionsOpen(waiting, form.sheet.name, self.label)
        answers, selection = (form.answers(), form.selection) if form else ({}, None)
        for _ in range(MOST_QUESTIONS):
            answer = self._send(answers, selection)
            selection = answer.selection
            if not (answer.reply.get("asks") or {}).get("fields"):
                if form:
                    bridge.remove_form(self.book)
                return answer
            if not dialogs.fit_boxes(answer.reply):
                with self.book.app.properties(screen_updating=False):
                    bridge.show_form(self.book, self.row, answer.reply["asks"], answers, selection)
                return answer
            given = dialogs.ask_in_boxes(self.book.app, answer.reply, _box_title(self.label))
            if given is None:
                if form:
                    bridge.remove_form(self.book)
                raise Canceled(self.label)
            answers = {**answers, **given}
        raise UnusableReply("It asks again and again.")

    def _send(self, answers: Mapping[str, Any], selection: Mapping[str, Any] | None) -> _Answer:
        """Press the button with answers, apply the reply, and save the file that it hands over.

        Each press is a new request with an id of its own, so a request that is sent twice is recorded once.
        """
        sent: dict[str, Any] = {}

        def read(asked: Sequence[str]) -> dict[str, Any]:
            sent.update(
                bridge.read_request(
                    self.book, self.row["id"], self.table, answers, asked_sheets=asked, selection=selection
                )
            )
            return dict(sent)

        reply = conversation.answer_to(self.row["id"], read, self.service)
        output = self.service.fetch_output(reply["output"]["url"]) if reply.get("output") else None
        file = handed_files.save_handed_file(reply, self.service, handed_files.folder_beside(self.book))
        with self.book.app.properties(screen_updating=False):
            bridge.apply_reply(self.book, reply, output)
        return _Answer(reply, sent["selection"], file)


def _press_button(book: xw.Book, button: str, service: Service) -> _Answer:
    book.app.status_bar = f"{NAME}: working…"
    table = service.ribbon()
    return _Click(book, bridge.button_row(button, table), table, service).carry_out()


def _show_summary(book: xw.Book, answer: _Answer) -> None:
    reply = answer.reply
    asks = reply.get("asks")
    book.app.status_bar = asks["title"] if asks and asks.get("title") else reply["summary"]
    if answer.file:
        saved = f"Saved as {answer.file}"
        _show_alert(book.app, NAME, "\n\n".join([reply["summary"], *_remarks_of(reply), saved]))
    elif asks:
        sheet = book.sheets.active
        text = f"{asks.get('title') or reply['summary']}\n\n{sheet.range('A2').value}"
        _show_alert(book.app, NAME, text)
    elif reply.get("level") == "blocked" or native.speaks_applescript(book):
        # On a Mac, xlwings clears the status bar when Python ends, so the summary would not be visible there.
        _show_alert(book.app, NAME, reply["summary"])


def _remarks_of(reply: dict[str, Any]) -> list[str]:
    """Return the remarks of a reply that hands over a file: no sheet shows them."""
    return [f"{found['message']} {found['remedy']}" for found in reply.get("findings") or ()]


def _show_alert(app: xw.App, title: str, text: str) -> None:
    dialogs.pressed_button(app, text, _box_title(title), "ok")


def _box_title(title: str) -> str:
    return f"{NAME}: {title}" if title != NAME else NAME


def _limit_retries() -> None:
    if sys.platform == "win32":
        from xlwings import _xlwindows  # noqa: PLC0415 - exists on Windows only

        _xlwindows.N_COM_ATTEMPTS = COM_ATTEMPTS

"""What Excel calls: ``RunPython "from addin.desktop import ribbon; ribbon.run('payroll.check')"``."""

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.desktop import (
    bridge,
    dialogs,
    help_actions,
    native,
    remedies,
    service_start,
    sign_in,
    sign_in_boxes,
)
from addin.desktop.bridge import WaitingClick
from addin.desktop.click import Answer, Click
from addin.desktop.dialogs import NAME
from addin.desktop.install_settings import OWN_FOLDER, Settings
from addin.desktop.refusals import Canceled, Refusal
from addin.desktop.service import Service
from addin.desktop.service_refusals import Refused, ServiceNotRunning

COM_ATTEMPTS = 100_000
"""How often one call into Excel is tried. xlwings would try forever, and keep one core busy, while a biller
types in a cell. In a test, a million tries took one second; across processes, as in Excel, a try takes longer."""

MOST_CLICKS = 20
"""How many clicks one press may lead to. Each needs a choice in a message box."""

RESUMED = {"resumed": "yes"}
"""The input of a click that goes on by itself: the service then records nothing that was not shown (docs/contracts.md#remedies)."""

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
        if button == help_actions.SUPPORT:
            help_actions.show_details(book, lambda: Settings.of(Path.home()).service(os.environ))
            return
        book.app.status_bar = f"{NAME}: working…"
        with Settings.of(Path.home()).service(os.environ) as service:
            _carry_out_with(button, book, service)
    except Refusal as refusal:
        book.app.status_bar = refusal.title
        _show_alert(book.app, refusal.title, remedies.text_of(refusal))
    except Exception as error:  # noqa: BLE001 - as in run
        _log_failure(button, error)
        book.app.status_bar = False
        _show_alert(book.app, "Something went wrong", _failure_text(button, error))


def _carry_out_with(button: str, book: xw.Book, service: Service) -> None:
    own_act = help_actions.ACTS.get(button)
    if own_act and service.is_running():
        own_act(book, service)  # also for somebody who is not signed in
        return
    table = _table_of(book, service)
    if table is None:
        return
    if own_act:
        own_act(book, service)
    else:
        _Sequence(book, table, service).carry_out(button)


def current_time() -> datetime:
    """Return the time by which a waiting click expires."""
    return datetime.now(UTC)


def _failure_text(button: str, error: Exception) -> str:
    return (
        f"Excel could not finish {button} ({type(error).__name__}).\n\n"
        "If a cell is being edited, press Enter, and press the button again."
    )


def _log_failure(button: str, error: Exception) -> None:
    log.error("%s failed: %s", button, type(error).__name__)


@dataclass(frozen=True, slots=True)
class _Step:
    """A click to carry out, the click that goes on afterward if this one is a remedy, and what offered it then."""

    click: Click
    resumes: WaitingClick | None = None
    offered_by: "_Offer | None" = None


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a message box offers after a click: its remedies, or the way to them on the question sheet."""

    step: _Step
    text: str
    title: str
    offered: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Sequence:
    """The clicks of one press: the button, the remedies that are chosen, and what goes on after them."""

    book: xw.Book
    table: Mapping[str, Any]
    service: Service

    def carry_out(self, button: str) -> None:
        """Press a button, show its result and what it offers, and carry on with what is chosen. Raises Refusal."""
        waiting = bridge.click_waiting_for(self.book, button, current_time())
        step: _Step | None = _Step(self._click_of(button), waiting)
        for _ in range(MOST_CLICKS):
            if step is None:
                return
            step = self._next_step(step)

    def _click_of(self, button: str) -> Click:
        return Click(self.book, bridge.button_row(button, self.table), self.table, self.service)

    def _next_step(self, step: _Step) -> _Step | None:
        """Carry out a click and return the next one, ``None`` if it is the person's turn."""
        click = step.click
        self.book.app.status_bar = f"{NAME}: working…"
        try:
            click.take_form()
            if chosen := remedies.take_chosen(click.answers):
                click.remove_form()
                offered = remedies.offered_on_form(click.asked)
                title = dialogs.box_title(click.label)
                return self._remedy(_Offer(step, remedies.WHAT_YOU_CAN_DO, title, offered), chosen)
            answer = click.carry_out()
        except Canceled as canceled:
            return self._step_after_cancel(step, canceled)
        except Refusal as refusal:
            return self._step_after_refusal(step, refusal)
        return self._step_after(step, answer)

    def _step_after_cancel(self, step: _Step, canceled: Canceled) -> _Step | None:
        """Return to what offered a remedy that was canceled. Raises the cancel again if nothing did in this press."""
        bridge.forget_waiting(self.book)
        if step.resumes is not None:
            bridge.put_in_front(self.book, step.resumes.front)
        if step.offered_by is None:
            raise canceled
        return self._chosen_step(step.offered_by, f"{canceled.sentence}\n\n")

    def _step_after_refusal(self, step: _Step, refusal: Refusal) -> _Step | None:
        """Return what is chosen of what a refusal offers. Raises it again if it offers nothing.

        Where somebody has to sign in first, the same request is sent again afterward. If the click was a remedy, what it was to lead to waits until its button is pressed once more.
        """
        if step.resumes is not None:
            bridge.keep_waiting(self.book, step.resumes, step.click.button, current_time())
        if refusal.code in sign_in.NEEDED:
            return step if sign_in_boxes.offer_sign_in(self.book, self.service, refusal) else None
        offered = remedies.offered_by_refusal(refusal, self._allowed_table())
        if not offered:
            raise refusal
        self.book.app.status_bar = refusal.title
        title = dialogs.box_title(refusal.title)
        return self._chosen_step(_Offer(step, remedies.text_of(refusal), title, offered))

    def _step_after(self, step: _Step, answer: Answer) -> _Step | None:
        """Return the click that goes on after an answer, or the remedy that is chosen for its findings."""
        reply = answer.reply
        onward = self._next_words(reply)
        if step.resumes is not None:
            is_done = reply.get("level") != "blocked" and not answer.has_questions
            after = (reply.get("next") or step.resumes.button) if is_done else step.click.button
            if after == step.resumes.button and is_done:
                return self._resume(step.resumes)
            bridge.keep_waiting(self.book, step.resumes, after, current_time())
            goes_on = self._label_of(step.resumes.button)
            onward = f" After {self._label_of(after)}, {goes_on} goes on by itself."
        offered = [] if answer.has_questions else remedies.offered_by_findings(reply, self._allowed_table())
        if not offered:
            _show_summary(self.book, answer, onward)
            return None
        self.book.app.status_bar = reply["summary"]
        title = dialogs.box_title(step.click.label)
        return self._chosen_step(_Offer(step, reply["summary"], title, offered))

    def _allowed_table(self) -> Mapping[str, Any]:
        """Return the ribbon table with the buttons that the person may press, with all of them if nobody knows."""
        try:
            allowed = set(self.service.session()["buttons"])
        except (Refusal, KeyError):
            return self.table
        return {**self.table, "button": [row for row in self.table["button"] if row["id"] in allowed]}

    def _label_of(self, button: str) -> str:
        """Return what a button says, its id if the ribbon does not have it."""
        labels = {row["id"]: row.get("label") or row["id"] for row in self.table["button"]}
        return str(labels.get(button, button))

    def _next_words(self, reply: Mapping[str, Any]) -> str:
        """Return the next step of the work in words, as `` Next: Generate payroll.``, "" if there is none."""
        onward = reply.get("next")
        is_known = any(row["id"] == onward for row in self.table["button"])
        if not (onward and is_known):
            return ""
        is_allowed = any(row["id"] == onward for row in self._allowed_table()["button"])
        return f" Next: {self._label_of(onward)}." if is_allowed else ""

    def _chosen_step(self, offer: _Offer, remark: str = "") -> _Step | None:
        """Return the step that a person chooses in a box, ``None`` if it is the person's turn in the workbook."""
        app = self.book.app
        is_short = len(offer.offered) <= remedies.MOST_IN_A_BOX
        listed: Mapping[str, Any] = {"label": remedies.CHOOSE_ON_SHEET}
        chosen = remedies.choose_in_box(
            app, remark + offer.text, offer.offered if is_short else [listed], offer.title
        )
        if chosen is listed:
            offer.step.click.show_form(remedies.as_questions(offer.offered))
        elif chosen and "show" in chosen:
            app.status_bar = remedies.show_cell(self.book, chosen["show"]) or app.status_bar
        elif chosen and "again" in chosen:
            return offer.step
        elif chosen:
            return self._remedy(offer, chosen)
        else:
            bridge.forget_waiting(self.book)
        return None

    def _remedy(self, offer: _Offer, remedy: Mapping[str, Any]) -> _Step:
        """Return the click on a remedy. Afterward the click that offered it goes on, and then what would have gone on after
        that; nothing, if the remedy says that it is the person's turn.
        """
        click, front = offer.step.click, self.book.sheets.active.name
        bridge.forget_waiting(self.book)
        about = bridge.in_front(self.book).name
        waiting = WaitingClick(click.button, about, click.selection, click.answers, front, offer.step.resumes)
        pressed = self._click_of(remedy["button"])
        pressed.answers = dict(remedy.get("inputs") or {})
        return _Step(pressed, waiting if remedy.get("resumes", True) else None, offer)

    def _resume(self, waiting: WaitingClick) -> _Step:
        """Return the click that waited, about the sheet that it was about."""
        bridge.forget_waiting(self.book)
        click = self._click_of(waiting.button)
        click.answers, click.selection = {**waiting.inputs, **RESUMED}, waiting.selection
        click.about = waiting.about
        return _Step(click, waiting.resumes)


def _table_of(book: xw.Book, service: Service) -> Mapping[str, Any] | None:
    """Return the ribbon table. A service of this computer that is not running is started first. Somebody who is not signed in
    can do so, and ``None`` is returned if the person does not want to.
    """
    try:
        return _table_once_signed_in(book, service)
    except ServiceNotRunning:
        home = Path.home()
        command = Settings.of(home).start_command(os.environ)
        if not command:
            raise
        book.app.status_bar = f"{NAME}: starting, which takes some seconds…"
        service_start.start_service(service, command, home / OWN_FOLDER)
        book.app.status_bar = f"{NAME}: working…"
        return _table_once_signed_in(book, service)


def _table_once_signed_in(book: xw.Book, service: Service) -> Mapping[str, Any] | None:
    try:
        return service.ribbon()
    except Refused as refusal:
        if refusal.code not in sign_in.NEEDED:
            raise
        return service.ribbon() if sign_in_boxes.offer_sign_in(book, service, refusal) else None


def _show_summary(book: xw.Book, answer: Answer, next_words: str = "") -> None:
    reply = answer.reply
    asks = reply.get("asks")
    said = asks["title"] if asks and asks.get("title") else reply["summary"]
    book.app.status_bar = said if asks and " goes on by itself." not in next_words else f"{said}{next_words}"
    if answer.file:
        saved = f"Saved as {answer.file}"
        _show_alert(book.app, NAME, "\n\n".join([reply["summary"], *_remarks_of(reply), saved]))
    elif asks:
        sheet = book.sheets.active
        text = f"{asks.get('title') or reply['summary']}\n\n{sheet.range('A2').value}"
        _show_alert(book.app, NAME, text)
    elif reply.get("level") == "blocked" or native.speaks_applescript(book):
        # On a Mac, xlwings clears the status bar when Python ends, so the summary would not be visible there.
        _show_alert(book.app, NAME, f"{reply['summary']}{next_words}")


def _remarks_of(reply: dict[str, Any]) -> list[str]:
    """Return the remarks of a reply that hands over a file: no sheet shows them."""
    return [f"{found['message']} {found['remedy']}" for found in reply.get("findings") or ()]


def _show_alert(app: xw.App, title: str, text: str) -> None:
    dialogs.pressed_button(app, text, dialogs.box_title(title), "ok")


def _limit_retries() -> None:
    if sys.platform == "win32":
        from xlwings import _xlwindows  # noqa: PLC0415 - exists on Windows only

        _xlwindows.N_COM_ATTEMPTS = COM_ATTEMPTS

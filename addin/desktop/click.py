"""One click in Excel: a press of a button, with every request that its questions need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.desktop import bridge, conversation, dialogs, documents, handed_files
from addin.desktop.refusals import Canceled, QuestionsOpen, SheetGone, UnusableReply
from addin.desktop.service import Service

MOST_QUESTIONS = 20
"""How often one click may ask. No button asks half as often."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, and where the file that it hands over was saved, if it does."""

    reply: dict[str, Any]
    file: Path | None

    @property
    def has_questions(self) -> bool:
        """Return whether questions wait for answers, on the question sheet."""
        return bool((self.reply.get("asks") or {}).get("fields"))


@dataclass(slots=True)
class Click:
    """One press of a button. ``answers`` and ``selection`` are what it was given and has asked so far."""

    book: xw.Book
    row: Mapping[str, Any]
    table: Mapping[str, Any]
    service: Service
    answers: dict[str, Any] = field(default_factory=dict)
    selection: Mapping[str, Any] | None = None
    about: str = ""
    """The sheet that it is about, "" for the one in front."""
    form_answered: bool = False
    asked: Sequence[bridge.Question] = ()
    """The questions of the question sheet that it answers."""
    unanswered: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)
    """The requests that were sent since the last answer, by the sheets that were asked for. Trying again sends them once more."""

    @property
    def button(self) -> str:
        """Return the id of the button."""
        return str(self.row["id"])

    @property
    def label(self) -> str:
        """Return what the button says."""
        return str(self.row.get("label") or self.button)

    def take_form(self) -> None:
        """Take the answers of the question sheet, if it asks for this button. Raises QuestionsOpen while answers are missing."""
        form = bridge.find_form(self.book, self.row)
        if form is None:
            return
        if waiting := form.open_questions():
            form.sheet.activate()
            raise QuestionsOpen(waiting, form.sheet.name, self.label)
        self.answers = {**self.answers, **form.answers()}
        self.selection = form.selection
        self.asked = form.questions
        self.form_answered = True

    def carry_out(self) -> Answer:
        """Press the button, ask the questions of its answers in message boxes, and return the last answer.

        If a box cannot ask them, they are on the question sheet when this returns, and pressing the button again
        answers them. Raises Refusal, such as SheetGone if the sheet that it is about is no longer there.
        """
        if self.about and not bridge.put_in_front(self.book, self.about) and self.row["reads"] == "active":
            raise SheetGone(self.about, self.label)
        for _ in range(MOST_QUESTIONS):
            answer = self._send()
            if not answer.has_questions:
                self.remove_form()
                return answer
            if not dialogs.fit_boxes(answer.reply):
                self.show_form(answer.reply["asks"])
                return answer
            given = dialogs.ask_in_boxes(self.book.app, answer.reply, dialogs.box_title(self.label))
            if given is None:
                self.remove_form()
                raise Canceled(self.label)
            self.answers = {**self.answers, **given}
        raise UnusableReply("It asks again and again.")

    def remove_form(self) -> None:
        """Delete the question sheet if this click has used its answers. That of another button stays."""
        if self.form_answered:
            bridge.remove_form(self.book)

    def show_form(self, asks: Mapping[str, Any]) -> None:
        """Show questions on the question sheet. Pressing the button again answers them."""
        with self.book.app.properties(screen_updating=False):
            bridge.show_form(
                self.book, self.row, asks, self.answers, self.selection or {"sheet": "", "rows": []}
            )

    def _send(self) -> Answer:
        """Press the button with answers, apply the reply, and save the file that it hands over.

        Each press is a new request with an id of its own. After a failure, the same request is sent again: it may have been
        recorded, and is not recorded twice.
        """

        def read(asked: Sequence[str]) -> dict[str, Any]:
            if sent := self.unanswered.get(tuple(asked)):
                return sent
            request = bridge.read_request(
                self.book, self.button, self.table, self.answers, asked_sheets=asked, selection=self.selection
            )
            self.selection = request["selection"]
            self.unanswered[tuple(asked)] = documents.send_files(request, self.service)
            return self.unanswered[tuple(asked)]

        reply = conversation.answer_to(self.button, read, self.service)
        output = self.service.fetch_output(reply["output"]["url"]) if reply.get("output") else None
        file = handed_files.save_handed_file(reply, self.service, handed_files.folder_beside(self.book))
        with self.book.app.properties(screen_updating=False):
            bridge.apply_reply(self.book, reply, output)
        self.unanswered = {}
        return Answer(reply, file)

"""Presses buttons on a workbook file without Excel: the same requests and replies, then the file is saved."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.desktop import bridge, conversation, handed_files, headless
from addin.desktop.collector import collector_paused
from addin.desktop.files import Opened, bound_to, check_place, open_workbook
from addin.desktop.files.refusals import WouldLose, WouldOverwrite
from addin.desktop.refusals import BoundElsewhere, UnknownSheet
from addin.desktop.service import Service

CHOOSE_CLINIC = "clinic.choose"

Reply = dict[str, Any]
Inputs = Mapping[str, str | Path]
"""Answers by the names of their questions; a Path is a file to be sent."""


@dataclass(frozen=True, slots=True)
class PressResult:
    """The result of a click: the reply, the file that the workbook was saved to, and warnings about the file.

    ``file`` is where the file of the reply was saved, if it handed one over.
    """

    reply: Reply
    saved_to: Path | None
    warnings: tuple[str, ...] = ()
    file: Path | None = None


def press(  # noqa: PLR0913 - the options of ``clinicledger press``
    button: str,
    workbook: Path,
    *,
    service: Service,
    clinic: str | None = None,
    sheet: str | None = None,
    rows: Sequence[int] | None = None,
    inputs: Inputs | None = None,
    save_as: Path | None = None,
) -> PressResult:
    """Press one ribbon button on a workbook file and save the result. Raises Refusal.

    ``sheet`` is activated first; ``rows`` are the selected rows on it. Nothing is saved if the reply changes
    nothing. If the reply only asks a question, press again with the answers as ``inputs``.
    """
    with open_to_press(workbook, service=service, clinic=clinic, save_as=save_as) as book:
        reply = book.press(button, sheet=sheet, rows=rows, inputs=inputs)
        return PressResult(reply, book.save(), book.warnings, book.file)


@contextmanager
def open_to_press(
    workbook: Path, *, service: Service, clinic: str | None = None, save_as: Path | None = None
) -> Iterator["PressedBook"]:
    """Open a workbook file to press any number of buttons. Only ``save`` saves it.

    Opening and saving take most of the time of a click. When the service answers, it has already recorded
    what the button did: a program that presses many buttons and ends before it saves loses the results in the
    file only. ``clinic`` is used if the workbook is not bound to a clinic, and is bound when it is saved.
    Raises Refusal if the result could not be saved later: in place, next to a file that cannot hold the
    result, or at ``save_as``.
    """
    with collector_paused():
        opened = open_workbook(workbook)
        book = headless.show_workbook(opened)
        try:
            bound = bridge.clinic_of(book)
            if bound and clinic and bound != clinic:
                raise BoundElsewhere(clinic)
            yield PressedBook(book, opened, service, clinic, _target_path(opened, save_as, bound or clinic))
        finally:
            book.app.quit()


class PressedBook:
    """An open workbook file on which buttons are pressed."""

    def __init__(
        self, book: xw.Book, opened: Opened, service: Service, clinic: str | None, target: Path
    ) -> None:
        self.book = book
        """The workbook as the add-in sees it. Read it, or write into it before you press a button."""
        self._opened = opened
        self._service = service
        self._asked = clinic
        self._target = target
        self._changed = False
        self.file: Path | None = None
        """Where the file that the last reply handed over was saved: beside the workbook."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return remarks on the file, as sentences."""
        return self._opened.warnings

    @property
    def clinic(self) -> str | None:
        """Return the clinic of the workbook, or the one given at opening if it has none."""
        return bridge.clinic_of(self.book) or self._asked

    def press(
        self,
        button: str,
        *,
        sheet: str | None = None,
        rows: Sequence[int] | None = None,
        inputs: Inputs | None = None,
    ) -> Reply:
        """Press a button, apply the reply to the workbook, except its question, and return it. Raises Refusal."""
        self._activate_sheet(sheet)
        table = self._service.ribbon()
        all_inputs = self._with_clinic(button, inputs or {})

        def read_request(asked_sheets: Sequence[str]) -> dict[str, Any]:
            request = bridge.read_request(
                self.book, button, table, all_inputs, rows, asked_sheets=asked_sheets
            )
            request["workbook"]["clinic"] = self.clinic
            return request

        reply = conversation.answer_to(button, read_request, self._service)
        output = self._service.fetch_output(reply["output"]["url"]) if reply.get("output") else None
        self.file = handed_files.save_handed_file(reply, self._service, self._target.parent)
        self._changed |= bridge.apply_reply(self.book, reply, output)
        return reply

    def save(self) -> Path | None:
        """Save the workbook and return its path, or ``None`` if no button changed it since the last save."""
        if not self._changed:
            return None
        if self._asked and bridge.clinic_of(self.book) is None:
            bridge.bind_clinic(self.book, self._asked)  # it holds results of this clinic now
        self.book.save(self._target)
        self._changed = False
        return self._target

    def _activate_sheet(self, sheet: str | None) -> None:
        if sheet is None:
            return
        if sheet not in self.book.sheets:
            raise UnknownSheet(sheet, [known.name for known in self.book.sheets if known.visible])
        self.book.sheets[sheet].activate()

    def _with_clinic(self, button: str, inputs: Inputs) -> Inputs:
        if button == CHOOSE_CLINIC and self._asked:
            return {"clinic": self._asked, **inputs}
        return inputs


def _target_path(opened: Opened, save_as: Path | None, clinic: str | None) -> Path:
    """Return the path of the result. Refuses, before the click, a result that could not be saved after it."""
    target = save_as or (opened.path if opened.saves_in_place else opened.path.with_suffix(".xlsx"))
    if save_as is None and target == opened.path and opened.losses:
        raise WouldLose(target, ", ".join(opened.losses))
    if save_as is None and target != opened.path and target.exists() and bound_to(target) != (clinic or ""):
        raise WouldOverwrite(target)
    check_place(target, opened.workbook)
    return target

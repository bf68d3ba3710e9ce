"""Buttons pressed on a workbook file, without Excel: the same conversation, then the file is saved."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.desktop import bridge, conversation, headless
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
    """What came of a click: the reply, the file the workbook was saved to, and remarks on the file."""

    reply: Reply
    saved_to: Path | None
    warnings: tuple[str, ...] = ()


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
    """Press one ribbon button on a workbook file and save what came of it. Raises Refusal.

    ``sheet`` is put in front first, ``rows`` are what is selected on it. Nothing is saved where the
    reply changes nothing: a question alone is answered by pressing again with further ``inputs``.
    """
    with open_to_press(workbook, service=service, clinic=clinic, save_as=save_as) as book:
        reply = book.press(button, sheet=sheet, rows=rows, inputs=inputs)
        return PressResult(reply, book.save(), book.warnings)


@contextmanager
def open_to_press(
    workbook: Path, *, service: Service, clinic: str | None = None, save_as: Path | None = None
) -> Iterator["PressedBook"]:
    """Open a workbook file to press any number of buttons on; nothing is saved but by ``save``.

    Opening and saving is most of the time of a click. But the service has recorded what a button did
    when it answers, so a program that presses many and ends before it saves has lost the results only
    in the file. ``clinic`` stands in where the workbook is not bound to one, and is whose it is once
    saved. Raises Refusal for what could not be saved in the end: in place, beside a file that cannot
    hold the result, or ``save_as``.
    """
    with collector_paused():
        opened = open_workbook(workbook)
        book = headless.show(opened)
        try:
            bound = bridge.clinic_of(book)
            if bound and clinic and bound != clinic:
                raise BoundElsewhere(clinic)
            yield PressedBook(book, opened, service, clinic, _target(opened, save_as, bound or clinic))
        finally:
            book.app.quit()


class PressedBook:
    """A workbook file that is open to have buttons pressed on it."""

    def __init__(
        self, book: xw.Book, opened: Opened, service: Service, clinic: str | None, target: Path
    ) -> None:
        self.book = book
        """The workbook as the add-in sees it: to be read, and typed into before a button is pressed."""
        self._opened = opened
        self._service = service
        self._asked = clinic
        self._target = target
        self._changed = False

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return remarks on the file, as sentences."""
        return self._opened.warnings

    @property
    def clinic(self) -> str | None:
        """Return the clinic of the workbook, or the one that stands in for it."""
        return bridge.clinic_of(self.book) or self._asked

    def press(
        self,
        button: str,
        *,
        sheet: str | None = None,
        rows: Sequence[int] | None = None,
        inputs: Inputs | None = None,
    ) -> Reply:
        """Press a button and return the reply, put into the workbook but for its question. Raises Refusal."""
        self._show(sheet)
        table = self._service.ribbon()
        told = self._inputs(button, inputs or {})

        def read(asked_sheets: Sequence[str]) -> dict[str, Any]:
            request = bridge.read(self.book, button, table, told, rows, asked_sheets=asked_sheets)
            request["workbook"]["clinic"] = self.clinic
            return request

        reply = conversation.answer_to(button, read, self._service)
        output = self._service.output(reply["output"]["url"]) if reply.get("output") else None
        self._changed |= bridge.apply(self.book, reply, output, ask_in_sheet=False)
        return reply

    def save(self) -> Path | None:
        """Save the workbook and return where, ``None`` where no button changed it since."""
        if not self._changed:
            return None
        if self._asked and bridge.clinic_of(self.book) is None:
            bridge.bind(self.book, self._asked)  # it holds results of this clinic now, and is no other's
        self.book.save(self._target)
        self._changed = False
        return self._target

    def _show(self, sheet: str | None) -> None:
        if sheet is None:
            return
        if sheet not in self.book.sheets:
            raise UnknownSheet(sheet, [known.name for known in self.book.sheets if known.visible])
        self.book.sheets[sheet].activate()

    def _inputs(self, button: str, inputs: Inputs) -> Inputs:
        if button == CHOOSE_CLINIC and self._asked:
            return {"clinic": self._asked, **inputs}
        return inputs


def _target(opened: Opened, save_as: Path | None, clinic: str | None) -> Path:
    """Return where the result goes, refusing before the click what could not be saved after it."""
    target = save_as or (opened.path if opened.saves_in_place else opened.path.with_suffix(".xlsx"))
    if save_as is None and target == opened.path and opened.losses:
        raise WouldLose(target, ", ".join(opened.losses))
    if save_as is None and target != opened.path and target.exists() and bound_to(target) != (clinic or ""):
        raise WouldOverwrite(target)
    check_place(target, opened.workbook)
    return target

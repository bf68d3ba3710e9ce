"""A button pressed on a workbook file, without Excel: the same conversation, then the file is saved."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.desktop import bridge, headless
from addin.desktop.collector import collector_paused
from addin.desktop.files import Opened, bound_to, check_place, open_workbook
from addin.desktop.files.refusals import WouldLose, WouldOverwrite
from addin.desktop.refusals import BoundElsewhere, UnknownSheet
from addin.desktop.service import Service

CHOOSE_CLINIC = "clinic.choose"


@dataclass(frozen=True, slots=True)
class PressResult:
    """What came of a click: the reply, the file the workbook was saved to, and remarks on the file."""

    reply: dict[str, Any]
    saved_to: Path | None
    warnings: tuple[str, ...] = ()


def press(  # noqa: PLR0913 - the options of ``clinicledger press``
    button: str,
    workbook: Path,
    *,
    service: Service,
    clinic: str | None = None,
    sheet: str | None = None,
    inputs: Mapping[str, str] | None = None,
    save_as: Path | None = None,
) -> PressResult:
    """Press a ribbon button on a workbook file.

    ``clinic`` stands in where the workbook is not bound to one; ``sheet`` is put in front first.
    Saved is in place, for a file that cannot hold the result as .xlsx beside it, or to ``save_as``;
    nothing is saved when the reply asks for more, or changes nothing. Raises Refusal.
    """
    with _shown(workbook) as (opened, book):
        asked = _one_clinic(book, clinic)
        _show(book, sheet)
        target = _target(opened, save_as, asked)
        request = bridge.read(book, button, service.ribbon(), _with_clinic(button, clinic, inputs or {}))
        request["workbook"]["clinic"] = asked
        reply = service.press(button, request)
        output = service.output(reply["output"]["url"]) if reply.get("output") else None
        if not bridge.apply(book, reply, output) or reply.get("asks"):
            return PressResult(reply, None, opened.warnings)
        _bind_copy(book, opened, asked)
        book.save(target)
        return PressResult(reply, target, opened.warnings)


@contextmanager
def _shown(path: Path) -> Iterator[tuple[Opened, xw.Book]]:
    with collector_paused():
        opened = open_workbook(path)
        book = headless.show(opened)
        try:
            yield opened, book
        finally:
            book.app.quit()


def _show(book: xw.Book, sheet: str | None) -> None:
    if sheet is None:
        return
    if sheet not in book.sheets:
        raise UnknownSheet(sheet, [known.name for known in book.sheets if known.visible])
    book.sheets[sheet].activate()


def _with_clinic(button: str, clinic: str | None, inputs: Mapping[str, str]) -> dict[str, str]:
    if button == CHOOSE_CLINIC and clinic:
        return {"clinic": clinic, **inputs}
    return dict(inputs)


def _one_clinic(book: xw.Book, asked: str | None) -> str | None:
    bound = bridge.clinic_of(book)
    if bound and asked and bound != asked:
        raise BoundElsewhere(asked)
    return bound or asked


def _target(opened: Opened, save_as: Path | None, clinic: str | None) -> Path:
    """Return where the result goes, refusing before the click what could not be saved after it."""
    target = save_as or (opened.path if opened.saves_in_place else opened.path.with_suffix(".xlsx"))
    if save_as is None and target == opened.path and opened.losses:
        raise WouldLose(target, ", ".join(opened.losses))
    if save_as is None and target != opened.path and target.exists() and bound_to(target) != (clinic or ""):
        raise WouldOverwrite(target)
    check_place(target, opened.workbook)
    return target


def _bind_copy(book: xw.Book, opened: Opened, clinic: str | None) -> None:
    """Bind the workbook made of a text file or .xls, which could not be bound itself."""
    if clinic and not opened.saves_in_place and bridge.clinic_of(book) is None:
        bridge.bind(book, clinic)

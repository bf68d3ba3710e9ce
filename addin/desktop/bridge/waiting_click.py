"""The click that waits in a workbook until something was done about its refusal or its findings.

A remedy may need another press: its questions are on the question sheet, or the setup it opened is to be saved. Each press is
a run of its own, so the click that goes on afterward is kept on a very hidden sheet. It goes on for the same person in the
same Excel only, and not after ``LONGEST_WAIT``: by then nobody expects it.
"""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import xlwings as xw

from addin.desktop import native
from addin.desktop.bridge.row_numbers import row_numbers, rows_in_words
from addin.desktop.bridge.writing import guard_text

RECORD: Final = "_ClinicLedgerWaiting"
"""The hidden sheet. Its rows begin with the word for what they hold."""

WIDTH: Final = 3

LONGEST_WAIT: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class WaitingClick:
    """A click to be carried out once more: its button, the sheet it is about, its selection and its inputs.

    ``front`` is the sheet that was in front when its remedy was pressed. ``resumes`` is the click that goes on after this one,
    if this one was a remedy itself.
    """

    button: str
    about: str
    selection: Mapping[str, Any] | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    front: str = ""
    resumes: "WaitingClick | None" = None


def keep_waiting(book: xw.Book, click: WaitingClick, after: str, now: datetime) -> None:
    """Keep a click until the button ``after`` was pressed, in place of one that waited. ``now`` has a time zone.

    What goes on after the click is kept with it.
    """
    forget_waiting(book)
    rows = [["kept", now.isoformat(), ""], ["session", _session_of(book), ""], ["after", after, ""]]
    rows += _rows_of_click(click)
    shown = book.sheets.active
    record = book.sheets.add(RECORD, after=book.sheets[len(book.sheets) - 1])
    area = record.range((1, 1), (len(rows), WIDTH))
    area.number_format = "@"
    area.value = [[guard_text(cell) for cell in row] for row in rows]
    shown.activate()
    native.hide_for_good(record)


def click_waiting_for(book: xw.Book, button: str, now: datetime) -> WaitingClick | None:
    """Return the click that waits for a press of ``button``.

    Returns ``None``, and forgets it, if it waits for another button, was kept too long ago, or was kept by another person or
    another Excel, as in a workbook that was saved and sent on.
    """
    record = _record_sheet(book)
    if record is None:
        return None
    used = record.used_range
    rows = native.rows_of(record.range((1, 1), (used.row + used.shape[0] - 1, WIDTH)))
    words = [[str(cell or "") for cell in row] for row in rows]
    held = {word: name for word, name, _ in words}
    is_current = held.get("session") == _session_of(book) and _is_recent(held.get("kept", ""), now)
    if held.get("after") != button or not is_current:
        forget_waiting(book)
        return None
    return _click_of_rows(words)


def _rows_of_click(click: WaitingClick) -> list[list[str]]:
    """Return a click as rows, the first with its button, and below them what goes on after it."""
    rows = [["button", click.button, ""], ["about", click.about, ""], ["front", click.front, ""]]
    if click.selection:
        rows.append(["selection", str(click.selection["sheet"]), rows_in_words(click.selection["rows"])])
    rows += [
        ["file" if isinstance(value, Path) else "input", name, str(value)]
        for name, value in click.inputs.items()
    ]
    return rows + (_rows_of_click(click.resumes) if click.resumes else [])


def _click_of_rows(rows: Sequence[Sequence[str]]) -> WaitingClick | None:
    """Return the click that rows hold, with what goes on after it; ``None`` if they hold none."""
    starts = [place for place, (word, *_) in enumerate(rows) if word == "button"]
    click: WaitingClick | None = None
    for start, end in reversed(list(pairwise([*starts, len(rows)]))):
        held: dict[str, str] = {}
        inputs: dict[str, Any] = {}
        selection: dict[str, Any] | None = None
        for word, name, value in rows[start:end]:
            if word == "selection":
                selection = {"sheet": name, "rows": list(row_numbers(value))}
            elif word in {"input", "file"}:
                inputs[name] = Path(value) if word == "file" else value
            else:
                held[word] = name
        click = WaitingClick(held["button"], held["about"], selection, inputs, held.get("front", ""), click)
    return click


def forget_waiting(book: xw.Book) -> None:
    """Delete the record of a click that waits, if there is one."""
    record = _record_sheet(book)
    if record is not None:
        record.delete()


def _is_recent(kept: str, now: datetime) -> bool:
    try:
        waited = now - datetime.fromisoformat(kept)
    except (ValueError, TypeError):  # no instant, or one without a zone
        return False
    return timedelta(0) <= waited <= LONGEST_WAIT


def _session_of(book: xw.Book) -> str:
    """Return a digest of who is signed in to which computer and of the Excel that runs: the workbook holds no names."""
    person = os.environ.get("USERNAME") or os.environ.get("USER") or ""
    return sha256(f"{person}\n{platform.node()}\n{book.app.pid}".encode()).hexdigest()


def _record_sheet(book: xw.Book) -> xw.Sheet | None:
    return next((sheet for sheet in book.sheets if sheet.name == RECORD), None)

"""A reply into the workbook: everything is checked before anything is touched."""

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.desktop.bridge import marks
from addin.desktop.bridge.binding import ABOUT, bind, group_of, in_front, write_constant
from addin.desktop.bridge.settings import ask, forget_answers
from addin.desktop.bridge.writing import fits, grid_of, is_list, offer
from addin.desktop.refusals import UnusableReply

Reply = Mapping[str, Any]

CHARTS = {"column": "column_clustered", "bar": "bar_clustered", "line": "line", "pie": "pie"}
ADDRESS = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}(:[A-Z]{1,3}[1-9]\d{0,6})?")
CHANGES = ("output", "edits", "charts", "clear_marks", "bind")


def apply(book: xw.Book, reply: Reply, output: bytes | None, *, ask_in_sheet: bool = True) -> bool:
    """Put a reply into the workbook and return whether that changed it.

    ``output`` are the bytes of ``reply["output"]``, fetched beforehand. What the reply asks is written
    into the Settings sheet, unless whoever pressed answers elsewhere. Raises UnusableReply, with the
    workbook as it was, when it is not what the reply announced.
    """
    _check(book, reply, output)
    if reply.get("clear_marks"):
        marks.clear(book, reply["clear_marks"])
    about = in_front(book).name
    placed = _insert(book, output) if output is not None else {}
    for name in placed.values():
        write_constant(book.sheets[name].names, ABOUT, about)
    _edit(book, reply.get("edits") or (), placed)
    for chart in reply.get("charts") or ():
        _draw(_find(book, chart["sheet"], placed), chart)
    if reply.get("bind"):
        bind(book, reply["bind"]["clinic"])
    changed = any(reply.get(part) for part in CHANGES)
    if not reply.get("asks"):
        if reply.get("activate"):
            _find(book, reply["activate"], placed).activate()
        return forget_answers(book) or changed
    if ask_in_sheet:
        ask(book, reply["asks"]["fields"])
    return changed or ask_in_sheet


def _check(book: xw.Book, reply: Reply, output: bytes | None) -> None:
    announced = reply.get("output") or {}
    if bool(announced) != (output is not None):
        raise UnusableReply("The finished sheets did not arrive.")
    if output is not None and sha256(output).hexdigest() != announced["sha256"]:
        raise UnusableReply("The finished sheets were damaged on the way.")
    known = {sheet.name.lower() for sheet in book.sheets}
    known |= {sheet["name"].lower() for sheet in announced.get("sheets", ())}
    wanted = [part["sheet"] for part in (*(reply.get("edits") or ()), *(reply.get("charts") or ()))]
    if reply.get("activate"):
        wanted.append(reply["activate"])
    for name in wanted:
        if name.lower() not in known:
            raise UnusableReply(f"It speaks of a sheet {name}, which is not there.")
    for edit in reply.get("edits") or ():
        _check_edit(book.sheets[0], edit)


def _check_edit(any_sheet: xw.Sheet, edit: Mapping[str, Any]) -> None:
    if not is_list(edit.get("choices") or ()):
        raise UnusableReply(f"It has words for cells {edit['range']} that no dropdown can hold.")
    for address in _addresses(edit):
        if not ADDRESS.fullmatch(address):
            raise UnusableReply(f"It speaks of cells {address}, which no sheet has.")
        shape = any_sheet.range(address).shape
        if edit.get("values") and not fits(edit["values"], shape):
            raise UnusableReply(f"It has not as many values as cells {address}.")


def _find(book: xw.Book, name: str, placed: Mapping[str, str]) -> xw.Sheet:
    return book.sheets[placed.get(name, name)]


# -- finished sheets


def _insert(book: xw.Book, output: bytes) -> dict[str, str]:
    """Copy the finished sheets in, in place of the earlier ones of their groups.

    Returns the name each got: a sheet of the user's own keeps its name, ours then gets " (2)".
    """
    with _opened_beside(book, output) as source:
        fresh = list(source.sheets)
        groups = {group_of(sheet) for sheet in fresh} - {None}
        earlier = [sheet for sheet in book.sheets if group_of(sheet) in groups]
        shown = book.sheets.active
        # Excel insists on one visible sheet at any moment, also between the old ones and the new.
        others = [sheet for sheet in book.sheets if sheet.visible and sheet not in earlier]
        spare = None if others else book.sheets.add(after=book.sheets[len(book.sheets) - 1])
        for sheet in earlier:
            sheet.delete()
        placed = {sheet.name: _place(book, sheet).name for sheet in fresh}
        if spare is not None:
            spare.delete()
    if shown.name in [sheet.name for sheet in others]:
        shown.activate()
    return placed


def _place(book: xw.Book, sheet: xw.Sheet) -> xw.Sheet:
    # Excel does not copy a sheet that is hidden for good, so it is shown for the moment.
    visible = sheet.visible
    if not visible:
        sheet.visible = True
    copied = sheet.copy(after=book.sheets[len(book.sheets) - 1])
    copied.visible = visible
    return copied


@contextmanager
def _opened_beside(book: xw.Book, output: bytes) -> Iterator[xw.Book]:
    with tempfile.TemporaryDirectory(prefix="clinic-ledger-") as folder:
        file = Path(folder, "finished-sheets.xlsx")
        file.write_bytes(output)
        opened = book.app.books.open(file)
        try:
            yield opened
        finally:
            opened.close()
            book.activate()


# -- cells of the user's sheets


def _edit(book: xw.Book, edits: Sequence[Mapping[str, Any]], placed: Mapping[str, str]) -> None:
    made: list[marks.Mark] = []
    for edit in edits:
        sheet = _find(book, edit["sheet"], placed)
        ours = group_of(sheet) is not None
        for address in _addresses(edit):
            area = sheet.range(address)
            if edit.get("format"):
                area.number_format = edit["format"]
            if edit.get("values"):
                area.value = grid_of(edit["values"], area.shape)
            if edit.get("choices") is not None:
                offer(area, edit["choices"])
            if edit.get("fill") and ours:
                area.color = edit["fill"]
            elif edit.get("fill"):
                made += marks.mark(sheet, area, edit["fill"])
    marks.remember(book, made)


def _addresses(edit: Mapping[str, Any]) -> list[str]:
    return [address.strip() for address in edit["range"].split(",")]


def _draw(sheet: xw.Sheet, told: Mapping[str, Any]) -> None:
    source = sheet.range(told["source"])
    chart = sheet.charts.add(
        anchor=sheet.range((source.row, source.column + source.shape[1] + 1)),
        chart_type=CHARTS[told["kind"]],
        source=source,
    )
    chart.title = told.get("title")

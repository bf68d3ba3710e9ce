"""Applies a reply to the workbook. Everything is checked before anything is changed."""

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.desktop.bridge import marks
from addin.desktop.bridge.binding import ABOUT, bind_clinic, group_of, in_front, write_constant
from addin.desktop.bridge.writing import fits_shape, grid_of, is_list, set_dropdown
from addin.desktop.refusals import UnusableReply

Reply = Mapping[str, Any]

CHARTS = {"column": "column_clustered", "bar": "bar_clustered", "line": "line", "pie": "pie"}
ADDRESS = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}(:[A-Z]{1,3}[1-9]\d{0,6})?")
CHANGES = ("output", "edits", "charts", "clear_marks", "bind")


def apply_reply(book: xw.Book, reply: Reply, output: bytes | None) -> bool:
    """Put a reply into the workbook, except its questions, and return whether that changed it.

    ``output`` are the bytes of ``reply["output"]``, fetched beforehand. Raises UnusableReply, and changes
    nothing, if ``output`` is not what the reply announced.
    """
    _check_reply(book, reply, output)
    if reply.get("clear_marks"):
        marks.clear_marks(book, reply["clear_marks"])
    about = in_front(book).name
    placed = _insert_sheets(book, output) if output is not None else {}
    for name in placed.values():
        write_constant(book.sheets[name].names, ABOUT, about)
    _apply_edits(book, reply.get("edits") or (), placed)
    for chart in reply.get("charts") or ():
        _draw_chart(_find_sheet(book, chart["sheet"], placed), chart)
    if reply.get("bind"):
        bind_clinic(book, reply["bind"]["clinic"])
    if reply.get("activate") and not reply.get("asks"):
        _find_sheet(book, reply["activate"], placed).activate()
    return any(reply.get(part) for part in CHANGES)


def _check_reply(book: xw.Book, reply: Reply, output: bytes | None) -> None:
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
    for chart in reply.get("charts") or ():
        for address in filter(None, (chart["source"], chart.get("place"))):
            _check_address(address)


def _check_edit(any_sheet: xw.Sheet, edit: Mapping[str, Any]) -> None:
    if not is_list(edit.get("choices") or ()):
        raise UnusableReply(f"It has words for cells {edit['range']} that no dropdown can hold.")
    for address in _edit_addresses(edit):
        _check_address(address)
        shape = any_sheet.range(address).shape
        if edit.get("values") and not fits_shape(edit["values"], shape):
            raise UnusableReply(f"It has not as many values as cells {address}.")


def _check_address(address: str) -> None:
    if not ADDRESS.fullmatch(address):
        raise UnusableReply(f"It speaks of cells {address}, which no sheet has.")


def _find_sheet(book: xw.Book, name: str, placed: Mapping[str, str]) -> xw.Sheet:
    return book.sheets[placed.get(name, name)]


# -- finished sheets


def _insert_sheets(book: xw.Book, output: bytes) -> dict[str, str]:
    """Insert the finished sheets in place of the earlier ones of their groups.

    Returns the name that each sheet got: if the user has a sheet of that name, ours gets " (2)".
    """
    with _open_output(book, output) as source:
        fresh = list(source.sheets)
        groups = {group_of(sheet) for sheet in fresh} - {None}
        earlier = [sheet for sheet in book.sheets if group_of(sheet) in groups]
        shown = book.sheets.active
        # Excel always needs one visible sheet, even between deleting the old ones and adding the new.
        others = [sheet for sheet in book.sheets if sheet.visible and sheet not in earlier]
        spare = None if others else book.sheets.add(after=book.sheets[len(book.sheets) - 1])
        for sheet in earlier:
            sheet.delete()
        placed = {sheet.name: _copy_to_end(book, sheet).name for sheet in fresh}
        if spare is not None:
            spare.delete()
    if shown.name in [sheet.name for sheet in others]:
        shown.activate()
    return placed


def _copy_to_end(book: xw.Book, sheet: xw.Sheet) -> xw.Sheet:
    # Excel does not copy a very hidden sheet, so we show it for a moment.
    visible = sheet.visible
    if not visible:
        sheet.visible = True
    copied = sheet.copy(after=book.sheets[len(book.sheets) - 1])
    copied.visible = visible
    return copied


@contextmanager
def _open_output(book: xw.Book, output: bytes) -> Iterator[xw.Book]:
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


def _apply_edits(book: xw.Book, edits: Sequence[Mapping[str, Any]], placed: Mapping[str, str]) -> None:
    made: list[marks.Mark] = []
    for edit in edits:
        sheet = _find_sheet(book, edit["sheet"], placed)
        ours = group_of(sheet) is not None
        for address in _edit_addresses(edit):
            area = sheet.range(address)
            if edit.get("format"):
                area.number_format = edit["format"]
            if edit.get("values"):
                area.value = grid_of(edit["values"], area.shape)
            if edit.get("choices") is not None:
                set_dropdown(area, edit["choices"])
            if edit.get("fill") and ours:
                area.color = edit["fill"]
            elif edit.get("fill"):
                made += marks.mark_area(sheet, area, edit["fill"])
    marks.remember_marks(book, made)


def _edit_addresses(edit: Mapping[str, Any]) -> list[str]:
    return [address.strip() for address in edit["range"].split(",")]


def _draw_chart(sheet: xw.Sheet, ordered: Mapping[str, Any]) -> None:
    """Draw the range ``source`` over the cells of ``place``, or beside the source."""
    source = sheet.range(ordered["source"])
    make = partial(sheet.charts.add, chart_type=CHARTS[ordered["kind"]], source=source, plot_by="columns")
    if ordered.get("place"):
        place = sheet.range(ordered["place"])
        first = sheet.range((place.row, place.column))
        chart = make(anchor=first, width=place.width, height=place.height)
    else:
        chart = make(anchor=sheet.range((source.row, source.column + source.shape[1] + 1)))
    chart.title = ordered.get("title")

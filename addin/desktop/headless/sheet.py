# ruff: noqa: ANN401, D102 - names, types and meaning of these methods are those of xlwings
"""Worksheets and their collection."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from addin.desktop.files.text import Value
from addin.desktop.headless.charts import Charts
from addin.desktop.headless.copying import copy_sheet, free_title
from addin.desktop.headless.names import Names
from addin.desktop.headless.owners import OwningBook
from addin.desktop.headless.range import Range, Selection

STATES = {-1: "visible", 0: "hidden", 2: "veryHidden"}
"""Excel's XlSheetVisibility. True and False are accepted too, as Excel does."""


class Sheet:
    """One worksheet of a book."""

    def __init__(self, book: OwningBook, ws: Worksheet) -> None:
        self.book = book
        # openpyxl's stubs know its public side only, which makes every cell it is asked about.
        self.ws: Any = ws

    @property
    def api(self) -> "Sheet":
        return self

    @property
    def epoch(self) -> datetime:
        return cast("datetime", self.book.workbook.epoch)

    @property
    def formula_values(self) -> dict[tuple[int, int], Value]:
        return self.book.cached.setdefault(self.ws, {})

    @property
    def merged_blocks(self) -> dict[tuple[int, int], CellRange]:
        """The merged block of every covered cell, by position; empty if nothing is merged."""
        return self.book.merged_blocks(self.ws)

    @property
    def name(self) -> str:
        return str(self.ws.title)

    @name.setter
    def name(self, value: str) -> None:
        # openpyxl would quietly turn a taken name into another one.
        if value.lower() in {other.name.lower() for other in self.book.sheets if other.ws is not self.ws}:
            msg = f"a sheet named {value} exists"
            raise ValueError(msg)
        self.ws.title = value

    @property
    def names(self) -> Names:
        return Names(self.ws.defined_names)

    @property
    def index(self) -> int:
        return int(self.book.workbook.worksheets.index(self.ws)) + 1

    @property
    def charts(self) -> Charts:
        return Charts(self)

    @property
    def visible(self) -> bool:
        return bool(self.ws.sheet_state == "visible")

    @visible.setter
    def visible(self, value: int) -> None:
        self.ws.sheet_state = STATES[-1 if value is True else int(value)]

    @property
    def Visible(self) -> int:  # noqa: N802 - the word of Excel for Windows
        return next(number for number, state in STATES.items() if state == self.ws.sheet_state)

    @Visible.setter
    def Visible(self, value: int) -> None:  # noqa: N802
        self.visible = value

    def range(self, first: Any, last: Any = None) -> Range:
        """Return cells by A1 text, by ``(row, column)`` corners, or by ``(row, column, height, width)``."""
        if isinstance(first, tuple) and len(first) == 4:  # noqa: PLR2004
            return Range(self, *first)
        top, left, bottom, right = _corners(first)
        if last is not None:
            bottom, right = _corners(last)[2:]
        return Range(self, top, left, bottom - top + 1, right - left + 1)

    @property
    def cells(self) -> Range:
        return Range(self, 1, 1, 1_048_576, 16_384)

    @property
    def used_range(self) -> Range:
        filled = [at for at, cell in self.ws._cells.items() if cell._value is not None]  # noqa: SLF001
        if not filled:
            return Range(self, 1, 1)
        rows, columns = {row for row, _ in filled}, {column for _, column in filled}
        top, left = min(rows), min(columns)
        return Range(self, top, left, max(rows) - top + 1, max(columns) - left + 1)

    @property
    def selection(self) -> Selection:
        """The selection when the file was saved. If panes are frozen, it is the one of the pane with the cursor."""
        view = self.ws.sheet_view
        pane = view.pane.activePane if view.pane else None
        chosen = next((one for one in view.selection if one.pane == pane), None)
        addresses = str((chosen and chosen.sqref) or "A1").split()
        return Selection([self.range(address) for address in addresses])

    def activate(self) -> None:
        self.book.workbook.active = self.ws
        for other in self.book.workbook.worksheets:
            other.sheet_view.tabSelected = other is self.ws

    def copy(self, before: "Sheet | None", after: "Sheet | None") -> None:
        beside = before or after
        target = beside.book if beside else self.book
        fresh = copy_sheet(self.ws, target.workbook)
        if self.ws in self.book.cached:
            target.cached[fresh] = dict(self.book.cached[self.ws])
        if beside:
            place = target.workbook._sheets.index(beside.ws) + (after is not None)  # noqa: SLF001
            target.workbook.move_sheet(fresh, place - len(target.workbook._sheets) + 1)  # noqa: SLF001

    def delete(self) -> None:
        workbook = self.book.workbook
        if not any(other.sheet_state == "visible" for other in workbook.worksheets if other is not self.ws):
            msg = "a workbook must keep one visible sheet"
            raise ValueError(msg)
        active = workbook.active
        workbook.remove(self.ws)
        self.book.cached.pop(self.ws, None)
        stays = next(other for other in workbook.worksheets if other.sheet_state == "visible")
        workbook.active = stays if active is self.ws or active is None else active


def _corners(place: Any) -> tuple[int, int, int, int]:
    if isinstance(place, Range):
        height, width = place.shape
        return place.row, place.column, place.row + height - 1, place.column + width - 1
    if isinstance(place, tuple):
        return (*place, *place)
    left, top, right, bottom = range_boundaries(place)
    return top or 1, left or 1, bottom or 1_048_576, right or 16_384


class Sheets:
    """The worksheets of a book, in the order of their tabs."""

    def __init__(self, book: OwningBook) -> None:
        self.book = book
        self.api = self

    def __call__(self, name_or_index: str | int) -> Sheet:
        if isinstance(name_or_index, int):
            return Sheet(self.book, self.book.workbook.worksheets[name_or_index - 1])
        for sheet in self:
            if sheet.name.lower() == name_or_index.lower():
                return sheet
        raise KeyError(name_or_index)

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self.book, ws) for ws in list(self.book.workbook.worksheets))

    def __len__(self) -> int:
        return len(self.book.workbook.worksheets)

    def __contains__(self, name: str) -> bool:
        return any(sheet.name.lower() == name.lower() for sheet in self)

    @property
    def active(self) -> Sheet:
        active = self.book.workbook.active
        return Sheet(self.book, active if isinstance(active, Worksheet) else self.book.workbook.worksheets[0])

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        workbook = self.book.workbook
        fresh = Sheet(self.book, workbook.create_sheet(free_title(name or "Sheet1", workbook)))
        beside = before or after
        if beside:
            place = workbook._sheets.index(beside.ws) + (after is not None)  # noqa: SLF001
            workbook.move_sheet(fresh.ws, place - len(workbook._sheets) + 1)  # noqa: SLF001
        fresh.activate()
        return fresh

"""A sheet that is one table.

The headings are in row 1 with nothing above them, as filters, formulas and other programs expect, and so that
the longest log still fits into Excel's rows. A sheet that people work through has a banner above them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet

from server.sheets import cell_addresses
from server.sheets.sheet_table import Kind, SheetTable
from server.sheets.xlsx.column_xml import Column, render_rows, row_attributes
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.row_heights import height_of, lines_of
from server.sheets.xlsx.style import (
    FILTERED_RIGHT,
    HEADING,
    SMALL_STATE,
    STANDFIRST,
    SUBTITLE,
    TITLE,
)
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder, make_table

Texts = npt.NDArray[Any] | pd.Series

FIRST_ROW = 2
"""Excel's row of the first entry of the list."""

GAP, GAP_WIDTH, STATE_WIDTH = 2, 2, 46
"""The state is in the second column after a list; the widths of the empty column before it and of its own."""

STATE_COLUMNS = 2
"""The last columns of a sheet with a banner, over which it shows the state."""

ARROW = 5
"""The width, in characters, that margins and the filter arrow need in a heading."""


@dataclass(frozen=True, slots=True)
class Banner:
    """The rows above the headings: a title, what the sheet is, and what there is to do."""

    ROWS: ClassVar[int] = 3

    title: str
    subtitle: str
    note: str

    def put_into(self, grid: Grid, columns: int, state: str) -> None:
        """Put it into the first rows of a sheet, with the state of the run, if any, over the last columns."""
        grid.band(1, columns, self.title, TITLE, height=34)
        grid.band(2, columns, self.subtitle, SUBTITLE, height=22)
        grid.band(3, columns, self.note, STANDFIRST, height=20)
        for place in range(STATE_COLUMNS if state else 0):
            grid.put(3, columns - place, state if place == STATE_COLUMNS - 1 else None, SMALL_STATE)


def add_list(  # noqa: PLR0913 - what a table can have
    builder: WorkbookBuilder,
    table: SheetTable,
    columns: Sequence[Column],
    head: str,
    tab: str | None = None,
    *,
    state: str = "",
    banner: Banner | None = None,
    attributes: Column | None = None,
    printed: bool = True,
    closing: bytes = b"",
) -> Worksheet:
    """Add a sheet that is one table: filters, and headings repeated on every page.

    ``state`` is printed on every page, too: in the last row of the banner, or beside the headings with an empty column
    between them and it. ``attributes`` are those of the rows below the headings (``row_attributes``). A sheet that is not
    ``printed`` has only an empty cell in its print area. ``closing`` are rows below the table and no part of it.
    """
    top = Banner.ROWS + 1 if banner else 1
    widths = [max(heading.width, len(heading.title) + ARROW) for heading in table.headings]
    is_beside = bool(state) and banner is None
    page = Page(
        [*widths, GAP_WIDTH, STATE_WIDTH] if is_beside else widths,
        f"{table.name} · {head}",
        landscape=True,
        freeze=f"A{top + 1}",
        repeat_rows=f"{top - 1 if banner and state else top}:{top}",
        state=(_state_area(len(widths), is_beside=is_beside),) if state else (),
        tab=tab,
        print_area=None if printed else cell_addresses.cell(len(widths), 1),
    )
    rows = chain(
        [_top_rows(builder, table, banner, state)], render_rows(columns, top + 1, attributes), [closing]
    )
    sheet = builder.add(table.name, page, rows)
    name = f"Ledger{table.name.replace(' ', '')}"
    make_table(sheet, name, table.titles, len(columns[0]), top=top, striped=banner is None)
    return sheet


def _state_area(columns: int, *, is_beside: bool) -> str:
    """Return the cells that show the state on a sheet with this many columns."""
    if is_beside:
        return cell_addresses.cell(columns + 1, 1)
    row = Banner.ROWS
    return f"{cell_addresses.cell(columns - STATE_COLUMNS, row)}:{cell_addresses.cell(columns - 1, row)}"


def _top_rows(builder: WorkbookBuilder, table: SheetTable, banner: Banner | None, state: str) -> bytes:
    """Return the rows from the first one to the headings."""
    grid = Grid(builder.writer)
    top = Banner.ROWS + 1 if banner else 1
    if banner:
        banner.put_into(grid, len(table.headings), state)
    for place, heading in enumerate(table.headings, 1):
        right = heading.kind in {Kind.MONEY, Kind.NUMBER, Kind.AMOUNT}
        grid.put(top, place, heading.title, FILTERED_RIGHT if right else HEADING)
    if state and not banner:
        grid.put(top, len(table.headings) + GAP, state, SMALL_STATE)
    grid.set_height(top, 20)
    return grid.xml()


def lines_of_rows(table: SheetTable, texts: Mapping[str, Texts]) -> npt.NDArray[np.int64]:
    """Return how many lines each row of a table takes; ``texts`` are those that wrap, by heading."""
    height = len(next(iter(texts.values())))
    lines = np.ones(height, dtype=np.int64)
    for title, values in texts.items():
        width = table.headings[table.position(title)].width
        codes, distinct = pd.factorize(values)
        counts = np.array([lines_of(str(text), width) for text in distinct], dtype=np.int64)
        if len(counts):
            np.maximum(lines, counts[codes], out=lines)
    return lines


def heights_of_rows(table: SheetTable, texts: Mapping[str, Texts]) -> Column:
    """Return the attributes of rows that fit the ``texts`` that wrap, by heading."""
    return row_attributes(lines_of_rows(table, texts), height_attribute)


def height_attribute(lines: int) -> str:
    """Return the attribute of a row with this many lines."""
    return f' ht="{height_of(lines):g}" customHeight="1"'


def list_area(first: int, final: int, last: int, first_row: int = FIRST_ROW) -> str:
    """Return the cells of a list from one column to another, counted from 0, down to Excel's row ``last``."""
    return f"{cell_addresses.cell(first, first_row)}:{cell_addresses.cell(final, last)}"

"""A sheet that is one table.

The headings are in row 1 with nothing above them, as filters, formulas and other programs expect, and so that
the longest log still fits into Excel's rows. A sheet that people work through has a banner above them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

from openpyxl.worksheet.worksheet import Worksheet

from server.sheets import cell_addresses
from server.sheets.tables import Kind, SheetTable
from server.sheets.xlsx.column_xml import Column, render_rows
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import (
    FILTERED_RIGHT,
    HEADING,
    SMALL_STATE,
    STANDFIRST,
    SUBTITLE,
    TITLE,
)
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder, make_table

FIRST_ROW = 2
"""Excel's row of the first entry of the list."""

GAP, STATE_WIDTH = 2, 46
"""The widths of the empty column after a list and of its state."""

ARROW = 5
"""The width, in characters, that margins and the filter arrow need in a heading."""


@dataclass(frozen=True, slots=True)
class Banner:
    """The rows above the headings: a title, what the sheet is, and what there is to do."""

    ROWS: ClassVar[int] = 3

    title: str
    subtitle: str
    note: str

    def put_into(self, grid: Grid, columns: int) -> None:
        """Put it into the first rows of a sheet."""
        grid.band(1, columns, self.title, TITLE, height=34)
        grid.band(2, columns, self.subtitle, SUBTITLE, height=22)
        grid.band(3, columns, self.note, STANDFIRST, height=20)


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
) -> Worksheet:
    """Add a sheet that is one table: filters, and headings repeated on every page.

    ``state`` is shown beside the headings, so on every page too, with an empty column between them and it.
    ``attributes`` are those of the rows below the headings (``row_attributes``).
    """
    top = Banner.ROWS + 1 if banner else 1
    widths = [max(heading.width, len(heading.title) + ARROW) for heading in table.headings]
    beside = len(widths) + 2
    page = Page(
        [*widths, GAP, STATE_WIDTH] if state else widths,
        f"{table.name} · {head}",
        landscape=True,
        freeze=f"A{top + 1}",
        repeat_rows=f"{top}:{top}",
        state=(cell_addresses.cell(beside - 1, top),) if state else (),
        tab=tab,
    )
    grid = Grid(builder.writer)
    if banner:
        banner.put_into(grid, len(table.headings))
    for place, heading in enumerate(table.headings, 1):
        right = heading.kind in {Kind.MONEY, Kind.NUMBER, Kind.AMOUNT}
        grid.put(top, place, heading.title, FILTERED_RIGHT if right else HEADING)
    if state:
        grid.put(top, beside, state, SMALL_STATE)
    grid.set_height(top, 20)
    rows = chain([grid.xml()], render_rows(columns, top + 1, attributes))
    sheet = builder.add(table.name, page, rows)
    name = f"Ledger{table.name.replace(' ', '')}"
    make_table(sheet, name, table.titles, len(columns[0]), top=top, striped=banner is None)
    return sheet


def list_area(first: int, final: int, last: int) -> str:
    """Return the cells of a list from one column to another, counted from 0, down to Excel's row ``last``."""
    return f"{cell_addresses.cell(first, FIRST_ROW)}:{cell_addresses.cell(final, last)}"

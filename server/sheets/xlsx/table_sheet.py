"""A sheet that is one table.

The headings are in row 1 with nothing above them, as filters, formulas and other programs expect, and so that
the longest log still fits into Excel's rows.
"""

from collections.abc import Sequence
from itertools import chain

from openpyxl.worksheet.worksheet import Worksheet

from server.sheets import cell_addresses
from server.sheets.tables import Kind, SheetTable
from server.sheets.xlsx.column_xml import Column, render_rows
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import FILTERED_RIGHT, HEADING, SMALL_STATE
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder, make_table

FIRST_ROW = 2
"""Excel's row of the first entry of the list."""

GAP, STATE_WIDTH = 2, 46
"""The widths of the empty column after a list and of its state."""

ARROW = 5
"""The width, in characters, that margins and the filter arrow need in a heading."""


def add_list(  # noqa: PLR0913 - the parts of a sheet
    builder: WorkbookBuilder,
    table: SheetTable,
    columns: Sequence[Column],
    head: str,
    tab: str | None = None,
    *,
    state: str = "",
) -> Worksheet:
    """Add a sheet that is one table: headings in row 1, filters, headings repeated on every page.

    ``state`` is shown beside the headings, so on every page too, with an empty column between them and it.
    """
    widths = [max(heading.width, len(heading.title) + ARROW) for heading in table.headings]
    beside = len(widths) + 2
    page = Page(
        [*widths, GAP, STATE_WIDTH] if state else widths,
        f"{table.name} · {head}",
        landscape=True,
        freeze="A2",
        repeat_rows="1:1",
        state=(cell_addresses.cell(beside - 1, 1),) if state else (),
        tab=tab,
    )
    titles = Grid(builder.writer)
    for place, heading in enumerate(table.headings, 1):
        right = heading.kind in {Kind.MONEY, Kind.NUMBER, Kind.AMOUNT}
        titles.put(1, place, heading.title, FILTERED_RIGHT if right else HEADING)
    if state:
        titles.put(1, beside, state, SMALL_STATE)
    titles.set_height(1, 20)
    height = len(columns[0])
    sheet = builder.add(table.name, page, chain([titles.xml()], render_rows(columns, FIRST_ROW)))
    make_table(sheet, f"Ledger{table.name.replace(' ', '')}", table.titles, height)
    return sheet


def list_area(first: int, final: int, last: int) -> str:
    """Return the cells of a list from one column to another, counted from 0, down to Excel's row ``last``."""
    return f"{cell_addresses.cell(first, FIRST_ROW)}:{cell_addresses.cell(final, last)}"

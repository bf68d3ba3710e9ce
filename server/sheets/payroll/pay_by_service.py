"""The second sheet of a payroll workbook: pay and visits, services down and providers across."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.worksheet.pagebreak import Break

from server.billing.payroll.pay_periods import in_words
from server.sheets.payroll.content import PayrollContent
from server.sheets.payroll.summary import STATE_ROW, put_contact, put_state, put_title
from server.sheets.payroll.tables import ADJUSTMENTS, PAY_BY_SERVICE_NAME
from server.sheets.payroll.tally import Sums
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.page_fit import page_points
from server.sheets.xlsx.style import (
    ACCENT,
    COUNT,
    HEADING,
    HEADING_RIGHT,
    MONEY,
    NOTE,
    SECTION,
    WRAPPED,
    Look,
    none_look,
    strong_look,
    total_look,
)
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder

ACROSS = 8
"""The providers side by side; more of them are a table of their own below."""

WIDTHS = (36.0, *[14.0] * ACROSS, 16.0)
FIRST = 6
"""The row of the first table."""

NO_VISITS = "–"


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Sums with providers down and services across, to be shown the other way round in a look.

    ``columns`` are the places of the providers who are shown.
    """

    title: str
    columns: Sequence[int]
    cells: Sums
    look: Look


def add_pay_by_service(builder: WorkbookBuilder, content: PayrollContent) -> None:
    """Add the sheet: the pay and the visits of each service and provider."""
    run, sums = content.run, content.sums
    columns = [place for place in range(len(sums.providers)) if sums.visits[place].any()]
    grid = Grid(builder.writer, WIDTHS)
    put_title(grid, run, len(WIDTHS), run.clinic.name, f"Pay by service · {in_words(run.period)}")
    state = put_state(grid, run, len(WIDTHS))
    put_contact(grid, run.clinic)
    row, breaks, page_top = FIRST, [], 0.0
    room = page_points(WIDTHS, landscape=True)
    for matrix in (
        Matrix("Pay by service and provider", columns, sums.pay, MONEY),
        Matrix("Visits by service and provider", columns, sums.visits, COUNT),
    ):
        for first in range(0, max(len(columns), 1), ACROSS):
            before, top = grid.height_of_rows(), row
            row = _put_matrix(grid, content, matrix, row, first)
            if top > FIRST and grid.height_of_rows() - page_top > room:
                breaks.append(top - 1)
                page_top = before
    if run.adjustments:
        grid.put(
            row,
            1,
            f"Adjustments of earlier pay are not included. They are on the sheet {ADJUSTMENTS.name}.",
            NOTE,
        )
    page = Page(
        WIDTHS, content.head, landscape=True, freeze="B4", repeat_rows=STATE_ROW, state=state, tab=ACCENT
    )
    sheet = builder.add(PAY_BY_SERVICE_NAME, page, [grid.xml()])
    for above in breaks:
        sheet.row_breaks.append(Break(above))


def _put_matrix(grid: Grid, content: PayrollContent, matrix: Matrix, row: int, first: int) -> int:
    """Put the table of some providers, from ``first`` on; the last one has the totals of all. Returns the next free row."""
    sums, columns = content.sums, matrix.columns
    places = columns[first : first + ACROSS]
    has_total = first + ACROSS >= len(columns)
    heads = [sums.providers[place] for place in places] + (["Total"] if has_total else [])
    parts = -(-len(columns) // ACROSS)
    part = f", part {first // ACROSS + 1} of {parts}" if parts > 1 else ""
    grid.band(row, len(heads) + 1, f"{matrix.title}{part}", SECTION, height=22)
    grid.fill(row + 1, ("Service", *heads), (HEADING, *[HEADING_RIGHT] * len(heads)))
    row += 2
    for service, label in enumerate(content.services):
        grid.put(row, 1, label, WRAPPED)
        for column, place in enumerate(places, 2):
            if sums.visits[place, service]:
                grid.put(row, column, int(matrix.cells[place, service]), matrix.look)
            else:
                grid.put(row, column, NO_VISITS, none_look(matrix.look))
        if has_total:
            grid.put(row, len(heads) + 1, int(matrix.cells[:, service].sum()), strong_look(matrix.look))
        row += 1
    totals = [int(matrix.cells[place].sum()) for place in places]
    totals += [int(matrix.cells.sum())] if has_total else []
    looks = (total_look(WRAPPED), *[total_look(matrix.look)] * len(totals))
    grid.fill(row, ("Clinic total", *totals), looks)
    return row + 2

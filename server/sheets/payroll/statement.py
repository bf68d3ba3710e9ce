"""One printable sheet per provider: what is paid, at which rates, visit by visit.

A statement goes to its provider, so it holds only that provider's lines, and no patients.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle

from server.billing.days import serial_of
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.state_lines import DRAFT_LINE
from server.sheets.payroll.summary import put_title, state_cells
from server.sheets.payroll.tables import STATEMENT_RATES, STATEMENT_VISITS
from server.sheets.payroll.tally import Tally
from server.sheets.payroll.visits import Positions, Visits, visits_of
from server.sheets.tables import Heading, Kind
from server.sheets.xlsx.column_xml import Column, render_rows
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import (
    BAND,
    COUNT,
    DAY,
    FIGURE,
    HEADING,
    HEADING_RIGHT,
    LABEL,
    MONEY,
    MONEY_FIGURE,
    NOTE,
    SECTION,
    SMALL_STATE,
    STATE,
    TEXT,
    Look,
    total_look,
)
from server.sheets.xlsx.wording import MEASURES, ROUNDING, count_phrase, quantity_look, rate_words
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder

WIDTH = len(STATEMENT_VISITS)
NOT_FINAL = "DRAFT – not final: some visits of this period are still being checked."
STATE_COLUMNS = "D", "F"
"""The columns above the headings of the visits that show the state, which is printed on every page."""
PAGE = Page([heading.width for heading in STATEMENT_VISITS], head="", freeze="A4")
BANDING = DifferentialStyle(fill=PatternFill(bgColor=BAND))


def add_statements(builder: WorkbookBuilder, run: PayRun, sums: Tally, lines: Mapping[str, Column]) -> None:
    """Add a statement for every provider with a line; ``lines`` are the cells of the Lines sheet."""
    visits = visits_of(builder.writer, run, sums, lines)
    state = NOT_FINAL if run.is_draft_with_blockers else f"{DRAFT_LINE}."
    every_other = Rule("expression", dxf=BANDING, formula=["MOD(ROW(),2)=0"])
    for place, name in enumerate(sums.providers):
        mine = visits.lines_of(place)
        works_as = sums.works_as[place]
        top = Grid(builder.writer)
        put_title(top, run, WIDTH, name, f"{run.clinic.name} · Statement of pay · {in_words(run.period)}")
        top.band(3, WIDTH, state, STATE, height=28)
        _put_figures(top, len(mine), int(visits.amount[mine].sum()), works_as.value if works_as else "")
        row = _put_rates(top, run, visits, mine)
        _put_headings(top, row + 1, "Visits", STATEMENT_VISITS)
        _put_state_again(top, row + 1, state)
        first = row + 3
        cells = render_rows([column.take(mine) for column in visits.columns], first)
        rows = chain([top.xml()], cells, [_closing_rows(builder, visits, mine, first + len(mine))])
        page = replace(
            PAGE,
            head=f"{name} · {in_words(run.period)}",
            repeat_rows=f"{first - 2}:{first - 1}",
            state=(*state_cells(run, WIDTH), f"{STATE_COLUMNS[0]}{first - 2}:{STATE_COLUMNS[1]}{first - 2}"),
        )
        banded = f"A{first}:F{first + len(mine) - 1}"
        builder.add_alike(builder.free_name(name), page, rows, every_other, banded)


def _closing_rows(builder: WorkbookBuilder, visits: Visits, mine: Positions, row: int) -> bytes:
    """Return the rows below the last visit."""
    grid = Grid(builder.writer)
    visits_words, paid = count_phrase(len(mine), "visit", "visits"), int(visits.amount[mine].sum())
    looks = [total_look(look) for look in (TEXT, TEXT, TEXT, TEXT, TEXT, MONEY)]
    grid.fill(row, ("Total", visits_words, None, None, None, paid), looks)
    grid.put(row + 2, 1, ROUNDING, NOTE)
    return grid.xml()


def _put_state_again(grid: Grid, row: int, state: str) -> None:
    """Put the state into the last three columns of a row, whose first columns have the title of the visits."""
    for column, text in ((4, state), (5, None), (6, None)):
        grid.put(row, column, text, SMALL_STATE)


def _put_figures(grid: Grid, visits: int, paid_cents: int, works_as: str) -> None:
    figures: tuple[tuple[int, str, int | str, Look], ...] = (
        (1, "Visits", visits, FIGURE),
        (3, "Total pay", paid_cents, MONEY_FIGURE),
        (5, "Paid as", works_as, FIGURE),
    )
    for row, look in ((5, LABEL), (6, FIGURE)):
        grid.band(row, WIDTH, "", look)
    for column, label, value, look in figures:
        grid.put(5, column, label, LABEL)
        grid.put(6, column, value, look)
    grid.set_height(6, 28)


def _put_rates(grid: Grid, run: PayRun, visits: Visits, mine: Positions) -> int:
    """Put one row for each service and rate, and their total, from row 8 on; return the next row."""
    _put_headings(grid, 8, "By service and rate", STATEMENT_RATES)
    row = 10
    for group in visits.group_lines(mine):
        used = run.rates_used[group.rate]
        since, quantity = (
            serial_of(used.effective_from),
            quantity_look(MEASURES[used.basis][0], group.quantity),
        )
        cells = (group.visits, since, group.label, group.quantity, rate_words(used), group.paid_cents)
        grid.fill(row, cells, (COUNT, DAY, TEXT, quantity, TEXT, MONEY))
        row += 1
    closing = (len(mine), None, None, None, None, int(visits.amount[mine].sum()))
    grid.fill(row, closing, [total_look(look) for look in (COUNT, TEXT, TEXT, TEXT, TEXT, MONEY)])
    return row + 1


def _put_headings(grid: Grid, row: int, title: str, headings: Sequence[Heading]) -> None:
    grid.band(row, len(headings), title, SECTION, height=22)
    looks = [HEADING_RIGHT if heading.kind in {Kind.MONEY, Kind.NUMBER} else HEADING for heading in headings]
    grid.fill(row + 1, [heading.title for heading in headings], looks)
    grid.set_height(row + 1, 20)

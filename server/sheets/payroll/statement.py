"""One printable sheet per provider: what is paid, at which rates, visit by visit.

A statement goes to its provider, so it holds only that provider's lines, and no patients.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle

from server.billing.days import serial_of
from server.billing.payroll.held_on_paper import held_of_provider
from server.billing.payroll.pay_history import NOTHING_BEFORE
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import Outcome, PayRun
from server.billing.payroll.pay_statements import (
    GROUP_HEADINGS,
    HOURS_SHOWN,
    MISSED_HEADINGS,
    ROUNDING,
    VISIT_HEADINGS,
    rate_in_words,
)
from server.billing.payroll.state_lines import draft_in_words
from server.sheets.payroll.content import PayrollContent
from server.sheets.payroll.statement_adjustments import put_adjustments
from server.sheets.payroll.statement_held import put_held
from server.sheets.payroll.statement_top import (
    COLUMNS,
    StatementFacts,
    put_headings,
    put_statement_top,
)
from server.sheets.payroll.summary import state_cells
from server.sheets.payroll.tables import STATEMENT_WIDTHS as WIDTHS
from server.sheets.payroll.visits import Positions, Visits
from server.sheets.xlsx.column_xml import Column, render_rows, row_attributes
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.page_fit import page_points, pages_for
from server.sheets.xlsx.row_heights import height_of
from server.sheets.xlsx.style import (
    BAND,
    COUNT,
    DAY,
    MONEY,
    NOTE,
    SMALL_STATE,
    STATE,
    TEXT,
    WRAPPED,
    total_look,
)
from server.sheets.xlsx.table_sheet import height_attribute
from server.sheets.xlsx.wording import MEASURES, Measure, count_phrase, counted_look, shown_quantity
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder

STATE_COLUMNS = "D", "F"
"""The columns above the headings of the visits that show the state, which is printed on every page."""
PAGE = Page(WIDTHS, head="", freeze="A4")
ROOM = page_points(WIDTHS, landscape=False)
BANDING = DifferentialStyle(fill=PatternFill(bgColor=BAND))


@dataclass(frozen=True, slots=True, eq=False)
class Statements:
    """What the statements of a run are made of."""

    content: PayrollContent
    visits: Visits

    @property
    def run(self) -> PayRun:
        """Return the run."""
        return self.content.run

    @property
    def state(self) -> str:
        """Return the state that each statement shows."""
        return draft_in_words(self.run.count(Outcome.BLOCKED))

    def facts_of(self, place: int, attended: int, missed: int) -> StatementFacts:
        """Return the upper part of a provider's statement."""
        run, name, sums = self.run, self.content.sums.providers[place], self.content.sums
        known, works_as, history = (
            self.content.providers.get(name),
            sums.works_as[place],
            self.content.history,
        )
        return StatementFacts(
            clinic=run.clinic,
            run_id=run.id,
            period=run.period,
            pay_date=run.pay_date,
            provider=name,
            provider_id=known.provider_id if known else "",
            works_as=works_as.value if works_as else "",
            attended=attended,
            missed=missed,
            total_cents=sums.totals[place].total_cents,
            history=history,
            mine=history.of(name) if history else NOTHING_BEFORE,
        )


def add_statements(builder: WorkbookBuilder, statements: Statements) -> None:
    """Add a statement for every provider with a line, an adjustment, a pay item or a carried-forward total."""
    run = statements.run
    every_other = Rule("expression", dxf=BANDING, formula=["MOD(ROW(),2)=0"])
    for place, name in enumerate(statements.content.sums.providers):
        sheet = _Sheet(builder, statements, place)
        rows = list(sheet.rows())
        page = replace(
            PAGE,
            head=f"{name} · {in_words(run.period)}",
            repeat_rows=f"{sheet.headings}:{sheet.headings + 1}",
            pages_tall=pages_for(sheet.height, _REPEATED, ROOM),
            state=(
                *state_cells(run, COLUMNS),
                f"{STATE_COLUMNS[0]}{sheet.headings}:{STATE_COLUMNS[1]}{sheet.headings}",
            ),
        )
        builder.add_alike(builder.free_name(name), page, rows, every_other, sheet.banded)


_REPEATED = 22 + 20.0
"""The height of the two rows that each further page begins with."""


class _Sheet:
    """One statement while it is written, from the top down. ``headings`` is the row of the title above the visits."""

    def __init__(self, builder: WorkbookBuilder, statements: Statements, place: int) -> None:
        self._writer, self._of = builder.writer, statements
        visits = statements.visits
        self._mine = visits.lines_of(place)
        self._attended, self._missed = visits.by_attendance(self._mine)
        self._place = place
        content = statements.content
        self._total = content.totals[place]
        self._held = held_of_provider(content.held, content.sums.providers[place])
        self.headings, self.height = 0, 0.0
        self.banded = "A1"

    def rows(self) -> Iterator[bytes]:
        """Yield the rows. Only then ``headings``, ``banded`` and ``height`` are known."""
        top = Grid(self._writer, WIDTHS)
        state, facts = self._of.state, self._of.facts_of(self._place, len(self._attended), len(self._missed))
        row = put_statement_top(top, facts, state, STATE)
        if len(self._mine):
            row = _put_rates(top, self._of, self._mine, row) + 1
        self.headings = row
        first = put_headings(top, self.headings, "Visits", VISIT_HEADINGS)
        for column, text in ((4, state), (5, None), (6, None)):
            top.put(self.headings, column, text, SMALL_STATE)
        yield self._rows_of(top)
        yield from self._lines(self._of.visits.columns, self._attended, first)
        row = first + len(self._attended)
        self.banded = f"A{first}:F{max(row - 1, first)}"
        below = Grid(self._writer, WIDTHS)
        _put_total(below, row, len(self._attended), "visit", self._sum_of(self._attended))
        row += 2
        if len(self._missed):
            first = put_headings(below, row, "Missed visits that are paid", MISSED_HEADINGS)
            yield self._rows_of(below)
            yield from self._lines(self._of.visits.missed_columns, self._missed, first)
            row = first + len(self._missed)
            below = Grid(self._writer, WIDTHS)
            _put_total(below, row, len(self._missed), "missed visit", self._sum_of(self._missed))
            row += 2
        row = put_adjustments(below, row, self._total)
        row = put_held(below, row, self._held)
        below.put(row, 1, self._rounding(), NOTE)
        yield self._rows_of(below)

    def _rows_of(self, grid: Grid) -> bytes:
        """Return the rows of a finished grid, and count their height."""
        self.height += grid.height_of_rows()
        return grid.xml()

    def _lines(self, columns: Sequence[Column], lines: Positions, first: int) -> Iterator[bytes]:
        counts = self._of.visits.label_lines(lines)
        self.height += sum(height_of(count) for count in counts.tolist())
        attributes = row_attributes(counts, height_attribute)
        yield from render_rows([column.take(lines) for column in columns], first, attributes)

    def _sum_of(self, lines: Positions) -> int:
        return int(self._of.visits.amount[lines].sum())

    def _rounding(self) -> str:
        rates = np.unique(self._of.visits.rate[self._mine]).tolist()
        bases = {self._of.run.rates_used[rate].basis for rate in rates}
        has_hours = any(MEASURES[basis][0] is Measure.MINUTES for basis in bases)
        return f"{ROUNDING} {HOURS_SHOWN}" if has_hours else ROUNDING


def _put_total(grid: Grid, row: int, visits: int, noun: str, paid_cents: int) -> None:
    looks = [total_look(look) for look in (TEXT, TEXT, TEXT, TEXT, TEXT, MONEY)]
    words = count_phrase(visits, noun, f"{noun}s")
    grid.fill(row, ("Total", words, None, None, None, paid_cents), looks)


def _put_rates(grid: Grid, statements: Statements, mine: Positions, row: int) -> int:
    """Put one row for each service and rate, and their total; return the next row."""
    row = put_headings(grid, row, "By service and rate", GROUP_HEADINGS)
    for group in chain(*map(statements.visits.group_lines, statements.visits.by_attendance(mine))):
        used = statements.run.rates_used[group.rate]
        measure = MEASURES[used.basis][0]
        quantity = int(shown_quantity(measure, np.array([group.quantity]))[0])
        since = serial_of(used.effective_from)
        cells = (group.label, group.visits, quantity, rate_in_words(used), since, group.paid_cents)
        grid.fill(row, cells, (WRAPPED, COUNT, counted_look(measure, quantity), TEXT, DAY, MONEY))
        row += 1
    closing = ("Total", len(mine), None, None, None, int(statements.visits.amount[mine].sum()))
    grid.fill(row, closing, [total_look(look) for look in (TEXT, COUNT, TEXT, TEXT, TEXT, MONEY)])
    return row + 1

"""The statement of one provider for one run, as a workbook of its own. It says what the sheet and the PDF file say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from server.billing.days import serial_of
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_statements import (
    GROUP_HEADINGS,
    MISSED_HEADINGS,
    VISIT_HEADINGS,
    PaidLine,
    PayStatement,
    StatedRun,
    group_in_words,
    line_values,
    quantity_in_words,
    rate_in_words,
    rounding_words,
)
from server.errors import count_of
from server.sheets.payroll.statement_adjustments import put_adjustments
from server.sheets.payroll.statement_held import put_held
from server.sheets.payroll.statement_top import (
    StatementFacts,
    put_headings,
    put_statement_top,
)
from server.sheets.payroll.tables import STATEMENT_WIDTHS as WIDTHS
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.page_fit import page_points, pages_for
from server.sheets.xlsx.style import (
    COUNT,
    DAY,
    MONEY,
    NOTE,
    NUMBER,
    STATE,
    TEXT,
    TONE_FILLS,
    WRAPPED,
    Look,
    total_look,
)
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder

SHEET = "Statement of pay"
COUNTED = replace(NUMBER, form="@")
"""A quantity in words, at the right of its column."""


class _Listing(NamedTuple):
    """A table of visits: its title, what its rows are called, and its headings."""

    title: str
    noun: str
    headings: tuple[str, ...]


_GROUP_LOOKS = (WRAPPED, COUNT, COUNTED, TEXT, DAY, MONEY)
_LOOKS: Mapping[str, Look] = {
    **dict.fromkeys({*VISIT_HEADINGS, *MISSED_HEADINGS}, TEXT),
    "Service": WRAPPED,
    "Date": DAY,
    "Quantity": COUNTED,
    "Amount": MONEY,
}
_VISITS = _Listing("Visits", "visit", VISIT_HEADINGS)
_MISSED = _Listing("Missed visits that are paid", "missed visit", MISSED_HEADINGS)

Cells = Sequence[str | int | None]


def write_statement(stated: StatedRun, statement: PayStatement) -> bytes:
    """Return the .xlsx file of one provider's statement. It holds nothing of any other provider."""
    clinic, period = stated.clinic, in_words(stated.run.period)
    builder = WorkbookBuilder(None, clinic.name, f"Statement of pay · {stated.run.id}")
    grid = Grid(builder.writer, WIDTHS)
    state_look = replace(STATE, fill=TONE_FILLS[stated.state.tone])
    row = put_statement_top(grid, _facts_of(stated, statement), stated.state_sentence, state_look)
    if statement.lines:
        row = _put_groups(grid, statement, row) + 1
    row = _put_lines(grid, row, _VISITS, statement.attended_visits)
    if statement.missed_visits:
        row = _put_lines(grid, row + 1, _MISSED, statement.missed_visits)
    row = put_adjustments(grid, row + 1, statement.total)
    row = put_held(grid, row, statement.held)
    grid.put(row, 1, rounding_words(statement), NOTE)
    tall = pages_for(grid.height_of_rows(), 0, page_points(WIDTHS, landscape=False))
    page = Page(WIDTHS, f"{statement.provider} · {period}", freeze="A4", pages_tall=tall)
    builder.add(SHEET, page, [grid.xml()])
    return builder.to_bytes()


def _facts_of(stated: StatedRun, statement: PayStatement) -> StatementFacts:
    return StatementFacts(
        clinic=stated.clinic,
        run_id=stated.run.id,
        period=stated.run.period,
        pay_date=stated.run.pay_date,
        provider=statement.provider,
        provider_id=statement.provider_id,
        works_as=statement.works_as,
        attended=len(statement.attended_visits),
        missed=len(statement.missed_visits),
        total_cents=statement.total.total_cents,
        history=stated.history,
        mine=statement.history,
    )


def _put_groups(grid: Grid, statement: PayStatement, row: int) -> int:
    """Put a row for each service and rate, and the total; return the next row."""
    row = put_headings(grid, row, "By service and rate", GROUP_HEADINGS)
    for group in statement.groups():
        cells = (
            group_in_words(group),
            group.visits,
            quantity_in_words(group.rate.basis, group.quantity),
            rate_in_words(group.rate),
            serial_of(group.rate.effective_from),
            group.amount_cents,
        )
        grid.fill(row, cells, _GROUP_LOOKS)
        row += 1
    closing = ("Total", len(statement.lines), None, None, None, statement.paid_cents)
    grid.fill(row, closing, [total_look(look) for look in (TEXT, COUNT, TEXT, TEXT, TEXT, MONEY)])
    return row + 1


def _put_lines(grid: Grid, row: int, listing: _Listing, lines: Sequence[PaidLine]) -> int:
    """Put a row for each visit, and the total; return the next row."""
    row = put_headings(grid, row, listing.title, listing.headings)
    looks = [_LOOKS[heading] for heading in listing.headings]
    for line in lines:
        grid.fill(row, _line_cells(line, listing.headings), looks)
        row += 1
    total = sum(line.amount_cents for line in lines)
    closing = ("Total", count_of(len(lines), listing.noun), None, None, None, total)
    grid.fill(row, closing, [total_look(look) for look in (TEXT, TEXT, TEXT, TEXT, TEXT, MONEY)])
    return row + 1


def _line_cells(line: PaidLine, headings: tuple[str, ...]) -> Cells:
    values = line_values(line, headings)
    return [serial_of(value) if isinstance(value, date) else value for value in values]

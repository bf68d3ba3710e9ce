"""The adjustments of a provider's earlier pay, the plan lines, the pay items, the payments, and what the total to pay adds up, below
the visits of a statement.
"""

from collections.abc import Sequence
from datetime import date
from textwrap import wrap

from server.billing.days import serial_of
from server.billing.payroll.adjustments_on_paper import (
    ADJUSTMENT_HEADINGS,
    TOTAL_HEADINGS,
    adjustment_values,
    adjustments_title,
    change_in_words,
)
from server.billing.payroll.items_on_paper import ITEM_HEADINGS, ITEMS_TITLE, item_values
from server.billing.payroll.payments_on_paper import PAYMENT_HEADINGS, PAYMENTS_TITLE, payment_in_words
from server.billing.payroll.plans_on_paper import PLAN_HEADINGS, PLANS_TITLE, plan_values
from server.billing.payroll.provider_totals import TOTAL_TO_PAY, ProviderTotal
from server.sheets.payroll.statement_top import COLUMNS, put_headings
from server.sheets.payroll.tables import STATEMENT_WIDTHS
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import DAY, MONEY, NOTE, SIGNED_MONEY, TEXT, WRAPPED, total_look

LINE = int(sum(STATEMENT_WIDTHS) * 1.15)
"""The characters of a line of small text across the whole statement."""

_Values = tuple[str, date, date, int]
"""What a line is, the days that it is for, and cents."""

_BLANKS = (None,) * (COLUMNS - len(TOTAL_HEADINGS))


def put_adjustments(grid: Grid, row: int, total: ProviderTotal) -> int:
    """Put the adjustments, the plan lines, the pay items, the payments, and the parts of the total to pay; return the next row.

    Put nothing if the visits are all of it.
    """
    if total.adjustments:
        row = _put_list(grid, row, total) + 1
    if total.plans:
        plans = [(plan_values(one), one.explanation) for one in total.plans]
        row = _put_beside(grid, row, PLANS_TITLE, PLAN_HEADINGS, plans) + 1
    if total.items:
        items = [(item_values(one), one.note) for one in total.items]
        row = _put_beside(grid, row, ITEMS_TITLE, ITEM_HEADINGS, items) + 1
    if total.payments:
        row = _put_payments(grid, row, total) + 1
    if not total.parts:
        return row
    what, amount = TOTAL_HEADINGS
    row = put_headings(grid, row, TOTAL_TO_PAY, (what, *[""] * len(_BLANKS), amount))
    for number, part in enumerate(total.parts):
        look = SIGNED_MONEY if number else MONEY
        grid.fill(row, (part.label, *_BLANKS, part.cents), (*[TEXT] * (COLUMNS - 1), look))
        row += 1
    closing = (TOTAL_TO_PAY, *_BLANKS, total.total_cents)
    grid.fill(row, closing, [total_look(look) for look in (*[TEXT] * (COLUMNS - 1), MONEY)])
    if total.carried:
        row += 1
        grid.put(row, 1, total.carried.in_words, NOTE)
    return row + 2


def _put_list(grid: Grid, row: int, total: ProviderTotal) -> int:
    """Put two rows for each adjustment, its figures and the reason, and the total; return the next row."""
    row = put_headings(grid, row, adjustments_title(total.adjustments), ADJUSTMENT_HEADINGS)
    for one in total.adjustments:
        service, day, appointment, was, now, difference = adjustment_values(one)
        cells = (service, serial_of(day), appointment, was, now, difference)
        grid.fill(row, cells, (WRAPPED, DAY, TEXT, MONEY, MONEY, SIGNED_MONEY))
        for line in wrap(change_in_words(one), LINE):
            row += 1
            grid.band(row, COLUMNS, line, NOTE)
        row += 1
    closing = ("Total", None, None, None, None, total.adjustment_cents)
    grid.fill(row, closing, [total_look(look) for look in (TEXT, TEXT, TEXT, MONEY, MONEY, SIGNED_MONEY)])
    return row + 1


def _put_beside(
    grid: Grid, row: int, title: str, headings: Sequence[str], lines: Sequence[tuple[_Values, str]]
) -> int:
    """Put a row for each plan line or pay item, what is said of it below it, and the total; return the next row."""
    *facts, amount = headings
    row = put_headings(grid, row, title, (*facts, "", "", amount))
    total = 0
    for (what, first, last, cents), note in lines:
        total += cents
        cells = (what, serial_of(first), serial_of(last), None, None, cents)
        grid.fill(row, cells, (TEXT, DAY, DAY, TEXT, TEXT, SIGNED_MONEY))
        for line in wrap(note, LINE):
            row += 1
            grid.band(row, COLUMNS, line, NOTE)
        row += 1
    closing = ("Total", None, None, None, None, total)
    grid.fill(row, closing, [total_look(look) for look in (*[TEXT] * (COLUMNS - 1), SIGNED_MONEY)])
    return row + 1


def _put_payments(grid: Grid, row: int, total: ProviderTotal) -> int:
    """Put two rows for each payment, its figures and its rate, and the total; return the next row."""
    row = put_headings(grid, row, PAYMENTS_TITLE, PAYMENT_HEADINGS)
    for one in total.payments:
        days = serial_of(one.day), serial_of(one.payment_day)
        cells = (one.service, days[0], one.appointment, days[1], one.received_cents, one.amount_cents)
        grid.fill(row, cells, (WRAPPED, DAY, TEXT, DAY, MONEY, SIGNED_MONEY))
        for line in wrap(payment_in_words(one), LINE):
            row += 1
            grid.band(row, COLUMNS, line, NOTE)
        row += 1
    closing = ("Total", None, None, None, None, total.collections_cents)
    grid.fill(row, closing, [total_look(look) for look in (*[TEXT] * (COLUMNS - 1), SIGNED_MONEY)])
    return row + 1

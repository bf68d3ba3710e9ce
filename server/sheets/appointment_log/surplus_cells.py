"""Filled cells outside the headings: a row that has more cells than the sheet has headings.

A text file that holds an amount such as 1,234.50 without quotes gives two cells, and the cells after it move by one.
So a row with a cell to the right of the last heading, or to the left of the first, cannot be trusted.
"""

from collections.abc import Callable, Sequence

import numpy as np

from server.billing.payroll.appointment_log import Column, UnreadableCells
from server.errors import Finding, count_of
from server.errors.log_row_findings import AmountCutInTwo, ColumnWithoutHeading, SurplusCell
from server.sheets import cell_addresses
from server.sheets.appointment_log.column_layout import Layout
from server.sheets.cells import number_in, plain_numbers, text_of
from server.sheets.sheet import Cell, Sheet

THOUSANDS = 100
"""No visit costs this many thousand dollars."""

BELOW_COMMA = 1000
"""The part of an amount after a thousands comma is smaller than this."""

MONEY_FIELDS = ("charge_cents", "collected_cents")
NUMBER_FIELDS = (*MONEY_FIELDS, "units", "minutes", "hours")

SELDOM = 10
"""A column in which at most one of this many filled cells is a number holds other things."""


def surplus_columns(sheet: Sheet, header: int) -> list[int]:
    """Return the columns right of the last heading and left of the first that have filled cells below it."""
    headed = [place for place, column in enumerate(sheet.columns) if text_of(column[header])]
    first, last = headed[0], headed[-1]
    for area in sheet.merged:
        left, top, right, bottom = cell_addresses.bounds(area)
        if left - sheet.left in headed and top <= sheet.top + header <= bottom:
            last = max(last, right - sheet.left)
    outside = [*range(first), *range(last + 1, len(sheet.columns))]
    return [place for place in outside if any(map(text_of, set(sheet.columns[place][header + 1 :])))]


def read_surplus(
    sheet: Sheet, layout: Layout, cells_of: Callable[[int], Sequence[Cell]]
) -> tuple[list[UnreadableCells], list[Finding]]:
    """Return the appointments that block for a cell without a heading, and a finding for each column without one.

    ``cells_of`` returns a column's cells in the appointment rows. A column that is filled in most rows lacks its
    heading; only its rows whose amount may have been cut in two block.
    """
    unreadable, findings = [], []
    for position in surplus_columns(sheet, layout.header):
        cells = cells_of(position)
        filled = [place for place, cell in enumerate(cells) if cell is not None and text_of(cell)]
        column, letter = Column(sheet.left + position, ""), cell_addresses.letter(sheet.left + position)
        if 2 * len(filled) > len(cells):
            row = sheet.top + layout.header
            findings.append(
                Finding(
                    ColumnWithoutHeading(
                        letter=letter, filled=f"{len(filled):,}", rows=count_of(len(cells), "row")
                    ),
                    sheet.name,
                    (row,),
                    column.position,
                    "",
                )
            )
            filled = _rows_cut_in_two(layout, cells_of, position, filled)
        if filled:
            unreadable.append(UnreadableCells(SurplusCell(letter=letter), "", column, filled))
    return unreadable, findings


def _rows_cut_in_two(
    layout: Layout, cells_of: Callable[[int], Sequence[Cell]], surplus: int, rows: Sequence[int]
) -> list[int]:
    """Return the rows with an amount of money and a number next to it that may be one amount."""
    cut: set[int] = set()
    for position in (place for name in MONEY_FIELDS for place in layout.columns.get(name, ())):
        if position < surplus:
            money, beside = cells_of(position), cells_of(position + 1)
            cut.update(row for row in rows if _is_cut(money[row], beside[row]))
    return sorted(cut)


def read_cut_amounts(
    sheet: Sheet, layout: Layout, cells_of: Callable[[int], Sequence[Cell]]
) -> list[UnreadableCells]:
    """Return the amounts whose second part may be in the next column, if a text file had no room for one more cell.

    Only next to a column that hardly ever holds a number, such as a note.
    """
    numbered = {place for name in NUMBER_FIELDS for place in layout.columns.get(name, ())}
    unreadable = []
    for name in MONEY_FIELDS:
        for position in layout.columns.get(name, ()):
            if position + 1 >= len(sheet.columns) or position + 1 in numbered:
                continue
            money, beside = cells_of(position), cells_of(position + 1)
            cut = [place for place in _small_amounts(money) if _has_cents(beside[place])]
            cut = [place for place in cut if _is_cut(money[place], beside[place])]
            column = Column(sheet.left + position, text_of(sheet.columns[position][layout.header]))
            if cut and _holds_few_numbers(beside):
                unreadable += [
                    UnreadableCells(AmountCutInTwo(text_of(money[place])), name, column, (place,))
                    for place in cut
                ]
    return unreadable


def _small_amounts(money: Sequence[Cell]) -> list[int]:
    """Return the places of whole amounts that may be the thousands of a cut one, and of all texts."""
    plain = plain_numbers(money)
    with np.errstate(invalid="ignore"):
        is_small = (np.abs(plain) < THOUSANDS) & (plain == np.rint(plain))
    texts = [place for place, cell in enumerate(money) if type(cell) is str] if np.isnan(plain).any() else []
    return sorted({*np.flatnonzero(is_small).tolist(), *texts})


def _holds_few_numbers(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if cell is not None and cell != ""]
    numbers = sum(number_in(cell) is not None for cell in filled)
    return numbers * SELDOM <= max(len(filled), SELDOM)


def _has_cents(cell: Cell) -> bool:
    if isinstance(cell, str):
        return "." in cell
    return isinstance(cell, float) and not cell.is_integer()


def _is_cut(before: Cell, after: Cell) -> bool:
    """Return whether two cells may be one amount that was cut at its thousands comma."""
    whole, rest = number_in(before), number_in(after)
    if whole is None or rest is None or whole != int(whole):
        return False
    return 0 < abs(whole) < THOUSANDS and 0 <= rest < BELOW_COMMA

"""The visits of a provider that the run held for a later run, below the visits that it pays."""

from collections.abc import Sequence

from server.billing.days import serial_of
from server.billing.payroll.held_on_paper import HELD_HEADINGS, HELD_NOTE, HeldOnPaper, held_title
from server.sheets.payroll.statement_top import put_headings
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import DAY, NOTE, TEXT, WRAPPED


def put_held(grid: Grid, row: int, held: Sequence[HeldOnPaper]) -> int:
    """Put a row for each held visit, without an amount, and what becomes of them; return the next row. Put nothing if there are none."""
    if not held:
        return row
    row = put_headings(grid, row, held_title(held), (*HELD_HEADINGS, "", "", ""))
    for visit in held:
        cells = (visit.service, serial_of(visit.day) if visit.day else None, visit.why, None, None, None)
        grid.fill(row, cells, (WRAPPED, DAY, TEXT, TEXT, TEXT, TEXT))
        row += 1
    grid.put(row, 1, HELD_NOTE, NOTE)
    return row + 2

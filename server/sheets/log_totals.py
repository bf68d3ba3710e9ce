"""Totals rows of a log, held against the sum of the rows they stand under (DOMAIN 8.29)."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from server.billing.log import Amounts
from server.billing.money import THOUSAND, dollars
from server.errors import Finding
from server.sheets.cells import Unreadable, cents_of, text_of, thousandths_of
from server.sheets.log_rows import Rows
from server.sheets.sheet import Cell, Sheet


def verify_totals(
    sheet: Sheet,
    rows: Rows,
    positions: Sequence[int],
    columns: Sequence[Sequence[Cell]],
    amounts: Amounts,
    field: str,
    findings: list[Finding],
) -> None:
    """Compare each stated total of a field with the rows since the total before, and with all above.

    Only for fields read from one column: the totals of summed columns are not one cell.
    """
    if not rows.totals or len(positions) > 1:
        return
    position = positions[0]
    cells = columns[position]
    for before, row in pairwise([-1, *rows.totals]):
        stated = _stated(cells[row], field)
        if stated is None:
            continue
        appointments = np.array(rows.appointments)
        values = np.where(amounts.given, amounts.values, 0)
        sums = [int(values[(appointments < row) & (appointments > since)].sum()) for since in (before, -1)]
        agrees = stated in sums
        code = "total-verified" if agrees else "total-mismatch"
        shown = {"stated": _shown(stated, field), "sum": _shown(sums[1], field)}
        heading = next((text for cell in cells[:row] if (text := text_of(cell))), "")
        findings.append(Finding(code, sheet.name, (row + sheet.top,), sheet.left + position, heading, shown))


def _stated(cell: Cell, field: str) -> int | None:
    try:
        return cents_of(cell) if field.endswith("_cents") else thousandths_of(cell)
    except Unreadable:
        return None


def _shown(value: int, field: str) -> str:
    return dollars(value) if field.endswith("_cents") else f"{value / THOUSAND:g}"

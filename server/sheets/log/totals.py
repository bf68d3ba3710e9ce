"""Totals rows of a log, held against the sum of the rows they stand under (DOMAIN 8.29)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from server.billing.log import Amounts
from server.billing.money import THOUSAND, dollars
from server.sheets.cells import Unreadable, cents_of, thousandths_of
from server.sheets.log.rows import Rows
from server.sheets.sheet import Cell


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a totals row, by its position in the used part, agrees with the rows above it."""

    code: str
    row: int
    facts: dict[str, object]


def verify_totals(cells: Sequence[Cell], rows: Rows, amounts: Amounts, field: str) -> Iterator[Verdict]:
    """Compare each stated total of a column with the rows since the total before it, and with all above."""
    if not rows.totals:
        return
    appointments = np.array(rows.appointments)
    for before, row in pairwise([-1, *rows.totals]):
        stated = _stated(cells[row], field)
        if stated is not None:
            above = appointments < row
            sums = [int(amounts.values[above & (appointments > since)].sum()) for since in (before, -1)]
            code = "total-verified" if stated in sums else "total-mismatch"
            yield Verdict(code, row, {"stated": _shown(stated, field), "sum": _shown(sums[1], field)})


def _stated(cell: Cell, field: str) -> int | None:
    try:
        return cents_of(cell) if field.endswith("_cents") else thousandths_of(cell)
    except Unreadable:
        return None


def _shown(value: int, field: str) -> str:
    return dollars(value) if field.endswith("_cents") else f"{value / THOUSAND:g}"

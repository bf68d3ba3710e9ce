"""Which rows of a sheet are appointments, and which are page furniture.

Blank rows, headers repeated on every page, totals and lone remarks are told apart by what
stands in them, and counted; totals are held against the sum of their rows (DOMAIN 8.29).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from server.billing.names import fold
from server.sheets.cells import Unreadable, text_of
from server.sheets.dates import day_of
from server.sheets.log.layout import Layout
from server.sheets.sheet import Cell

_TOTAL = re.compile(
    r"(grand|sub|sub-|page|report|day|daily|overall|clinic)?\s*totals?\b.*", re.IGNORECASE | re.DOTALL
)

WORDS = ("provider", "service", "status")


@dataclass(slots=True)
class Rows:
    """Positions of rows below the header, counted from the top of the used part, by what they are."""

    appointments: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    remarks: list[int] = field(default_factory=list)


def tell_apart(layout: Layout, columns: Sequence[Sequence[Cell]]) -> Rows:
    """Sort the rows below the header. ``columns`` are those of the sheet, merged cells filled down.

    A row with a date in its date column is an appointment without a further look; only the
    others, few in any log, are read cell by cell.
    """
    first = layout.header + 1
    dates = columns[layout.columns["date"][0]][first:]
    if set(map(type, dates)) <= {float, int}:
        return Rows(list(range(first, first + len(dates))))
    rows = Rows()
    for row, cell in enumerate(dates, first):
        if type(cell) is float or type(cell) is int or (type(cell) is str and _says_a_day(cell)):
            rows.appointments.append(row)
        else:
            _sort_one(rows, row, [column[row] for column in columns], layout, columns)
    return rows


@lru_cache(maxsize=4096)
def _says_a_day(text: str) -> bool:
    try:
        return day_of(text) is not None
    except Unreadable:
        return False


def _sort_one(
    rows: Rows, row: int, cells: list[Cell], layout: Layout, columns: Sequence[Sequence[Cell]]
) -> None:
    texts = [text_of(cell) for cell in cells]
    filled = [text for text in texts if text]
    known = [texts[position] for name in WORDS for position in layout.columns.get(name, ())]
    date = texts[layout.columns["date"][0]]
    if not filled:
        rows.blank.append(row)
    elif _repeats_header(texts, layout, columns):
        rows.repeated.append(row)
    elif any(_TOTAL.fullmatch(text) for text in filled) and not (any(known[1:]) and date):
        rows.totals.append(row)
    elif len(filled) == 1 and not any(known) and isinstance(next(c for c in cells if text_of(c)), str):
        rows.remarks.append(row)
    else:
        rows.appointments.append(row)


def _repeats_header(texts: Sequence[str], layout: Layout, columns: Sequence[Sequence[Cell]]) -> bool:
    """Return whether every field's cell says its heading again."""
    positions = [position for found in layout.columns.values() for position in found]
    return all(fold(texts[p]) == fold(text_of(columns[p][layout.header])) for p in positions)

"""Numbers that a sheet shows as days, in columns of other numbers."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from server.errors.cell_findings import ShownAsDay
from server.sheets.cells import Numbers, is_day_format, is_time_format
from server.sheets.sheet import Cell

if TYPE_CHECKING:
    from server.sheets.appointment_log.unread_log import Reading


def refuse_days(
    reading: "Reading",
    position: int,
    cells: Sequence[Cell],
    numbers: Numbers,
    shows_day: Callable[[str | None], bool] = is_day_format,
) -> None:
    """Mark the numbers that are shown as days as unreadable: Excel stores a day as a number of five digits."""
    sheet = reading.sheet
    formats = sheet.formats[position] if position < len(sheet.formats) else None
    if formats is None or isinstance(formats, str):
        dated = np.full(len(cells), shows_day(formats))
    else:
        days = {one for one in set(formats) if shows_day(one)}
        rows = reading.rows.appointments if days else []
        dated = np.array([sheet.format_at(position, row) in days for row in rows] or [False] * len(cells))
    if not dated.any():
        return
    places = np.flatnonzero(dated & numbers.given & np.array([not isinstance(cell, str) for cell in cells]))
    numbers.given[places] = False
    numbers.values[places] = 0
    numbers.wrong.setdefault(ShownAsDay, []).extend(places.tolist())


def is_day_or_time(number_format: str | None) -> bool:
    """Return whether a number format shows a day or a time, which no format of an amount or of units does."""
    return is_day_format(number_format) or is_time_format(number_format)

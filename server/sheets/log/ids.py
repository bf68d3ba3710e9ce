"""Appointment IDs as Excel leaves them: text, or a number that may have lost zeros or digits (DOMAIN 8.31)."""

import re
from collections.abc import Sequence
from typing import cast

from server.sheets.cells import text_of
from server.sheets.sheet import Cell

_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_ZEROS = re.compile(r"0{2,}")

DIGITS_KEPT = 1e15
"""From here up Excel has lost the last digits of a number."""

LOST_TAIL = 1_000_000
SUSPICIOUS = 1e11
"""A number this long that ends in six zeros was saved from its 2.98725E+13 display."""


def are_sound(cells: Sequence[Cell]) -> bool:
    """Return whether all IDs are text that no display has shortened, seen without a look at each."""
    return set(map(type, cells)) == {str} and "E" not in "".join(cast("Sequence[str]", cells)).upper()


def is_damaged(cell: Cell) -> bool:
    """Return whether Excel, or saving its display, has cut digits off an ID."""
    if isinstance(cell, str):
        return ("E" in cell or "e" in cell) and bool(_SCIENTIFIC.fullmatch(cell.strip()))
    if cell is None or isinstance(cell, bool):
        return False
    return cell >= DIGITS_KEPT or (cell >= SUSPICIOUS and cell % LOST_TAIL == 0)


def with_zeros(number: float, number_format: str | None) -> Cell:
    """Return a number with the leading zeros its format shows."""
    if number_format and _ZEROS.fullmatch(number_format):
        return text_of(number).zfill(len(number_format))
    return number

"""Numbers of appointments and patients as Excel leaves them: text, or a number that may have lost zeros or digits."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast

import numpy as np

from server.billing.payroll.appointment_log import BLANK, CodedText
from server.sheets.cells import text_of
from server.sheets.sheet import Cell

DAMAGED = {"appointment": "damaged-id", "patient": "damaged-patient"}
"""Fields that say by a number which visit it is, or whose, and the finding about a number that lost digits."""

_SCIENTIFIC = re.compile(r"\d([.,]\d+)?E\+\d{2,3}", re.IGNORECASE)
"""How Excel shows a long number: 2.98725E+13. What a person names, such as 5E3, has no plus."""

_ZEROS = re.compile(r"0{2,}")
_DECIMALS = re.compile(r"0\.(?P<decimals>0+)")

DIGITS_KEPT = 1e15
"""From here up Excel has lost the last digits of a number."""

LOST_TAIL = 1_000_000
SUSPICIOUS = 1e11
"""A number this long that ends in six zeros was saved from its 2.98725E+13 display."""


def ids_as_text(
    given: Sequence[Cell], format_of: Callable[[int], str | None], damaged: list[int]
) -> Sequence[Cell]:
    """Return IDs with the zeros and decimals their formats show; positions that lost digits are added to ``damaged``."""
    if are_sound(given):
        return given
    cells = list(given)
    for place, cell in enumerate(cells):
        if is_damaged(cell):
            damaged.append(place)
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            cells[place] = as_shown(cell, format_of(place))
    return cells


def forget_damaged(words: Mapping[str, CodedText], wrong: dict[str, list[int]]) -> CodedText:
    """Return the patients without those whose number lost digits; ``wrong`` keeps where no ID names the visit."""
    patients, damaged = words["patient"], wrong.pop(DAMAGED["patient"], [])
    if not damaged:
        return patients
    codes = patients.codes.copy()
    codes[damaged] = BLANK
    blank = words["appointment"].blank if "appointment" in words else np.ones(len(codes), dtype=np.bool_)
    wrong[DAMAGED["patient"]] = [place for place in damaged if blank[place]]
    return CodedText(codes, patients.values)


def are_sound(cells: Sequence[Cell]) -> bool:
    """Return whether all IDs are text that no display has shortened, seen without a look at each."""
    return set(map(type, cells)) == {str} and "+" not in "".join(cast("Sequence[str]", cells))


def is_damaged(cell: Cell) -> bool:
    """Return whether Excel, or saving its display, has cut digits off an ID."""
    if isinstance(cell, str):
        return "+" in cell and bool(_SCIENTIFIC.fullmatch(cell.strip()))
    if cell is None or isinstance(cell, bool):
        return False
    return cell >= DIGITS_KEPT or (cell >= SUSPICIOUS and cell % LOST_TAIL == 0)


def with_zeros(number: float, number_format: str | None) -> Cell:
    """Return a number with the leading zeros its format shows."""
    if number_format and _ZEROS.fullmatch(number_format):
        return text_of(number).zfill(len(number_format))
    return number


def as_shown(number: float, number_format: str | None) -> Cell:
    """Return a number with the leading zeros its format shows, and a fraction with all decimals: 1.10 is not 1.1."""
    decimals = _DECIMALS.fullmatch(number_format) if number_format else None
    if decimals and number != int(number):
        return f"{number:.{len(decimals['decimals'])}f}"
    return with_zeros(number, number_format)

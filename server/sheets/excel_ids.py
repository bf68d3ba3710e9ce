"""Appointment and patient IDs as Excel stores them: text, or a number that may have lost zeros or digits."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast

import numpy as np

from server.billing.payroll.appointment_log import BLANK, CodedText
from server.errors.cell_findings import DamagedId, DamagedPatient
from server.errors.finding_facts import ValueFinding
from server.sheets.cells import text_of
from server.sheets.sheet import Cell

DAMAGED = {"appointment": DamagedId, "patient": DamagedPatient}
"""Fields that hold an ID, and the code of the finding about an ID that lost digits."""

_SCIENTIFIC = re.compile(r"\d([.,]\d+)?E\+\d{2,3}", re.IGNORECASE)
"""How Excel shows a long number: 2.98725E+13. An ID chosen by a person, such as 5E3, has no plus sign."""

_ZEROS = re.compile(r"0{2,}")
_DECIMALS = re.compile(r"0\.(?P<decimals>0+)")

DIGITS_KEPT = 1e15
"""From this number up, Excel has lost the last digits."""

LOST_TAIL = 1_000_000
SUSPICIOUS = 1e11
"""From this number up, one that ends in six zeros was saved from its 2.98725E+13 display."""


def ids_as_text(
    given: Sequence[Cell], format_of: Callable[[int], str | None], damaged: list[int]
) -> Sequence[Cell]:
    """Return IDs with the zeros and decimals that their formats show. Adds positions that lost digits to ``damaged``."""
    if are_sound(given):
        return given
    cells = list(given)
    for place, cell in enumerate(cells):
        if is_damaged(cell):
            damaged.append(place)
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            cells[place] = as_shown(cell, format_of(place))
    return cells


def forget_damaged(words: Mapping[str, CodedText], wrong: dict[type[ValueFinding], list[int]]) -> CodedText:
    """Return the patients without IDs that lost digits. ``wrong`` keeps them only where no appointment ID names the visit."""
    patients, damaged = words["patient"], wrong.pop(DAMAGED["patient"], [])
    if not damaged:
        return patients
    codes = patients.codes.copy()
    codes[damaged] = BLANK
    blank = words["appointment"].blank if "appointment" in words else np.ones(len(codes), dtype=np.bool_)
    wrong[DAMAGED["patient"]] = [place for place in damaged if blank[place]]
    return CodedText(codes, patients.values)


def are_sound(cells: Sequence[Cell]) -> bool:
    """Return whether all IDs are text that Excel has not shortened, checked without a loop over the cells."""
    return set(map(type, cells)) == {str} and "+" not in "".join(cast("Sequence[str]", cells))


def is_damaged(cell: Cell) -> bool:
    """Return whether Excel, or a save of its display, has cut digits off an ID."""
    if isinstance(cell, str):
        return "+" in cell and bool(_SCIENTIFIC.fullmatch(cell.strip()))
    if cell is None or isinstance(cell, bool):
        return False
    return cell >= DIGITS_KEPT or (cell >= SUSPICIOUS and cell % LOST_TAIL == 0)


def with_zeros(number: float, number_format: str | None) -> Cell:
    """Return a number with the leading zeros that its format shows."""
    if number_format and _ZEROS.fullmatch(number_format):
        return text_of(number).zfill(len(number_format))
    return number


def as_shown(number: float, number_format: str | None) -> Cell:
    """Return a number with the leading zeros and all decimals that its format shows: 1.10 is not 1.1."""
    decimals = _DECIMALS.fullmatch(number_format) if number_format else None
    if decimals and number != int(number):
        return f"{number:.{len(decimals['decimals'])}f}"
    return with_zeros(number, number_format)

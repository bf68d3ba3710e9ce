"""Strict readers of single cells: from raw values to whole numbers.

A cell that cannot be read exactly is refused with a reason, never read as 0 (rule: payroll#cells).
Excel stores every number as a binary fraction, so 33.33 arrives with noise after the fifteenth digit.
Noise is dropped; a real fraction of a cent is refused.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from server.billing.money import MILLION, THOUSAND
from server.errors.cell_findings import (
    ErrorValue,
    FractionOfCent,
    NegativeNumber,
    NotANumber,
    NotAPercentage,
    NotMoney,
    NumberTooLarge,
    OneOrHundredPercent,
)
from server.errors.finding_facts import ValueFinding
from server.sheets.sheet import Cell

NOISE = Decimal("0.000001")
"""How far a binary fraction may be from a whole cent (or thousandth) and still count as it."""

LARGEST = 1_000_000_000
"""Amounts of ten million dollars or more, and quantities of a million or more, are typing errors."""

_AMOUNT = re.compile(r"\$?\s*(?P<digits>\d{1,3}(?:,\d{3})+|\d+)?(?P<fraction>\.\d*)?", re.ASCII)
_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!"}


class Unreadable(ValueError):
    """The cell cannot be read as its column requires. ``kind`` is the finding to make of it."""

    def __init__(self, kind: type[ValueFinding]) -> None:
        super().__init__(kind.code)
        self.kind = kind

    @property
    def code(self) -> str:
        """Return the code of the finding."""
        return self.kind.code


def text_of(cell: Cell) -> str:
    """Return the cell as text without outer spaces: a whole number without a decimal point, a blank cell as ""."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and not cell.is_integer():
        return f"{cell:.15g}"
    return str(int(cell))


def is_error(cell: Cell) -> bool:
    """Return whether the cell holds one of Excel's error values."""
    return isinstance(cell, str) and cell.strip().upper() in _ERRORS


def cents_of(cell: Cell) -> int | None:
    """Return an amount in cents, ``None`` for a blank cell.

    Reads 1234.5, "$1,234.50", "(50.00)", "50.00-", "-$50"; raises Unreadable for everything else with
    ``error-value``, ``not-money``, ``fraction-of-cent`` or ``too-large``.
    """
    return _whole_number(cell, 100, NotMoney, FractionOfCent)


def thousandths_of(cell: Cell, scale: int = THOUSAND) -> int | None:
    """Return units or minutes in thousandths, ``None`` for a blank cell. The number 1 is ``scale`` thousandths.

    Raises Unreadable with ``error-value``, ``not-a-number``, ``negative-number`` or ``too-large``.
    """
    thousandths = _whole_number(cell, scale, NotANumber, NotANumber)
    if thousandths is not None and thousandths < 0:
        raise Unreadable(NegativeNumber)
    return thousandths


def share_of(cell: Cell, number_format: str | None = None) -> int | None:
    """Return a share in parts per million, ``None`` for a blank cell.

    "60%", 60 and 0.6 are all 600,000. A plain 1 could be 1 % or 100 %: it raises Unreadable with
    ``one-or-hundred-percent`` unless the cell is formatted as a percentage.
    """
    if isinstance(cell, str) and cell.strip().endswith("%"):
        return _share_of_fraction(_decimal_of(cell.strip()[:-1].strip(), NotAPercentage) / 100)
    number = None if text_of(cell) == "" else _decimal_of(cell, NotAPercentage)
    if number is None:
        return None
    if number_format is not None and "%" in number_format:
        return _share_of_fraction(number)
    if number == 1:
        raise Unreadable(OneOrHundredPercent)
    return _share_of_fraction(number if number < 1 else number / 100)


def number_in(cell: Cell) -> Decimal | None:
    """Return the number in a cell, also if it is text in an accountant's notation; ``None`` if there is none."""
    try:
        return _decimal_of(cell, NotANumber)
    except Unreadable:
        return None


def is_time_format(number_format: str | None) -> bool:
    """Return whether a number format shows a time of day or a duration, and no day."""
    plain = _plain_format(number_format)
    return bool(re.search(r"h|\[m|ss", plain)) and not re.search(r"[dy]", plain)


@lru_cache(maxsize=1024)
def is_day_format(number_format: str | None) -> bool:
    """Return whether a number format shows a day."""
    return bool(re.search(r"[dy]", _plain_format(number_format)))


def _plain_format(number_format: str | None) -> str:
    """Return a number format without literal texts and colors such as ``[Red]``."""
    return re.sub(r'"[^"]*"|\\.|\[(?![hms]+\])[^\]]*\]', "", (number_format or "").lower())


def _share_of_fraction(fraction: Decimal) -> int:
    parts = fraction * MILLION
    if parts != parts.to_integral_value() or not 0 <= parts <= MILLION:
        raise Unreadable(NotAPercentage)
    return int(parts)


def _whole_number(
    cell: Cell, scale: int, unreadable: type[ValueFinding], fractional: type[ValueFinding]
) -> int | None:
    """Return ``cell x scale`` as a whole number, ``None`` for a blank cell; raises Unreadable."""
    if text_of(cell) == "":
        return None
    exact = _decimal_of(cell, unreadable) * scale
    whole = int(exact.to_integral_value())
    if abs(whole) >= LARGEST:
        raise Unreadable(NumberTooLarge)
    if abs(exact - whole) > NOISE:
        raise Unreadable(fractional)
    return whole


def _decimal_of(cell: Cell, unreadable: type[ValueFinding]) -> Decimal:
    if is_error(cell):
        raise Unreadable(ErrorValue)
    if isinstance(cell, bool) or cell is None:
        raise Unreadable(unreadable)
    if isinstance(cell, int | float):
        return Decimal(repr(cell)) if cell == cell and abs(cell) != np.inf else _refuse_cell(unreadable)  # noqa: PLR0124
    return _signed_number(cell.strip().replace("\N{MINUS SIGN}", "-"), unreadable)


def _signed_number(text: str, unreadable: type[ValueFinding]) -> Decimal:
    """Return the number in a text, including accountants' negatives: (50.00), -50.00, 50.00-, $-50.00."""
    sign = 1
    if text.startswith("(") and text.endswith(")"):
        sign, text = -1, text[1:-1].strip()
    elif text.startswith("$(") and text.endswith(")"):
        sign, text = -1, text[2:-1].strip()
    elif text.count("-") == 1 and (text[0] == "-" or text[-1] == "-" or text.startswith("$-")):
        sign, text = -1, text.replace("-", "").strip()
    match = _AMOUNT.fullmatch(text)
    if not match or not (match["digits"] or (match["fraction"] or ".") != "."):
        return _refuse_cell(unreadable)
    return sign * Decimal((match["digits"] or "0").replace(",", "") + (match["fraction"] or "").rstrip("."))


def _refuse_cell(kind: type[ValueFinding]) -> Decimal:
    raise Unreadable(kind)


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A column read as whole numbers: ``values`` where ``given``, 0 elsewhere.

    ``wrong`` maps a kind of finding to the positions of its cells.
    """

    values: npt.NDArray[np.int64]
    given: npt.NDArray[np.bool_]
    wrong: dict[type[ValueFinding], list[int]] = field(default_factory=dict)

    @property
    def unreadable(self) -> npt.NDArray[np.bool_]:
        """Return which cells could not be read."""
        mask = np.zeros(len(self.values), dtype=np.bool_)
        for positions in self.wrong.values():
            mask[positions] = True
        return mask


def read_numbers(cells: Sequence[Cell], scale: int, read: Callable[[Cell], int | None]) -> Numbers:
    """Read a column of numbers. ``read`` (such as ``cents_of``) reads every cell that is not a plain small number.

    Plain numbers, nearly all of a log, are scaled and checked for a fraction in one array operation, with the same
    result as ``read``. The other cells are read once per distinct value.
    """
    plain = plain_numbers(cells)
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = plain * scale
        values = np.rint(scaled)
        easy = (np.abs(scaled - values) <= np.float64(NOISE)) & (np.abs(values) < LARGEST) & (values >= 0)
    numbers = Numbers(np.where(easy, values, 0).astype(np.int64), easy.copy())
    answers: dict[tuple[type, Cell], int | Unreadable | None] = {}
    for position in np.flatnonzero(~easy).tolist():
        cell = cells[position]
        if cell is None:
            continue
        key = (type(cell), cell)
        if key not in answers:
            answers[key] = _value_or_error(read, cell)
        answer = answers[key]
        if isinstance(answer, Unreadable):
            numbers.wrong.setdefault(answer.kind, []).append(position)
        elif answer is not None:
            numbers.values[position], numbers.given[position] = answer, True
    return numbers


def plain_numbers(cells: Sequence[Cell]) -> npt.NDArray[np.float64]:
    """Return a column as floats, NaN for every cell that is not a number."""
    if not set(map(type, cells)) <= {float, int, type(None)}:
        cells = [cell if type(cell) is float or type(cell) is int else None for cell in cells]
    return np.array(cells, dtype=np.float64)


def _value_or_error(read: Callable[[Cell], int | None], cell: Cell) -> int | Unreadable | None:
    try:
        return read(cell)
    except Unreadable as refusal:
        return refusal

"""The day in a cell.

From the cell to the sheet that we write, days are whole Excel serials of the 1900 date system. There are no
instants and no time zones that could move a date of service (rule: edge-cases#whole-days).
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from server.billing.days import serial_of
from server.errors.cell_findings import (
    ErrorValue,
    ImplausibleDate,
    NotADate,
    NotDayFirst,
    NotMonthFirst,
    SwappedDate,
)
from server.errors.finding_facts import ValueFinding
from server.sheets.cells import Unreadable, is_error, plain_numbers, text_of
from server.sheets.date_order import (
    DAY_FIRST,
    MONTH_FIRST,
    OTHER,
    Evidence,
    can_be_exchanged,
    is_day_month_swapped,
)
from server.sheets.sheet import Cell

EARLIEST = serial_of(date(2000, 1, 1))
LATEST = serial_of(date(2100, 1, 1))
"""A date of service outside these bounds is a typing error, or a number that is not a date."""

NOON_NOISE = 1e-6
"""A tenth of a second as a fraction of a day: the error of binary fractions just before midnight."""

SINCE_1904 = 1904
"""The date system of workbooks from old Macintosh versions of Excel."""

OFFSET_1904 = 1462
"""Days between the two date systems' epochs."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_TIME = r"(?:[T\s,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(
    rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TIME}", re.IGNORECASE | re.ASCII
)
_COMPACT = re.compile(r"(?P<year>20\d{2})(?P<month>[01]\d)(?P<day>[0-3]\d)", re.ASCII)
_NUMERIC = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE | re.ASCII
)
_MONTH_FIRST = re.compile(
    rf"{_WEEKDAY}(?P<month>[a-z]{{3,9}})\.?[\s-]+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[\s-]+(?P<year>\d{{4}}){_TIME}",
    re.IGNORECASE | re.ASCII,
)
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?P<month>[a-z]{{3,9}})\.?,?[\s-]+(?P<year>\d{{4}}|\d{{2}}){_TIME}",
    re.IGNORECASE | re.ASCII,
)


AGAINST = {MONTH_FIRST: NotMonthFirst, DAY_FIRST: NotDayFirst}
"""Order of a column -> the code of the finding about a date that can only have the other order."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The serials that a cell can mean, month first and day first. They are equal if there is no doubt."""

    mdy: int | None
    dmy: int | None

    @property
    def only(self) -> str:
        """Return the only possible order of this date, "" if both are possible."""
        if self.mdy is None:
            return DAY_FIRST
        return MONTH_FIRST if self.dmy is None else ""

    def by(self, order: str) -> int | None:
        """Return the serial for a date order; if only one meaning is possible, return that one."""
        if self.mdy is None or self.dmy is None:
            return self.mdy if self.dmy is None else self.dmy
        if self.mdy == self.dmy or order == MONTH_FIRST:
            return self.mdy
        return self.dmy if order == DAY_FIRST else None


NO_EVIDENCE = Evidence(0, 0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """A column read as days: ``values`` (serials) where ``given``, 0 elsewhere.

    ``wrong`` maps a kind of finding to positions. ``order`` is the order the column was read in: "mdy",
    "dmy", MIXED if its certain dates contradict each other, "" if nothing decides it;
    ``undecided`` has the positions that fit either order; ``evidence`` counts what the dates show about their order.
    """

    values: npt.NDArray[np.int64]
    given: npt.NDArray[np.bool_]
    wrong: dict[type[ValueFinding], list[int]] = field(default_factory=dict)
    order: str = ""
    undecided: tuple[int, ...] = ()
    evidence: Evidence = NO_EVIDENCE

    @property
    def must_be_asked(self) -> bool:
        """Return whether a person has to choose the order before the column can be read."""
        return self.order not in OTHER and self.evidence != NO_EVIDENCE


def day_of(cell: Cell, date_system: int = 1900, order: str = "mdy") -> int | None:
    """Return the serial of a single cell, ``None`` for a blank one.

    Raises Unreadable with ``error-value``, ``not-a-date`` or ``implausible-date``.
    """
    if text_of(cell) == "":
        return None
    serial = _reading_of(cell, date_system).by(order)
    if serial is None:
        raise Unreadable(NotADate)
    return serial


def read_days(cells: Sequence[Cell], date_system: int, answered: str = "", remembered: str = "") -> Days:
    """Read a column of dates in the order answered with the click, remembered for the clinic, or shown by its dates.

    A date that cannot have that order is the only one left out, as ``not-month-first`` or ``not-day-first``. If the
    column holds both orders, or only days up to 12, the doubtful cells are ``undecided``.
    """
    plain = plain_numbers(cells)
    serials = np.floor(plain + NOON_NOISE) + (OFFSET_1904 if date_system == SINCE_1904 else 0)
    with np.errstate(invalid="ignore"):
        given = (serials >= EARLIEST) & (serials < LATEST)
    days = np.where(given, serials, 0).astype(np.int64)
    real = given.copy()
    wrong: dict[type[ValueFinding], list[int]] = {}
    readings = _read_rest(cells, given, date_system, wrong)
    evidence = _evidence_of(readings)
    order = evidence.order(answered, remembered)
    undecided: list[int] = []
    for reading, positions in readings.items():
        serial = reading.by(order)
        if serial is None:
            undecided += positions
        elif reading.only and order in AGAINST and reading.only != order:
            wrong.setdefault(AGAINST[order], []).extend(positions)
        else:
            days[positions], given[positions] = serial, True
    certain = [serial for reading in readings if reading.only == order and (serial := reading.by(order))]
    if certain and real.any() and is_day_month_swapped(days[real], certain):
        suspects = np.flatnonzero(real)[can_be_exchanged(days[real])]
        wrong[SwappedDate], given[suspects], days[suspects] = suspects.tolist(), False, 0
    return Days(days, given, wrong, order, tuple(sorted(undecided)), evidence)


def _evidence_of(readings: dict[Reading, list[int]]) -> Evidence:
    counts = {MONTH_FIRST: 0, DAY_FIRST: 0, "": 0}
    for reading, positions in readings.items():
        if reading.mdy != reading.dmy:
            counts[reading.only] += len(positions)
    return Evidence(counts[MONTH_FIRST], counts[DAY_FIRST], counts[""])


def count_dates(cells: Sequence[Cell], date_system: int) -> int:
    """Return how many cells can be read as a date, in either order."""
    plain = np.zeros(len(cells), dtype=np.bool_)
    return sum(map(len, _read_rest(cells, plain, date_system, {}).values()))


def _read_rest(
    cells: Sequence[Cell],
    done: npt.NDArray[np.bool_],
    date_system: int,
    wrong: dict[type[ValueFinding], list[int]],
) -> dict[Reading, list[int]]:
    """Read the cells that are not plain date serials, once per distinct value; return the positions of each reading."""
    answers: dict[tuple[type, Cell], list[int]] = {}
    readings: defaultdict[Reading, list[int]] = defaultdict(list)
    for position in np.flatnonzero(~done).tolist():
        cell = cells[position]
        if text_of(cell) == "":
            continue
        key = (type(cell), cell)
        if key not in answers:
            try:
                answers[key] = readings[_reading_of(cell, date_system)]
            except Unreadable as refusal:
                answers[key] = wrong.setdefault(refusal.kind, [])
        answers[key].append(position)
    return readings


def _reading_of(cell: Cell, date_system: int) -> Reading:
    if is_error(cell):
        raise Unreadable(ErrorValue)
    text = text_of(cell)
    if isinstance(cell, bool):
        raise Unreadable(NotADate)
    if isinstance(cell, int | float) and not _COMPACT.fullmatch(text):
        serial = int(cell + NOON_NOISE) + (OFFSET_1904 if date_system == SINCE_1904 else 0)
        return Reading(*[_plausible_serial(serial)] * 2)
    if match := _NUMERIC.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), _full_year(match[4])
        return _reading_of_both(_serial_of(year, first, second), _serial_of(year, second, first))
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        month = int(match["month"])
    elif (match := _MONTH_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text)) and (
        (name := match["month"].lower()[:3]) in _MONTHS
    ):
        month = _MONTHS.index(name) + 1
    else:
        raise Unreadable(NotADate)
    return _reading_of_both(*[_serial_of(_full_year(match["year"]), month, int(match["day"]))] * 2)


def _reading_of_both(mdy: int | None, dmy: int | None) -> Reading:
    if mdy is None and dmy is None:
        raise Unreadable(NotADate)
    for serial in {mdy, dmy} - {None}:
        _plausible_serial(serial or 0)
    return Reading(mdy, dmy)


def _plausible_serial(serial: int) -> int:
    if not EARLIEST <= serial < LATEST:
        raise Unreadable(ImplausibleDate)
    return serial


def _serial_of(year: int, month: int, day: int) -> int | None:
    try:
        return serial_of(date(year, month, day))
    except ValueError:
        return None


def _full_year(text: str) -> int:
    """Complete a two-digit year as Excel does: 00-29 are 2000-2029, 30-99 are 1930-1999."""
    year = int(text)
    if len(text) > 2:  # noqa: PLR2004
        return year
    return year + (2000 if year < 30 else 1900)  # noqa: PLR2004

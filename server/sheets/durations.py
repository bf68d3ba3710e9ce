"""How long a visit took: minutes, hours, times such as 0:45, or a start and an end, each cell by its own format.

Minutes are kept in thousandths. One column may hold both clock times and plain numbers, so each cell is read by
itself. The unit of the plain numbers comes from the column, or from a person.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from server.billing.money import THOUSAND
from server.errors.cell_findings import EndBeforeStart, LongerThanADay, NotATime, TimeOrNumber
from server.errors.finding_facts import ValueFinding
from server.sheets.cells import (
    Numbers,
    Unreadable,
    is_error,
    is_time_format,
    plain_numbers,
    read_numbers,
    text_of,
    thousandths_of,
)
from server.sheets.sheet import Cell

MINUTES, HOURS = "minutes", "hours"

SCALES = {MINUTES: THOUSAND, HOURS: 60 * THOUSAND}
"""Thousandths of a minute in one unit."""

DAY = 24 * 60 * 60
"""Seconds in a day."""

NOON = 12

Formats = str | Sequence[str | None] | None
"""One number format for a whole column, or one for each of its cells."""

HOURS_OF_A_DAY = 24
"""No visit takes this long."""

_CLOCK = re.compile(r"(?P<hours>\d{1,2}):(?P<minutes>[0-5]\d)(?::(?P<seconds>[0-5]\d))?", re.ASCII)
_SPELLED = re.compile(
    r"(?:(?P<hours>\d+(?:\.\d+)?|\.\d+)\s*(?:h|hr|hrs|hour|hours)\b\.?)?,?\s*(?:and\s+)?"
    r"(?:(?P<minutes>\d+(?:\.\d+)?|\.\d+)\s*(?:m|min|mins|minute|minutes)\b\.?)?",
    re.ASCII | re.IGNORECASE,
)
_TIME_OF_DAY = re.compile(
    r"(?:.*\d[T\s,]+)?(?P<hours>\d{1,2}):(?P<minutes>[0-5]\d)(?::(?P<seconds>[0-5]\d)(?:\.\d+)?)?\s*"
    r"(?:(?P<half>[ap])\.?m\.?)?\s*(?:Z|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)


def minutes_of(cell: Cell, number_format: str | None = None, unit: str = MINUTES) -> int | None:
    """Return a duration in thousandths of a minute, ``None`` for a blank cell.

    "1:30", "1h 30m", "1.5 hrs" and "90 min" are 90 minutes, and so is 1:30 in a cell formatted as a time. A plain
    number counts ``unit``. Raises Unreadable with ``time-or-number`` for a cell formatted as a time that holds days,
    with ``longer-than-a-day`` for a text of 24 hours or more, and like ``thousandths_of``.
    """
    if isinstance(cell, str):
        stated = _stated_minutes(cell.strip())
        return thousandths_of(cell, SCALES[unit]) if stated is None else stated
    if isinstance(cell, int | float) and not isinstance(cell, bool) and is_time_format(number_format):
        if not 0 <= cell < 1:
            raise Unreadable(TimeOrNumber)
        return _of_seconds(round(Decimal(repr(cell)) * DAY))
    return thousandths_of(cell, SCALES[unit])


def _stated_minutes(text: str) -> int | None:
    """Return the minutes of a text that states its unit, in thousandths; ``None`` for any other text."""
    if clock := _CLOCK.fullmatch(text):
        if int(clock["hours"]) >= HOURS_OF_A_DAY:  # 50:00 may be fifty minutes or fifty hours
            raise Unreadable(LongerThanADay)
        return _of_seconds(
            (int(clock["hours"]) * 60 + int(clock["minutes"])) * 60 + int(clock["seconds"] or 0)
        )
    spelled = _SPELLED.fullmatch(text)
    if not spelled or not (spelled["hours"] or spelled["minutes"]):
        return None
    hours, minutes = (Decimal(spelled[part] or 0) for part in ("hours", "minutes"))
    return thousandths_of(str(hours * 60 + minutes))


def _is_clock(text: str) -> bool:
    """Return whether a text is a time of less than a day. A longer one blocks its own row and shows nothing about others."""
    clock = _CLOCK.fullmatch(text.strip())
    return clock is not None and int(clock["hours"]) < HOURS_OF_A_DAY


def _of_seconds(seconds: int) -> int:
    return (seconds * THOUSAND * 2 + 60) // 120


@dataclass(frozen=True, slots=True, eq=False)
class Durations:
    """A column read as minutes, with what a question about it needs.

    ``time`` is a readable cell with a clock time, ``None`` if there is none. ``plain`` has the first few different
    plain numbers above zero; ``least`` and ``most`` are the bounds of all of them, 0 if there are none.
    """

    numbers: Numbers
    time: Cell
    plain: tuple[Cell, ...]
    least: float
    most: float


def read_durations(cells: Sequence[Cell], formats: Formats, unit: str) -> Durations:
    """Read a column of durations, each cell by its own number format; plain numbers count ``unit``."""
    kinds = set(map(type, cells))
    timed = _cells_shown_as_time(cells, formats)
    if timed is None and str not in kinds:  # nearly every log: plain numbers, read in one sweep
        numbers = read_numbers(cells, SCALES[unit], lambda cell: minutes_of(cell, None, unit))
        return _with_bounds(numbers, numbers.values / SCALES[unit], None, ())
    shown = np.zeros(len(cells), dtype=np.bool_) if timed is None else timed
    plain = plain_numbers(cells)
    untimed = [None if time else cell for cell, time in zip(cells, shown, strict=True)]
    numbers = read_numbers(untimed, SCALES[unit], lambda cell: minutes_of(cell, None, unit))
    _read_times(numbers, plain, shown)
    texts = {cell for cell in cells if type(cell) is str} if str in kinds else set()
    clocks = [text for text in texts if _is_clock(text)]
    positions = np.flatnonzero(shown & numbers.given)
    time = cells[positions[0]] if len(positions) else min(clocks, default=None)
    typed = [value / THOUSAND for text in sorted(texts) if (value := _typed_number(text)) > 0]
    return _with_bounds(numbers, np.where(shown | ~numbers.given, 0, np.nan_to_num(plain)), time, typed)


def _with_bounds(
    numbers: Numbers, plain: npt.NDArray[np.float64], time: Cell, typed: Sequence[float]
) -> Durations:
    """Return a column with the bounds of its plain numbers, including those typed as text."""
    bare = plain[plain > 0]
    bounds = [*((bare.min(), bare.max()) if len(bare) else ()), *typed]
    examples = dict.fromkeys(
        f"{Decimal(f'{number:.10g}'):f}" for number in (*bare[:50].tolist(), *typed[:50])
    )
    return Durations(numbers, time, tuple(examples)[:3], min(bounds, default=0), max(bounds, default=0))


def _typed_number(text: str) -> int:
    """Return a plain number typed as text, in thousandths; 0 for any other text."""
    try:
        return 0 if _stated_minutes(text.strip()) is not None else thousandths_of(text) or 0
    except Unreadable:
        return 0


def _cells_shown_as_time(cells: Sequence[Cell], formats: Formats) -> npt.NDArray[np.bool_] | None:
    """Return which cells hold a number formatted as a time, ``None`` if no format shows a time."""
    if formats is None or isinstance(formats, str):
        return ~np.isnan(plain_numbers(cells)) if is_time_format(formats) else None
    is_time = {number_format: is_time_format(number_format) for number_format in set(formats)}
    if not any(is_time.values()):
        return None
    shown = np.array([is_time[number_format] for number_format in formats], dtype=np.bool_)
    return shown & ~np.isnan(plain_numbers(cells))


def _read_times(numbers: Numbers, plain: npt.NDArray[np.float64], timed: npt.NDArray[np.bool_]) -> None:
    """Set the minutes of cells formatted as times. One that holds a day or more was not typed as a time."""
    with np.errstate(invalid="ignore"):
        within = timed & (plain >= 0) & (plain < 1)
    seconds = np.rint(plain[within] * DAY).astype(np.int64)
    numbers.values[within], numbers.given[within] = (seconds * THOUSAND * 2 + 60) // 120, True
    if outside := np.flatnonzero(timed & ~within).tolist():
        numbers.wrong[TimeOrNumber] = outside


def read_between(
    starts: Sequence[Cell], ends: Sequence[Cell]
) -> tuple[Numbers, dict[type[ValueFinding], list[int]]]:
    """Return the minutes from start to end where both are given, and the starts that are not times.

    ``wrong`` of the minutes has the faults of the ends: ``not-a-time`` or ``end-before-start``.
    """
    first, bad_starts = _seconds_of(starts)
    last, bad_ends = _seconds_of(ends)
    both = ~np.isnan(first) & ~np.isnan(last)
    days_known = (first >= DAY) & (last >= DAY)
    with np.errstate(invalid="ignore"):
        length = np.where(days_known, last - first, last % DAY - first % DAY)
    backwards = both & (length < 0)
    given = both & ~backwards
    minutes = (np.where(given, length, 0).astype(np.int64) * THOUSAND * 2 + 60) // 120
    wrong: dict[type[ValueFinding], list[int]] = {
        NotATime: bad_ends,
        EndBeforeStart: np.flatnonzero(backwards).tolist(),
    }
    found = {kind: places for kind, places in wrong.items() if places}
    return Numbers(minutes, given, found), {NotATime: bad_starts} if bad_starts else {}


def minute_of_day(cells: Sequence[Cell]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the minute of the day of each time, 0 for none, and which cells have a time. A date alone has none."""
    seconds, _ = _seconds_of(cells)
    given = ~np.isnan(seconds)
    return np.where(given, seconds % DAY // 60, 0).astype(np.int64), given


def _seconds_of(cells: Sequence[Cell]) -> tuple[npt.NDArray[np.float64], list[int]]:
    """Return the second of each cell, NaN for none. A real date adds its days; a date without a time has none."""
    plain = plain_numbers(cells)
    seconds = np.rint(plain * DAY)
    with np.errstate(invalid="ignore"):
        unusable = (seconds < 0) | ((seconds >= DAY) & (seconds % DAY == 0))
    seconds[unusable] = np.nan
    bad: list[int] = []
    answers: dict[Cell, float] = {}
    for place in np.flatnonzero(np.isnan(plain)).tolist():
        cell = cells[place]
        if text_of(cell) == "":
            continue
        if cell not in answers:
            answers[cell] = _second_of_day(cell)
        seconds[place] = answers[cell]
        if answers[cell] != answers[cell]:
            bad.append(place)
    return seconds, bad


def _second_of_day(cell: Cell) -> float:
    time = _TIME_OF_DAY.fullmatch(cell.strip()) if isinstance(cell, str) and not is_error(cell) else None
    hours = int(time["hours"]) if time else NOON * 2
    half = time["half"].lower() if time and time["half"] else ""
    if not time or hours >= NOON * 2 or (half and not 1 <= hours <= NOON):
        return np.nan
    hours = hours % NOON + (NOON if half == "p" else 0) if half else hours
    return (hours * 60 + int(time["minutes"])) * 60 + int(time["seconds"] or 0)

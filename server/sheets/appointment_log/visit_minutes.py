"""How long each visit of a log took: from its minutes, its hours, or its start and end.

If the column does not show whether a plain number counts minutes or hours, and somebody is paid by the hour, the
biller is asked. The answer is remembered with the heading.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from server.billing.clinics import ImportProfile
from server.billing.money import THOUSAND
from server.billing.payroll.appointment_log import Amounts, Column
from server.errors import Finding, show_value
from server.errors.cell_findings import HoursAndMinutes
from server.errors.log_column_findings import ColumnQuestion
from server.sheets.appointment_log.column_layout import Layout
from server.sheets.appointment_log.column_matching import column_of
from server.sheets.appointment_log.heading_synonyms import fold_heading
from server.sheets.appointment_log.shown_days import refuse_days
from server.sheets.appointment_log.visit_times import (
    END,
    START,
    filled_from_times,
    has_times,
    minutes_between,
    say_conversion,
)
from server.sheets.cells import Numbers, text_of
from server.sheets.durations import (
    HOURS,
    MINUTES,
    SCALES,
    Durations,
    Formats,
    minutes_of,
    read_durations,
)
from server.sheets.questions import Choice, Question, Unanswered
from server.sheets.sheet import Cell, Sheet

if TYPE_CHECKING:
    from server.sheets.appointment_log.unread_log import Reading

QUESTION = "duration_unit"
CHOICES = (Choice(MINUTES, "Minutes"), Choice(HOURS, "Hours"))

FIELDS = frozenset({HOURS, START, END})
"""Fields other than minutes that say how long a visit took."""

FEWEST_MINUTES = 10
"""A column whose durations are all below this may count hours."""

MOST_HOURS = 10
"""A column whose durations are all this long or longer may count minutes, whatever its heading says."""

ROUNDING = THOUSAND
"""Largest difference, in thousandths of a minute, between hours with two decimals and the minutes next to them."""


@dataclass(frozen=True, slots=True, eq=False)
class VisitMinutes:
    """The minutes of each visit, the column findings point at, the fields read for them, and what was learned."""

    amounts: Amounts
    column: Column
    fields: frozenset[str]
    learned: ImportProfile
    are_as_written: bool
    """Whether the sheet itself has them as minutes, so that a total below them also counts minutes."""


def measures_read(columns: Mapping[str, tuple[int, ...]]) -> set[str]:
    """Return the measures that some columns give: hours, or an end together with its start, also give the minutes."""
    says_minutes = HOURS in columns or (END in columns and bool({START, "date"} & columns.keys()))
    return {*columns, *({MINUTES} if says_minutes else ())}


def without_unused_times(
    layout: Layout, minutes: "VisitMinutes | None", *, needs_starts: bool = False
) -> Layout:
    """Return the layout with the unneeded columns of time moved to the columns that were not read."""
    used = (minutes.fields if minutes else frozenset()) | ({START} if needs_starts else frozenset())
    unused = FIELDS & layout.columns.keys() - used
    positions = {position for name in unused for position in layout.columns[name]}
    kept = {name: found for name, found in layout.columns.items() if name not in unused}
    read = {position for found in kept.values() for position in found}
    return replace(layout, columns=kept, unread=tuple(sorted({*layout.unread, *(positions - read)})))


def read_visit_minutes(
    reading: "Reading", answers: Mapping[str, str], profile: ImportProfile, *, hourly: bool
) -> VisitMinutes | None:
    """Return how long the visits took, ``None`` if no column says it. Raises Unanswered.

    ``hourly`` says whether anybody is paid by the hour. If not, nothing is asked, and start and end are not read.
    """
    columns = reading.layout.columns
    names = [name for name in (MINUTES, HOURS) if name in columns]
    if names:
        name = next((name for name in names if _says_anything(reading, columns[name][0])), names[0])
        minutes = _of_column(reading, name, answers, profile, hourly=hourly)
        return _with_times(reading, minutes, columns[name][0]) if hourly and has_times(reading) else minutes
    if hourly and has_times(reading):
        amounts, column = minutes_between(reading)
        fields = frozenset({START, END})
        return VisitMinutes(amounts, column, fields, reading.layout.learned, are_as_written=False)
    return None


def _says_anything(reading: "Reading", position: int) -> bool:
    """Return whether a column has any filled cell. An empty column does not stop another one from being read."""
    return any(cell is not None and text_of(cell) for cell in reading.cells(position))


def _with_times(reading: "Reading", minutes: VisitMinutes, position: int) -> VisitMinutes:
    """Return the minutes, with rows that have neither minutes nor hours filled from start and end."""
    columns = [reading.cells(place) for place in {position, *reading.layout.columns.get(HOURS, ())}]
    lacking = np.flatnonzero(~minutes.amounts.given).tolist()
    blank = [place for place in lacking if not any(text_of(cells[place]) for cells in columns)]
    amounts = filled_from_times(reading, minutes.amounts, blank, minutes.column)
    if amounts is minutes.amounts:
        return minutes
    return replace(minutes, amounts=amounts, fields=minutes.fields | {START, END}, are_as_written=False)


def _of_column(
    reading: "Reading", name: str, answers: Mapping[str, str], profile: ImportProfile, *, hourly: bool
) -> VisitMinutes:
    position = reading.layout.columns[name][0]
    column = column_of(reading.sheet, reading.layout, position)
    key = fold_heading(column.heading)
    given = answers.get(QUESTION, "").strip().casefold()
    answered = given if given in SCALES else ""
    settled = answered or (known if (known := dict(profile.columns).get(key, "")) in SCALES else "")
    unit = settled or name
    cells = reading.cells(position)
    durations = read_durations(cells, _formats(reading, position), unit)
    if hourly and not settled and (why := _doubt(durations, unit, column.heading)):
        row = reading.sheet.top + reading.layout.header
        finding = Finding(
            ColumnQuestion(question=why), reading.sheet.name, (row,), column.position, column.heading
        )
        raise Unanswered([Question(QUESTION, why, CHOICES)], [finding])
    numbers = durations.numbers
    refuse_days(reading, position, cells, numbers)
    reading.doubt(MINUTES, position, cells, numbers.wrong)
    say_conversion(reading, column, f"“{show_value(column.heading)}”", _example(durations, unit))
    given_minutes = numbers.given & ~_rows_of_other_hours(reading, name, position, numbers, hourly=hourly)
    learned = reading.layout.learned
    if answered:
        learned = replace(learned, columns=tuple((dict(learned.columns) | {key: answered}).items()))
    as_written = name == unit == MINUTES and durations.time is None
    return VisitMinutes(
        Amounts(np.where(given_minutes, numbers.values, 0), given_minutes),
        column,
        frozenset({name}),
        learned,
        as_written,
    )


def _formats(reading: "Reading", position: int) -> Formats:
    sheet: Sheet = reading.sheet
    formats = sheet.formats[position] if position < len(sheet.formats) else None
    if formats is None or isinstance(formats, str):
        return formats
    return [sheet.format_at(position, row) for row in reading.rows.appointments]


def _doubt(durations: Durations, unit: str, heading: str) -> str:
    """Return the question a column raises, "" if it is clear what its numbers count."""
    if not durations.plain:
        return ""
    values = _spellings_in_words(durations.plain)
    if durations.time is not None:
        time = _clock(durations.time)
        return (
            f"“{heading}” holds times such as {time} and plain numbers such as {durations.plain[0]}."
            " What do the plain numbers count: minutes or hours?"
        )
    may_be_hours = unit == MINUTES and durations.most < FEWEST_MINUTES
    may_be_minutes = unit == HOURS and durations.least >= MOST_HOURS
    if not (may_be_hours or may_be_minutes):
        return ""
    last = durations.plain[-1]
    return f"“{heading}” holds {values}: hours or minutes? {last} hours = {_minutes(last, HOURS)} minutes."


def _spellings_in_words(values: Sequence[Cell]) -> str:
    *first, last = map(text_of, values)
    return f"{', '.join(first)} and {last}" if first else last


def _clock(time: Cell) -> str:
    if isinstance(time, str):
        return time.strip()
    hours, minutes = divmod((minutes_of(time, "h:mm") or 0) // THOUSAND, 60)
    return f"{hours}:{minutes:02}"


def _minutes(value: Cell, unit: str) -> str:
    return f"{(minutes_of(value, None, unit) or 0) / THOUSAND:,.10g}"


def _example(durations: Durations, unit: str) -> str:
    """Return an example of how a column's numbers were read, "" if the sheet has them as minutes."""
    plain = (
        f"{durations.plain[-1]} = {_minutes(durations.plain[-1], unit)} minutes" if durations.plain else ""
    )
    if not plain or (durations.time is None and unit == MINUTES):
        return ""
    if durations.time is None:
        return plain
    return f"{_clock(durations.time)} = {_minutes(_clock(durations.time), MINUTES)} minutes, {plain}"


def _rows_of_other_hours(
    reading: "Reading", name: str, position: int, minutes: Numbers, *, hourly: bool
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return the rows whose hours differ from their minutes, and note them: "1" and "30" may belong together."""
    against = np.zeros(len(minutes.values), dtype=np.bool_)
    beside = reading.layout.columns.get(HOURS, ())
    if hourly and name == MINUTES and beside:
        hours = read_durations(reading.cells(beside[0]), _formats(reading, beside[0]), HOURS).numbers
        differs = np.abs(hours.values - minutes.values) > ROUNDING
        against = (hours.given & minutes.given & differs) | hours.unreadable
        places = np.flatnonzero(against).tolist()
        reading.doubt(MINUTES, position, reading.cells(position), {HoursAndMinutes: places} if places else {})
    return against

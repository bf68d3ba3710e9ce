"""The minutes of visits from start and end: for all visits, or only for those with blank minutes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from server.billing.money import THOUSAND
from server.billing.payroll.appointment_log import Amounts, Column
from server.errors import Finding, count_of, row_stretches, show_value
from server.errors.log_column_findings import MinutesConverted, MinutesFromTimes
from server.sheets.appointment_log.column_matching import column_of
from server.sheets.durations import MINUTES, minute_of_day, read_between

if TYPE_CHECKING:
    from server.sheets.appointment_log.unread_log import Reading

START, END = "start", "end"


def has_times(reading: "Reading") -> bool:
    """Return whether a log says when its visits end. They start at their start time, or else at the time in their
    date.
    """
    return END in reading.layout.columns


def minutes_between(reading: "Reading") -> tuple[Amounts, Column]:
    """Return the minutes from start to end of each visit, and the end column, which findings point at.

    A cell that is no time, and an end before its start, are noted as unreadable.
    """
    start, end = _positions(reading)
    starts, ends = reading.cells(start), reading.cells(end)
    numbers, bad_starts = read_between(starts, ends)
    reading.doubt(START, start, starts, bad_starts)
    reading.doubt(MINUTES, end, ends, numbers.wrong)
    amounts = Amounts(numbers.values, numbers.given)
    say_conversion(reading, _column(reading, end), _source(reading), _example(reading, amounts))
    return amounts, _column(reading, end)


def starts_of(reading: "Reading") -> Amounts:
    """Return the minute of the day at which each visit began: its start time, or else the time in its date.

    A cell that is no time gives none. A finding about it is made only if somebody's pay depends on it.
    """
    columns = reading.layout.columns
    values, given = minute_of_day(reading.cells(columns["date"][0]))
    for position in columns.get(START, ())[:1]:
        own, has_own = minute_of_day(reading.cells(position))
        values, given = np.where(has_own, own, values), given | has_own
    return Amounts(values, given)


def filled_from_times(reading: "Reading", minutes: Amounts, blank: Sequence[int], column: Column) -> Amounts:
    """Return a column's minutes with its blank cells filled from start and end, and add a finding about these rows.

    ``blank`` are the positions of the blank cells. If none can be filled, the same object is returned. A row without
    both times stays without minutes; a finding about it is made only once somebody's pay depends on it.
    """
    columns = [reading.cells(position) for position in _positions(reading)] if blank else [[], []]
    starts, ends = ([cells[place] for place in blank] for cells in columns)
    numbers, _ = read_between(starts, ends)
    filled = np.asarray(blank, dtype=np.int64)[numbers.given]
    if not len(filled):
        return minutes
    values, given = minutes.values.copy(), minutes.given.copy()
    values[filled], given[filled] = numbers.values[numbers.given], True
    rows = [reading.sheet.top + reading.rows.appointments[place] for place in filled.tolist()]
    only = np.zeros(len(given), dtype=np.bool_)
    only[filled] = True
    header = reading.sheet.top + reading.layout.header
    reading.findings.append(
        Finding(
            MinutesFromTimes(
                visits=count_of(len(rows), "visit"),
                rows=row_stretches(rows),
                source=_source(reading),
                example=_example(reading, Amounts(values, only)) or "0 minutes",
            ),
            reading.sheet.name,
            (header,),
            column.position,
            column.heading,
        )
    )
    return Amounts(values, given)


def say_conversion(reading: "Reading", column: Column, source: str, example: str) -> None:
    """Add a finding about what the minutes were computed from, unless the sheet has them as minutes."""
    if example:
        row = reading.sheet.top + reading.layout.header
        reading.findings.append(
            Finding(
                MinutesConverted(source=source, example=example),
                reading.sheet.name,
                (row,),
                column.position,
                column.heading,
            )
        )


def _positions(reading: "Reading") -> tuple[int, int]:
    columns = reading.layout.columns
    return (columns.get(START) or columns["date"])[0], columns[END][0]


def _column(reading: "Reading", position: int) -> Column:
    return column_of(reading.sheet, reading.layout, position)


def _source(reading: "Reading") -> str:
    first, last = (_column(reading, position).heading for position in _positions(reading))
    return f"“{show_value(first)}” and “{show_value(last)}”"


def _example(reading: "Reading", minutes: Amounts) -> str:
    """Return an example of how long a visit took, "" if no visit took any time."""
    places = np.flatnonzero(minutes.given & (minutes.values > 0))
    if not len(places):
        return ""
    row = reading.sheet.top + reading.rows.appointments[places[0]]
    return f"row {row} has {minutes.values[places[0]] / THOUSAND:,.10g} minutes"

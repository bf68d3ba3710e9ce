"""Which row of an effective-dated list is in force on a day, for whole columns at once.

Rates and missed-visit rules are lists of rows (provider or ``*``, service or ``*``, effective
from). The most specific key wins; within a key the latest row on or before the date of
service; a row without an amount ends the one before it, and the next less specific key
applies again (rule: payroll#rates). There are no end dates, so nothing can overlap.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Sequence
from datetime import date
from itertools import groupby
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from server.billing.clinics import ANY
from server.billing.days import serial_of

_DAYS = 1 << 20
"""More than any day's serial, so that pair and day fit one sortable number."""

NO_ROW = -1

Key = tuple[str, str]
Timelines = dict[Key, list[tuple[int, int]]]
"""(provider, service) -> (first day's serial, position of the row), in order of days."""


class Dated(Protocol):
    """A row of an effective-dated list."""

    @property
    def provider(self) -> str: ...  # noqa: D102
    @property
    def service(self) -> str: ...  # noqa: D102
    @property
    def amount(self) -> int | None: ...  # noqa: D102
    @property
    def effective_from(self) -> date: ...  # noqa: D102


def in_force(
    rows: Sequence[Dated],
    providers: Sequence[str],
    services: Sequence[str],
    pairs: npt.NDArray[np.int64],
    days: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """Return for each appointment the position in ``rows`` of the row in force, or NO_ROW.

    ``pairs`` holds position in ``providers`` x len(services) + position in ``services``;
    ``days`` are serials. Every distinct pair gets one merged timeline. The timelines are joined
    into one sorted array, and one binary search for each distinct pair and day finds the row.
    """
    timelines: Timelines = defaultdict(list)
    for position, row in enumerate(rows):
        timelines[row.provider, row.service].append((serial_of(row.effective_from), position))
    for timeline in timelines.values():
        timeline.sort()
    codes, distinct = pd.factorize(pairs * _DAYS + days)
    starts: list[int] = []
    answers: list[int] = []
    for pair in np.unique(distinct // _DAYS).tolist():
        key = (providers[pair // len(services)], services[pair % len(services)])
        for first_day, answer in [(0, NO_ROW), *_merged_timeline(timelines, rows, key)]:
            starts.append(pair * _DAYS + first_day)
            answers.append(answer)
    if not starts:
        return np.full(len(pairs), NO_ROW, dtype=np.int64)
    places = np.searchsorted(np.array(starts), distinct, side="right") - 1
    found: npt.NDArray[np.int64] = np.array(answers, dtype=np.int64)[places]
    return found[codes]


def repeated_rows(rows: Sequence[Dated]) -> list[list[int]]:
    """Return the groups of positions that share provider, service and first day: the overlaps."""

    def key(position: int) -> tuple[Hashable, ...]:
        row = rows[position]
        return row.provider, row.service, row.effective_from

    positions = sorted(range(len(rows)), key=lambda position: (*map(str, key(position)), position))
    return [group for _, found in groupby(positions, key) if len(group := list(found)) > 1]


def _merged_timeline(timelines: Timelines, rows: Sequence[Dated], key: Key) -> list[tuple[int, int]]:
    """Return one pair's list of (first day, row in force), merged over its four keys."""
    provider, service = key
    keys = ((provider, service), (provider, ANY), (ANY, service), (ANY, ANY))
    candidates = [timelines[key] for key in keys if key in timelines]
    days = sorted({day for timeline in candidates for day, _ in timeline})
    return [(day, _row_in_force(day, candidates, rows)) for day in days]


def _row_in_force(day: int, candidates: Sequence[Sequence[tuple[int, int]]], rows: Sequence[Dated]) -> int:
    for timeline in candidates:
        index = bisect_right(timeline, day, key=lambda entry: entry[0])
        if index and rows[timeline[index - 1][1]].amount is not None:
            return timeline[index - 1][1]
    return NO_ROW

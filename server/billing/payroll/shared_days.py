"""The days outside the period of a run that its log shares with closed runs: an export often begins or ends a few days off.

Rows of these days are compared with what those runs paid, and pay late visits (rule: pay-runs#late-visits).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from server.billing.days import date_of, serial_of
from server.billing.payroll.appointment_log import AppointmentLog, Ints, Mask
from server.billing.payroll.pay_run import Period
from server.billing.payroll.recorded_runs import RunHeader

NO_RUN = -1


@dataclass(frozen=True, slots=True)
class SharedDays:
    """Days of a closed run that a log covers. A log that ``is_around`` them has rows before and after the run, too."""

    days: Period
    is_around: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class RowsOfClosedRuns:
    """For each row of a log, the closed run that its day belongs to, as a position in ``run_ids``.

    NO_RUN is for rows of the period of the run itself, and for days that no closed run has.
    """

    run_ids: tuple[str, ...]
    codes: Ints
    spans: tuple[SharedDays, ...]

    def without(self, rows: Iterable[int]) -> "RowsOfClosedRuns":
        """Return the same without the rows at some positions."""
        codes = self.codes.copy()
        codes[list(rows)] = NO_RUN
        return replace(self, codes=codes)

    @property
    def rows(self) -> Mask:
        """Return the rows with a closed run."""
        found: Mask = self.codes != NO_RUN
        return found


def rows_of_closed_runs(log: AppointmentLog, closed: Sequence[RunHeader], period: Period) -> RowsOfClosedRuns:
    """Return the rows outside a period that are of days of closed runs. If several have a day, it is the latest closed.

    A log covers the days of a run from its first to its last row of them. If the log also has rows before or after the
    run, it covers the run from its first day or to its last.
    """
    serials, given = log.days.values, log.days.given
    codes: Ints = np.full(len(log), NO_RUN, dtype=np.int64)
    if not given.any() or not closed:
        return RowsOfClosedRuns((), codes, ())
    outside = given & ((serials < serial_of(period.first)) | (serials > serial_of(period.last)))
    first_of_log, last_of_log = int(serials[given].min()), int(serials[given].max())
    ordered = sorted(closed, key=lambda run: (run.closed_at, run.id))
    spans = []
    for code, run in enumerate(ordered):
        first, last = serial_of(run.period.first), serial_of(run.period.last)
        mine = outside & (serials >= first) & (serials <= last)
        if not mine.any():
            continue
        codes[mine] = code
        begins = first if first_of_log < first else int(serials[mine].min())
        ends = last if last_of_log > last else int(serials[mine].max())
        is_around = first_of_log < first and last_of_log > last
        spans.append(SharedDays(Period(date_of(begins), date_of(ends)), is_around))
    return RowsOfClosedRuns(tuple(run.id for run in ordered), codes, tuple(spans))

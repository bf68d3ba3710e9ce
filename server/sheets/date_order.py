"""Whether the dates in a column are written month first or day first.

In order of trust: the answer, what is remembered for the clinic, and the evidence of all dates in the column.
A date that can only have the other order is a single typing error; it never changes how the others are read.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from server.billing.days import date_of, serial_of

MONTH_FIRST, DAY_FIRST = "mdy", "dmy"

OTHER = {MONTH_FIRST: DAY_FIRST, DAY_FIRST: MONTH_FIRST}

IN_WORDS = {MONTH_FIRST: "month first", DAY_FIRST: "day first"}

MIXED = "mixed"
"""The order of a column with many dates that can only be month first, and many that can only be day first."""

MONTHS = 12

ONE_IN = 10
"""One contradicting date in this many is a typing error."""

FEW = 4
"""This many dates outweigh a single one."""

NEAR = 31
"""The other dates of a log are expected within this many days of its certain dates."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many dates in a column can only be month first, only day first, or either."""

    month_first: int
    day_first: int
    either: int

    @property
    def is_certain(self) -> bool:
        """Return whether any date can only be read in one order."""
        return bool(self.month_first or self.day_first)

    def order(self, answered: str, remembered: str) -> str:
        """Return the order to read the column in; MIXED or "" if a person has to choose it."""
        if answered:
            return answered
        if remembered and self._fits_order(remembered):
            return remembered
        if remembered:
            return MIXED if self.month_first and self.day_first else ""
        return self._proven_order()

    def _count_of(self, order: str) -> int:
        return self.month_first if order == MONTH_FIRST else self.day_first

    def _fits_order(self, remembered: str) -> bool:
        against = self._count_of(OTHER[remembered])
        return against <= 1 or against * ONE_IN <= self._count_of(remembered)

    def _proven_order(self) -> str:
        """Return the order of nearly all unambiguous dates, if there are enough of them, else MIXED or ""."""
        order = MONTH_FIRST if self.month_first >= self.day_first else DAY_FIRST
        those, against = self._count_of(order), self._count_of(OTHER[order])
        if not those:
            return ""
        if against and not (against * ONE_IN <= those or (against == 1 and those >= FEW)):
            return MIXED
        # Three in five days of a month are above 12. If hardly any date is, those few are typing errors.
        is_typing_error = those * 2 * ONE_IN < self.either or (those == 1 and self.either > 0)
        return "" if is_typing_error else order


def is_day_month_swapped(real: npt.NDArray[np.int64], text: Iterable[int]) -> bool:
    """Return whether the real dates of a column have day and month exchanged. ``text`` has its certain text dates.

    Excel reads "05/10/2026" in a file from another country as May 10, and leaves "25/10/2026" as text. Then every
    real date has a day of 12 or less, and exchanging day and month brings them at least as close to the text dates.
    """
    days = [(date_of(serial), count) for serial, count in zip(*_days_and_months(real), strict=True)]
    late = sum(count for day, count in days if day.day > MONTHS)
    doubtful = [(day, count) for day, count in days if day.day <= MONTHS and day.day != day.month]
    anchors = sorted(text)
    if not doubtful or not anchors or late * ONE_IN > len(real):
        return False
    outliers = len(anchors) // ONE_IN
    first, last = anchors[outliers] - NEAR, anchors[-1 - outliers] + NEAR
    as_is = sum(count for day, count in doubtful if first <= serial_of(day) <= last)
    exchanged = sum(
        count
        for day, count in doubtful
        if first <= serial_of(day.replace(month=day.day, day=day.month)) <= last
    )
    return exchanged >= as_is


def can_be_exchanged(serials: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which serials would be different days if day and month were exchanged."""
    distinct, places = np.unique(serials, return_inverse=True)
    answers = [
        (day := date_of(serial)).day <= MONTHS and day.day != day.month for serial in distinct.tolist()
    ]
    return np.array(answers, dtype=np.bool_)[places]


def _days_and_months(serials: npt.NDArray[np.int64]) -> tuple[list[int], list[int]]:
    distinct, counts = np.unique(serials, return_counts=True)
    return distinct.tolist(), counts.tolist()

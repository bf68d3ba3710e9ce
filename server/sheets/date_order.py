"""Whether the dates of a column are written month first or day first.

In order of trust: what was answered, what is remembered of the clinic, what the dates of the column say together.
A date that can only be the other way is a typing error of its own; it never turns the others.
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
"""The order of a column that holds many dates which can only be month first and many only day first."""

MONTHS = 12

ONE_IN = 10
"""One contradicting date in so many is a typing error."""

FEW = 4
"""So many dates outweigh a single one."""

NEAR = 31
"""Days around the dates of a log within which its other dates are expected."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many dates of a column can only be month first, only day first, and either."""

    month_first: int
    day_first: int
    either: int

    @property
    def is_certain(self) -> bool:
        """Return whether any date can only be read in one order."""
        return bool(self.month_first or self.day_first)

    def order(self, answered: str, remembered: str) -> str:
        """Return the order to read the column in, MIXED or "" where somebody has to say it."""
        if answered:
            return answered
        if remembered and self._fits(remembered):
            return remembered
        if remembered:
            return MIXED if self.month_first and self.day_first else ""
        return self._proved()

    def _of(self, order: str) -> int:
        return self.month_first if order == MONTH_FIRST else self.day_first

    def _fits(self, remembered: str) -> bool:
        against = self._of(OTHER[remembered])
        return against <= 1 or against * ONE_IN <= self._of(remembered)

    def _proved(self) -> str:
        """Return the order nearly all dates that can tell have, if there are enough of them."""
        order = MONTH_FIRST if self.month_first >= self.day_first else DAY_FIRST
        those, against = self._of(order), self._of(OTHER[order])
        if not those:
            return ""
        if against and not (against * ONE_IN <= those or (against == 1 and those >= FEW)):
            return MIXED
        # Of the days of a month three in five are above 12: where hardly any is, the few are the errors.
        is_typing_error = those * 2 * ONE_IN < self.either or (those == 1 and self.either > 0)
        return "" if is_typing_error else order


def swapped(real: npt.NDArray[np.int64], text: Iterable[int]) -> bool:
    """Return whether the real dates of a column have day and month exchanged, ``text`` being its certain ones.

    Excel reads "05/10/2026" of a file of another country as May 10, and leaves "25/10/2026" as text. Then every real
    date has a day of 12 or less, and exchanged back they lie around the text dates at least as well.
    """
    days = [(date_of(serial), count) for serial, count in zip(*_counted(real), strict=True)]
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
    """Return which days would be other days with day and month exchanged."""
    distinct, places = np.unique(serials, return_inverse=True)
    answers = [
        (day := date_of(serial)).day <= MONTHS and day.day != day.month for serial in distinct.tolist()
    ]
    return np.array(answers, dtype=np.bool_)[places]


def _counted(serials: npt.NDArray[np.int64]) -> tuple[list[int], list[int]]:
    distinct, counts = np.unique(serials, return_counts=True)
    return distinct.tolist(), counts.tolist()

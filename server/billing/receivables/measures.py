"""Measures: values with a name, a unit and a definition. They are exact fractions, and are rounded once, when they are shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np

from server.billing.money import divide, dollars


class Unit(StrEnum):
    """What a measure counts, and how it is rounded to a whole number."""

    CENTS = "cents"
    SHARE = "thousandths"
    DAYS = "tenths"


_PARTS = {Unit.CENTS: 1, Unit.SHARE: 1_000, Unit.DAYS: 10}


@dataclass(frozen=True, slots=True)
class Measure:
    """A key figure. ``value`` is a share of 1, days or cents, exactly, and ``None`` if there is nothing to measure.

    ``definition`` is one sentence. ``target`` is the most that ``value`` should be, ``None`` if there is no target.
    """

    name: str
    label: str
    value: Fraction | None
    unit: Unit
    definition: str
    target: int | None = None

    @property
    def rounded_value(self) -> int | None:
        """Return the value as a whole number of cents, thousandths or tenths of a day, ``None`` if there is none."""
        return None if self.value is None else rounded_parts(self.value, _PARTS[self.unit])

    @property
    def words(self) -> str:
        """Return the value as staff read it: ``71.4%``, ``48.2 days``, ``$1,200.00``; "–" if there is none."""
        return value_words(self.rounded_value, self.unit)

    @property
    def misses_target(self) -> bool:
        """Return whether the value is above its target."""
        return self.target is not None and self.value is not None and self.value > self.target


def rounded_parts(value: Fraction, parts: int) -> int:
    """Return a fraction as a whole number of ``parts`` of one, halves away from zero."""
    scaled = value * parts
    quotient = divide(
        np.array([scaled.numerator], dtype=object), np.array([scaled.denominator], dtype=object)
    )
    return int(quotient[0])


def value_words(rounded: int | None, unit: Unit) -> str:
    """Return a rounded value as staff read it."""
    if rounded is None:
        return "–"
    if unit is Unit.CENTS:
        return dollars(rounded)
    sign, (whole, rest) = "-" if rounded < 0 else "", divmod(abs(rounded), 10)
    return f"{sign}{whole:,}.{rest}{'%' if unit is Unit.SHARE else ' days'}"


def share_of(part: int, whole: int) -> Fraction | None:
    """Return a part of a whole as a fraction, ``None`` if the whole is not above 0."""
    return Fraction(part, whole) if whole > 0 else None


def median(counted: Iterable[tuple[int, int]]) -> Fraction | None:
    """Return the median of values that are given with how often each occurs, ``None`` if there are none."""
    ordered = sorted(counted)
    count = sum(times for _, times in ordered)
    if not count:
        return None
    below, middle = 0, []
    for value, times in ordered:
        places = range(below, below + times)
        middle += [value for place in {(count - 1) // 2, count // 2} if place in places]
        below += times
    return Fraction(sum(middle), len(middle))

"""Rates and quantities in words and number formats."""

from dataclasses import replace
from enum import IntEnum
from functools import cache

import numpy as np
import numpy.typing as npt

from server.billing.clinics import MissedPay, PayBasis
from server.billing.money import THOUSAND, divide
from server.billing.payroll.pay_run import RateUsed
from server.sheets.xlsx.style import MONEY, NUMBER, PAD, Look, places_look, share_look

Quantities = npt.NDArray[np.int64]


class Measure(IntEnum):
    """What a line's pay is counted in."""

    SESSIONS = 0
    UNITS = 1
    MINUTES = 2
    CHARGED = 3
    COLLECTED = 4
    MISSED = 5


MEASURES: dict[str, tuple[Measure, str | None]] = {
    PayBasis.PER_SESSION: (Measure.SESSIONS, None),
    PayBasis.PER_UNIT: (Measure.UNITS, "units"),
    PayBasis.PER_HOUR: (Measure.MINUTES, "minutes"),
    PayBasis.OF_CHARGE: (Measure.CHARGED, "charge_cents"),
    PayBasis.OF_COLLECTED: (Measure.COLLECTED, "collected_cents"),
    MissedPay.FLAT: (Measure.MISSED, None),
    MissedPay.OF_RATE: (Measure.MISSED, None),
}
"""What each way of paying counts, and the column of PayRun.lines that holds it (None: one a line)."""

_NOUNS = {
    Measure.SESSIONS: ("session", "sessions"),
    Measure.UNITS: ("unit", "units"),
    Measure.MISSED: ("missed visit", "missed visits"),
}
_SUFFIXES = {Measure.CHARGED: "charged", Measure.COLLECTED: "collected"}
_HOURS = 6
"""The decimal places of hours in a cell, of which two are shown."""
PLACES = {Measure.UNITS: 3, Measure.MINUTES: _HOURS}
"""The decimal places of what is counted, in a cell."""


def shown_quantity(measure: Measure, quantity: Quantities) -> Quantities:
    """Return quantities as cells hold them: minutes in thousandths become millionths of an hour."""
    if measure is not Measure.MINUTES:
        return quantity
    return divide(quantity * THOUSAND, np.full(len(quantity), 60))


def counted_look(measure: Measure, value: int) -> Look:
    """Return the look that shows a quantity with its word: ``1 session``, ``1.5 units``, ``17.00 hours``.

    The value is what the cell holds: thousandths of units, millionths of hours, cents, or whole sessions and missed visits.
    """
    if measure in _SUFFIXES:
        return _amount_look(measure)
    if measure is Measure.MINUTES:
        return places_look(_HOURS, 2, ' "hours"')
    one = 10 ** PLACES.get(measure, 0)
    return _count_look(measure, single=value == one, whole=value % one == 0)


@cache
def _amount_look(measure: Measure) -> Look:
    form = f'"$"#,##0.00 "{_SUFFIXES[measure]}"{PAD}'
    return replace(MONEY, form=f"{form};\\-{form}")


@cache
def _count_look(measure: Measure, *, single: bool, whole: bool) -> Look:
    one, many = _NOUNS[measure]
    digits = "#,##0" if whole else "#,##0.0##"
    form = f'0 "{one}"{PAD}' if single else f'{digits} "{many}"{PAD}'
    return replace(NUMBER, form=form, places=PLACES.get(measure, 0))


def rate_look(rate: RateUsed) -> Look:
    """Return the look of a rate's amount: dollars, or a percentage with the places it needs."""
    return share_look(rate.amount) if rate.is_share else MONEY


def count_phrase(number: int, one: str, many: str) -> str:
    """Return a count with its noun: ``1 row``, ``1,204 rows``."""
    return f"{number:,} {one if number == 1 else many}"

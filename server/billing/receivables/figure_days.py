"""Which days the key figures of a clinic are of (rule: receivables#dashboard)."""

from dataclasses import dataclass
from datetime import date, timedelta

from server.billing.days import us

USUAL_DAYS = 365
"""How many days the figures are of if nobody says."""

MONTHS_SHOWN = 13
"""How many months are listed, so that the last one can be compared with the same month a year before."""


@dataclass(frozen=True, slots=True)
class FigureDays:
    """The first and the last day of the figures, both included, and the day of the request, which balances are of."""

    first: date
    last: date
    today: date

    @property
    def words(self) -> str:
        """Return the days in words: ``from 12/01/2025 to 11/30/2026``."""
        return f"from {us(self.first)} to {us(self.last)}"

    @property
    def months(self) -> tuple[date, ...]:
        """Return the first day of each month that is listed, the month of the last day at the end."""
        latest = self.last.year * 12 + self.last.month - 1
        numbers = range(max(12, latest - MONTHS_SHOWN + 1), latest + 1)
        return tuple(date(number // 12, number % 12 + 1, 1) for number in numbers)


def figure_days(first: date | None, last: date | None, today: date) -> FigureDays:
    """Return the days of the figures: up to today and ``USUAL_DAYS`` long where an end is not given."""
    last = last or today
    return FigureDays(first or last - min(timedelta(days=USUAL_DAYS - 1), last - date.min), last, today)

"""Days as whole numbers: Excel serials of the 1900 date system.

A date of service is a serial from the cell it is read from to the cell it is written to. There are no
instants and no time zones, so it cannot shift to the day before (rule: edge-cases#whole-days).
"""

from datetime import date, datetime

EPOCH = date(1899, 12, 30).toordinal()
"""The ordinal of serial 0, right for every serial after February 29, 1900, a day that exists only in Excel."""


def serial_of(day: date) -> int:
    """Return the Excel serial of a day."""
    return day.toordinal() - EPOCH


def date_of(serial: int) -> date:
    """Return the day of an Excel serial."""
    return date.fromordinal(int(serial) + EPOCH)


def us(day: date) -> str:
    """Return a day as staff read it: ``10/25/2026``."""
    return f"{day:%m/%d/%Y}"


def day_of_us(text: str) -> date:
    """Return the day that ``us`` wrote."""
    return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - a day has no time zone

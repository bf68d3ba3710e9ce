"""Days as whole numbers: Excel serials of the 1900 date system.

A date of service is a serial from the cell it is read from to the cell it is written to. No
instants and no timezones, so nothing can move it to the day before (rule: edge-cases#whole-days).
"""

from datetime import date

EPOCH = date(1899, 12, 30).toordinal()
"""Serial 0, chosen so that every serial after the 29 February 1900 Excel invented is right."""


def serial_of(day: date) -> int:
    """Return the Excel serial of a day."""
    return day.toordinal() - EPOCH


def date_of(serial: int) -> date:
    """Return the day of an Excel serial."""
    return date.fromordinal(int(serial) + EPOCH)


def us(day: date) -> str:
    """Return a day as staff read it: ``10/25/2026``."""
    return f"{day:%m/%d/%Y}"

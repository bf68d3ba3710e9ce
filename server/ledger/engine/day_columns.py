"""SQL expressions over columns that hold days as ISO text. Databases differ in how they write these."""

_DAYS_BETWEEN = "CAST(julianday({last}) - julianday({first}) AS INTEGER)"


def days_between(first: str, last: str) -> str:
    """Return the expression for the days from the day in one column to the day in another."""
    return _DAYS_BETWEEN.format(first=first, last=last)

"""When something was recorded, and by whom."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Stamp:
    """``at`` is an instant as UTC text, to the millisecond. ``actor`` is the name that the person signed in with."""

    at: str
    actor: str


UNNOTICED = timedelta(minutes=1)
"""By how much a clock that is corrected by itself may go back: nobody has to be told."""


def utc_now() -> datetime:
    """Return the current instant, in UTC."""
    return datetime.now(UTC)


def instant(now: datetime) -> str:
    """Return an instant as the ledger keeps it: ``2026-11-02T15:04:05.678+00:00``."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds")


def first_instant(day: date) -> str:
    """Return the instant at which a local day begins where the service runs, as the ledger keeps it."""
    return instant(datetime.combine(day, time()).astimezone())


def recorded_ahead(latest: str | None, now: datetime) -> str:
    """Return the latest instant on record if the clock was set back since then, "" if it was not."""
    return latest if latest and latest > instant(now + UNNOTICED) else ""


def civil_day(at: str) -> date | None:
    """Return the local day of an instant of the ledger where the service runs, ``None`` for an empty text."""
    return datetime.fromisoformat(at).astimezone().date() if at else None

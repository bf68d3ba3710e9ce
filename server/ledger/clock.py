"""When something was recorded, and by whom."""

from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True)
class Stamp:
    """``at`` is an instant as UTC text, to the millisecond. ``actor`` is the name that the person signed in with."""

    at: str
    actor: str


def utc_now() -> datetime:
    """Return the current instant, in UTC."""
    return datetime.now(UTC)


def instant(now: datetime) -> str:
    """Return an instant as the ledger keeps it: ``2026-11-02T15:04:05.678+00:00``."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds")


def civil_day(at: str) -> date | None:
    """Return the local day of an instant of the ledger where the service runs, ``None`` for an empty text."""
    return datetime.fromisoformat(at).astimezone().date() if at else None

"""When something was recorded, and by whom."""

from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True)
class Stamp:
    """``at`` is an instant as UTC text, to the millisecond; ``actor`` the name staff signed in with."""

    at: str
    actor: str


def utc_now() -> datetime:
    """Return this instant."""
    return datetime.now(UTC)


def instant(now: datetime) -> str:
    """Return an instant as the ledger keeps it: ``2026-11-02T15:04:05.678+00:00``."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds")


def civil_day(at: str) -> date | None:
    """Return the day an instant of the ledger falls on where the service runs, ``None`` for no instant."""
    return datetime.fromisoformat(at).astimezone().date() if at else None

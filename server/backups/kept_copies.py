"""Which backups are kept: the newest of each of the last days, weeks and months that have one.

The rule reads no clock: it counts the days, weeks and months of the backups themselves. So a computer that was off for
a month loses nothing by it, and a clock that was wrong removes nothing by itself.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice


@dataclass(frozen=True, slots=True)
class KeptCounts:
    """Of how many days, weeks and months the newest backup is kept. A week begins on Monday."""

    daily: int = 7
    weekly: int = 5
    monthly: int = 12


Period = Callable[[datetime], Hashable]

PERIODS: tuple[tuple[str, Period], ...] = (
    ("daily", datetime.date),
    ("weekly", lambda made_at: made_at.isocalendar()[:2]),
    ("monthly", lambda made_at: (made_at.year, made_at.month)),
)
"""The fields of the counts, and which day, week or month an instant is in, by the local time that it has."""


def copies_to_keep_by_any_clock(made: Iterable[datetime], counts: KeptCounts, now: datetime) -> set[datetime]:
    """Return which good backups are kept, if the clock was wrong at times: those dated later than ``now`` are counted by themselves.

    Otherwise a week with a clock years ahead would leave no place for the nights of the years until then.
    """
    instants = set(made)
    ahead = {one for one in instants if one > now}
    return copies_to_keep(instants - ahead, counts) | copies_to_keep(ahead, counts)


def copies_to_keep(made: Iterable[datetime], counts: KeptCounts) -> set[datetime]:
    """Return which of the good backups that were made at these instants are kept.

    The newest is always among them. A backup that is not kept now is not kept after any later backup either.
    """
    newest_first = sorted(set(made), reverse=True)
    kept = set(newest_first[:1])
    for name, period_of in PERIODS:
        newest_of: dict[Hashable, datetime] = {}
        for one in newest_first:
            newest_of.setdefault(period_of(one), one)
        kept.update(islice(newest_of.values(), getattr(counts, name)))
    return kept

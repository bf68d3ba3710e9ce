"""Searches the access logs: the firm's own, and those of the clinics (rule: people#access-log)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.ledger.clock import first_instant
from server.ledger.engine.database_session import DatabaseSession

MOST_READ = 100_000
"""How many rows of one log are looked at: the latest ones. Words are compared here, because the database folds only ASCII."""

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
"""The days between which the logs have rows, so that no time zone leads out of the calendar."""

_OF_CLINIC = """
SELECT at, actor, what, about, origin, 1 FROM access WHERE at >= ? AND at < ? ORDER BY id DESC LIMIT CAST(? AS BIGINT)
"""
_OF_FIRM = """
SELECT recorded_at, '', what, about, origin, times FROM access WHERE recorded_at >= ? AND recorded_at < ? ORDER BY id DESC LIMIT CAST(? AS BIGINT)
"""


@dataclass(frozen=True, slots=True)
class AccessSearch:
    """What rows are wanted: words that ``who``, ``what``, ``about`` or ``origin`` have, and the local days from ``first`` to ``last``.

    ``names`` are the names of one person, of which a row must have one: in a clinic's log the full name, in the firm's the name
    to sign in with or the full name.
    """

    names: Sequence[str] = ()
    words: str = ""
    first: date | None = None
    last: date | None = None
    most: int = 100


@dataclass(frozen=True, slots=True)
class FoundAccess:
    """A row of an access log. ``clinic`` is "" for the firm's, in which ``about`` names the user. ``recorded_at`` is UTC text."""

    recorded_at: str
    clinic: str
    who: str
    what: str
    about: str
    origin: str
    times: int


def search_clinic(session: DatabaseSession, clinic_id: str, search: AccessSearch) -> list[FoundAccess]:
    """Return the rows of a clinic's log, the latest first."""
    return list(_matching_rows(session, _OF_CLINIC, clinic_id, search))


def search_firm(session: DatabaseSession, search: AccessSearch) -> list[FoundAccess]:
    """Return the rows of the firm's log, the latest first."""
    return list(_matching_rows(session, _OF_FIRM, "", search))


def _matching_rows(
    session: DatabaseSession, statement: str, clinic_id: str, search: AccessSearch
) -> Iterator[FoundAccess]:
    found = 0
    for at, who, what, about, origin, times in session.all(statement, [*_instants_of(search), MOST_READ]):
        row = FoundAccess(at, clinic_id, who, what, about, origin, times)
        if found < search.most and _has_name(row, search.names) and _has_words(row, search.words):
            found += 1
            yield row


def _instants_of(search: AccessSearch) -> tuple[str, str]:
    """Return the first instant of the days that are wanted, and the first one after them, of the computer's time zone."""
    first = max(search.first or FIRST_DAY, FIRST_DAY)
    after = min(search.last or LAST_DAY, LAST_DAY) + timedelta(days=1)
    return first_instant(first), first_instant(after)


def _has_name(row: FoundAccess, names: Sequence[str]) -> bool:
    if not names:
        return True
    if row.clinic:
        return _plain(row.who) in {_plain(name) for name in names}
    about = f" {_plain(row.about)} "
    return any(f" {_plain(name)} " in about for name in names)


def _has_words(row: FoundAccess, words: str) -> bool:
    text = _plain(f"{row.who} {row.what} {row.about} {row.origin}")
    return all(word in text for word in _plain(words).split())


def _plain(text: str) -> str:
    """Return a text as it is compared: without a difference between capitals, and with single spaces."""
    return " ".join(text.casefold().split())

"""Columns under an unknown heading whose cells look like a field that decides pay.

If a status, a provider, a service or a day is in a column that was not read, pay would be decided without it. So such
a column is asked about once, unless it holds the same as the column that was read.
"""

from collections.abc import Callable, Hashable, Sequence

from server.billing.names import fold
from server.billing.payroll.setup_matching import spellings
from server.billing.payroll.statuses import NO, YES, meanings
from server.sheets.appointment_log.column_layout import Matching
from server.sheets.appointment_log.header_row import FITS, Headings
from server.sheets.appointment_log.heading_synonyms import WEAK, Field
from server.sheets.cells import Unreadable, text_of
from server.sheets.dates import day_of
from server.sheets.sheet import Cell

HALF = 0.5
"""A column looks like a status if at least this share of its distinct words are statuses."""

SHOWN = 3
"""How many statuses of a column a question names."""

_ALSO_STATUSES = frozenset({
    "arrived", "checkedin", "roomed", "inroom", "insession", "inprogress", "broken", "tentative", "waitlisted",
    "waitlist", "active", "inviteecanceled", "inviteecancelled", "unarrived", "ready", "closed",
})  # fmt: skip
"""Folded words that say where a visit is, but not what it counts as."""

_VISIT = ("appointment", "appt", "visit", "service", "session", "start")
_BOOKING = ("booked", "booking", "created", "scheduled", "entered", "modified", "updated", "added")
_OTHER_DAYS = (
    *_BOOKING, "birth", "dob", "end", "finish", "until", "paid", "payment", "billed", "invoice", "signed", "submitted",
    "sent", "due", "cancel", "check", "arriv", "referral", "intake", "first", "last", "next", "authorization",
    "expir", "stamp", "posted", "deposit", "note", "remind", "confirm", "close", "lock", "approved", "rescheduled",
)  # fmt: skip


def look_like(matching: Matching, field: Field) -> list[int]:
    """Return the unknown columns whose cells look like a status, a provider, a service or a visit's day."""
    looks = {"status": _is_status, "provider": _is_known, "service": _is_known, "date": _is_day}.get(
        field.name
    )
    if looks is None:
        return []
    return [position for position in matching.unknown if looks(matching, field, position)]


def held_statuses(matching: Matching, position: int) -> str:
    """Return the question whether a column is the status, "" if it does not look like one."""
    known = meanings(matching.setup.statuses)
    words: dict[str, str] = {}
    for cell in matching.headings.sample(position):
        key = fold(text_of(cell)) or text_of(cell)
        if key not in YES | NO:
            words.setdefault(key, text_of(cell))
    found = [text for key, text in words.items() if key in known or key in _ALSO_STATUSES]
    if not any(key in known for key in words) or len(found) < HALF * len(words):
        return ""
    return f"“{matching.headings.texts[position]}” holds {', '.join(found[:SHOWN])}: is it the status?"


def differs(matching: Matching, field: Field, read: int, other: int) -> bool:
    """Return whether a column contradicts or completes the column that was read, in the sampled rows."""
    mean = _meaning_of_cells(matching, field)
    columns = matching.headings.sheet.columns
    return any(
        (said := mean(columns[other][row])) is not None and said != mean(columns[read][row])
        for row in matching.headings.filled_rows(other)
    )


def say_the_same_days(headings: Headings, positions: Sequence[int]) -> bool:
    """Return whether columns hold the same day in every row, as a date and a date with time do."""
    first, *others = (headings.sheet.columns[position][headings.row + 1 :] for position in positions)
    system = headings.sheet.date_system
    return all(
        text_of(one) == text_of(other)
        or ((day := _day(one, system)) is not None and day == _day(other, system))
        for cells in others
        for one, other in set(zip(first, cells, strict=True))
    )


def by_rank(headings: Headings, positions: Sequence[int]) -> list[int]:
    """Return columns of days, with days of visits before days of bookings."""
    return sorted(positions, key=lambda position: _rank(headings.keys[position]))


def _rank(key: str) -> int:
    if any(word in key for word in _BOOKING):
        return 2
    return 0 if any(word in key for word in _VISIT) else 1


def _is_status(matching: Matching, _: Field, position: int) -> bool:
    return bool(held_statuses(matching, position))


def _is_known(matching: Matching, field: Field, position: int) -> bool:
    return matching.fits[field.name](matching.headings.sample(position)) >= FITS


def _is_day(matching: Matching, field: Field, position: int) -> bool:
    """Return whether cells are days, and the heading does not say that they are days of something else."""
    headings = matching.headings
    words = headings.keys[position]
    if WEAK.get(words) != field.name and any(word in words for word in _OTHER_DAYS):
        return False
    dated = headings.is_dated(position)
    cells = [cell for cell in headings.sample(position) if isinstance(cell, str) or dated]
    fit = matching.fits[field.name]
    return bool(cells) and fit(cells) * len(cells) >= FITS * len(headings.sample(position))


def _meaning_of_cells(matching: Matching, field: Field) -> Callable[[Cell], Hashable]:
    """Return a function: cell -> the status, provider, service or day it means, ``None`` if it means none."""
    if field.name == "date":
        return lambda cell: _day(cell, matching.headings.sheet.date_system)
    setup = matching.setup
    known: dict[str, Hashable] = dict(
        meanings(setup.statuses)
        if field.name == "status"
        else spellings(setup.providers if field.name == "provider" else setup.services)
    )
    if field.name == "status":
        known = {key: key for key in _ALSO_STATUSES} | known
    return lambda cell: known.get(fold(text_of(cell)))


def _day(cell: Cell, date_system: int) -> int | None:
    try:
        return day_of(cell, date_system)
    except Unreadable:
        return None

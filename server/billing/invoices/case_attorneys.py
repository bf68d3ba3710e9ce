"""Who represents the patient of a case on which day (rule: people#case-attorney).

A period is half-open: it has its first day and not the day on which it ends. No day has two attorneys, and a day may
have none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from server.billing.names import fold


@dataclass(frozen=True, slots=True)
class CaseAttorney:
    """An attorney with a case, from a day on, ``None`` from its beginning, until a day that is not among them."""

    name: str = ""
    firm: str = ""
    from_on: date | None = None
    until_on: date | None = None

    def has_case_on(self, day: date) -> bool:
        """Return whether the day is within the period."""
        return (self.from_on is None or self.from_on <= day) and (
            self.until_on is None or day < self.until_on
        )


NO_ATTORNEY = CaseAttorney()


@dataclass(frozen=True, slots=True)
class AttorneyChange:
    """A recorded change. It counts in place of those before it for all days from its own first day on.

    ``replaces`` is the id of the change that it corrects, which then counts for no day.
    """

    id: int
    attorney: CaseAttorney
    replaces: int | None = None


def attorney_on(changes: Sequence[AttorneyChange], day: date) -> AttorneyChange | None:
    """Return the change by which an attorney has the case on a day, ``None`` if nobody has it."""
    corrected = {change.replaces for change in changes}
    for change in sorted(changes, key=lambda one: one.id, reverse=True):
        has_begun = change.attorney.from_on is None or change.attorney.from_on <= day
        if change.id not in corrected and has_begun:
            return change if change.attorney.has_case_on(day) else None
    return None


def attorney_periods(changes: Sequence[AttorneyChange]) -> list[CaseAttorney]:
    """Return who had the case from when until when, in the order of the days. The periods never overlap."""
    days = {one for change in changes for one in (change.attorney.from_on, change.attorney.until_on) if one}
    edges: list[date] = sorted(days)
    first = date.min
    periods: list[CaseAttorney] = []
    for begin, end in zip([first, *edges], [*edges, None], strict=True):
        change = attorney_on(changes, begin)
        if change is None:
            continue
        from_on = None if begin == first else begin
        if periods and periods[-1].until_on == begin and _is_same(periods[-1], change.attorney):
            periods[-1] = replace(periods[-1], until_on=end)
        else:
            periods.append(replace(change.attorney, from_on=from_on, until_on=end))
    return periods


@dataclass(frozen=True, slots=True)
class WishedAttorney:
    """What is wished of a case's attorney: the period to record, and whether it corrects the one of today."""

    attorney: CaseAttorney
    is_correction: bool


def wished_change(before: CaseAttorney, typed: CaseAttorney, today: date) -> WishedAttorney | None:
    """Return the change that makes ``typed`` of the attorney of today, ``None`` if it is the same.

    Another name is another attorney, from the typed day on, today if no new one is typed. No name ends the case for the
    one of today, on the typed day, today if none is typed. Anything else corrects the period of today.
    """
    if _matching_text(typed.name) == _matching_text(before.name):
        typed = replace(typed, name=before.name)
    if typed == before or not (typed.name or before.name):
        return None
    if not typed.name and before.name:
        return WishedAttorney(replace(before, until_on=typed.until_on or today), is_correction=True)
    if typed.name == before.name:
        return WishedAttorney(typed, is_correction=True)
    from_on = today if typed.from_on in {None, before.from_on} else typed.from_on
    return WishedAttorney(replace(typed, from_on=from_on), is_correction=False)


def attorney_flaw(typed: CaseAttorney, before: CaseAttorney, today: date) -> tuple[str, str]:
    """Return the name of the attribute that cannot be right and why, as a sentence; two empty texts if all can.

    ``before`` is the attorney of today, whose firm and first day may still be beside a name that was taken away.
    """
    if not typed.name and not before.name and (typed.firm or typed.from_on or typed.until_on):
        return "name", "There is a firm or a day of an attorney, but no attorney."
    if typed.from_on and typed.from_on > today:
        return "from_on", "The attorney cannot get the case on a day in the future; save it on that day."
    if typed.until_on and typed.until_on > today:
        return "until_on", "The attorney cannot lose the case on a day in the future; save it on that day."
    began_on = typed.from_on if typed.name else before.from_on
    if began_on and typed.until_on and typed.until_on < began_on:
        return "until_on", "The attorney lost the case before getting it."
    return "", ""


def _is_same(one: CaseAttorney, other: CaseAttorney) -> bool:
    return (_matching_text(one.name), one.firm) == (_matching_text(other.name), other.firm)


def _matching_text(name: str) -> str:
    return fold(name) or name

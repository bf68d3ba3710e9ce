"""The state of a pay run in one line, for every paper of the run (rule: pay-runs#state-lines)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.billing.days import us
from server.billing.payroll.recorded_runs import RunState
from server.billing.people import by_person
from server.errors import count_of

DRAFT_LINE = "DRAFT – not approved yet"
"""The line of a draft. Like every line of a state, it has a full stop only before a further sentence."""
VOID_LINE = "VOID – do not pay"


class StateTone(StrEnum):
    """How a state line is to be shown."""

    WAITING = "waiting"
    GOOD = "good"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class StateLine:
    """The state of a run as text, and the tone in which to show it."""

    text: str
    tone: StateTone


def state_line(state: RunState, day: date | None, name: str) -> StateLine:
    """Return the line of a run in a state, which it reached on a day by the act of a person.

    A draft needs neither; a closed or voided run shows both as far as they are known. ``name`` is the recorded one.
    """
    when = f" {us(day)}" if day else ""
    whom = by_person(name)
    match state:
        case RunState.DRAFT:
            return StateLine(DRAFT_LINE, StateTone.WAITING)
        case RunState.CLOSED:
            return StateLine(f"Approved{when}{whom}", StateTone.GOOD)
        case RunState.VOIDED:
            voided = f" (voided{when}{whom})" if when or whom else ""
            return StateLine(f"{VOID_LINE}{voided}", StateTone.WARNING)


def draft_line(more: str) -> str:
    """Return the line of a draft with a further sentence, if there is one."""
    return f"{DRAFT_LINE}. {more}" if more else DRAFT_LINE


def draft_in_words(blocked: int) -> str:
    """Return the line of a draft that has so many blocked rows, for the people whose pay it is."""
    are = "is" if blocked == 1 else "are"
    return draft_line(
        f"{count_of(blocked, 'row')} of this period {are} still being checked." if blocked else ""
    )

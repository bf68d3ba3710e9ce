"""The state of a pay run in one line, for every paper of the run (rule: pay-runs#state-lines)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.billing.days import us
from server.billing.payroll.recorded_runs import RunState
from server.billing.people import shown_name

DRAFT_LINE = "DRAFT – not approved yet"
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

    A draft needs neither; a closed or voided run shows both as far as they are known.
    """
    when = f" {us(day)}" if day else ""
    whom = f" by {shown_name(name)}" if name else ""
    match state:
        case RunState.DRAFT:
            return StateLine(DRAFT_LINE, StateTone.WAITING)
        case RunState.CLOSED:
            return StateLine(f"Approved{when}{whom}", StateTone.GOOD)
        case RunState.VOIDED:
            voided = f" (voided{when}{whom})" if when or whom else ""
            return StateLine(f"{VOID_LINE}{voided}", StateTone.WARNING)

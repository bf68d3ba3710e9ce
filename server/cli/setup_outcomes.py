"""What a step of setup comes to, and how that is told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from addin.desktop.refusals import Refusal
from server.errors import BillingError


class State(StrEnum):
    """What was done about a step."""

    DONE = "done"
    THERE = "there"
    """Nothing was to be done."""

    PLANNED = "planned"
    FAILED = "failed"
    LEFT_OUT = "left-out"


LABELS = {
    State.DONE: "Done",
    State.THERE: "Already there",
    State.PLANNED: "Would do",
    State.FAILED: "Not done",
    State.LEFT_OUT: "Left out",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A step of setup, what was done about it, and, if it failed, why and what to do."""

    step: str
    what: str
    state: State
    why: str = ""
    remedy: str = ""

    def lines(self) -> list[str]:
        """Return it in words: what, and below that why not and what to do."""
        return [
            f"{LABELS[self.state]}: {self.what}",
            *(f"  {line}" for line in (self.why, self.remedy) if line),
        ]


AGAIN = "Run the same command again when that is put right: it goes on with what is missing."


def outcome_of(step: Outcome, work: Callable[[Outcome], Outcome]) -> Outcome:
    """Return what the work on a step came to. A refusal is an outcome, too, so that the next steps go on."""
    try:
        return work(step)
    except Refusal as refusal:
        return replace(step, state=State.FAILED, why=refusal.sentence, remedy=refusal.remedy)
    except BillingError as refusal:
        return replace(step, state=State.FAILED, why=str(refusal), remedy=refusal.remedy)
    except OSError as problem:
        place = f"{problem.filename}: " if problem.filename else ""
        return replace(step, state=State.FAILED, why=f"{place}{problem.strerror or problem}.", remedy=AGAIN)

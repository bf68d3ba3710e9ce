"""The states of a pay run as one table (rule: pay-runs#states). The docs, the buttons and the decisions all use it.

Each state has one row for each action: in ``RULES`` if the state allows the action, else in ``REFUSALS``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.billing.payroll.recorded_runs import RunHeader, RunState
from server.errors import BillingError, ReasonNeeded, RunHasBlockers, RunIsClosed, RunIsVoided


class RunAction(StrEnum):
    """The actions on a pay run. All but ``WITHDRAW`` are done by staff."""

    GENERATE = "generate"
    CLOSE = "close"
    HOLD = "hold"
    """Staff close a draft and hold its blocked rows for a later run."""
    VOID = "void"
    WITHDRAW = "withdraw"
    """The program withdraws a draft when the payroll of its days is generated again and pays nothing."""


@dataclass(frozen=True, slots=True)
class RunRefusal:
    """A refusal in the table: its class, and a function that makes it for a run."""

    kind: type[BillingError]
    made_for: Callable[[RunHeader], BillingError]


@dataclass(frozen=True, slots=True)
class RunCondition:
    """A condition that a run must meet before an action, and the refusal if it does not."""

    says: str
    holds: Callable[[RunHeader], bool]
    refusal: RunRefusal


@dataclass(frozen=True, slots=True, eq=False)
class RunRule:
    """One row of the table: a state, an action it allows, the next state, and the conditions."""

    state: RunState
    action: RunAction
    leads_to: RunState
    conditions: tuple[RunCondition, ...] = ()
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class RunStep:
    """A decided step, ready to be recorded. ``reason`` is empty if none is needed."""

    run_id: str
    action: RunAction
    from_state: RunState
    to_state: RunState
    reason: str = ""


_IS_CLOSED = RunRefusal(RunIsClosed, lambda run: RunIsClosed(run.id, run.state))
_IS_VOIDED = RunRefusal(RunIsVoided, lambda run: RunIsVoided(run.id, run.void_reason))
_HAS_BLOCKERS = RunRefusal(RunHasBlockers, lambda run: RunHasBlockers(run.id, run.blocked))

NOTHING_BLOCKED = RunCondition("no row is blocked", lambda run: not run.blocked, _HAS_BLOCKERS)

_DRAFT, _CLOSED, _VOIDED = RunState.DRAFT, RunState.CLOSED, RunState.VOIDED

RULES: tuple[RunRule, ...] = (
    RunRule(_DRAFT, RunAction.GENERATE, _DRAFT),
    RunRule(_DRAFT, RunAction.CLOSE, _CLOSED, (NOTHING_BLOCKED,)),
    RunRule(_DRAFT, RunAction.HOLD, _CLOSED),
    RunRule(_DRAFT, RunAction.VOID, _VOIDED, needs_reason=True),
    RunRule(_DRAFT, RunAction.WITHDRAW, _VOIDED, needs_reason=True),
    RunRule(_CLOSED, RunAction.VOID, _VOIDED, needs_reason=True),
)
"""The actions each state allows, in the order of a run's life."""

REFUSALS: Mapping[tuple[RunState, RunAction], RunRefusal] = {
    (_CLOSED, RunAction.GENERATE): _IS_CLOSED,
    (_CLOSED, RunAction.CLOSE): _IS_CLOSED,
    (_CLOSED, RunAction.HOLD): _IS_CLOSED,
    (_CLOSED, RunAction.WITHDRAW): _IS_CLOSED,
    (_VOIDED, RunAction.GENERATE): _IS_CLOSED,
    (_VOIDED, RunAction.CLOSE): _IS_VOIDED,
    (_VOIDED, RunAction.HOLD): _IS_VOIDED,
    (_VOIDED, RunAction.VOID): _IS_VOIDED,
    (_VOIDED, RunAction.WITHDRAW): _IS_VOIDED,
}
"""The refusals of actions that a state does not allow."""

_ROWS = {(rule.state, rule.action): rule for rule in RULES}


def is_open(state: RunState, action: RunAction) -> bool:
    """Return whether this state allows an action; the action may have further conditions."""
    return (state, action) in _ROWS


def open_rule(run: RunHeader, action: RunAction) -> RunRule:
    """Return the row of the table for an action. Refuses an action that the run's state does not allow."""
    if rule := _ROWS.get((run.state, action)):
        return rule
    raise REFUSALS[run.state, action].made_for(run)


def decide_run_action(run: RunHeader, action: RunAction, reason: str = "") -> RunStep:
    """Return the step an action makes, without taking it.

    Raises the first refusal of: the state does not allow the action, a condition is not met, a reason is missing.
    """
    rule = open_rule(run, action)
    for condition in rule.conditions:
        if not condition.holds(run):
            raise condition.refusal.made_for(run)
    given = reason.strip() if rule.needs_reason else ""
    if rule.needs_reason and not given:
        raise ReasonNeeded(run.id)
    return RunStep(run.id, action, rule.state, rule.leads_to, given)


def number_to_generate(latest: tuple[int, RunState] | None) -> int:
    """Return the number of the run that a period's payroll is recorded as; ``latest`` is the period's latest run.

    The latest run is generated again if its state allows that; else a new run gets the next number.
    """
    if latest is None:
        return 1
    number, state = latest
    return number if is_open(state, RunAction.GENERATE) else number + 1

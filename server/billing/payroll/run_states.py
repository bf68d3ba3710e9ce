"""The life of a pay run as one table (rule: pay-runs#states). The docs, the buttons and the decisions all read it.

Each state has one row for each action: in ``RULES`` if the action is open to it, else in ``REFUSALS``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.billing.payroll.recorded_runs import RunHeader, RunState
from server.errors import BillingError, ReasonNeeded, RunHasBlockers, RunIsClosed, RunIsVoided


class RunAction(StrEnum):
    """What can be done with a pay run. All but ``WITHDRAW`` are done by staff."""

    GENERATE = "generate"
    CLOSE = "close"
    VOID = "void"
    WITHDRAW = "withdraw"
    """What the program does with a draft when the payroll of its days is generated again and pays nothing."""


@dataclass(frozen=True, slots=True)
class RunRefusal:
    """A refusal of the table: its class, and how it is made for a run."""

    kind: type[BillingError]
    made_for: Callable[[RunHeader], BillingError]


@dataclass(frozen=True, slots=True)
class RunCondition:
    """What has to be true of a run before an action is taken, and the refusal if it is not."""

    says: str
    holds: Callable[[RunHeader], bool]
    refusal: RunRefusal


@dataclass(frozen=True, slots=True, eq=False)
class RunRule:
    """One row of the table: a state, an action it is open to, where that leads, and what is needed."""

    state: RunState
    action: RunAction
    leads_to: RunState
    conditions: tuple[RunCondition, ...] = ()
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class RunStep:
    """A decided step, ready to be recorded. ``reason`` is empty where none is needed."""

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
    RunRule(_DRAFT, RunAction.VOID, _VOIDED, needs_reason=True),
    RunRule(_DRAFT, RunAction.WITHDRAW, _VOIDED, needs_reason=True),
    RunRule(_CLOSED, RunAction.VOID, _VOIDED, needs_reason=True),
)
"""What each state is open to, in the order of a run's life."""

REFUSALS: Mapping[tuple[RunState, RunAction], RunRefusal] = {
    (_CLOSED, RunAction.GENERATE): _IS_CLOSED,
    (_CLOSED, RunAction.CLOSE): _IS_CLOSED,
    (_CLOSED, RunAction.WITHDRAW): _IS_CLOSED,
    (_VOIDED, RunAction.GENERATE): _IS_CLOSED,
    (_VOIDED, RunAction.CLOSE): _IS_VOIDED,
    (_VOIDED, RunAction.VOID): _IS_VOIDED,
    (_VOIDED, RunAction.WITHDRAW): _IS_VOIDED,
}
"""How an action is refused that a state is not open to."""

_ROWS = {(rule.state, rule.action): rule for rule in RULES}


def is_open(state: RunState, action: RunAction) -> bool:
    """Return whether a run in this state is open to an action; more may be needed to take it."""
    return (state, action) in _ROWS


def open_rule(run: RunHeader, action: RunAction) -> RunRule:
    """Return the row of the table for an action. Refuses one that the state of the run is not open to."""
    if rule := _ROWS.get((run.state, action)):
        return rule
    raise REFUSALS[run.state, action].made_for(run)


def decide_run_action(run: RunHeader, action: RunAction, reason: str = "") -> RunStep:
    """Return the step an action makes, without taking it.

    A refusal is the first of: the state is not open to the action, a condition does not hold, a reason is missing.
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
    """Return the number of the run that a payroll of a period is recorded as, by the period's latest run.

    The latest run is made again if it is open to that; else a new run gets the next number.
    """
    if latest is None:
        return 1
    number, state = latest
    return number if is_open(state, RunAction.GENERATE) else number + 1

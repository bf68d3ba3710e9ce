"""The table of run states: every state and action, and nothing else."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.payroll.pay_run import Period
from server.billing.payroll.recorded_runs import RunHeader, RunState, run_id, run_number
from server.billing.payroll.run_states import (
    REFUSALS,
    RULES,
    RunAction,
    RunStep,
    decide_run_action,
    is_open,
    number_to_generate,
    open_rule,
)
from server.errors import BillingError, ReasonNeeded, RunHasBlockers, RunIsClosed, RunIsVoided
from tests.billing.recorded_runs import a_header

DRAFT, CLOSED, VOIDED = RunState.DRAFT, RunState.CLOSED, RunState.VOIDED
GENERATE, CLOSE, HOLD, VOID, WITHDRAW = RunAction

OUTCOMES: dict[tuple[RunState, RunAction], RunState | type[BillingError]] = {
    (DRAFT, GENERATE): DRAFT,
    (DRAFT, CLOSE): CLOSED,
    (DRAFT, HOLD): CLOSED,
    (DRAFT, VOID): VOIDED,
    (DRAFT, WITHDRAW): VOIDED,
    (CLOSED, GENERATE): RunIsClosed,
    (CLOSED, CLOSE): RunIsClosed,
    (CLOSED, HOLD): RunIsClosed,
    (CLOSED, VOID): VOIDED,
    (CLOSED, WITHDRAW): RunIsClosed,
    (VOIDED, GENERATE): RunIsClosed,
    (VOIDED, CLOSE): RunIsVoided,
    (VOIDED, HOLD): RunIsVoided,
    (VOIDED, VOID): RunIsVoided,
    (VOIDED, WITHDRAW): RunIsVoided,
}
EVERY_PAIR = pytest.mark.parametrize(("state", "action"), [*product(RunState, RunAction)])


@EVERY_PAIR
def test_every_action_in_every_state_leads_somewhere_or_is_refused(
    state: RunState, action: RunAction
) -> None:
    run, outcome = a_header(state), OUTCOMES[state, action]

    if isinstance(outcome, RunState):
        step = decide_run_action(run, action, "wrong rates")
        assert (step.run_id, step.action, step.from_state, step.to_state) == (run.id, action, state, outcome)
    else:
        with pytest.raises(outcome) as refused:
            decide_run_action(run, action, "wrong rates")
        assert type(refused.value) is outcome


def test_each_state_has_one_row_for_each_action() -> None:
    listed = [(rule.state, rule.action) for rule in RULES] + list(REFUSALS)
    assert sorted(listed) == sorted([*product(RunState, RunAction)])


@EVERY_PAIR
def test_a_button_offers_the_runs_that_are_open_to_it(state: RunState, action: RunAction) -> None:
    assert is_open(state, action) == isinstance(OUTCOMES[state, action], RunState)
    if is_open(state, action):
        rule = open_rule(a_header(state), action)
        assert (rule.state, rule.action) == (state, action)


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_the_table_names_the_refusal_that_it_makes(row: tuple[RunState, RunAction]) -> None:
    assert type(REFUSALS[row].made_for(a_header(row[0]))) is REFUSALS[row].kind


def test_a_condition_names_the_refusal_that_it_makes() -> None:
    refusals = [condition.refusal for rule in RULES for condition in rule.conditions]
    assert [type(refusal.made_for(a_header(DRAFT))) for refusal in refusals] == [RunHasBlockers]
    assert [refusal.kind for refusal in refusals] == [RunHasBlockers]


def test_a_draft_with_blocked_rows_is_not_closed_unless_they_are_held_and_can_be_voided() -> None:
    run = a_header(DRAFT, blocked=2)

    with pytest.raises(RunHasBlockers, match="2 rows are blocked"):
        decide_run_action(run, CLOSE)
    assert decide_run_action(run, HOLD).to_state is CLOSED
    assert decide_run_action(run, VOID, "wrong rates").to_state is VOIDED
    assert decide_run_action(run, GENERATE).to_state is DRAFT


@pytest.mark.parametrize("state", [CLOSED, VOIDED])
def test_a_run_that_cannot_be_closed_is_refused_for_its_state_first(state: RunState) -> None:
    with pytest.raises((RunIsClosed, RunIsVoided)):
        decide_run_action(a_header(state, blocked=2), CLOSE)


@pytest.mark.parametrize("reason", ["", "  ", "\n\t"])
@pytest.mark.parametrize(("state", "action"), [(DRAFT, VOID), (DRAFT, WITHDRAW), (CLOSED, VOID)])
def test_what_takes_a_run_back_needs_a_reason(state: RunState, action: RunAction, reason: str) -> None:
    with pytest.raises(ReasonNeeded):
        decide_run_action(a_header(state), action, reason)


def test_a_voided_run_is_refused_with_its_reason_and_not_for_lack_of_one() -> None:
    with pytest.raises(RunIsVoided, match="paid the wrong month"):
        decide_run_action(a_header(VOIDED, void_reason="paid the wrong month"), VOID, "")


def test_a_reason_is_kept_without_the_spaces_around_it_and_only_where_one_is_needed() -> None:
    draft = a_header(DRAFT)
    assert decide_run_action(draft, VOID, " wrong rates ") == RunStep(
        draft.id, VOID, DRAFT, VOIDED, "wrong rates"
    )
    assert decide_run_action(draft, CLOSE, "looks right").reason == ""


def after(step: RunStep, run: RunHeader) -> RunHeader:
    return a_header(step.to_state, blocked=run.blocked, void_reason=step.reason)


@given(
    st.lists(st.tuples(st.sampled_from(RunAction), st.sampled_from(["", "wrong rates"]))), st.integers(0, 2)
)
def test_whatever_is_tried_a_closed_run_is_only_voided_and_a_voided_one_never_changes(
    tried: list[tuple[RunAction, str]], blocked: int
) -> None:
    run = a_header(DRAFT, blocked=blocked)
    for action, reason in tried:
        try:
            step = decide_run_action(run, action, reason)
        except BillingError:
            continue
        assert run.state is not VOIDED
        assert run.state is DRAFT or step.to_state is VOIDED
        assert step.to_state is not CLOSED or not blocked or action is HOLD
        assert (step.to_state is VOIDED) == bool(step.reason)
        run = after(step, run)


@pytest.mark.parametrize(
    ("latest", "number"),
    [(None, 1), ((1, DRAFT), 1), ((1, CLOSED), 2), ((1, VOIDED), 2), ((7, DRAFT), 7), ((7, VOIDED), 8)],
)
def test_a_payroll_is_recorded_over_the_open_draft_or_as_the_next_run(
    latest: tuple[int, RunState] | None, number: int
) -> None:
    assert number_to_generate(latest) == number


@given(
    st.sampled_from(["lakeside", "r2-d2", "north-r-1"]),
    st.dates(date(2000, 1, 1), date(2099, 1, 1)),
    st.integers(0, 400),
    st.integers(1, 10_000),
)
def test_the_name_of_a_run_says_its_number(clinic: str, first: date, length: int, number: int) -> None:
    name = run_id(clinic, Period(first, first + timedelta(days=length)), number)
    assert run_number(name) == number
    assert name.startswith(f"{clinic}-{first.year}-")

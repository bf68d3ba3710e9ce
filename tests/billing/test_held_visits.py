"""What becomes of held visits when a draft that found them is approved."""

from datetime import date

import pytest

from server.billing.payroll.held_visits import (
    STATE_OF_OUTCOME,
    BlockedRow,
    HeldRowFound,
    HeldState,
    HeldVisit,
    settled_states,
)
from server.billing.payroll.pay_run import Outcome, Period
from server.errors import AlreadyPaidElsewhere, WrittenOffMeanwhile

RUN, OTHER = "lakeside-2026-11-r1", "lakeside-2026-11-r9"
ROW = BlockedRow(
    "", 2, 4, "Status", "1", "2026-10-05", "Jane Roe", "p1", "EX-101", "", "not-a-status", "No such status."
)


def a_held_visit(state: HeldState) -> HeldVisit:
    return HeldVisit(
        id=7,
        run_id="lakeside-2026-10-r1",
        period=Period(date(2026, 10, 1), date(2026, 10, 31)),
        sheet="Appointments",
        row=ROW,
        state=state,
        held_at="2026-11-02T15:04:05.678+00:00",
        held_by="ana",
        settled_by=OTHER if state is HeldState.PAID else "",
        reason="",
        decided_on=None,
        decided_by="",
    )


@pytest.mark.parametrize("outcome", STATE_OF_OUTCOME)
def test_a_waiting_visit_is_settled_by_the_outcome_of_its_row(outcome: Outcome) -> None:
    now = {7: a_held_visit(HeldState.WAITING)}
    settled = settled_states(RUN, [HeldRowFound(7, 3, outcome)], now)
    assert settled == [(7, STATE_OF_OUTCOME[outcome])]


@pytest.mark.parametrize(
    ("state", "refusal"),
    [(HeldState.WRITTEN_OFF, WrittenOffMeanwhile), (HeldState.PAID, AlreadyPaidElsewhere)],
)
def test_a_visit_that_was_settled_meanwhile_is_refused_only_where_the_draft_pays_it(
    state: HeldState, refusal: type[Exception]
) -> None:
    now = {7: a_held_visit(state)}
    with pytest.raises(refusal):
        settled_states(RUN, [HeldRowFound(7, 3, Outcome.PAID)], now)
    assert settled_states(RUN, [HeldRowFound(7, 3, Outcome.EXCLUDED)], now) == []

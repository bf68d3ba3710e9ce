"""What a provider's statement says of the state of its run."""

from datetime import date

import pytest

from server.billing.clinics import Clinic
from server.billing.payroll.pay_statements import StatedRun
from server.billing.payroll.recorded_runs import RunState
from server.billing.payroll.state_lines import state_line
from tests.billing.recorded_runs import a_header


@pytest.mark.parametrize(
    ("state", "blocked", "sentence"),
    [
        (RunState.DRAFT, 0, "DRAFT – not approved yet"),
        (RunState.DRAFT, 1, "DRAFT – not approved yet. 1 row of this period is still being checked."),
        (RunState.DRAFT, 2, "DRAFT – not approved yet. 2 rows of this period are still being checked."),
        (RunState.CLOSED, 2, "Approved 11/02/2026 by Olive Example"),
        (RunState.VOIDED, 2, "VOID – do not pay (voided 11/02/2026 by Olive Example)"),
    ],
)
def test_only_a_draft_says_that_rows_are_still_being_checked(
    state: RunState, blocked: int, sentence: str
) -> None:
    run = a_header(state, blocked=blocked)
    line = state_line(state, date(2026, 11, 2), "Olive Example")
    assert StatedRun(Clinic("lakeside", "Lakeside"), run, [], line).state_sentence == sentence

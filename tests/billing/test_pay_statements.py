"""What a provider's statement says of the state of its run."""

from datetime import date

import pytest

from server.billing.clinics import Clinic, PayBasis
from server.billing.payroll.pay_lines import PayLines
from server.billing.payroll.pay_run import RateUsed
from server.billing.payroll.pay_statements import StatedRun, statements_of
from server.billing.payroll.recorded_runs import RunState
from server.billing.payroll.state_lines import state_line
from tests.billing.recorded_runs import a_header
from tests.invented import LAKESIDE


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


@pytest.mark.parametrize(("provider", "known"), [("Jane Roe", ("P1", "1099")), ("Once Listed", ("", ""))])
def test_a_statement_says_what_the_setup_knows_of_its_provider(provider: str, known: tuple[str, str]) -> None:
    rate = RateUsed(
        "*",
        "*",
        PayBasis.PER_SESSION,
        5_000,
        is_share=False,
        effective_from=date(2026, 1, 1),
        note="",
        lines=1,
        paid_cents=5_000,
    )
    lines = PayLines(
        ["id:1"], [2], ["1"], ["2026-10-05"], [provider], ["EX-101"], ["attended"], ["p1"], [""], [None], [None],
        [None], [None], [0], [5_000],
    )  # fmt: skip
    (statement,) = statements_of(lines, [rate], LAKESIDE)
    assert (statement.provider_id, statement.works_as) == known

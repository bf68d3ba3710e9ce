"""What a provider's statement says of the state of its run."""

from dataclasses import replace
from datetime import date
from typing import Any

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


RATE = RateUsed("*", "*", PayBasis.PER_SESSION, 5_000, False, date(2026, 1, 1), "", 3, 15_000)  # noqa: FBT003


def some_lines(*visits: tuple[int, str], provider: str = "Jane Roe") -> PayLines:
    """Return a line for each visit of a provider, given by its row and day. Its appointment is named like its row."""
    rows, days = [row for row, _ in visits], [day for _, day in visits]
    names = [str(row) for row in rows]

    def each(value: Any) -> list[Any]:  # noqa: ANN401 - a cell
        return [value] * len(visits)

    return PayLines(
        names, rows, names, days, each(provider), each("EX-101"), each("attended"), each("p1"), each(""), each(None),
        each(None), each(None), each(None), each(0), each(5_000),
    )  # fmt: skip


@pytest.mark.parametrize(("provider", "known"), [("Jane Roe", ("P1", "1099")), ("Once Listed", ("", ""))])
def test_a_statement_says_what_the_setup_knows_of_its_provider(provider: str, known: tuple[str, str]) -> None:
    (statement,) = statements_of(some_lines((2, "2026-10-05"), provider=provider), [RATE], LAKESIDE)
    assert (statement.provider_id, statement.works_as) == known


def test_visits_are_stated_by_day_and_those_of_a_day_in_the_order_of_the_log() -> None:
    lines = some_lines((9, "2026-10-05"), (4, "2026-10-06"), (3, "2026-10-05"), (10, "2026-10-05"))
    (statement,) = statements_of(lines, [RATE], LAKESIDE)
    assert [line.appointment for line in statement.lines] == ["3", "9", "10", "4"]


def test_a_quantity_that_the_log_lacks_is_stated_as_none() -> None:
    (statement,) = statements_of(
        some_lines((2, "2026-10-05")), [replace(RATE, basis=PayBasis.PER_UNIT)], LAKESIDE
    )
    assert [line.quantity for line in statement.lines] == [0]


def test_missed_visits_are_stated_apart() -> None:
    lines = some_lines((2, "2026-10-05"), (3, "2026-10-06"), (4, "2026-10-07"))
    lines.counts_as[1] = "no show"
    (statement,) = statements_of(lines, [RATE], LAKESIDE)
    assert [line.appointment for line in statement.attended_visits] == ["2", "4"]
    assert [line.appointment for line in statement.missed_visits] == ["3"]

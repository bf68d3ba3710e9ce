"""The stages of a pay run are functions of values: called again, in any order, they say the same again."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.payroll.calculate import PricedLog, finish_run, price_rows
from server.billing.payroll.classify import ClassifiedLog, classify_rows
from server.billing.payroll.doubtful_rows import question_number
from server.billing.payroll.paid_visits import ClickAnswer, PaidBefore, PaidVisit, SameVisits
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.row_outcomes import RowOutcomes
from server.billing.payroll.visit_recognition import recognize
from server.errors import Finding
from server.sheets.sheet import Cell
from tests.invented import LAKESIDE, OCTOBER, TODAY, a_log, a_paid_visit, a_row, a_sheet

ROWS = st.lists(
    st.builds(
        lambda number, day, status, provider: a_row(
            id=f"A{number}", date=f"2026-10-{day:02}", status=status, provider=provider
        ),
        st.integers(1, 6),
        st.integers(1, 4),
        st.sampled_from(["Show", "No Show", "maybe", None]),
        st.sampled_from(["Jane Roe", "Nobody Known", None]),
    ),
    min_size=1,
    max_size=6,
)
PAID = st.dictionaries(
    st.sampled_from([f"id:{letter}{number}" for letter in "ab" for number in range(1, 7)]),
    st.sampled_from([5_000, 4_000]),
    max_size=4,
)


def classified(rows: Sequence[Sequence[Cell]]) -> ClassifiedLog:
    return classify_rows(a_log(a_sheet(rows)), LAKESIDE, OCTOBER, TODAY)


def remarks(findings: Sequence[Finding]) -> list[tuple[object, ...]]:
    return [(one.code, one.rows, one.message, one.remedy) for one in findings]


def facts(outcomes: RowOutcomes) -> tuple[object, ...]:
    """Return all that a stage has decided."""
    codes = (outcomes.outcomes.tolist(), outcomes.reasons.tolist())
    return (*codes, outcomes.sentences, remarks(outcomes.findings))


def finished(priced: PricedLog, paid: Mapping[str, PaidVisit]) -> tuple[object, ...]:
    run: PayRun = finish_run(priced, priced.outcomes, paid, "run")
    return run.fingerprint, remarks(run.findings), len(run.lines), run.paid_cents, run.paid_earlier


@given(ROWS, PAID)
def test_a_run_that_was_finished_is_finished_again_as_a_fresh_one(
    rows: list[tuple[Cell, ...]], paid_cents: dict[str, int]
) -> None:
    paid = {identity: a_paid_visit(identity, cents) for identity, cents in paid_cents.items()}
    priced = price_rows(classified(rows))
    before = facts(priced.outcomes)

    with_paid, without = finished(priced, paid), finished(priced, {})

    assert facts(priced.outcomes) == before
    assert without == finished(price_rows(classified(rows)), {})
    assert with_paid == finished(price_rows(classified(rows)), paid) == finished(priced, paid)


@given(ROWS, PAID, st.sampled_from([None, *SameVisits]))
def test_recognizing_paid_visits_decides_nothing_for_the_next_time(
    rows: list[tuple[Cell, ...]], paid_cents: dict[str, int], word: SameVisits | None
) -> None:
    visits = tuple(a_paid_visit(identity, cents) for identity, cents in paid_cents.items())
    paid = PaidBefore(visits, runs={visit.run_id: "2026-10-01T00:00:00Z" for visit in visits})
    log = classified(rows)
    priced = price_rows(log)
    before = facts(log.outcomes), facts(priced.outcomes)

    question = question_number(recognize(priced, paid, None).doubtful)
    answer = ClickAnswer(word, question) if word else None
    first = recognize(priced, paid, answer)
    recognize(priced, paid, ClickAnswer(SameVisits.OTHERS, question))
    again = recognize(priced, paid, answer)

    assert (facts(log.outcomes), facts(priced.outcomes)) == before
    assert facts(again.outcomes) == facts(first.outcomes)
    assert (again.paid_before, again.doubtful, again.answered) == (
        first.paid_before,
        first.doubtful,
        first.answered,
    )
    assert facts(price_rows(log).outcomes) == facts(priced.outcomes)


def test_what_a_stage_decided_cannot_be_changed() -> None:
    log = classified([a_row(id="A1"), a_row(id="A2", status="No Show")])
    with pytest.raises(ValueError, match="read-only"):
        log.outcomes.outcomes[0] = 1

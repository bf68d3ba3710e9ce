"""What becomes of held visits when a draft that found them is approved."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from server.billing.payroll.calculate import price_rows
from server.billing.payroll.classify import classify_rows
from server.billing.payroll.held_rows import find_held
from server.billing.payroll.held_visits import (
    STATE_OF_OUTCOME,
    BlockedRow,
    HeldRowFound,
    HeldState,
    HeldVisit,
    settled_states,
)
from server.billing.payroll.pay_run import Outcome, Period
from server.billing.payroll.visit_identity import patient_keys
from server.billing.payroll.visit_recognition import Recognition
from server.errors import AlreadyPaidElsewhere, WrittenOffMeanwhile
from server.sheets.sheet import Cell
from tests.invented import HEADINGS, LAKESIDE, OCTOBER, TODAY, a_log, a_row, a_sheet

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


@pytest.mark.parametrize(
    ("facts", "is_found"),
    [
        ({"date": "2026-10-05"}, True),
        ({"date": "2026-10-05", "status": "Cancelled"}, True),
        ({"date": "2026-09-30"}, False),
        ({"date": "2026-11-01"}, False),
        ({"date": "2026-11-25"}, False),
    ],
)
def test_a_held_visit_waits_on_if_its_row_is_outside_the_days_that_the_run_decides(
    facts: dict[str, str],
    is_found: bool,  # noqa: FBT001
) -> None:
    log = a_log(a_sheet([a_row(id="B1", **facts), a_row(id="B2")]))
    held = a_held_visit(HeldState.WAITING)
    held = replace(held, row=replace(held.row, identity="id:b1"))
    priced = price_rows(classify_rows(log, LAKESIDE, OCTOBER, TODAY))
    found = find_held(priced, Recognition(priced.outcomes), [held], TODAY)
    assert (dict(found.rows), found.waiting) == (({7: 0}, ()) if is_found else ({}, (held,)))


def held_in(rows: Sequence[Sequence[Cell]], *held: HeldVisit) -> dict[int, int]:
    """Return the rows of a log with patients in which held visits are found, by their ids."""
    log = a_log(a_sheet(rows, (*HEADINGS, "Patient")))
    priced = price_rows(classify_rows(log, LAKESIDE, OCTOBER, TODAY))
    return dict(find_held(priced, Recognition(priced.outcomes), held, TODAY).rows)


def test_a_held_visit_without_an_id_is_the_row_of_its_patient() -> None:
    rows = [(*a_row(), "Pat Poe"), (*a_row(), "Quin Quoe")]
    patients = patient_keys(a_log(a_sheet(rows, (*HEADINGS, "Patient"))).word_column("patient"))
    held = a_held_visit(HeldState.WAITING)
    for place, patient in enumerate(patients[:2]):
        assert held_in(rows, replace(held, row=replace(ROW, patient_key=patient))) == {7: place}
    assert held_in(rows, replace(held, row=replace(ROW, patient_key="somebody else"))) == {}


def test_a_held_visit_is_an_excluded_row_only_if_three_facts_agree() -> None:
    held = a_held_visit(HeldState.WAITING)
    assert held_in([(*a_row(status="Cancelled"), "")], held) == {7: 0}
    assert held_in([(*a_row(status="Cancelled", service="Puppet show"), "")], held) == {}
    assert held_in([(*a_row(service="Puppet show"), "")], held) == {7: 0}


def test_a_row_is_one_held_visit_at_most() -> None:
    first = a_held_visit(HeldState.WAITING)
    alike = replace(first, id=8)
    assert held_in([(*a_row(), "")], first, alike) == {7: 0}
    assert held_in([(*a_row(), ""), (*a_row(), "")], first, alike) == {7: 0, 8: 1}

"""What yes/no columns such as “No-show” say about a visit, in a log without a Status column."""

from dataclasses import replace

import pytest

from server.billing.clinics import ANY, CountsAs, MissedPay, MissedVisitRule
from server.billing.payroll.pay_run import PayRun
from server.sheets.sheet import Cell
from tests.invented import HEADINGS, JANUARY, LAKESIDE, a_row, a_run, amounts, codes, fates


def answered(columns: tuple[str, ...], *answers: tuple[Cell, ...]) -> PayRun:
    """Return the run of a log that has these columns instead of Status, with one visit for each answer."""
    place = HEADINGS.index("Status")
    rows = [(*row[:place], *row[place + 1 :], *cells) for row, cells in ((a_row(), one) for one in answers)]
    return a_run(rows, headings=[*HEADINGS[:place], *HEADINGS[place + 1 :], *columns])


@pytest.mark.parametrize("spelling", ["Yes", "y", "TRUE", "t", "x", "1", "✓", "✔", 1, True])
def test_every_yes_of_a_yes_no_column_says_that_the_visit_was_missed(spelling: Cell) -> None:
    run = answered(("No-show",), ("No",), (spelling,))

    assert (amounts(run), fates(run)) == ([5_000], [("excluded", "A no-show is not paid")])


@pytest.mark.parametrize("spelling", ["No", "n", "FALSE", "f", "0", 0, False])
def test_every_no_of_a_yes_no_column_says_that_the_visit_was_not_missed(spelling: Cell) -> None:
    run = answered(("No-show",), ("Yes",), (spelling,))

    assert (amounts(run), fates(run)) == ([5_000], [("excluded", "A no-show is not paid")])


@pytest.mark.parametrize("columns", [("No-show", "Cancelled"), ("Cancelled", "No-show")])
def test_a_visit_is_attended_only_if_every_yes_no_column_agrees(columns: tuple[str, ...]) -> None:
    run = answered(columns, ("No", "No"), ("No", "Yes"), ("Yes", "No"))

    assert amounts(run) == [5_000]
    words = {"No-show": "A no-show is not paid", "Cancelled": "A cancelled visit is not paid"}
    assert fates(run) == [("excluded", words[column]) for column in reversed(columns)]


@pytest.mark.parametrize("answer", ["Yes", "No", None])
def test_a_yes_beside_a_status_column_contradicts_only_an_attended_visit_that_could_be_paid(
    answer: str | None,
) -> None:
    """A missed visit that earns a fee is paid it; one that is set aside already is not blocked for another reason."""
    fee = MissedVisitRule(ANY, ANY, CountsAs.NO_SHOW, MissedPay.FLAT, 2_500, JANUARY)
    visits = [
        a_row(status="Kept"),
        a_row(status="NS"),
        a_row(status="CXL"),
        a_row(status="Kept", date="2026-09-30"),
        a_row(status="Kept", date="2027-01-05"),
    ]
    run = a_run(
        [(*one, answer) for one in visits],
        replace(LAKESIDE, missed_visits=(fee,)),
        headings=[*HEADINGS, "No-show"],
    )

    contradicted = answer == "Yes"
    assert amounts(run) == ([2_500] if contradicted else [5_000, 2_500])
    assert codes(run).count("status-conflict") == contradicted
    assert [fate for fate, _ in fates(run)] == ["blocked"] * contradicted + ["excluded"] * 3

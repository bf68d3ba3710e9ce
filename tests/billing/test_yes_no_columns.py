"""What yes/no columns such as “No-show” say about a visit, in a log without a Status column."""

import pytest

from server.billing.payroll.pay_run import PayRun
from server.sheets.sheet import Cell
from tests.invented import HEADINGS, a_row, a_run, amounts, fates


def answered(columns: tuple[str, ...], *answers: tuple[Cell, ...]) -> PayRun:
    """Return the run of a log that has these columns instead of Status, with one visit for each answer."""
    place = HEADINGS.index("Status")
    rows = [(*row[:place], *row[place + 1 :], *cells) for row, cells in ((a_row(), one) for one in answers)]
    return a_run(rows, headings=[*HEADINGS[:place], *HEADINGS[place + 1 :], *columns])


@pytest.mark.parametrize("spelling", ["Yes", "y", "TRUE", "t", "x", "1", "✓", "✔", 1, True])
def test_every_yes_of_a_yes_no_column_says_that_the_visit_was_missed(spelling: Cell) -> None:
    run = answered(("No-show",), ("No",), (spelling,))

    assert (amounts(run), fates(run)) == ([5_000], [("excluded", "No show")])


@pytest.mark.parametrize("spelling", ["No", "n", "FALSE", "f", "0", 0, False])
def test_every_no_of_a_yes_no_column_says_that_the_visit_was_not_missed(spelling: Cell) -> None:
    run = answered(("No-show",), ("Yes",), (spelling,))

    assert (amounts(run), fates(run)) == ([5_000], [("excluded", "No show")])


@pytest.mark.parametrize("columns", [("No-show", "Cancelled"), ("Cancelled", "No-show")])
def test_a_visit_is_attended_only_if_every_yes_no_column_agrees(columns: tuple[str, ...]) -> None:
    run = answered(columns, ("No", "No"), ("No", "Yes"), ("Yes", "No"))

    assert amounts(run) == [5_000]
    words = {"No-show": "No show", "Cancelled": "Cancelled"}
    assert fates(run) == [("excluded", words[column]) for column in reversed(columns)]

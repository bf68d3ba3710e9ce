"""The run a Payroll Summary shows is read by its label, wherever people have moved it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.sheets.payroll.run_id import NO_RUN, ShownRun, fingerprint_line, run_label, shown_run
from server.sheets.sheet import Cell, Sheet

RUN, PRINT = "lakeside-2026-10-01-to-2026-10-15-r12", "0123456789abcdef" * 4


def a_sheet(*columns: Sequence[Cell], name: str = "Payroll Summary") -> Sheet:
    return Sheet(name, 1, 0, columns)


@given(
    st.lists(
        st.sampled_from([None, 5, "", "Run", "Payroll", True, "Running lakeside-2026-10-r1"]), max_size=6
    ),
    st.lists(st.sampled_from([None, 1.5, "Ann", "Fingerprint", "run lakeside-2026-10-r1"]), max_size=6),
)
def test_the_run_is_found_wherever_it_stands(above: list[Cell], below: list[Cell]) -> None:
    column = [*above, f" {run_label(RUN)} ", *below, fingerprint_line(PRINT)]
    assert shown_run([a_sheet(column)]) == ShownRun(RUN, PRINT)


@pytest.mark.parametrize(
    "columns",
    [
        (),
        ([],),
        ([NO_RUN],),
        (["Run"], ["lakeside-2026-10-r1"]),
        (["Run lakeside-2026-10-r1 and more"],),
        (["Run Lakeside-2026-10-r1"],),
        (["Run \u202elakeside-2026-10-r1"],),
        ([f"Run {RUN}", "Run lakeside-2026-10-r1"],),
        (["Run " + "a-" * 20_000],),
    ],
    ids=range(9),
)
def test_a_summary_that_shows_no_run_or_several_shows_none(columns: Sequence[Sequence[Cell]]) -> None:
    assert shown_run([a_sheet(*columns)]) is None


def test_the_same_run_twice_is_one_run() -> None:
    assert shown_run([a_sheet([run_label(RUN)], [run_label(RUN)])]) == ShownRun(RUN, "")


def test_only_the_summary_says_which_run_it_is() -> None:
    assert shown_run([a_sheet([run_label(RUN)], name="Lines")]) is None
    assert shown_run([a_sheet([run_label(RUN)], name=" payroll summary ")]) == ShownRun(RUN, "")

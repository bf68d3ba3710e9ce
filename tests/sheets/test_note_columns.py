"""A note beside an attended visit that says it was missed is pointed at, and changes no pay."""

from collections.abc import Sequence
from dataclasses import asdict

import pytest

from server.billing.clinics import ImportProfile
from server.billing.payroll.pay_run import PayRun
from server.sheets.appointment_log.reader import read_log
from server.sheets.sheet import Cell
from tests.invented import LAKESIDE, a_sheet, amounts, run_of_log

CODE = "note-contradicts-status"
VISIT: tuple[Cell, ...] = ("2026-10-05", "Jane Roe", "EX-101")
BASE = ("Date", "Provider", "Service")


def generated(headings: Sequence[str], *rows: Sequence[Cell], profile: ImportProfile | None = None) -> PayRun:
    """Return the pay run of a visit for each of some rows of further cells."""
    sheet = a_sheet([(*VISIT, *row) for row in rows], [*BASE, *headings])
    log, _ = read_log(sheet, "", LAKESIDE, profile or ImportProfile(), {})
    return run_of_log(log, LAKESIDE)


def pointed_at(run: PayRun) -> dict[str, list[int]]:
    return {str(asdict(one.what)["value"]): list(one.rows) for one in run.findings if one.code == CODE}


@pytest.mark.parametrize("heading", ["Notes", "Comments", "Remarks", "Appointment note", "Label", "Internal"])
@pytest.mark.parametrize(
    ("column", "attended", "missed"), [("Status", "Attended", "Cancelled"), ("No Show", "false", "true")]
)
def test_a_note_beside_an_attended_visit_is_pointed_at(
    heading: str, column: str, attended: str, missed: str
) -> None:
    rows = [
        (attended, "Late cancel"),
        (attended, "Came"),
        (missed, "late cancel"),
        (attended, "LATE CANCEL!"),
        (attended, None),
        (attended, "on time"),
        (attended, "paid cash"),
    ]

    run = generated([column, heading], *rows)

    assert pointed_at(run) == {"late cancel": [2, 5]}
    assert amounts(run) == [5_000] * 6


def test_a_note_beside_a_log_of_attended_visits_is_pointed_at() -> None:
    notes = ["did not attend", "fine", "on time"]
    run = generated(["Comments"], *([note] for note in notes), profile=ImportProfile(all_attended=True))

    assert pointed_at(run) == {"did not attend": [2]}


def test_nothing_else_of_a_note_is_kept() -> None:
    run = generated(["Status", "Notes"], ("Attended", "Quin Quoe no-showed, 555-0100"))

    assert pointed_at(run) == {"no-showed": [2]}
    assert "555-0100" not in repr([(one.what, one.message) for one in run.findings])


def test_a_column_that_was_to_be_left_alone_is() -> None:
    alone = ImportProfile(columns=(("notes", ""),))

    assert pointed_at(generated(["Status", "Notes"], ("Attended", "late cancel"), profile=alone)) == {}


@pytest.mark.parametrize(
    "cells",
    [[None, 5, True, 3.5], ["", " ", "x\0late cancel"], ["\0", "no show", "a", "b"], ["late cancel" * 3_000]],
)
def test_whatever_stands_in_a_column_it_can_be_looked_at(cells: list[Cell]) -> None:
    run = generated(["Status", "Notes"], *(("Attended", cell) for cell in cells))

    assert len(amounts(run)) == len(cells)


def test_a_hundred_thousand_notes_are_looked_at_as_one_by_one() -> None:
    notes = [f"Talked about {number}" if number % 1_000 else f"no show {number}" for number in range(20_000)]

    run = generated(["Status", "Notes"], *(("Attended", note) for note in notes))

    assert pointed_at(run) == {"no show": [number + 2 for number in range(0, 20_000, 1_000)]}

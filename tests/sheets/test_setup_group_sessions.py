"""The Group sessions sheet of the Setup workbook: typed, read, refused and written (rule: pay-runs#group-sessions)."""

from collections.abc import Sequence
from datetime import date

import pytest

from server.billing.clinics import GroupSession, PaidPer
from server.sheets.clinics.setup_reader import read_setup
from server.sheets.clinics.setup_workbook import write_setup
from server.sheets.sheet import Cell
from tests.sheets.typed_setup import typed
from tests.sheets.workbooks import sheets_of

TITLES: Sequence[Cell] = ("Service", "Paid per", "Effective from")
GROUP: Sequence[Cell] = ("EX-101", "session", "2026-10-01")


def test_group_sessions_are_read_as_they_are_typed_and_written_back() -> None:
    rows = [GROUP, ("ex-101", "Attendee", "11/01/2026")]
    setup, findings = read_setup(typed(Group_sessions=[TITLES, *rows]))

    assert findings == []
    assert setup.group_sessions == (
        GroupSession("EX-101", PaidPer.SESSION, date(2026, 10, 1)),
        GroupSession("EX-101", PaidPer.ATTENDEE, date(2026, 11, 1)),
    )
    assert read_setup(sheets_of(write_setup(setup)))[0] == setup


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (("EX-999", "session", "2026-10-01"), "unknown-service", "Service"),
        (("*", "session", "2026-10-01"), "group-session-for-any-service", "Service"),
        ((None, "session", "2026-10-01"), "blank-cell", "Service"),
        (("EX-101", "group", "2026-10-01"), "not-a-choice", "Paid per"),
        (("EX-101", None, "2026-10-01"), "blank-cell", "Paid per"),
        (("EX-101", "session", "soon"), "not-a-date", "Effective from"),
        (("EX-101", "session", None), "blank-cell", "Effective from"),
    ],
)
def test_a_mistyped_cell_is_a_blocker(row: Sequence[Cell], code: str, column: str) -> None:
    setup, findings = read_setup(typed(Group_sessions=[TITLES, row]))

    assert [(one.code, one.heading) for one in findings] == [(code, column)]
    assert setup.group_sessions == ()


def test_two_rules_of_one_service_and_day_are_a_blocker() -> None:
    _, findings = read_setup(typed(Group_sessions=[TITLES, GROUP, ("EX-101", "attendee", "2026-10-01")]))

    assert [(one.code, one.rows) for one in findings] == [("group-session-twice", (3,))]

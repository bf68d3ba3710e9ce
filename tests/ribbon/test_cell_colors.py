"""Colours on cells: the worst finding wins, neighbours share a range, and there is an end to it."""

from server.errors import Finding, Severity
from server.ribbon.payroll.cell_colors import FILLS, MOST, marks_of
from tests.invented import a_finding

RED, YELLOW = FILLS[Severity.BLOCKER], FILLS[Severity.REVIEW]


def found(code: str, *rows: int, column: int | None = 4, sheet: str = "Appointments") -> Finding:
    return a_finding(code, sheet, rows, column, "Status", {"value": "x"})


def marked(*findings: Finding) -> list[tuple[str, str, str | None]]:
    return [(edit.sheet, edit.range, edit.fill) for edit in marks_of(findings)[0]]


def test_a_blocker_paints_over_a_review_of_the_same_cell() -> None:
    told = [found("unknown-status", 3), found("units-look-like-minutes", 2, 3, 4)]
    expected = [
        ("Appointments", "E2:E2", YELLOW),
        ("Appointments", "E3:E3", RED),
        ("Appointments", "E4:E4", YELLOW),
    ]
    assert marked(*told) == marked(*reversed(told)) == expected


def test_neighbouring_columns_and_sheets_are_never_joined() -> None:
    told = [
        found("unknown-status", 2, 3),
        found("unknown-status", 4, column=5),
        found("unknown-status", 4, sheet="Other"),
    ]
    assert [place for _, place, _ in marked(*told)] == ["E2:E3", "F4:F4", "E4:E4"]


def test_a_finding_about_the_whole_sheet_marks_nothing() -> None:
    assert marked(found("unknown-status"), found("unknown-status", 2, column=None)) == []


def test_beyond_so_many_ranges_cells_are_counted_and_not_marked() -> None:
    every_other = range(2, 2 * MOST + 12, 2)
    edits, left_out = marks_of([found("unknown-status", *every_other)])
    assert (len(edits), left_out) == (MOST, len(every_other) - MOST)

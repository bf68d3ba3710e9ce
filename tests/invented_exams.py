"""Invented exams as staff type them, and the prices of the clinic that bills them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from server.billing.invoices.prices import Bilateral, ExamCode, Price
from server.sheets.invoices.tables import EXAMS
from server.sheets.sheet import Cell, Sheet
from tests.invented import LAKESIDE

JANUARY = date(2026, 1, 1)
PRICED = replace(
    LAKESIDE,
    prices=(
        Price("EX-301", "Long exam", 100_00, JANUARY),
        Price("EX-302", "Short exam", 50_00, JANUARY, Bilateral.NOT_ALLOWED),
        Price("EX-303", "Knee exam", 70_05, JANUARY, Bilateral.HALF_MORE),
    ),
    exam_types=(
        ExamCode("Full", "EX-301"),
        ExamCode("Full", "EX-302"),
        ExamCode("Joint", "EX-303", "Knee"),
        ExamCode("Joint", "EX-302", "Elbow"),
    ),
)
"""Lakeside; a Full exam is $150.00, a knee $70.05 or, both of them, $105.08."""

TYPED: Mapping[str, Cell] = {
    "Exam date": "2026-10-05", "Patient": "P-1", "Case": "C-1", "Physician": "Dr. Example", "Facility": "North",
    "Exam type": "Full", "Payer": "Oak (invented)", "Attorney": "Lex Invented",
}  # fmt: skip
"""One exam of $150.00."""


def typed(row: Mapping[str, Cell] | None = None, **cells: Cell) -> dict[str, Cell]:
    """Return a row by heading, with the cells a test is about (``Exam_type`` for ``Exam type``)."""
    return {
        **(TYPED if row is None else row),
        **{title.replace("_", " "): cell for title, cell in cells.items()},
    }


def exams_of(*patients: str) -> list[dict[str, Cell]]:
    """Return an exam of $150.00 for each of some patients."""
    return [typed(Patient=patient) for patient in patients]


def exam_columns(
    rows: Sequence[Mapping[str, Cell]], headings: Sequence[str] = EXAMS.titles
) -> list[list[Cell]]:
    """Return rows under their headings, column by column."""
    return [[title, *(row.get(title) for row in rows)] for title in headings]


def an_exam_sheet(
    *rows: Mapping[str, Cell], headings: Sequence[str] = EXAMS.titles, hidden: Sequence[int] = ()
) -> Sheet:
    """Return a sheet of these rows, the first of them in row 2."""
    return Sheet("Exams", 1, 0, exam_columns(rows, headings), hidden_rows=hidden)

"""The Exams sheets of the gallery: for each thing that keeps an exam from being billed, the smallest sheet."""

from collections.abc import Callable
from datetime import date

from openpyxl import Workbook

from tests.gallery.clinic import MAPLE, NEIGHBOUR, Cell, a_visit, a_workbook

EXAM_HEADINGS = (
    "Exam date", "Patient", "Case", "Physician", "Facility", "Exam type", "Sub-exams", "Code", "Units", "Bilateral",
    "Payer", "Attorney", "Note",
)  # fmt: skip

EXAM: dict[str, Cell] = {
    "Exam date": date(2025, 10, 6), "Patient": "PT-1", "Case": "C-1", "Physician": "Ada Example",
    "Exam type": "Injury visit", "Payer": "Acme Invented",
}  # fmt: skip
"""An exam that is billed without a remark."""


def an_exam(**cells: Cell) -> dict[str, Cell]:
    """An exam with the cells an entry is about (``Exam_type`` for ``Exam type``)."""
    return EXAM | {name.replace("_", " "): cell for name, cell in cells.items()}


def a_code(code: str, **cells: Cell) -> dict[str, Cell]:
    """An exam billed by its code."""
    return an_exam(Exam_type=None, Code=code, **cells)


def exam_rows(*exams: dict[str, Cell], more: tuple[str, ...] = ()) -> list[list[Cell]]:
    """The rows of a sheet of these exams, its headings first."""
    heads = (*EXAM_HEADINGS, *more)
    return [list(heads), *([exam.get(head) for head in heads] for exam in exams)]


def _exams(*exams: dict[str, Cell], clinic: str = MAPLE) -> Callable[[], Workbook]:
    return lambda: a_workbook({"Exams": exam_rows(*exams)}, clinic)


def _one(**cells: Cell) -> Callable[[], Workbook]:
    """An exam that is right, and of another patient one that has these cells."""
    return _exams(an_exam(), an_exam(Patient="PT-2", **cells))


def _one_code(code: str, **cells: Cell) -> Callable[[], Workbook]:
    return _exams(an_exam(), a_code(code, Patient="PT-2", **cells))


def _billed_and(second: list[list[Cell]]) -> Callable[[], Workbook]:
    """A workbook with a sheet of one exam, to be billed first, and another sheet."""
    return lambda: a_workbook({"First": exam_rows(an_exam()), "Second": second})


def _hidden() -> Workbook:
    workbook = _exams(an_exam(), an_exam(Patient="PT-2"))()
    workbook.worksheets[0].row_dimensions[3].hidden = True
    return workbook


def _two_claims() -> Workbook:
    exams = (an_exam(Claim_number="CL-100"), an_exam(Exam_date=date(2025, 10, 8), Claim_number="CL-200"))
    return a_workbook({"Exams": exam_rows(*exams, more=("Claim number",))})


EXAMS: dict[str, Callable[[], Workbook]] = {
    "case-differs": _two_claims,
    "ambiguous-date": _exams(
        *(
            an_exam(Patient=f"PT-{number}", Exam_date=day)
            for number, day in enumerate(("10/25/2025", "26/10/2025", "05/10/2025"))
        )
    ),
    "code-or-exam-type": _one(Code="EX-501"),
    "unknown-exam-type": _one(Exam_type="Injury vist"),
    "unknown-sub-exam": _exams(
        an_exam(), an_exam(Patient="PT-2", Exam_type="Joint exam") | {"Sub-exams": "Knee; Toe"}
    ),
    "no-sub-exam-chosen": _one(Exam_type="Joint exam"),
    "has-no-sub-exams": _exams(an_exam(), an_exam(Patient="PT-2") | {"Sub-exams": "Knee"}),
    "unknown-code": _one_code("EX-599"),
    "no-price": _one_code("EX-502", Exam_date=date(2024, 12, 30)),
    "bilateral-not-allowed": _one_code("EX-502", Bilateral="yes"),
    "units-not-whole": _one_code("EX-501", Units=1.5),
    "units-of-both-sides": _one_code("EX-503", Units=2, Bilateral="yes"),
    "row-left": _one_code("EX-503", Units=2, Bilateral="yes"),
    "exam-in-future": _one(Exam_date=date(2099, 12, 30)),
    "exam-differs": _exams(an_exam(), a_code("EX-501", Payer="Other Invented")),
    "code-twice": _exams(an_exam(), a_code("EX-503")),
    "exam-billed-already": _billed_and(exam_rows(an_exam(), an_exam(Patient="PT-2"))),
    "exam-billed-in-part": _billed_and(exam_rows(a_code("EX-501"))),
    "result-of-another-exam": _billed_and(
        exam_rows(an_exam(Patient="PT-2", Result="INV-000001 created, $200.00"), more=("Result",))
    ),
    "lost-digits.exam": _one(Case=298_725_000_012_345_678),
    "not-a-date.exam": _one(Exam_date="next week"),
    "heading-twice.exams": lambda: a_workbook({"Exams": exam_rows(an_exam(), more=("Units",))}),
    "hidden-rows.exams": _hidden,
}

REFUSED_EXAMS: dict[str, Callable[[], Workbook]] = {
    "not-an-exams-sheet": lambda: a_workbook({"Appointments": [[*a_visit()], [*a_visit().values()]]}),
    "empty-exams-sheet": _exams(),
    "no-prices": _exams(an_exam(), clinic=NEIGHBOUR),
}

"""The Cases sheets of the gallery: for each thing that keeps a case from being saved, the smallest sheet."""

from collections.abc import Callable

from openpyxl import Workbook

from server.billing.invoices.case_attorneys import NO_ATTORNEY, CaseAttorney
from server.billing.invoices.case_records import CaseRecord
from server.sheets.invoices.tables import KEYED_CASES
from tests.gallery.clinic import Cell, a_workbook
from tests.gallery.exams import EXAM, an_exam, exam_rows
from tests.gallery.invoices import FIRST, OCT_7, agreed, invoices_sheet, sent

ATTORNEY = "Attorney Invented"
Typed = dict[str, Cell]


def a_case(case_id: int = 1, attorney: str = "", **cells: Cell) -> Typed:
    """The row of a case as Case list writes it, with the cells that are typed over it (``Letter_cap`` for ``Letter cap``)."""
    payer = str(EXAM.get("Payer") or "")
    record = CaseRecord(attorney=CaseAttorney(attorney) if attorney else NO_ATTORNEY, payer=payer)
    written: Typed = {
        "Case": EXAM["Case"], "Patient": f"PT-{case_id}", "Attorney": attorney or None, "Payer": payer or None,
        "Row key": str(case_id), "Row version": record.version,
    }  # fmt: skip
    return written | {name.replace("_", " "): cell for name, cell in cells.items()}


def case_sheet(*rows: Typed, attorney: str = "") -> Callable[[], Workbook]:
    """A workbook with a Cases sheet of these rows, and two exams of their cases."""
    heads = KEYED_CASES.titles
    table: list[list[Cell]] = [list(heads), *([row.get(head) for head in heads] for row in rows)]
    exams = exam_rows(an_exam(Attorney=attorney or None), an_exam(Patient="PT-2", Attorney=attorney or None))
    return lambda: a_workbook({"Exams": exams, "Cases": table})


CASES: dict[str, Callable[[], Workbook]] = {
    "case-not-saved": case_sheet(a_case(Letter_cap=500), a_case(2, Stage="demand")),
    "case-moved-on.before": case_sheet(a_case(2, Stage="demand")),
    "case-moved-on": case_sheet(a_case(2, Claim_number="C-9")),
    "case-mixed-up": case_sheet(a_case(1, Stage="suit", Patient="PT-2"), a_case(2)),
    "attorney-loses-case": case_sheet(
        a_case(1, ATTORNEY, Attorney="Other Attorney"), a_case(2, ATTORNEY), attorney=ATTORNEY
    ),
    "below-pro-rata.before": case_sheet(a_case(Gross_settlement=1000, Lien_pool=190, All_liens=200)),
    "below-pro-rata": invoices_sheet(sent(FIRST), agreed(FIRST)),
    "above-letter-cap.before": case_sheet(a_case(Letter_signed=OCT_7, Letter_cap=150)),
    "above-letter-cap": invoices_sheet(sent(FIRST), agreed(FIRST)),
}
"""Name of the entry -> its workbook; one with ``.before`` is sent first, and has no entry of its own."""

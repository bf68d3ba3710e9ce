"""Which exams of a sheet become invoices: those not billed before that no row keeps back."""

from datetime import date
from typing import Any

import pytest

from server.billing.invoices.billable_exams import (
    NOTHING,
    BillableExams,
    PartOfKey,
    billed_before,
    select_billable,
)
from server.billing.invoices.exams import Exam, draft_invoices
from server.billing.invoices.invoice import Invoice, InvoiceFacts, InvoiceLine
from server.billing.invoices.prices import Price, PriceList

MONDAY, TODAY = date(2026, 10, 5), date(2026, 11, 20)
PRICES = PriceList([Price(code, "Exam", 100_00, date(2026, 1, 1)) for code in ("EX-301", "EX-302")])


def an_exam(row: int, patient: str = "P-1", **told: Any) -> Exam:  # noqa: ANN401
    exam: dict[str, Any] = {"exam_date": MONDAY, "patient": patient, "case": "C-1", "code": "EX-301"}
    return Exam("Exams", row, **exam | told)


def an_invoice(number: str = "INV-000001", code: str = "EX-301", **told: Any) -> Invoice:  # noqa: ANN401
    facts: dict[str, Any] = {"case": "C-1", "patient": "P-1", "exam_date": MONDAY, "created": TODAY} | told
    return Invoice(
        InvoiceFacts(number, **facts), lines=(InvoiceLine(code, "Exam", 1, 100_00, 1_000, 100_00),)
    )


def sorted_out(
    *exams: Exam,
    unreadable: dict[int, PartOfKey] | None = None,
    books: tuple[Invoice, ...] = (),
    again: str = "",
) -> BillableExams:
    return select_billable(draft_invoices(exams, PRICES, TODAY), exams, unreadable or {}, books, {again})


def good(found: BillableExams) -> list[int]:
    """Return the rows of the exams that can be billed."""
    return [exam.row for draft in found.good for exam in draft.exams]


def codes(found: BillableExams) -> list[tuple[str, int]]:
    return [(finding.code, finding.rows[0]) for finding in found.findings]


def test_exams_nobody_billed_are_good() -> None:
    assert good(sorted_out(an_exam(2), an_exam(3, "P-2"))) == [2, 3]


def test_the_rows_beside_a_bad_one_wait_for_it() -> None:
    found = sorted_out(an_exam(2), an_exam(3, code="EX-999"), an_exam(4, "P-2"))
    assert (good(found), dict(found.waiting), codes(found)) == ([4], {2: 3}, [("unknown-code", 3)])


def test_a_row_with_an_unreadable_cell_keeps_its_exam_back() -> None:
    found = sorted_out(an_exam(2), an_exam(3, code="EX-302"), unreadable={3: an_exam(3).key})
    assert (good(found), dict(found.waiting)) == ([], {2: 3})


@pytest.mark.parametrize(
    ("part", "kept_back"),
    [
        ((None, "p1", "c1", "", ""), {2: 9, 3: 9}),
        (("2026-10-06", None, "c1", "", ""), {3: 9}),
        ((MONDAY.isoformat(), "p1", None, None, None), {2: 9}),
        ((MONDAY.isoformat(), "p3", None, None, None), {}),
        (NOTHING, {2: 9, 3: 9, 4: 9}),
    ],
    ids=["day", "patient", "all-but-two", "another", "nothing"],
)
def test_a_row_keeps_back_every_exam_it_may_belong_to(part: PartOfKey, kept_back: dict[int, int]) -> None:
    exams = (an_exam(2), an_exam(3, exam_date=date(2026, 10, 6)), an_exam(4, "P-2"))
    found = sorted_out(*exams, unreadable={9: part})
    assert dict(found.waiting) == kept_back
    assert good(found) == [row for row in (2, 3, 4) if row not in kept_back]


# -- never twice


def test_an_exam_with_a_code_the_books_have_is_not_billed_again() -> None:
    found = sorted_out(an_exam(2), an_exam(3, code="EX-302"), books=(an_invoice(patient="p 1"),))
    assert (good(found), codes(found), dict(found.waiting)) == ([], [("exam-billed-already", 2)], {3: 2})
    assert "INV-000001" in found.findings[0].message


@pytest.mark.parametrize("other", [{"physician": "Dr. Other"}, {"facility": "South"}])
def test_who_else_examined_the_patient_that_day_is_another_exam(other: dict[str, str]) -> None:
    found = sorted_out(an_exam(2), books=(an_invoice(**other),))
    assert (good(found), codes(found)) == ([2], [])


def test_other_codes_of_a_billed_exam_are_billed_and_said() -> None:
    found = sorted_out(an_exam(2), books=(an_invoice(code="EX-302"),))
    assert (good(found), codes(found)) == ([2], [("exam-billed-in-part", 2)])


def test_an_exam_is_billed_again_only_where_each_invoice_it_doubles_is_named() -> None:
    books = (an_invoice(), an_invoice("INV-000002"))
    assert good(sorted_out(an_exam(2), books=books[:1], again="INV-000001")) == [2]
    assert codes(sorted_out(an_exam(2), books=books, again="INV-000001")) == [("exam-billed-already", 2)]


def test_a_row_whose_result_names_its_invoice_is_billed_however_it_is_spelled() -> None:
    billed, findings = billed_before([an_exam(2, "p  1", code="ex 301")], {2: an_invoice()}, PRICES)
    assert ([*billed], findings) == ([2], [])


def test_a_row_whose_code_has_no_price_any_more_is_still_billed() -> None:
    assert [*billed_before([an_exam(2, code="EX-999")], {2: an_invoice(code="EX-999")}, PRICES)[0]] == [2]


@pytest.mark.parametrize(
    "other",
    [{"patient": "P-2"}, {"case": "C-2"}, {"exam_date": TODAY}, {"facility": "South"}, {"code": "EX-302"}],
    ids=str,
)
def test_a_row_copied_with_its_result_is_said_and_not_taken_for_billed(other: dict[str, Any]) -> None:
    billed, findings = billed_before([an_exam(2)], {2: an_invoice(**other)}, PRICES)
    assert (billed, [finding.code for finding in findings]) == ({}, ["result-of-another-exam"])

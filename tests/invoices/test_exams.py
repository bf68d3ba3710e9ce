"""From rows of an Exams sheet to the lines of invoices."""

from dataclasses import asdict
from datetime import date
from typing import Any

import pytest

from server.billing.invoices.exams import Draft, Exam, draft_invoices, price_lines, units_of_both_sides
from server.billing.invoices.prices import Bilateral, ExamCode, Price, PriceList
from server.errors import Finding
from server.errors.invoice_findings import UnitsOfBothSides

JANUARY, MONDAY, TODAY = date(2026, 1, 1), date(2026, 10, 5), date(2026, 11, 20)

PRICES = PriceList(
    [
        Price("EX-101", "Long exam", 10_000, JANUARY),
        Price("EX-102", "Short exam", 5_000, JANUARY),
        Price("EX-103", "Report", 7_500, JANUARY, Bilateral.NOT_ALLOWED),
        Price("EX-104", "Film", 2_000, date(2026, 12, 1)),
        Price("EX-101", "Long exam", 8_000, JANUARY, payer="Oak (invented)"),
        Price("EX-107", "Knee exam", 2_000, JANUARY, Bilateral.HALF_MORE),
        Price("EX-108", "Gait exam", 2_000, JANUARY, Bilateral.ONCE),
        Price("EX-105", "For Oak only", 3_000, JANUARY, payer="Oak (invented)"),
    ],
    [
        ExamCode("Full", "EX-101"),
        ExamCode("Full", "EX-103"),
        ExamCode("Spine", "EX-101", "Neck"),
        ExamCode("Spine", "EX-102", "Back"),
        ExamCode("Spine", "EX-103", "Back"),
        ExamCode("Both", "EX-101"),
        ExamCode("Both", "EX-107"),
        ExamCode("Old", "EX-888"),
    ],
)


def an_exam(row: int = 2, **told: Any) -> Exam:  # noqa: ANN401
    exam: dict[str, Any] = {"exam_date": MONDAY, "patient": "Robin Sample", "case": "C-1"}
    return Exam("Exams", row, **exam | told)


def billed(**told: Any) -> list[tuple[str, int]]:  # noqa: ANN401
    lines, findings = price_lines(an_exam(**told), PRICES)
    assert not findings
    return [(line.code, line.total_cents) for line in lines]


def test_an_exam_type_without_sub_exams_bills_all_its_codes() -> None:
    assert billed(exam_type="Full") == [("EX-101", 10_000), ("EX-103", 7_500)]


def test_of_an_exam_type_with_sub_exams_only_the_chosen_ones_are_billed() -> None:
    assert billed(exam_type="Spine", sub_exams=("Back",)) == [("EX-102", 5_000), ("EX-103", 7_500)]
    assert billed(exam_type="spine", sub_exams=("NECK", "Back", "neck")) == [
        ("EX-101", 10_000),
        ("EX-102", 5_000),
        ("EX-103", 7_500),
    ]


def test_a_code_is_billed_as_it_stands() -> None:
    assert billed(code="ex 102", units_thousandths=3_000) == [("EX-102", 15_000)]
    assert billed(code="EX-101", bilateral=True) == [("EX-101", 20_000)]
    assert billed(code="EX-101", bilateral=True, payer="oak (invented)") == [("EX-101", 16_000)]


@pytest.mark.parametrize(
    ("told", "code", "heading"),
    [
        ({}, "code-or-exam-type", "Exam type"),
        ({"code": "EX-101", "exam_type": "Full"}, "code-or-exam-type", "Code"),
        ({"exam_type": "Spin"}, "unknown-exam-type", "Exam type"),
        ({"exam_type": "Spine"}, "no-sub-exam-chosen", "Sub-exams"),
        ({"exam_type": "Spine", "sub_exams": ("Neck", "Toe")}, "unknown-sub-exam", "Sub-exams"),
        ({"exam_type": "Full", "sub_exams": ("Neck",)}, "has-no-sub-exams", "Sub-exams"),
        ({"exam_type": "Old"}, "unknown-code", "Exam type"),
        ({"code": "EX-887"}, "unknown-code", "Code"),
        ({"code": "EX-104"}, "no-price", "Code"),
        ({"code": "EX-105", "payer": "Elm (invented)"}, "no-price", "Code"),
        ({"code": "EX-103", "bilateral": True}, "bilateral-not-allowed", "Bilateral"),
        ({"exam_type": "Full", "bilateral": True}, "bilateral-not-allowed", "Bilateral"),
        ({"code": "EX-101", "units_thousandths": 0}, "units-not-whole", "Units"),
        ({"code": "EX-101", "units_thousandths": -1_000}, "units-not-whole", "Units"),
        ({"code": "EX-101", "units_thousandths": 1_500}, "units-not-whole", "Units"),
    ],
)
def test_what_cannot_be_priced_is_said_of_its_cell_and_not_billed(
    told: dict[str, Any], code: str, heading: str
) -> None:
    lines, findings = price_lines(an_exam(row=7, **told), PRICES)
    assert not lines
    assert [(finding.code, finding.heading, finding.rows) for finding in findings] == [(code, heading, (7,))]
    assert findings[0].message
    assert findings[0].remedy


@pytest.mark.parametrize(
    ("told", "times"),
    [
        ({"code": "EX-101", "units_thousandths": 2_000}, ["4"]),
        ({"code": "EX-107", "units_thousandths": 3_000}, ["4.5"]),
        ({"code": "EX-108", "units_thousandths": 2_000}, ["2"]),
        ({"exam_type": "Both", "units_thousandths": 2_000}, ["3 or 4"]),
        ({"code": "EX-101", "units_thousandths": 1_000}, []),
        ({"code": "EX-101"}, []),
        ({"code": "EX-101", "units_thousandths": 2_000, "bilateral": False}, []),
    ],
    ids=str,
)
def test_several_units_for_both_sides_want_a_look(told: dict[str, Any], times: list[str]) -> None:
    made, _ = drafted(an_exam(**{"bilateral": True} | told))
    found = list(units_of_both_sides(made, PRICES))
    kinds = [finding.what for finding in found]
    assert all(isinstance(kind, UnitsOfBothSides) for kind in kinds)
    assert [(finding.heading, asdict(finding.what)["times"]) for finding in found] == [
        ("Units", one) for one in times
    ]


def test_a_mistyped_exam_type_gets_a_suggestion() -> None:
    _, (finding,) = price_lines(an_exam(exam_type="Spin"), PRICES)
    assert "Did you mean “Spine”?" in finding.message


def drafted(*exams: Exam) -> tuple[list[Draft], list[Finding]]:
    return draft_invoices(exams, PRICES, TODAY)


def test_the_rows_of_one_exam_make_one_invoice_with_a_line_for_each_code() -> None:
    made, findings = drafted(
        an_exam(2, code="EX-101", payer="Oak (invented)"), an_exam(3, code="EX-103", patient="Robin  sample")
    )
    assert not findings
    assert [[line.code for line in draft.lines] for draft in made] == [["EX-101", "EX-103"]]


def test_a_row_without_a_payer_is_priced_for_the_payer_of_its_exam() -> None:
    (draft,), _ = drafted(
        an_exam(2, code="EX-105", payer="Oak (invented)"), an_exam(3, code="EX-101", attorney="Lex")
    )
    assert [line.total_cents for line in draft.lines] == [3_000, 8_000]
    assert (draft.payer, draft.attorney) == ("Oak (invented)", "Lex")


@pytest.mark.parametrize(
    "other", [{"exam_date": date(2026, 10, 6)}, {"case": "C-2"}, {"physician": "Dr. Example"}]
)
def test_another_day_case_or_physician_is_another_invoice(other: dict[str, Any]) -> None:
    made, _ = drafted(an_exam(2, code="EX-101"), an_exam(3, code="EX-101", **other))
    assert len(made) == 2


def test_an_exam_with_one_bad_row_becomes_no_invoice_and_the_others_do() -> None:
    made, findings = drafted(
        an_exam(2, code="EX-101"), an_exam(3, code="EX-887"), an_exam(4, code="EX-101", case="C-2")
    )
    assert [draft.exams[0].row for draft in made] == [4]
    assert [finding.rows for finding in findings] == [(3,)]


def test_one_code_in_two_rows_of_an_exam_is_billed_in_neither() -> None:
    made, findings = drafted(an_exam(2, exam_type="Full"), an_exam(3, code="EX-101"))
    assert not made
    assert [(finding.code, finding.rows) for finding in findings] == [("code-twice", (3,))]


@pytest.mark.parametrize(("heading", "field"), [("Payer", "payer"), ("Attorney", "attorney")])
def test_rows_of_one_exam_do_not_contradict_each_other(heading: str, field: str) -> None:
    made, findings = drafted(
        an_exam(2, code="EX-101", **{field: "Oak"}), an_exam(3, code="EX-102", **{field: "Elm"})
    )
    assert not made
    assert [(finding.code, finding.heading, finding.rows) for finding in findings] == [
        ("exam-differs", heading, (3,))
    ]


@pytest.mark.parametrize(
    ("heading", "one", "other"),
    [
        ("Claim number", {"claim_number": "CL-1"}, {"claim_number": "CL-2"}),
        ("Date of injury", {"injured_on": date(2026, 3, 1)}, {"injured_on": date(2026, 3, 2)}),
    ],
)
def test_exams_of_one_case_name_one_injury(heading: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    made, findings = drafted(
        an_exam(2, code="EX-101", **one),
        an_exam(3, code="EX-101", exam_date=date(2026, 10, 9), **other),
        an_exam(4, code="EX-101", case="C-2", **other),
    )
    assert [draft.exams[0].row for draft in made] == [2, 4]
    assert [(finding.code, finding.heading, finding.rows) for finding in findings] == [
        ("case-differs", heading, (3,))
    ]


def test_an_exam_that_has_not_taken_place_is_not_billed() -> None:
    made, findings = drafted(an_exam(exam_date=date(2026, 11, 21), code="EX-101"))
    assert (made, [finding.code for finding in findings]) == ([], ["exam-in-future"])
    assert len(drafted(an_exam(exam_date=TODAY, code="EX-101"))[0]) == 1


def test_no_rows_make_no_invoices() -> None:
    assert drafted() == ([], [])

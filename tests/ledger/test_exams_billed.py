"""Which invoices the books hold of an exam, so that none is billed twice."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from server.billing.invoices.exams import Exam
from server.billing.invoices.invoice import Action
from server.ledger.clinic_store import ClinicStore
from tests.ledger.invoiced import a_draft, created, take

EXAM = a_draft().exams[0]


def of_exams(lakeside: ClinicStore, *exams: Exam) -> list[str]:
    with lakeside.reading() as books:
        return [invoice.number for invoice in books.invoices.of_exams(exams)]


def test_an_exam_finds_its_invoices_however_its_patient_and_case_are_spelled(lakeside: ClinicStore) -> None:
    numbers = created(lakeside, a_draft(), a_draft("Patient Two"), a_draft())
    assert of_exams(lakeside, replace(EXAM, patient="PATIENT  one", case="case-a")) == [
        numbers[0],
        numbers[2],
    ]


@pytest.mark.parametrize(
    "other", [{"patient": "Patient Two"}, {"case": "Case B"}, {"exam_date": date(2026, 11, 1)}], ids=str
)
def test_another_patient_case_or_day_has_none(lakeside: ClinicStore, other: dict[str, Any]) -> None:
    created(lakeside)
    assert of_exams(lakeside, replace(EXAM, **other)) == []


def test_a_voided_invoice_bills_no_exam(lakeside: ClinicStore) -> None:
    take(lakeside, Action.VOID, created(lakeside), note="billed to the wrong case")
    assert of_exams(lakeside, EXAM) == []


def test_many_exams_are_asked_about_at_once(lakeside: ClinicStore) -> None:
    numbers = created(lakeside, a_draft(), a_draft("Patient Two"))
    assert of_exams(lakeside, EXAM, EXAM, replace(EXAM, patient="Patient Two")) == numbers
    assert of_exams(lakeside) == []

"""A rate in % of charge is a share of the amount that the clinic chose once (rule: payroll#charge-base)."""

from typing import Any

import pytest

from server.billing.clinics import ImportProfile, PayBasis
from server.errors import MissingInput
from server.sheets.appointment_log.reader import read_log
from server.sheets.questions import Question, Unanswered
from server.sheets.sheet import Cell
from tests.invented import a_rate, a_sheet, paying

BY_CHARGE = paying(a_rate(500_000, PayBasis.OF_CHARGE))
HEADINGS = ("Date", "Provider", "Service", "Status", "Charge", "Allowed", "Paid")
ROW: tuple[Cell, ...] = ("2026-10-05", "Jane Roe", "EX-101", "Show", 200, 120, 90)


def cents(
    headings: tuple[str, ...] = HEADINGS,
    row: tuple[Cell, ...] = ROW,
    profile: ImportProfile | None = None,
    setup: Any = BY_CHARGE,  # noqa: ANN401
    **answers: str,
) -> tuple[int, ImportProfile]:
    """Return the charge that pay is a share of, and what was learned."""
    log, learned = read_log(
        a_sheet([row], headings), "October.xlsx", setup, profile or ImportProfile(), answers
    )
    return int(log.amount_column("charge_cents").values[0]), learned


def asked(headings: tuple[str, ...], row: tuple[Cell, ...]) -> Question:
    with pytest.raises(Unanswered) as raised:
        cents(headings, row)
    (question,) = raised.value.questions
    return question


def test_a_log_with_an_allowed_amount_beside_the_charge_is_asked_about_once() -> None:
    question = asked(HEADINGS, ROW)
    assert question.name == "charge_base"
    assert [choice.value for choice in question.choices] == ["charged", "allowed", "collected"]
    for base, expected in (("charged", 200_00), ("allowed", 120_00), ("collected", 90_00)):
        found, learned = cents(charge_base=base)
        assert found == expected
        assert cents(profile=learned)[0] == expected, "the answer is remembered"


def test_the_list_price_is_a_base_too() -> None:
    headings = (*HEADINGS[:5], "Standard Fee")
    question = asked(headings, (*ROW[:5], 250))
    assert [choice.value for choice in question.choices] == ["list", "charged"]
    assert cents(headings, (*ROW[:5], 250), charge_base="list")[0] == 250_00
    assert cents(headings, (*ROW[:5], 250), charge_base="charged")[0] == 200_00


def test_a_log_with_one_such_amount_is_read_as_before() -> None:
    assert cents((*HEADINGS[:5], "Paid"), (*ROW[:5], 90))[0] == 200_00
    per_session = paying(a_rate(5_000))
    assert cents(setup=per_session)[0] == 200_00, "no pay depends on it"


def test_a_log_that_lacks_the_remembered_amount_is_asked_about_again() -> None:
    _, learned = cents(charge_base="allowed")
    headings = (*HEADINGS[:5], "List Price")
    with pytest.raises(Unanswered):
        cents(headings, (*ROW[:5], 250), profile=learned)
    assert cents((*HEADINGS[:5], "Paid"), (*ROW[:5], 90), profile=learned)[0] == 200_00


def test_an_answer_that_names_no_amount_of_the_log_is_refused() -> None:
    for wrong in ("net", "list"):
        with pytest.raises(MissingInput):
            cents(charge_base=wrong)


def test_the_named_column_goes_before_the_question() -> None:
    assert cents(charge_column="Allowed")[0] == 120_00

"""Money nobody named and money given back is asked about where somebody is paid by it, and nowhere else."""

from collections.abc import Mapping, Sequence

import pytest

from server.billing.clinics import ImportProfile, PayBasis, Setup
from server.billing.payroll.pay_run import PayRun
from server.errors import MissingInput
from server.sheets.appointment_log.reader import read_log
from server.sheets.questions import Question, Unanswered
from server.sheets.sheet import Cell
from tests.invented import LAKESIDE, a_rate, a_sheet, amounts, codes, paying, run_of_log

BASE = ("Date", "Provider", "Service", "Status")
VISIT: tuple[Cell, ...] = ("2026-10-05", "Jane Roe", "EX-101", "Attended")
BY_COLLECTED = paying(a_rate(500_000, PayBasis.OF_COLLECTED))
BY_CHARGE = paying(a_rate(500_000, PayBasis.OF_CHARGE))
BY_BOTH = paying(
    a_rate(500_000, PayBasis.OF_CHARGE), a_rate(500_000, PayBasis.OF_COLLECTED, provider="Jane Roe")
)


def settled(
    headings: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    setup: Setup,
    given: Mapping[str, str] | None = None,
) -> PayRun:
    """Return the pay run of visits with these further columns."""
    sheet = a_sheet([(*VISIT, *row) for row in rows], [*BASE, *headings])
    log, _ = read_log(sheet, "", setup, ImportProfile(), given or {})
    return run_of_log(log, setup)


def asked(headings: Sequence[str], rows: Sequence[Sequence[Cell]], setup: Setup) -> list[Question]:
    with pytest.raises(Unanswered) as unanswered:
        settled(headings, rows, setup)
    return list(unanswered.value.questions)


SHARES = [(20, 80), (20, 20), (25, 65)]


@pytest.mark.parametrize("heading", ["Plan share", "Other", "Them", "Blue Shield", "PlanAmt", "Second"])
def test_whole_numbers_under_an_unknown_heading_are_asked_about_with_the_money(heading: str) -> None:
    (question,) = asked(["Paid", heading], SHARES, BY_COLLECTED)

    assert question.name == "collected_column"
    assert [choice.value for choice in question.choices] == ["Paid", heading, "none"]
    assert amounts(settled(["Paid", heading], SHARES, BY_COLLECTED, {"collected_column": f"Paid;{heading}"})) == [
        5_000, 2_000, 4_500,
    ]  # fmt: skip
    assert amounts(settled(["Paid", heading], SHARES, BY_COLLECTED, {"collected_column": "Paid"})) == [
        1_000,
        1_000,
        1_250,
    ]


@pytest.mark.parametrize("heading", ["Plan share", "Refund", "Write-off", "Adjustment"])
def test_where_nobody_is_paid_by_a_share_nothing_is_asked(heading: str) -> None:
    run = settled(["Paid", "Charge", heading], [(1, 2, 80)], LAKESIDE)

    assert amounts(run) == [5_000]
    assert heading in [name for name, _ in run.log.unread]


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Room", [1, 7, 7]),
        ("Age", [34, 8, 61]),
        ("Seq", [5, 6, 7]),
        ("Which", [1, 2, 3]),
        ("Case", [10_344, 77_121, 20_001]),
    ],
)
def test_numbers_that_are_no_amounts_are_not_asked_about(heading: str, cells: list[Cell]) -> None:
    assert len(amounts(settled(["Paid", heading], [(100, cell) for cell in cells], BY_COLLECTED))) == 3


def test_a_total_that_is_the_sum_of_its_parts_needs_no_unnamed_numbers() -> None:
    headings = ["Total Paid", "Client Paid", "Insurance Paid", "Other"]
    assert amounts(settled(headings, [(100, 20, 80, 7)], BY_COLLECTED)) == [5_000]


REFUNDS = [
    "Refunded",
    "Refund",
    "Refunds",
    "Adjustment",
    "Adjustments",
    "Write-off",
    "WriteOff",
    "Reversed",
    "Chargeback",
]


@pytest.mark.parametrize("heading", REFUNDS)
@pytest.mark.parametrize(
    ("setup", "money", "word"), [(BY_COLLECTED, "Paid", "collected"), (BY_CHARGE, "Charge", "charge")]
)
def test_money_given_back_is_asked_about_once_and_can_be_subtracted(
    heading: str, setup: Setup, money: str, word: str
) -> None:
    rows: list[tuple[Cell, ...]] = [(100, 20), (100, None), (100, -30), (100, 0)]

    (question,) = asked([money, heading], rows, setup)
    subtracted = settled([money, heading], rows, setup, {question.name: word})
    left = settled([money, heading], rows, setup, {question.name: "none"})

    assert [choice.value for choice in question.choices] == [word, "none"]
    assert amounts(subtracted) == [4_000, 5_000, 3_500, 5_000]
    assert amounts(left) == [5_000] * 4
    assert f" - {heading} (column F)" in str(subtracted.log.headings)
    assert heading in [name for name, _ in left.log.unread]
    with pytest.raises(MissingInput):
        settled([money, heading], rows, setup, {question.name: "perhaps"})


def test_where_pay_rests_on_both_it_is_asked_which_of_them_is_lowered() -> None:
    (question,) = asked(["Charge", "Paid", "Write-off"], [(200, 100, 50)], BY_BOTH)

    assert [choice.value for choice in question.choices] == ["collected", "charge", "none"]


def test_unnamed_money_and_refunds_are_asked_about_in_one_form() -> None:
    questions = asked(["Paid", "Plan share", "Refund"], [(20, 80, 10)], BY_COLLECTED)

    assert [one.name for one in questions] == ["collected_column", "refund_refund"]
    answers = {"collected_column": "Paid;Plan share", "refund_refund": "collected"}
    assert amounts(settled(["Paid", "Plan share", "Refund"], [(20, 80, 10)], BY_COLLECTED, answers)) == [
        4_500
    ]


@pytest.mark.parametrize("heading", ["Refund date", "Refund ID", "Adjustment reason", "Write-off code"])
def test_what_is_said_about_a_refund_is_no_refund(heading: str) -> None:
    assert amounts(settled(["Paid", heading], [(100, 46_300)], BY_COLLECTED)) == [5_000]


def test_a_refund_without_a_collected_amount_and_one_nobody_can_read_block_their_rows() -> None:
    rows: list[tuple[Cell, ...]] = [(None, 20), (100, "some"), (100, 5), (100, 5)]
    run = settled(["Paid", "Refund"], rows, BY_COLLECTED, {"refund_refund": "collected"})

    assert amounts(run) == [4_750, 4_750]
    assert sorted(codes(run))[:2] == ["missing-measure", "not-money"]

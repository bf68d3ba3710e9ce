"""What a provider is handed over: the visits of the period, the adjustments, and what is carried in and out."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.payroll.adjustments import (
    Adjustment,
    AdjustmentKind,
    CarriedForward,
    sum_of_adjustments,
)
from server.billing.payroll.adjustments_on_paper import change_in_words
from server.billing.payroll.provider_totals import provider_totals, total_in_words
from server.billing.payroll.recorded_runs import RunState
from tests.billing.recorded_runs import a_header

NAMES = ("Ada", "Bo", "Cy")


def an_adjustment(provider: str, was_cents: int, now_cents: int, *, is_late: bool = False) -> Adjustment:
    kind = AdjustmentKind.LATE if is_late else AdjustmentKind.AMOUNT
    return Adjustment(
        kind, "lakeside-2026-09-r1", None if is_late else 4, 12, "A-1", date(2026, 9, 3), provider, "", "EX-101",
        "attended", was_cents, now_cents, "The rate changed.",
    )  # fmt: skip


amounts = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 500_00))
changes = st.lists(
    st.builds(an_adjustment, st.sampled_from(NAMES), st.integers(0, 300_00), st.integers(0, 300_00))
)
balances = st.dictionaries(st.sampled_from(NAMES), st.integers(-400_00, 0))


@given(paid=amounts, adjustments=changes, before=balances)
def test_the_parts_add_up_and_nobody_is_handed_over_less_than_nothing(
    paid: dict[str, int], adjustments: list[Adjustment], before: dict[str, int]
) -> None:
    earned = {
        name: paid.get(name, 0) + sum_of_adjustments(one for one in adjustments if one.provider == name)
        for name in {*paid, *(one.provider for one in adjustments)}
    }
    owing = {name for name in NAMES if before.get(name, 0) or earned.get(name, 0) < 0}
    carried = [CarriedForward(name, "", before.get(name, 0), earned.get(name, 0)) for name in owing]
    totals = provider_totals(paid, adjustments, carried)

    assert {*totals} >= {*earned}
    for name, total in totals.items():
        assert total.total_cents == max(0, earned.get(name, 0) + before.get(name, 0))
        assert sum(part.cents for part in total.parts) == (total.total_cents if total.parts else 0)
    added = sum(earned.values()) + sum(one.in_cents - one.out_cents for one in carried)
    assert sum(total.total_cents for total in totals.values()) == added


def test_a_provider_with_a_carried_forward_total_only_is_one_of_them() -> None:
    totals = provider_totals(
        {"bo": 5_00}, [an_adjustment("Ada", 0, 1_00)], [CarriedForward("Cy", "", -2_00, 0)]
    )
    assert [(name, total.total_cents) for name, total in totals.items()] == [
        ("Ada", 1_00),
        ("bo", 5_00),
        ("Cy", 0),
    ]
    assert totals["bo"].parts == ()
    assert [*totals["Cy"].parts] == [
        ("Visits of this period", 0),
        ("Carried from earlier runs", -2_00),
        ("Carried to the next run", 2_00),
    ]


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"paid_cents": 12_480_00}, "$12,480.00"),
        (
            {"paid_cents": 12_560_00, "adjustments": 2, "adjustment_cents": -80_00},
            "$12,480.00, with 2 adjustments (-$80.00)",
        ),
        (
            {"paid_cents": 0, "adjustments": 1, "adjustment_cents": -80_00, "carried_out_cents": -80_00},
            "$0.00, with 1 adjustment (-$80.00); $80.00 is carried to the next run",
        ),
        (
            {"paid_cents": 15_00, "carried_in_cents": -30_00, "carried_out_cents": -20_00},
            "$5.00; $30.00 was carried in; $20.00 is carried to the next run",
        ),
        (
            {"paid_cents": 10_00, "items": 3, "items_cents": 450_00},
            "$460.00, with 3 pay items ($450.00)",
        ),
        (
            {"paid_cents": 0, "adjustments": 1, "adjustment_cents": 5_00, "items": 1, "items_cents": -2_00},
            "$3.00, with 1 adjustment ($5.00) and 1 pay item (-$2.00)",
        ),
    ],
)
def test_a_total_is_said_with_what_is_in_it(figures: dict[str, int], words: str) -> None:
    changes: dict[str, Any] = {**figures}
    assert total_in_words(replace(a_header(RunState.DRAFT), **changes)) == words


def test_a_late_visit_is_not_said_to_be_paid_before() -> None:
    paid, late = an_adjustment("Ada", 95_00, 90_00), an_adjustment("Ada", 0, 95_00, is_late=True)
    assert change_in_words(paid) == "Amount changed, paid in run lakeside-2026-09-r1: The rate changed."
    assert change_in_words(late) == "Late visit, not in run lakeside-2026-09-r1: The rate changed."

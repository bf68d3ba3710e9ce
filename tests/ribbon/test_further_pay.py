"""Shares and supervision: what visits pay beside the line of their own provider, now and after they change."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.billing.clinics import (
    ANY,
    CountsAs,
    MissedPay,
    MissedVisitRule,
    PayBasis,
    Provider,
    Setup,
    ShareRule,
    Supervision,
)
from server.errors import AdjustmentsOvertaken, RunIsBuiltOn
from server.ledger.store import Ledger
from server.sheets.sheet import Cell
from tests.invented import LAKESIDE, a_rate, a_row
from tests.ribbon.clicks import a_click, a_ledger, confirmed, pressed

JANE, MAX, SUE = "Jane Roe", "Max Doe", "Sue Guide"
JANUARY = date(2026, 1, 1)
LASTING = [a_row(id=f"L{day}", date=f"2026-10-{day:02}", service="EX-103") for day in (1, 9, 30)]
"""Visits that nobody shares or supervises."""


def a_practice(*further: ShareRule | Supervision, **changes: Any) -> Setup:  # noqa: ANN401
    """Return a clinic that pays $100.01 for EX-101, $20.00 for EX-102 and $10.00 for EX-103."""
    setup = replace(
        LAKESIDE,
        providers=(*LAKESIDE.providers, Provider(SUE, provider_id="P9")),
        rates=tuple(
            a_rate(cents, service=service)
            for service, cents in {"EX-101": 100_01, "EX-102": 20_00, "EX-103": 10_00}.items()
        ),
        shares=tuple(one for one in further if isinstance(one, ShareRule)),
        supervision=tuple(one for one in further if isinstance(one, Supervision)),
    )
    return replace(setup, **changes)


def a_share(percent: int = 40, provider: str = JANE, partner: str = MAX, since: date = JANUARY) -> ShareRule:
    return ShareRule(provider, "EX-101", partner, percent * 10_000, since)


def supervised(
    basis: PayBasis = PayBasis.PER_SESSION,
    amount: int = 15_00,
    provider: str = JANE,
    until: date | None = None,
) -> Supervision:
    return Supervision(provider, SUE, "EX-101", basis, amount, JANUARY, until)


def generated(ledger: Ledger, *rows: Sequence[Cell], **inputs: str) -> dict[str, Any]:
    """Generate the payroll of October from these rows and three lasting ones; nothing is asked but what is answered."""
    click = a_click([*LASTING, *rows], inputs={"from": "2026-10-01", "to": "2026-10-31", **inputs})
    reply = pressed(ledger, "payroll.generate", click)
    assert reply["asks"] is None, reply["asks"]
    return reply


def approved(ledger: Ledger, *rows: Sequence[Cell], **inputs: str) -> dict[str, int]:
    """Approve that payroll and return what it pays each provider beside the lasting visits, in cents."""
    figures = generated(ledger, *rows, **inputs)["figures"]
    if figures["run"]:
        confirmed(ledger, "payroll.close", a_click(inputs={"run": figures["run"]}))
    return earned_in(figures)


def earned_in(figures: dict[str, Any]) -> dict[str, int]:
    """Return what a run pays each provider before anything is carried, without the lasting visits if it pays them."""
    earned = Counter(
        {one["provider"]: one["paid_cents"] + one["adjustment_cents"] for one in figures["providers"]}
    )
    if figures["already_paid"] < len(LASTING):
        earned[JANE] -= 30_00
    return {name: cents for name, cents in earned.items() if cents}


def test_a_share_splits_what_a_visit_earns_to_the_cent(tmp_path: Path) -> None:
    books = a_ledger(tmp_path, a_practice(a_share(40), a_share(30, partner=SUE)))

    figures = generated(books, a_row(id="A1"))["figures"]

    assert (figures["rows_in"], figures["paid"], figures["paid_cents"]) == (4, 4, 130_01)
    assert earned_in(figures) == {JANE: 30_00, MAX: 40_01, SUE: 30_00}
    assert figures["total_cents"] == 130_01


def test_a_supervisor_is_paid_for_each_attended_visit(tmp_path: Path) -> None:
    books = a_ledger(tmp_path, a_practice(supervised()))
    rows = [a_row(id="A1"), a_row(id="A2"), a_row(id="A3", status="Cancelled"), a_row(id="A4", provider=MAX)]

    assert approved(books, *rows) == {JANE: 2 * 100_01, MAX: 100_01, SUE: 30_00}


@pytest.mark.parametrize(
    ("basis", "amount", "cells", "cents"),
    [
        (PayBasis.PER_UNIT, 5_00, {"units": 3}, 15_00),
        (PayBasis.PER_HOUR, 30_00, {"minutes": 50}, 25_00),
        (PayBasis.OF_CHARGE, 100_000, {"charge": 150}, 15_00),
        (PayBasis.OF_COLLECTED, 100_000, {"collected": -20}, -2_00),
    ],
)
def test_a_supervisor_is_paid_by_any_basis(
    tmp_path: Path, basis: PayBasis, amount: int, cells: dict[str, Cell], cents: int
) -> None:
    books = a_ledger(tmp_path, a_practice(supervised(basis, amount)))

    assert approved(books, a_row(id="A1", **cells)) == {JANE: 100_01, SUE: cents}


def test_a_visit_that_lacks_what_the_supervisor_is_paid_by_is_blocked(tmp_path: Path) -> None:
    books = a_ledger(tmp_path, a_practice(supervised(PayBasis.PER_UNIT, 5_00)))

    reply = generated(books, a_row(id="A1"), a_row(id="A2", units=1))

    assert (reply["figures"]["blocked"], earned_in(reply["figures"])) == (1, {JANE: 100_01, SUE: 5_00})
    assert "Sue Guide is paid per unit for EX-101" in reply["findings"][0]["message"]


def test_shares_of_more_than_all_block_the_visit(tmp_path: Path) -> None:
    books = a_ledger(tmp_path, a_practice(a_share(60), a_share(50, partner=SUE)))

    reply = generated(books, a_row(id="A1"))

    assert [one["code"] for one in reply["findings"] if one["severity"] == "blocker"] == [
        "shares-above-whole"
    ]


def test_the_most_specific_row_of_each_partner_counts_from_its_day(tmp_path: Path) -> None:
    rules = (
        ShareRule(ANY, ANY, MAX, 100_000, JANUARY),
        ShareRule(JANE, "EX-101", MAX, 500_000, date(2026, 10, 6)),
        ShareRule(JANE, "EX-101", MAX, None, date(2026, 10, 7)),
    )
    books = a_ledger(tmp_path, a_practice(*rules))
    days = [a_row(id=f"A{day}", date=f"2026-10-{day:02}") for day in (5, 6, 7)]

    earned = approved(books, *days)

    assert earned[MAX] == 3 * 1_00 + 10_00 + 50_00 + 10_00  # halves go to the provider of the log first
    assert earned[JANE] == 3 * 100_01 - 70_00 - 3_00


def test_supervision_ends_after_its_last_day(tmp_path: Path) -> None:
    books = a_ledger(tmp_path, a_practice(supervised(until=date(2026, 10, 5))))
    days = [a_row(id=f"A{day}", date=f"2026-10-{day:02}") for day in (5, 6)]

    assert approved(books, *days)[SUE] == 15_00


CHANGES: dict[str, tuple[dict[str, Cell], dict[str, int]]] = {
    "cancelled": ({"status": "Cancelled"}, {}),
    "another service": ({"service": "EX-102"}, {JANE: 20_00}),
    "another day": ({"date": "2026-10-07"}, {JANE: 60_01, MAX: 40_00, SUE: 15_00}),
    "another provider": ({"provider": MAX}, {MAX: 75_01, JANE: 25_00}),
    "the partner": ({"provider": SUE}, {SUE: 100_01}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_visit_that_changes_changes_what_others_have_of_it(tmp_path: Path, change: str) -> None:
    cells, expected = CHANGES[change]
    books = a_ledger(tmp_path, a_practice(a_share(40), supervised(), a_share(25, MAX, JANE)))
    total = Counter(approved(books, a_row(id="A1")))
    assert total == {JANE: 60_01, MAX: 40_00, SUE: 15_00}

    total.update(approved(books, a_row(id="A1", **cells)))
    assert {name: cents for name, cents in total.items() if cents} == expected

    assert approved(books, a_row(id="A1", **cells)) == {}
    total.update(approved(books, a_row(id="A1")))
    assert {name: cents for name, cents in total.items() if cents} == {JANE: 60_01, MAX: 40_00, SUE: 15_00}


def test_a_visit_that_is_gone_takes_back_what_others_had_of_it(tmp_path: Path) -> None:
    books = a_ledger(tmp_path, a_practice(a_share(40), supervised()))
    approved(books, a_row(id="A1"))

    assert approved(books, vanished_visits="deleted") == {JANE: -60_01, MAX: -40_00, SUE: -15_00}
    assert approved(books, a_row(id="A1")) == {JANE: 60_01, MAX: 40_00, SUE: 15_00}


def test_a_measure_that_changes_changes_the_supervisor_alone(tmp_path: Path) -> None:
    books = a_ledger(tmp_path, a_practice(supervised(PayBasis.PER_UNIT, 5_00)))
    approved(books, a_row(id="A1", units=2))

    assert approved(books, a_row(id="A1", units=3)) == {SUE: 5_00}


def test_a_share_of_nothing_collected_yet_follows_the_money(tmp_path: Path) -> None:
    rates = (a_rate(500_000, service="EX-101", basis=PayBasis.OF_COLLECTED), a_rate(10_00, service="EX-103"))
    books = a_ledger(tmp_path, a_practice(a_share(40), rates=rates))
    assert approved(books, a_row(id="A1", collected=0)) == {}

    assert approved(books, a_row(id="A1", collected=100)) == {JANE: 30_00, MAX: 20_00}
    assert approved(books, a_row(id="A1", collected=50)) == {JANE: -15_00, MAX: -10_00}


def test_rules_that_change_move_no_money_of_visits_that_were_paid(tmp_path: Path) -> None:
    books = a_ledger(tmp_path, a_practice(a_share(40)))
    approved(books, a_row(id="A1"))
    with books.clinic("lakeside").transaction() as changed:
        changed.save_setup(a_practice(a_share(50), supervised()), "tests")

    assert approved(books, a_row(id="A1")) == {}


def test_an_accepted_rate_change_is_split_as_the_visit_was(tmp_path: Path) -> None:
    books = a_ledger(tmp_path, a_practice(a_share(40)))
    approved(books, a_row(id="A1"))
    rates = (a_rate(200_01, service="EX-101"), a_rate(10_00, service="EX-103"))
    with books.clinic("lakeside").transaction() as changed:
        changed.save_setup(a_practice(a_share(50), rates=rates), "tests")
    offer = next(
        one
        for one in generated(books, a_row(id="A1"))["findings"]
        if one["code"] == "rate-changed-since-paid"
    )
    number = offer["remedies"][0]["inputs"]["rate_changes"]

    assert approved(books, a_row(id="A1"), rate_changes=number) == {JANE: 60_00, MAX: 40_00}


def test_a_run_that_was_voided_pays_others_again(tmp_path: Path) -> None:
    books = a_ledger(tmp_path, a_practice(a_share(40), supervised()))
    approved(books, a_row(id="A1"))
    run = "lakeside-2026-10-r1"
    pressed(books, "payroll.void", a_click(inputs={"run": run, "reason": "Typed twice"}))

    assert approved(books, a_row(id="A1")) == {JANE: 60_01, MAX: 40_00, SUE: 15_00}


def test_a_run_whose_supervision_was_changed_later_is_not_voided_first(tmp_path: Path) -> None:
    books = a_ledger(tmp_path, a_practice(supervised(PayBasis.PER_UNIT, 5_00)))
    approved(books, a_row(id="A1", units=2))
    approved(books, a_row(id="A1", units=3))

    with pytest.raises(RunIsBuiltOn, match="r2"):
        pressed(
            books, "payroll.void", a_click(inputs={"run": "lakeside-2026-10-r1", "reason": "Typed twice"})
        )


def test_missed_visits_with_a_fee_are_shared_and_not_supervised(tmp_path: Path) -> None:
    rule = MissedVisitRule(ANY, ANY, CountsAs.NO_SHOW, MissedPay.FLAT, 10_00, JANUARY)
    books = a_ledger(tmp_path, a_practice(a_share(40), supervised(), missed_visits=(rule,)))

    assert approved(books, a_row(id="A1", status="No show")) == {JANE: 6_00, MAX: 4_00}


def test_a_provider_who_was_renamed_is_still_the_one_who_had_the_share(tmp_path: Path) -> None:
    books = a_ledger(tmp_path, a_practice(a_share(40), supervised()))
    approved(books, a_row(id="A1"))
    setup = a_practice()
    people = tuple(
        replace(one, name=f"{one.name} Jr") if one.name != JANE else one for one in setup.providers
    )
    with books.clinic("lakeside").transaction() as changed:
        changed.save_setup(replace(setup, providers=people), "tests")

    assert approved(books, a_row(id="A1")) == {}
    earned = approved(books, a_row(id="A1", status="Cancelled"))
    assert sorted(earned.values()) == [-60_01, -40_00, -15_00]


def test_two_drafts_that_change_the_same_supervision_are_not_both_approved(tmp_path: Path) -> None:
    books = a_ledger(tmp_path, a_practice(supervised(PayBasis.PER_UNIT, 5_00)))
    approved(books, a_row(id="A1", units=2))
    rows = [*LASTING, a_row(id="A1", units=3)]
    runs = [
        pressed(books, "payroll.generate", a_click(rows, inputs={"from": first, "to": "2026-10-31"}))
        for first in ("2026-10-01", "2026-10-02")
    ]
    first, second = (one["figures"]["run"] for one in runs)
    confirmed(books, "payroll.close", a_click(inputs={"run": first}))

    with pytest.raises(AdjustmentsOvertaken):
        confirmed(books, "payroll.close", a_click(inputs={"run": second}))

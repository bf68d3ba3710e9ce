"""Adjustments that meet other changes: another draft, a voided run, a missed visit with a fee, a provider who is renamed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from server.billing.clinics import CountsAs, MissedPay, MissedVisitRule, PayBasis, Provider, Rate
from server.errors import AdjustmentsOvertaken
from server.ledger.store import Ledger
from tests.invented import JANUARY, LAKESIDE, a_rate, paying
from tests.ribbon.clicks import a_click, a_clock, a_ledger, confirmed, pressed
from tests.ribbon.test_adjustments import (
    IN_OCTOBER,
    OCTOBER,
    RUN,
    SEPTEMBER,
    adjustments,
    approved,
    carried,
    generated,
    september_with,
    with_cell,
    with_rates,
)

EARLY = {"from": "2026-10-01", "to": "2026-10-15"}
LATE = {"from": "2026-10-16", "to": "2026-10-31"}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Return a ledger whose run of September is approved. Each thing that is recorded is a second later than the one before."""
    seconds = count()
    found = Ledger(tmp_path / "further", lambda: a_clock() + timedelta(seconds=next(seconds)))
    setup = paying(a_rate(5_000), a_rate(7_000, service="EX-103"))
    with found.open_clinic(setup.clinic).transaction() as books:
        books.save_setup(setup, "tests")
    approved(found, SEPTEMBER)
    return found


def test_two_drafts_do_not_give_one_visit_to_another_provider_twice(ledger: Ledger) -> None:
    of_jane = ("AB-104", "2026-10-20", "Jane Roe", "EX-101", "Show", "Pat Poe")
    moved = [*september_with(0, "Provider", "Max Doe"), *OCTOBER, of_jane]
    first = generated(ledger, moved, **EARLY)["figures"]["run"]
    approved(ledger, moved, **LATE)

    with pytest.raises(AdjustmentsOvertaken):
        confirmed(ledger, "payroll.close", a_click(inputs={"run": first}))


def test_a_draft_is_not_approved_after_the_adjustment_it_builds_on_was_voided(ledger: Ledger) -> None:
    to_max = [*september_with(0, "Provider", "Max Doe"), *OCTOBER]
    early = approved(ledger, to_max, **EARLY)["figures"]["run"]
    late = generated(ledger, [*SEPTEMBER, *OCTOBER], **LATE)
    assert len(adjustments(ledger, late)) == 2
    pressed(ledger, "payroll.void", a_click(inputs={"run": early, "reason": "wrong"}))

    with pytest.raises(AdjustmentsOvertaken):
        confirmed(ledger, "payroll.close", a_click(inputs={"run": late["figures"]["run"]}))


def test_a_draft_with_a_late_visit_is_not_approved_after_the_run_it_is_late_for_was_voided(
    ledger: Ledger,
) -> None:
    rows = [*SEPTEMBER, ("AB-006", "2026-09-29", "Max Doe", "EX-103", "Show", "Tea Toe"), *OCTOBER]
    draft = generated(ledger, rows, **IN_OCTOBER)["figures"]["run"]
    pressed(ledger, "payroll.void", a_click(inputs={"run": RUN, "reason": "wrong"}))

    with pytest.raises(AdjustmentsOvertaken):
        confirmed(ledger, "payroll.close", a_click(inputs={"run": draft}))


def missing_fee(basis: MissedPay, amount: int) -> MissedVisitRule:
    return MissedVisitRule("*", "*", CountsAs.LATE_CANCELLED, basis, amount, JANUARY)


@pytest.mark.parametrize(
    "basis", [(MissedPay.FLAT, 3_000), (MissedPay.OF_RATE, 600_000)], ids=["flat", "share"]
)
def test_a_missed_visit_that_took_place_after_all_is_paid_in_full(
    tmp_path: Path, basis: tuple[MissedPay, int]
) -> None:
    setup = replace(paying(a_rate(5_000)), missed_visits=(missing_fee(*basis),))
    ledger = a_ledger(tmp_path, setup)
    missed = with_cell(SEPTEMBER[0], "Status", "Late cancellation")
    approved(ledger, [missed, *SEPTEMBER[1:]])

    reply = approved(ledger, [*SEPTEMBER, *OCTOBER], **IN_OCTOBER)
    back = approved(ledger, [missed, *SEPTEMBER[1:], *OCTOBER], **{"from": "2026-11-01", "to": "2026-11-15"})

    assert adjustments(ledger, reply) == [("Jane Roe", "status changed", 2000)]
    assert adjustments(ledger, back) == [("Jane Roe", "status changed", -2000)]


def test_a_missed_visit_of_another_charge_earns_its_share_of_it(tmp_path: Path) -> None:
    share = a_rate(500_000, PayBasis.OF_CHARGE)
    setup = replace(paying(share), missed_visits=(missing_fee(MissedPay.OF_RATE, 500_000),))
    ledger = a_ledger(tmp_path, setup)
    headings = ("Appointment ID", "Date", "Provider", "Service", "Status", "Charge")
    rows: list[tuple[Any, ...]] = [
        ("AB-1", "2026-09-03", "Jane Roe", "EX-101", "Late cancellation", 100),
        ("AB-2", "2026-09-04", "Jane Roe", "EX-101", "Show", 100),
    ]
    run = pressed(ledger, "payroll.generate", a_click(rows, headings=headings))["figures"]["run"]
    confirmed(ledger, "payroll.close", a_click(inputs={"run": run}))
    now = [(*rows[0][:-1], 200), rows[1], ("AB-3", "2026-10-02", "Jane Roe", "EX-101", "Show", 60)]

    reply = pressed(ledger, "payroll.generate", a_click(now, headings=headings, inputs=IN_OCTOBER))

    assert adjustments(ledger, reply) == [("Jane Roe", "amount changed", 2500)]


def test_a_visit_that_earns_the_same_only_by_a_changed_rate_is_adjusted_at_the_rate_of_then(
    tmp_path: Path,
) -> None:
    ledger = a_ledger(tmp_path, paying(a_rate(5_000, PayBasis.PER_UNIT)))
    headings = ("Appointment ID", "Date", "Provider", "Service", "Status", "Units")
    rows: list[tuple[Any, ...]] = [
        ("AB-1", "2026-09-03", "Jane Roe", "EX-101", "Show", 2),
        ("AB-2", "2026-09-04", "Jane Roe", "EX-101", "Show", 1),
    ]
    run = pressed(ledger, "payroll.generate", a_click(rows, headings=headings))["figures"]["run"]
    confirmed(ledger, "payroll.close", a_click(inputs={"run": run}))
    with_rates(ledger, a_rate(10_000, PayBasis.PER_UNIT))
    now = [(*rows[0][:-1], 1), rows[1], ("AB-3", "2026-10-02", "Jane Roe", "EX-101", "Show", 1)]

    reply = pressed(ledger, "payroll.generate", a_click(now, headings=headings, inputs=IN_OCTOBER))

    assert adjustments(ledger, reply) == [("Jane Roe", "amount changed", -5000)]
    (offer,) = [one for one in reply["findings"] if one["code"] == "rate-changed-since-paid"]
    assert "1 visit" in offer["message"]
    assert "+$50.00" in offer["message"]


def test_a_visit_that_was_deleted_before_is_asked_about_when_it_is_gone_again(ledger: Ledger) -> None:
    without = [*SEPTEMBER[:2], *SEPTEMBER[3:], *OCTOBER]
    approved(ledger, without, vanished_visits="deleted", **IN_OCTOBER)
    approved(ledger, [*SEPTEMBER, *OCTOBER], **{"from": "2026-11-01", "to": "2026-11-05"})

    reply = generated(ledger, without, **{"from": "2026-11-06", "to": "2026-11-15"})

    assert reply["asks"] is not None
    assert [field["name"] for field in reply["asks"]["fields"]] == ["vanished_visits"]


def test_a_rate_of_the_day_to_which_a_paid_visit_was_moved_is_offered(ledger: Ledger) -> None:
    approved(ledger, [*september_with(0, "Date", "2026-10-02"), *OCTOBER], **IN_OCTOBER)
    since_october = a_rate(6_500, provider="Jane Roe", since=date(2026, 10, 2))
    with_rates(ledger, a_rate(5_000), a_rate(7_000, service="EX-103"), since_october)

    reply = generated(ledger, [("N-1", "2026-11-02", "Max Doe", "EX-101", "Show", "A")])

    (offer,) = [one for one in reply["findings"] if one["code"] == "rate-changed-since-paid"]
    assert "1 visit" in offer["message"]
    assert "+$15.00" in offer["message"]


def with_providers(ledger: Ledger, *providers: Provider) -> None:
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(replace(books.setup(), providers=providers), "ana")


MAX = LAKESIDE.providers[1]


def cancelled_of_jane() -> list[tuple[Any, ...]]:
    return [with_cell(row, "Status", "Cancelled") if row[2] == "Jane Roe" else row for row in SEPTEMBER]


def later(provider: str, number: int, first: int) -> Sequence[tuple[Any, ...]]:
    return [
        (f"N-{first}-{place}", f"2026-11-{first:02}", provider, "EX-103", "Show", f"P{place}")
        for place in range(number)
    ]


def test_pay_is_not_taken_back_from_a_provider_who_was_given_the_id_of_one_who_left(ledger: Ledger) -> None:
    with_providers(ledger, Provider("Ida Oak", provider_id="P1"), MAX)
    cancelled = with_cell(SEPTEMBER[0], "Status", "Cancelled")

    reply = generated(ledger, [cancelled, *later("Ida Oak", 1, 2)])

    assert adjustments(ledger, reply) == [("Jane Roe", "status changed", -5000)]


def test_what_a_renamed_provider_has_used_up_is_not_paid_out_when_the_provider_leaves(ledger: Ledger) -> None:
    approved(ledger, [*cancelled_of_jane(), *OCTOBER], **IN_OCTOBER)
    with_providers(ledger, Provider("Jane Smith", ("Jane Roe",), provider_id="P1"), MAX)
    approved(ledger, later("Jane Smith", 3, 2))
    with_providers(ledger, MAX)

    run = approved(ledger, later("Max Doe", 1, 9), **{"from": "2026-11-08", "to": "2026-11-10"})["figures"][
        "run"
    ]

    assert carried(ledger, run) == []
    with ledger.clinic("lakeside").reading() as books:
        assert books.balances() == []


def offers(ledger: Ledger) -> list[tuple[str, str, str]]:
    """Return the provider, the visits and the difference of each offer that the next run makes."""
    reply = generated(ledger, [("N-9", "2026-11-18", "Max Doe", "EX-101", "Show", "A")])
    found = [one for one in reply["findings"] if one["code"] == "rate-changed-since-paid"]
    return [
        (who, visits, difference)
        for one in found
        for who in ("Jane Roe", "Max Doe")
        for visits in ("1 visit", "2 visits", "3 visits", "4 visits", "5 visits")
        for difference in ("+$15.00", "+$30.00", "+$45.00", "+$60.00", "-$20.00")
        if f"The rates of {who} " in one["message"]
        and f" {visits} " in one["message"]
        and f" {difference}." in one["message"]
    ]


BEFORE = (a_rate(5_000), a_rate(7_000, service="EX-103"))
RAISES = {
    "one-provider": (a_rate(6_500, provider="Max Doe"), [("Max Doe", "1 visit", "+$15.00")]),
    "one-service": (
        a_rate(6_500, service="EX-101"),
        [("Jane Roe", "3 visits", "+$45.00"), ("Max Doe", "1 visit", "+$15.00")],
    ),
    "one-of-both": (
        a_rate(6_500, provider="Jane Roe", service="EX-102"),
        [("Jane Roe", "1 visit", "+$15.00")],
    ),
    "another-service": (a_rate(6_500, service="EX-103", since=date(2026, 2, 1)), []),
    "later": (a_rate(6_500, since=date(2026, 10, 1)), []),
}


@pytest.mark.parametrize(("raised", "expected"), RAISES.values(), ids=RAISES)
def test_a_changed_rate_is_offered_for_the_visits_that_it_concerns(
    ledger: Ledger, raised: Rate, expected: list[tuple[str, str, str]]
) -> None:
    with_rates(ledger, *BEFORE, raised)
    assert offers(ledger) == expected


def test_a_changed_rate_is_offered_to_the_provider_whom_a_visit_was_given_to(ledger: Ledger) -> None:
    approved(ledger, [*september_with(0, "Provider", "Max Doe"), *OCTOBER], **IN_OCTOBER)
    with_rates(ledger, *BEFORE, a_rate(6_500, provider="Max Doe"))
    assert offers(ledger) == [("Max Doe", "4 visits", "+$60.00")]


def test_a_changed_rate_is_offered_for_a_service_that_has_another_code_by_now(ledger: Ledger) -> None:
    with ledger.clinic("lakeside").transaction() as books:
        setup = books.setup()
        first, *others = setup.services
        renamed = replace(first, code="EX-900", aliases=("EX-101",))
        raised = a_rate(6_500, service="EX-900", provider="Max Doe")
        books.save_setup(replace(setup, services=(renamed, *others), rates=(*BEFORE, raised)), "ana")
    reply = generated(ledger, [("N-9", "2026-11-18", "Max Doe", "EX-102", "Show", "A")])
    (offer,) = [one for one in reply["findings"] if one["code"] == "rate-changed-since-paid"]
    assert "The rates of Max Doe were changed for 1 visit " in offer["message"]

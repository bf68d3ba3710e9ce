"""What a row of a log earns its provider, and what becomes of the rows that earn nothing."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.clinics import (
    CountsAs,
    MissedPay,
    MissedVisitRule,
    PayBasis,
    Provider,
    Rate,
    Setup,
    StatusWord,
)
from server.billing.payroll.pay_run import Outcome, PayRun
from server.sheets.sheet import Cell
from tests.invented import (
    HEADINGS,
    JANUARY,
    LAKESIDE,
    a_paid_visit,
    a_rate,
    a_row,
    a_run,
    amounts,
    codes,
    fates,
    paying,
)


@pytest.mark.parametrize(
    ("basis", "rate", "cells", "cents"),
    [
        (PayBasis.PER_SESSION, 9_500, {}, 9_500),
        (PayBasis.PER_UNIT, 2_533, {"units": 3}, 7_599),
        (PayBasis.PER_UNIT, 2_533, {"units": 1.5}, 3_800),  # 3,799.5
        (PayBasis.PER_HOUR, 10_000, {"minutes": 50}, 8_333),
        (PayBasis.OF_CHARGE, 625_000, {"charge": 100.01}, 6_251),  # 6,250.625
        (PayBasis.OF_COLLECTED, 500_000, {"collected": 0.01}, 1),  # half a cent, away from zero
        (PayBasis.OF_COLLECTED, 500_000, {"collected": -0.01}, -1),
        (PayBasis.OF_COLLECTED, 600_000, {"collected": "$1,234.50"}, 74_070),
    ],
)
def test_each_pay_basis_pays_whole_cents(
    basis: PayBasis, rate: int, cells: dict[str, Cell], cents: int
) -> None:
    assert amounts(a_run([a_row(**cells)], paying(a_rate(rate, basis)))) == [cents]


def test_a_raise_in_mid_period_pays_each_visit_at_the_rate_of_its_day() -> None:
    setup = paying(a_rate(8_000), a_rate(9_000, since=date(2026, 10, 15)))

    run = a_run([a_row(date="2026-10-14"), a_row(date="2026-10-15")], setup)

    assert amounts(run) == [8_000, 9_000]
    assert [rate.paid_cents for rate in run.rates_used] == [8_000, 9_000]


def test_the_most_specific_rate_wins() -> None:
    setup = paying(
        a_rate(1), a_rate(2, service="EX-102"), a_rate(3, provider="Jane Roe"),
        a_rate(4, provider="Jane Roe", service="EX-102"),
    )  # fmt: skip
    people = [("Max Doe", "EX-101"), ("Max Doe", "EX-102"), ("Jane Roe", "EX-101"), ("Jane Roe", "EX-102")]

    run = a_run([a_row(provider=provider, service=service) for provider, service in people], setup)

    assert amounts(run) == [1, 2, 3, 4]


def test_a_blank_rate_ends_the_one_before_it_and_the_general_rate_speaks_again() -> None:
    ended = a_rate(None, provider="Jane Roe", since=date(2026, 10, 10))
    setup = paying(a_rate(5_000), a_rate(9_000, provider="Jane Roe"), ended)

    assert amounts(a_run([a_row(date="2026-10-09"), a_row(date="2026-10-10")], setup)) == [9_000, 5_000]


def test_a_gap_in_the_rates_blocks_the_visit_with_its_day() -> None:
    run = a_run([a_row(date="2026-10-04")], paying(a_rate(5_000, since=date(2026, 10, 5))))

    assert fates(run) == [("blocked", "There is no pay rate for Jane Roe and EX-101 on 10/04/2026.")]


def test_a_rate_of_zero_pays_nothing_only_where_it_is_called_unpaid() -> None:
    assert codes(a_run([a_row()], paying(a_rate(0)))) == ["rate-of-zero"]
    assert amounts(a_run([a_row()], paying(a_rate(0, note="Unpaid intake")))) == [0]


@pytest.mark.parametrize(
    "status",
    ["Canceled", "Cancelled", "CXL", "CX", "Late Cancel", "LC", "NS", "No-Show", "DNA", "DNKA", "Missed",
     "Rescheduled", "RS", "Charge NS/LC", "Scheduled", "no  show"],
)  # fmt: skip
def test_what_did_not_take_place_is_excluded_and_never_paid(status: str) -> None:
    run = a_run([a_row(status=status)])

    assert (run.count(Outcome.EXCLUDED), run.paid_cents) == (1, 0)


@pytest.mark.parametrize("status", ["Show", "Attended", "Completed", "Checked Out", "Seen", "Kept", "SEEN "])
def test_what_took_place_is_paid(status: str) -> None:
    assert amounts(a_run([a_row(status=status)])) == [5_000]


@pytest.mark.parametrize(
    ("status", "code"), [("Foo", "unknown-status"), (None, "blank-status"), ("#N/A", "error-value")]
)
def test_a_status_nobody_can_read_blocks_the_row(status: Cell, code: str) -> None:
    run = a_run([a_row(status=status)])

    assert (codes(run), run.count(Outcome.BLOCKED), run.paid_cents) == ([code], 1, 0)


def test_the_clinics_own_word_outweighs_the_built_in_one() -> None:
    setup = replace(LAKESIDE, statuses=(StatusWord("Kept", CountsAs.CANCELLED),))

    assert fates(a_run([a_row(status="kept")], setup)) == [("excluded", "A cancelled visit is not paid")]


def test_a_no_show_earns_what_the_missed_visits_list_says() -> None:
    flat = MissedVisitRule("*", "*", CountsAs.NO_SHOW, MissedPay.FLAT, 2_500, JANUARY)
    half = MissedVisitRule("Max Doe", "*", CountsAs.LATE_CANCELLED, MissedPay.OF_RATE, 500_000, JANUARY)
    none = MissedVisitRule("Max Doe", "*", CountsAs.NO_SHOW, MissedPay.NONE, None, JANUARY)
    setup = replace(paying(a_rate(9_999)), missed_visits=(flat, half, none))

    run = a_run(
        [
            a_row(status="NS"),
            a_row(status="LC", provider="Max Doe"),
            a_row(status="NS", provider="Max Doe"),
            a_row(status="LC"),
            a_row(status="CXL"),
        ],
        setup,
    )

    assert amounts(run) == [2_500, 5_000]  # half of 99.99, away from zero
    assert fates(run) == [
        ("excluded", "A no-show is not paid"),
        ("excluded", "A late cancelled visit is not paid"),
        ("excluded", "A cancelled visit is not paid"),
    ]


def test_a_fee_of_zero_for_a_missed_visit_is_paid_and_cited_as_zero() -> None:
    free = MissedVisitRule("*", "*", CountsAs.NO_SHOW, MissedPay.FLAT, 0, JANUARY)

    run = a_run([a_row(status="NS")], replace(LAKESIDE, missed_visits=(free,)))

    assert (amounts(run), [(used.amount, used.paid_cents) for used in run.rates_used]) == ([0], [(0, 0)])


MEASURED = [
    (PayBasis.PER_UNIT, 2_000, "units"),
    (PayBasis.PER_HOUR, 10_000, "minutes"),
    (PayBasis.OF_CHARGE, 500_000, "charge"),
    (PayBasis.OF_COLLECTED, 500_000, "collected"),
]
"""Rates that are multiplied by something, and what that is."""


@pytest.mark.parametrize(
    "rates", [(), (a_rate(0),), *((a_rate(amount, basis),) for basis, amount, _ in MEASURED)]
)
def test_a_flat_missed_visit_needs_no_measure_and_cites_its_rule_alone(rates: tuple[Rate, ...]) -> None:
    flat = MissedVisitRule("*", "*", CountsAs.NO_SHOW, MissedPay.FLAT, 2_500, JANUARY)

    run = a_run([a_row(status="NS")], replace(paying(*rates), missed_visits=(flat,)))

    assert (amounts(run), codes(run)) == ([2_500], [])
    assert [(rate.basis, rate.note) for rate in run.rates_used] == [("flat", "Missed visit: no show")]


@pytest.mark.parametrize(("basis", "rate", "measure"), MEASURED)
def test_a_missed_visit_paid_a_share_of_its_rate_is_blocked_without_the_measure_of_the_rate(
    basis: PayBasis, rate: int, measure: str
) -> None:
    half = MissedVisitRule("*", "*", CountsAs.NO_SHOW, MissedPay.OF_RATE, 500_000, JANUARY)
    setup = replace(paying(a_rate(rate, basis)), missed_visits=(half,))

    assert codes(a_run([a_row(status="NS")], setup)) == ["missing-measure"]
    run = a_run([a_row(status="NS", **{measure: 60})], setup)
    assert [rate.note for rate in run.rates_used] == ["Missed visit: no show"]
    assert amounts(run) == [{"units": 60_000, "minutes": 5_000}.get(measure, 1_500)]


@pytest.mark.parametrize(
    ("status", "provider", "service", "fate"),
    [
        ("NS", "Nobody Known", "EX-101", "blocked"),
        ("NS", "Jane Roe", "EX-999", "blocked"),
        ("NS", "Max Doe", "EX-101", "excluded"),
        ("NS", "Max Doe", "EX-999", "excluded"),
        ("CXL", "Nobody Known", "EX-101", "excluded"),
    ],
)
def test_a_missed_visit_that_may_earn_a_fee_blocks_until_it_is_known_whose_it_is(
    status: str, provider: str, service: str, fate: str
) -> None:
    jane_alone = MissedVisitRule("Jane Roe", "*", CountsAs.NO_SHOW, MissedPay.FLAT, 2_500, JANUARY)
    setup = replace(paying(a_rate(9_999)), missed_visits=(jane_alone,))

    run = a_run([a_row(status=status, provider=provider, service=service)], setup)

    assert [outcome for outcome, _ in fates(run)] == [fate]


def test_visits_outside_the_period_and_in_the_future_are_excluded_with_the_reason() -> None:
    days = ["2026-09-30", "2026-10-01", "2026-10-31", "2026-11-01", "2026-12-24"]

    run = a_run([a_row(date=day) for day in days])

    assert len(amounts(run)) == 2
    assert [reason for _, reason in fates(run)] == [
        "Outside the pay period Oct 1–31, 2026",
        "Outside the pay period Oct 1–31, 2026",
        "In the future",
    ]


def test_a_visit_of_today_is_paid_and_one_of_tomorrow_is_in_the_future() -> None:
    today, tomorrow = "2026-10-20", "2026-10-21"

    run = a_run([a_row(date=today), a_row(date=tomorrow)], today=date.fromisoformat(today))

    assert (amounts(run), fates(run)) == ([5_000], [("excluded", "In the future")])


@pytest.mark.parametrize(("day", "fate"), [("2026-10-05", "blocked"), ("2026-10-04", "excluded")])
def test_a_missed_visit_of_nobody_known_blocks_from_the_first_day_of_a_rule_on(day: str, fate: str) -> None:
    flat = MissedVisitRule("*", "*", CountsAs.NO_SHOW, MissedPay.FLAT, 2_500, date(2026, 10, 5))
    setup = replace(paying(a_rate(9_999)), missed_visits=(flat,))

    run = a_run([a_row(status="NS", provider="Nobody Known", date=day)], setup)

    assert [outcome for outcome, _ in fates(run)] == [fate]


def test_an_unpaid_row_shows_the_status_of_the_status_column_beside_a_yes_no_column() -> None:
    headings = [*HEADINGS, "No-show"]

    run = a_run([(*a_row(status="Canceled"), "No"), (*a_row(status="NS"), "Yes")], headings=headings)

    assert run.unpaid.status.tolist() == ["Canceled", "NS"]


@pytest.mark.parametrize("cells", [{"charge": 0}, {"units": 0}, {"minutes": 1}, {"collected": 0}])
def test_a_measure_that_pays_nobody_is_not_remarked_on(cells: dict[str, Cell]) -> None:
    run = a_run([a_row(id="A1", **cells)])

    assert (amounts(run), codes(run)) == ([5_000], [])


@pytest.mark.parametrize(
    ("basis", "cell"), [(PayBasis.OF_CHARGE, "charge"), (PayBasis.OF_COLLECTED, "collected")]
)
def test_an_amount_far_above_the_others_of_its_service_is_remarked_on(basis: PayBasis, cell: str) -> None:
    def found(high: int, count: int) -> list[tuple[str, list[int]]]:
        rows = [a_row(id=f"A{place}", **{cell: 100}) for place in range(count - 1)]
        run = a_run([*rows, a_row(id="B", **{cell: high})], paying(a_rate(500_000, basis)))
        return [(finding.code, list(finding.rows)) for finding in run.findings]

    assert found(2_000, 5) == [("amount-far-above", [6])]
    assert found(1_999, 5) == found(2_000, 4) == []


@pytest.mark.parametrize("spelling", ["jane roe", "ROE, JANE, L.C.S.W.", "Roe Jane LCSW"])
def test_a_provider_is_known_by_every_listed_spelling(spelling: str) -> None:
    assert amounts(a_run([a_row(provider=spelling)])) == [5_000]


def test_a_near_spelling_is_suggested_and_never_paid() -> None:
    run = a_run([a_row(provider="Jan Roe")])

    assert run.paid_cents == 0
    assert run.findings[0].message == "“Jan Roe” is not a provider of this clinic. Did you mean “Jane Roe”?"


def test_an_id_tells_two_people_of_one_name_apart() -> None:
    twins = (Provider("Ann Poe", provider_id="7"), Provider("Ann  Poe.", provider_id="8"))
    setup = replace(paying(a_rate(1), a_rate(2, provider="Ann  Poe.")), providers=twins)
    headings = [*HEADINGS, "Provider ID"]

    run = a_run([(*a_row(provider="Ann Poe"), 7), (*a_row(provider="Ann Poe"), 8)], setup, headings=headings)

    assert amounts(run) == [1, 2]
    assert codes(a_run([a_row(provider="Ann Poe")], setup)) == ["unknown-provider"]


def test_an_id_that_belongs_to_another_name_blocks() -> None:
    run = a_run([(*a_row(), "P2")], headings=[*HEADINGS, "Provider ID"])

    assert codes(run) == ["provider-conflict"]


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    run = a_run([a_row(provider="Nobody", service="EX-999", charge="abc")])

    assert sorted(codes(run)) == ["not-money", "unknown-provider", "unknown-service"]
    assert run.count(Outcome.BLOCKED) == 1


@pytest.mark.parametrize(
    ("basis", "cell"),
    [(PayBasis.PER_UNIT, "units"), (PayBasis.PER_HOUR, "minutes"), (PayBasis.OF_CHARGE, "charge"),
     (PayBasis.OF_COLLECTED, "collected")],
)  # fmt: skip
def test_a_blank_is_never_taken_for_zero(basis: PayBasis, cell: str) -> None:
    setup = paying(a_rate(100, basis))

    assert codes(a_run([a_row()], setup)) == ["missing-measure"]
    assert codes(a_run([a_row(**{cell: 0})], setup)) == ["zero-measure"]


@pytest.mark.parametrize(("units", "pointed_at"), [(15, 0), (24, 0), (24.5, 1), (25, 1), (60, 1)])
def test_units_that_look_like_minutes_are_remarked_on(units: float, pointed_at: int) -> None:
    run = a_run([a_row(units=units)], paying(a_rate(100, PayBasis.PER_UNIT)))

    assert codes(run) == ["units-look-like-minutes"] * pointed_at
    assert amounts(run) == [units * 100]


def test_two_identical_rows_are_two_visits_and_said_so() -> None:
    headings = [*HEADINGS, "Patient"]
    row = (*a_row(), "P-0412")

    run = a_run([row, row, (*a_row(), "P-0413")], headings=headings)

    assert amounts(run) == [5_000, 5_000, 5_000]
    assert [(finding.code, list(finding.rows)) for finding in run.findings] == [("identical-rows", [3])]
    assert run.lines.identity.nunique() == 3


def test_one_appointment_id_is_paid_once() -> None:
    run = a_run([a_row(id="A1"), a_row(id="A1")])

    assert (amounts(run), codes(run)) == ([5_000], ["duplicate-appointment"])


def test_what_a_closed_run_paid_is_not_paid_again() -> None:
    before = {
        "id:a1": a_paid_visit("id:a1", 5_000),
        "id:a2": a_paid_visit("id:a2", 4_000),
    }

    run = a_run([a_row(id="A1"), a_row(id="A2"), a_row(id="A3")], paid_before=before)

    assert amounts(run) == [5_000]
    assert fates(run) == [("already paid", "Already paid in run lakeside-2026-09-r1")] * 2
    assert codes(run) == ["changed-since-paid"]
    assert "paid $40.00" in run.findings[0].message


def test_the_books_hold_no_patients_name() -> None:
    run = a_run([(*a_row(), "Invented Patient")], headings=[*HEADINGS, "Patient"])

    assert "invented" not in run.lines.identity[0].casefold()


def test_visits_that_only_their_number_tells_apart_are_counted() -> None:
    run = a_run([a_row(), a_row(), a_row(id="A1")])

    assert [finding.message[:47] for finding in run.findings] == [
        "The log holds 2 visits without appointment ID o"
    ]
    assert run.lines.identity.nunique() == 3


def test_an_inactive_provider_is_paid_for_the_past_and_remarked_on() -> None:
    gone = replace(LAKESIDE, providers=(Provider("Jane Roe", active=False),))

    assert codes(a_run([a_row()], gone)) == ["inactive-provider"]


rows = st.lists(
    st.builds(
        lambda day, provider, service, status, charge: a_row(
            date=day, provider=provider, service=service, status=status, charge=charge, minutes=50
        ),
        st.sampled_from(["2026-10-05", "2026-10-31", "2026-11-01", "2027-01-01", "soon", None]),
        st.sampled_from(["Jane Roe", "Max Doe", "Nobody", None, "#N/A"]),
        st.sampled_from(["EX-101", "EX-102", "EX-999", None]),
        st.sampled_from(["Attended", "No show", "CXL", "Scheduled", "Foo", None]),
        st.one_of(st.none(), st.integers(0, 10**6).map(lambda cents: cents / 100), st.just("abc")),
    ),
    min_size=1,
    max_size=25,
)


def setup_of_all_kinds() -> Setup:
    share = a_rate(333_333, PayBasis.OF_CHARGE, provider="Max Doe")
    missed = MissedVisitRule("*", "EX-102", CountsAs.NO_SHOW, MissedPay.OF_RATE, 333_333, JANUARY)
    return replace(paying(a_rate(5_000), share), missed_visits=(missed,))


@given(rows=rows)
def test_rows_in_are_always_the_sum_of_what_became_of_them(rows: list[tuple[Cell, ...]]) -> None:
    run = a_run(rows, setup_of_all_kinds())

    assert sum(run.count(outcome) for outcome in Outcome) == run.rows_in == len(rows)
    assert sorted([*run.lines.row, *run.unpaid.row]) == list(range(2, len(rows) + 2))
    assert sum(rate.paid_cents for rate in run.rates_used) == run.paid_cents


@given(rows=rows)
def test_the_same_log_gives_the_same_fingerprint_and_another_does_not(rows: list[tuple[Cell, ...]]) -> None:
    def fingerprint(rows: list[tuple[Cell, ...]]) -> str:
        run: PayRun = a_run(rows, setup_of_all_kinds())
        return run.fingerprint

    assert fingerprint(rows) == fingerprint(rows)
    assert fingerprint(rows) != fingerprint([*rows, a_row()])

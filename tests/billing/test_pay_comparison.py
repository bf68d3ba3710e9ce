"""Why pay differs from the last period: the parts add up to the difference, whatever was paid."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.clinics import CountsAs, MissedPay, PayBasis
from server.billing.payroll.pay_comparison import PaidWork, PayChange, explain_change

ATTENDED = CountsAs.ATTENDED.value
SESSION = PaidWork(
    "ex101", ATTENDED, PayBasis.PER_SESSION.value, 9_000, visits=10, quantity=10, paid_cents=90_000
)
HOUR = PaidWork(
    "ex102", ATTENDED, PayBasis.PER_HOUR.value, 6_000, visits=4, quantity=240_000, paid_cents=24_000
)

amounts = st.integers(-(10**11), 10**11)
works = st.lists(
    st.builds(
        PaidWork,
        service=st.sampled_from(["ex101", "ex102", "ex103"]),
        counts_as=st.sampled_from([ATTENDED, CountsAs.NO_SHOW.value]),
        basis=st.sampled_from([*PayBasis, MissedPay.FLAT]),
        rate=st.integers(0, 10**9),
        visits=st.integers(1, 100_000),
        quantity=st.integers(-(10**12), 10**14),
        paid_cents=amounts,
    ),
    max_size=8,
)


def parts(change: PayChange) -> tuple[int, int, int]:
    return change.rate_cents, change.volume_cents, change.new_service_cents


@given(works, works)
def test_the_parts_add_up_to_the_difference_to_the_cent(now: list[PaidWork], last: list[PaidWork]) -> None:
    change = explain_change(now, last)

    assert sum(parts(change)) == change.difference_cents
    assert change.paid_cents - change.last_cents == change.difference_cents
    assert change.paid_cents == sum(work.paid_cents for work in now)


@given(works)
def test_the_same_work_again_has_no_difference_and_no_parts(now: list[PaidWork]) -> None:
    change = explain_change(now, now)

    assert (change.difference_cents, *parts(change)) == (0, 0, 0, 0)
    assert change.visits == change.last_visits


@given(works, works)
def test_the_order_of_the_rows_changes_nothing(now: list[PaidWork], last: list[PaidWork]) -> None:
    assert explain_change(now[::-1], last[::-1]) == explain_change(now, last)


@given(works)
def test_for_somebody_who_was_not_paid_before_everything_is_a_new_service(now: list[PaidWork]) -> None:
    assert parts(explain_change(now, [])) == (0, 0, sum(work.paid_cents for work in now))


@given(works)
def test_for_somebody_who_is_not_paid_now_everything_is_volume(last: list[PaidWork]) -> None:
    assert parts(explain_change([], last)) == (0, -sum(work.paid_cents for work in last), 0)


@given(works, st.integers(1, 1_000), amounts)
def test_with_unchanged_rates_nothing_is_due_to_the_rate(last: list[PaidWork], times: int, more: int) -> None:
    now = [replace(work, quantity=work.quantity * times, paid_cents=more) for work in last]

    assert explain_change(now, last).rate_cents == 0


@given(works, st.integers(1, 10**6), amounts)
def test_with_unchanged_quantities_nothing_is_due_to_the_volume(
    last: list[PaidWork], raised: int, paid: int
) -> None:
    one_rate = list({(work.service, work.counts_as): work for work in last}.values())
    now = [replace(work, rate=work.rate + raised, paid_cents=paid) for work in one_rate]

    assert explain_change(now, one_rate).volume_cents == 0


@pytest.mark.parametrize(
    ("now", "last", "expected"),
    [
        ([replace(SESSION, rate=9_500, paid_cents=95_000)], [SESSION], (5_000, 0, 0)),
        ([replace(SESSION, visits=12, quantity=12, paid_cents=108_000)], [SESSION], (0, 18_000, 0)),
        (
            [replace(SESSION, rate=9_500, visits=12, quantity=12, paid_cents=114_000)],
            [SESSION],
            (6_000, 18_000, 0),
        ),
        ([SESSION, HOUR], [SESSION], (0, 0, 24_000)),
        ([SESSION], [SESSION, HOUR], (0, -24_000, 0)),
        ([replace(HOUR, rate=6_600, quantity=300_000, paid_cents=33_000)], [HOUR], (3_000, 6_000, 0)),
        (
            [replace(HOUR, basis=PayBasis.PER_SESSION.value, rate=7_000, quantity=5, visits=5, paid_cents=35_000)],
            [HOUR],
            (5_000, 6_000, 0),
        ),
        (
            [SESSION, replace(SESSION, counts_as="no show", basis="flat", rate=2_500, visits=1, paid_cents=2_500)],
            [SESSION],
            (0, 2_500, 0),
        ),
    ],
    ids=[
        "a raise",
        "two more visits",
        "a raise and two more visits",
        "a new service",
        "a service that ended",
        "an hourly raise and one more hour",
        "another pay basis is compared by visits",
        "a missed visit of a known service",
    ],
)  # fmt: skip
def test_each_cause_has_its_part(
    now: list[PaidWork], last: list[PaidWork], expected: tuple[int, int, int]
) -> None:
    assert parts(explain_change(now, last)) == expected


def test_only_visits_that_took_place_are_counted_as_visits() -> None:
    missed = replace(SESSION, counts_as="no show", visits=3)

    change = explain_change([SESSION, missed], [missed])

    assert (change.visits, change.last_visits) == (10, 0)

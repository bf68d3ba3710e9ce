"""How old what is owed is: exact bounds, no age in two buckets or in none."""

from datetime import date, timedelta

import pytest

from server.billing.receivables.aging_buckets import (
    BUCKETS,
    DIVIDED_BUCKETS,
    EVERY_BUCKET,
    age_on,
    bucket_named,
    bucket_of,
)

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("age", "name"),
    [
        (0, "0-30"), (30, "0-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"), (90, "61-90"), (91, "91-120"),
        (120, "91-120"), (121, "121+"), (10_000, "121+"),
    ],
)  # fmt: skip
def test_both_ends_of_a_bucket_are_in_it(age: int, name: str) -> None:
    assert bucket_of(age).name == name


def test_the_days_of_the_buckets_are_those_their_ages_say() -> None:
    """Also of invoices dated ahead: they were created before the clock was set back."""
    stretches = {bucket.name: bucket.creation_days(TODAY) for bucket in BUCKETS}
    for age in range(-400, 200):
        day = TODAY - timedelta(days=age)
        holding = [
            name
            for name, (first, last) in stretches.items()
            if (first or date.min) <= day <= (last or date.max)
        ]
        assert holding == [bucket_of(age_on(TODAY, day)).name]


@pytest.mark.parametrize(
    ("age", "name"),
    [(120, "91-120"), (121, "121-180"), (180, "121-180"), (181, "181-365"), (365, "181-365"), (366, "366+")],
)
def test_the_last_bucket_can_be_divided_in_three(age: int, name: str) -> None:
    assert bucket_of(age, DIVIDED_BUCKETS).name == name
    assert bucket_named(name) in EVERY_BUCKET


def test_what_is_dated_ahead_is_as_new_as_can_be() -> None:
    assert age_on(TODAY, TODAY + timedelta(days=19)) == 0
    assert age_on(TODAY, TODAY - timedelta(days=19)) == 19


def test_a_bucket_is_named_by_its_ages_or_its_risk_in_any_case() -> None:
    for bucket in BUCKETS:
        for name in (bucket.name, bucket.risk, bucket.risk.upper(), f" {bucket.risk.lower()} "):
            assert bucket_named(name) == bucket
    assert bucket_named("31-61") is bucket_named("") is bucket_named("critically") is None

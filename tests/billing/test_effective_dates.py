"""Which row of an effective-dated list holds on a day."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.clinics import ANY, Rate
from server.billing.days import serial_of
from server.billing.effective_dates import NO_ROW, in_force, repeated_rows
from tests.invented import JANUARY, a_rate

PROVIDERS, SERVICES = ("Jane Roe", "Max Doe"), ("EX-101", "EX-102")
MAY = date(2026, 5, 1)


def on(rows: list[Rate], day: date, provider: str = "Jane Roe", service: str = "EX-101") -> int:
    pair = PROVIDERS.index(provider) * len(SERVICES) + SERVICES.index(service)
    return int(in_force(rows, PROVIDERS, SERVICES, np.array([pair]), np.array([serial_of(day)]))[0])


def test_a_rate_holds_from_its_first_day_until_the_next_one_begins() -> None:
    rows = [a_rate(5_000), a_rate(6_000, since=MAY)]
    told = [on(rows, day) for day in (date(2025, 12, 31), JANUARY, date(2026, 4, 30), MAY, date(2099, 1, 1))]
    assert told == [NO_ROW, 0, 0, 1, 1]


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = [a_rate(6_000, since=MAY), a_rate(5_000)]
    assert [on(rows, JANUARY), on(rows, MAY)] == [1, 0]


def test_the_most_specific_row_wins_whatever_its_day() -> None:
    rows = [
        a_rate(1, since=MAY),
        a_rate(2, service="EX-101"),
        a_rate(3, provider="Jane Roe"),
        a_rate(4, provider="Jane Roe", service="EX-101"),
    ]
    assert on(rows, MAY) == 3
    assert on(rows, MAY, service="EX-102") == 2
    assert on(rows, MAY, provider="Max Doe") == 1
    assert on(rows, MAY, provider="Max Doe", service="EX-102") == 0


def test_a_blank_rate_ends_the_one_before_it_and_the_house_rate_speaks_again() -> None:
    rows = [a_rate(1), a_rate(2, provider="Jane Roe"), a_rate(None, provider="Jane Roe", since=MAY)]
    assert [on(rows, date(2026, 4, 30)), on(rows, MAY)] == [1, 0]


def test_a_blank_house_rate_leaves_nothing() -> None:
    assert on([a_rate(1), a_rate(None, since=MAY)], MAY) == NO_ROW


def test_without_rows_nothing_holds() -> None:
    assert on([], MAY) == NO_ROW


def test_without_appointments_there_is_nothing_to_ask() -> None:
    none = np.array([], dtype=np.int64)
    assert in_force([a_rate(1)], PROVIDERS, SERVICES, none, none).tolist() == []


def test_two_rows_of_one_key_and_day_overlap() -> None:
    rows = [a_rate(1), a_rate(2, provider="Jane Roe"), a_rate(3), a_rate(4, since=MAY), a_rate(None)]
    assert repeated_rows(rows) == [[0, 2, 4]]


def by_hand(rows: list[Rate], day: date, provider: str, service: str) -> int:
    """Find the row as a person would, key by key from the most specific."""
    for key in ((provider, service), (provider, ANY), (ANY, service), (ANY, ANY)):
        begun = [
            (row.effective_from, place)
            for place, row in enumerate(rows)
            if (row.provider, row.service) == key and row.effective_from <= day
        ]
        if begun and rows[max(begun)[1]].amount is not None:
            return max(begun)[1]
    return NO_ROW


a_day = st.integers(0, 40).map(lambda offset: JANUARY + timedelta(days=offset))
some_rates = st.lists(
    st.builds(
        lambda amount, provider, service, since: a_rate(
            amount, provider=provider, service=service, since=since
        ),
        st.none() | st.integers(0, 9),
        st.sampled_from([*PROVIDERS, ANY]),
        st.sampled_from([*SERVICES, ANY]),
        a_day,
    ),
    max_size=12,
    unique_by=lambda row: (row.provider, row.service, row.effective_from),
)


@given(some_rates, a_day, st.sampled_from(PROVIDERS), st.sampled_from(SERVICES))
def test_the_row_found_for_whole_columns_is_the_one_found_by_hand(
    rows: list[Rate], day: date, provider: str, service: str
) -> None:
    assert on(rows, day, provider, service) == by_hand(rows, day, provider, service)


@pytest.mark.parametrize("providers", [1, 50])
def test_each_appointment_of_a_column_gets_its_own_answer(providers: int) -> None:
    names = [f"Provider {number}" for number in range(providers)]
    rows = [a_rate(number, provider=name) for number, name in enumerate(names)]
    pairs = np.arange(providers)[::-1].copy()
    found = in_force(rows, names, ["EX-101"], pairs, np.full(providers, serial_of(MAY)))
    assert found.tolist() == pairs.tolist()

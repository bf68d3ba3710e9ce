"""A rate that is far from every other one of its kind is remarked on, and nothing else is."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.rate_plausibility import FAR_OFF, TypedFee, far_off_fees, usual_in_words
from server.billing.rate_words import amount_on_basis

fees = st.lists(
    st.builds(
        TypedFee,
        st.sampled_from(["per session", "% of charge"]),
        st.none() | st.sampled_from([0, 1, 9, 10, 50, 90, 100, 101, 990, 1_000, 9_999]),
    ),
    max_size=7,
)


@given(fees)
def test_a_fee_is_far_off_if_it_is_far_from_every_other_one_of_its_basis(
    given_fees: Sequence[TypedFee],
) -> None:
    found = far_off_fees(given_fees)
    for place, fee in enumerate(given_fees):
        others = [
            other.amount
            for at, other in enumerate(given_fees)
            if at != place and other.basis == fee.basis and other.amount
        ]
        above = all((fee.amount or 0) >= FAR_OFF * other for other in others)
        below = all((fee.amount or 0) * FAR_OFF <= other for other in others)
        assert (place in found) == bool(fee.amount and others and (above or below))
        if place in found:
            assert found[place] == (min(others), max(others))


@given(fees)
def test_the_order_of_the_rows_does_not_matter(given_fees: list[TypedFee]) -> None:
    assert {given_fees[place] for place in far_off_fees(given_fees)} == {
        given_fees[::-1][place] for place in far_off_fees(given_fees[::-1])
    }


@pytest.mark.parametrize(
    ("basis", "amount", "words"),
    [
        ("per session", 9_500, "$95.00 per session"),
        ("% of collected", 625_000, "62.5% of collected"),
        ("% of charge", 0, "0% of charge"),
        ("% of charge", 1_000_000, "100% of charge"),
        ("flat", 2_500, "$25.00 flat"),
    ],
)
def test_a_fee_in_words(basis: str, amount: int, words: str) -> None:
    assert amount_on_basis(amount, basis) == words


def test_one_usual_fee_is_no_range() -> None:
    (only,) = far_off_fees([TypedFee("flat", 10_00), TypedFee("flat", 1_00), TypedFee("flat", 1_00)]).values()
    assert usual_in_words("flat", only) == "$1.00 flat"

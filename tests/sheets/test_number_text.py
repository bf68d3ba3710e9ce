from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from server.sheets.xlsx.number_text import decimal_texts, whole_texts

ANY_AMOUNT = st.integers(min_value=-(10**15), max_value=10**15)


@given(st.lists(st.integers(min_value=0, max_value=10**12)))
def test_a_whole_number_is_spelled_as_python_spells_it(numbers: list[int]) -> None:
    assert whole_texts(np.array(numbers, dtype=np.int64)).tolist() == [b"%d" % number for number in numbers]


@given(st.lists(ANY_AMOUNT, min_size=1), st.sampled_from([0, 2, 3, 6]))
def test_an_amount_is_spelled_exactly_whatever_its_size_and_sign(amounts: list[int], places: int) -> None:
    texts = decimal_texts(np.array(amounts, dtype=np.int64), places).tolist()

    assert [Decimal(text.decode()) for text in texts] == [
        Decimal(amount).scaleb(-places) for amount in amounts
    ]


def test_half_a_dollar_owed_back_keeps_its_sign_and_its_zero() -> None:
    assert decimal_texts(np.array([-50, -5, 0, 5, 12_345]), 2).tolist() == [
        b"-0.50",
        b"-0.05",
        b"0.00",
        b"0.05",
        b"123.45",
    ]

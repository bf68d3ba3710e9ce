"""The number of a question: another one for whatever else is shown, and brought back by every answer."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.question_numbers import (
    QUESTION_DIGITS,
    number_of_question,
    numbered_answer,
    split_answer,
)

WORDS = st.sampled_from(["approve", "good-rows", "leave-flagged", "12", "-3", "c12", "all"])
SHOWN = st.recursive(
    st.integers(-9, 9) | st.text(max_size=3) | st.none() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.integers(0, 3), inner, max_size=3),
    max_leaves=6,
)


@given(WORDS, SHOWN)
def test_an_answer_gives_back_its_word_and_its_number(word: str, shown: object) -> None:
    number = number_of_question(shown)
    assert len(number) == QUESTION_DIGITS
    assert split_answer(f"  {numbered_answer(word, number).upper()} ") == (word, number)


@pytest.mark.parametrize("answer", ["good-rows", "leave-listed", "leave-flagged", "-3", "12", "yes", ""])
def test_an_answer_without_a_number_has_none(answer: str) -> None:
    assert split_answer(answer) == (answer, "")


@dataclass(frozen=True, slots=True)
class Shown:
    """Something with a day and an amount."""

    day: date
    cents: int


def test_whatever_is_shown_changes_the_number_and_the_order_of_a_map_does_not() -> None:
    one, other = Shown(date(2026, 11, 3), 80_00), Shown(date(2026, 11, 3), 80_01)
    numbers = {
        number_of_question("lakeside", {2: one}),
        number_of_question("harbor", {2: one}),
        number_of_question("lakeside", {3: one}),
        number_of_question("lakeside", {2: other}),
        number_of_question("lakeside", {2: one}, "more"),
    }
    assert len(numbers) == 5
    assert number_of_question({2: one, 3: other}) == number_of_question({3: other, 2: one})

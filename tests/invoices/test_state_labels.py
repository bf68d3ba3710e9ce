"""Sheets, filters and sentences have the labels of states, REST and figures their codes."""

from pathlib import Path

import pytest

from server.billing.invoices.invoice import STATE_LABELS, State, state_named
from server.ribbon.ribbon_table import ribbon

GALLERY = Path(__file__).parents[1] / "data" / "findings"


def test_every_state_has_a_label_of_its_own() -> None:
    assert list(STATE_LABELS) == list(State)
    assert len({label.casefold() for label in STATE_LABELS.values()}) == len(State)


@pytest.mark.parametrize("state", State)
def test_a_state_is_named_by_its_label_and_its_code_in_any_case(state: State) -> None:
    for word in (state.value, state.label):
        assert {state_named(typed) for typed in (word, word.upper(), word.lower(), f" {word} ")} == {state}


def test_other_words_name_no_state() -> None:
    assert [state_named(word) for word in ("", "open", "pending", "written", "cheque")] == [None] * 5


def test_the_filter_offers_the_labels() -> None:
    (option,) = (one for one in ribbon().find_button("invoices.open").options if one.name == "state")
    assert option.choices == ["open", "all", "credit", *STATE_LABELS.values()]


def test_no_sentence_has_a_code() -> None:
    codes = [state.value for state in State if "_" in state.value]
    sentences = {path.name: path.read_text("utf-8") for path in GALLERY.glob("*.txt")}
    assert sentences
    assert {name for name, text in sentences.items() if any(code in text for code in codes)} == set()

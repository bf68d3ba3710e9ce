"""Spellings match exactly after folding, and never by resemblance."""

import pytest

from server.billing.names import closest_name, fold


@pytest.mark.parametrize("spelling", ["No Show", "no-show", "NOSHOW", " No  show. ", "Ｎo Show"])
def test_case_spaces_and_punctuation_do_not_matter(spelling: str) -> None:
    assert fold(spelling) == "noshow"


def test_show_is_not_no_show() -> None:
    assert fold("Show") != fold("No Show")


def test_a_resemblance_is_suggested_and_a_stranger_is_not() -> None:
    assert closest_name("Jan Roe", ["Jane Roe", "Max Doe"]) == "Jane Roe"
    assert closest_name("Quentin Zed", ["Jane Roe", "Max Doe"]) is None

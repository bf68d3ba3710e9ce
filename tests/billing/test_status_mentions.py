"""Words of missed visits are found in notes, and hardly ever where a note says something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.clinics import CountsAs, StatusWord
from server.billing.names import fold
from server.billing.payroll.status_mentions import FEWEST_LETTERS, LOOKED_BACK, MISSED, MissedMentions, plain
from server.billing.payroll.statuses import meanings, spelled_statuses

BUILT_IN = MissedMentions.of(())
OTHER_WORDS = {"missed", "cancel", "cancellation", "reschedule", "rescheduled"}
LISTED = [
    text
    for text in spelled_statuses()
    if meanings(())[fold(text)] in MISSED
    and len(fold(text)) >= FEWEST_LETTERS
    and fold(text) not in OTHER_WORDS
]


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("Late cancel, called at 8 AM", "Late cancel"),
        ("client no-showed; left a message", "no-showed"),
        ("NO SHOW", "NO SHOW"),
        ("Did not attend.", "Did not attend"),
        ("didn't attend, will call back", "did not attend"),
        ("didn\u2019t show", "did not show"),
        ("Patient cancelled late (flu)", "Patient cancelled"),
        ("cancelled", "cancelled"),
        ("She never showed", "never showed"),
        ("Was not late.\nNoshow", "Noshow"),
    ],
)
def test_what_says_that_a_visit_was_missed_is_found(note: str, words: str) -> None:
    assert BUILT_IN.first_in(note) == words


@pytest.mark.parametrize(
    "note",
    [
        "", "Came ten minutes late", "showed progress", "not cancelled after all", "was not a no show", "no cancelled visits",
        "discussed the cancellation policy", "rescheduled from Monday", "missed her mother", "DNA test ordered",
        "attended with partner", "will cancel next week", "discharge planned", "never late cancelled",
    ],
)  # fmt: skip
def test_what_says_something_else_is_not(note: str) -> None:
    assert BUILT_IN.first_in(note) == ""


@pytest.mark.parametrize(("words_between", "found"), [(0, ""), (1, ""), (2, "cancelled")])
def test_a_denial_counts_within_two_words(words_between: int, found: str) -> None:
    assert BUILT_IN.first_in(f"It was not {'ever ' * words_between}cancelled") == found


@pytest.mark.parametrize(("length", "found"), [(LOOKED_BACK - 5, ""), (LOOKED_BACK - 4, "cancelled")])
def test_a_denial_counts_within_forty_characters(length: int, found: str) -> None:
    """The denial, a space, a word of this length and a space stand before the mention."""
    assert LOOKED_BACK == 40
    assert BUILT_IN.first_in(f"not {'a' * length} cancelled") == found


@given(
    st.sampled_from(LISTED),
    st.sampled_from(["", "paid cash. ", "(", "10/5: "]),
    st.sampled_from(["", " today", "!", ")"]),
)
def test_every_listed_spelling_is_found_in_whatever_case_and_between_whatever(
    spelling: str, before: str, after: str
) -> None:
    for text in (spelling, spelling.upper(), spelling.replace(" ", "-"), spelling.replace(" ", "\n")):
        assert fold(BUILT_IN.first_in(f"{before}{text}{after}")) == fold(text)
        assert any(needle in plain(f"{before}{text}{after}") for needle in BUILT_IN.needles)


@given(st.text())
def test_nothing_but_known_words_is_taken_from_a_note(note: str) -> None:
    found = BUILT_IN.first_in(note)
    assert not found or fold(found) in BUILT_IN.phrases


@given(
    st.lists(
        st.sampled_from(
            ["no", "show", "did", "not", "attend", "late", "cancel", "cancelled", "n't", "-", "\u2019", " "]
        )
    )
)
def test_a_text_without_a_needle_mentions_nothing(parts: list[str]) -> None:
    note = " ".join(parts)
    if BUILT_IN.first_in(note):
        assert any(needle in plain(note) for needle in BUILT_IN.needles)
        assert any(stem in note.lower() for stem in BUILT_IN.stems)


def test_the_clinics_own_words_count_as_it_says() -> None:
    own = MissedMentions.of(
        (StatusWord("Ghosted us", CountsAs.NO_SHOW), StatusWord("No Show", CountsAs.ATTENDED))
    )

    assert own.first_in("she ghosted us again") == "ghosted us"
    assert own.first_in("no show") == ""

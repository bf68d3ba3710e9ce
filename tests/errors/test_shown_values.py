"""Sentences show values that can be read: cut, and with what cannot be seen in them named."""

import re
import string
from collections.abc import Iterable
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import FINDINGS, BillingError, Finding, FindingFacts, row_stretches
from server.errors.shown_values import LONGEST_TEXT, LONGEST_VALUE, TEXTS, show_value
from tests.invented import a_finding

MARK, OVERRIDE = "\u200e", "\u202e"
HOSTILE = f"{MARK}9/3/2026{OVERRIDE}" + "x” “\n" * 7_000
NOTE = " (contains a hidden left-to-right mark, a hidden right-to-left override and a line break)"


def fields_of(template: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(template) if name]


def texts_of(finding: Finding) -> Iterable[tuple[str, str]]:
    return (finding.what.says, finding.message), (finding.what.advises, finding.remedy)


@pytest.mark.parametrize("code", FINDINGS)
def test_no_sentence_shows_more_of_a_cell_than_can_be_read(code: str) -> None:
    sentence = FINDINGS[code]
    facts = dict.fromkeys([field.name for field in fields(sentence)], HOSTILE)

    for template, text in texts_of(a_finding(code, "Log", heading=HOSTILE, facts=facts)):
        names = fields_of(template)
        longest = sum(LONGEST_TEXT if name in TEXTS else LONGEST_VALUE + len(NOTE) for name in names)
        assert len(text) <= len(template) + longest
        assert not set(text) & {MARK, OVERRIDE, "\n"}
        assert text.count(NOTE.strip()) >= sum(name not in TEXTS for name in names)


def test_a_date_that_looks_right_says_what_is_hidden_in_it() -> None:
    finding = a_finding("not-a-date", "Log", facts={"value": f"{MARK}9/3/2026"})
    assert finding.message == "“9/3/2026” (contains a hidden left-to-right mark) is not a date."


@pytest.mark.parametrize(
    ("value", "note"),
    [
        ("Jane\u200bRoe", "a hidden zero-width space"),
        ("Jane\ufeff Roe", "a hidden zero-width no-break space"),
        ("\u00ad50", "a hidden soft hyphen"),
        ("10/25/2026\u00a03:00 PM", "a no-break space"),
        ("９/3/2026", "full-width digits"),
        ("١٢", "arabic-indic digits"),
        ("Ｓhow", "full-width characters"),
        ("Sh\now", "a line break"),
        ("Sh\tow", "a tab"),
        ("\x7f5", "a hidden control character"),
        ("Jаne Roe", "Cyrillic letters among Latin ones"),
        ("\u3164", "a hidden hangul filler"),
        ("\u202e5\u2066", "a hidden right-to-left override and a hidden left-to-right isolate"),
    ],
)
def test_what_is_easily_overlooked_is_named(value: str, note: str) -> None:
    message = a_finding("unknown-status", "Log", facts={"value": value}).message
    assert f"” (contains {note}) is not on" in message


@pytest.mark.parametrize("value", ["Zoë Müller", "Ψυχολόγος", "Иван", "李小龙", "50 €", "5½", "—"])
def test_what_everybody_sees_is_shown_without_a_remark(value: str) -> None:
    assert f"“{value}” is not on" in a_finding("unknown-status", "Log", facts={"value": value}).message


def test_a_remark_stands_behind_a_value_without_quotes() -> None:
    message = a_finding("negative-number", "Log", facts={"value": f"{MARK}-1"}).message
    assert message == "-1 (contains a hidden left-to-right mark) is negative."


@given(st.text(max_size=200))
def test_every_value_can_be_shown(value: str) -> None:
    assert len(show_value(value)) <= LONGEST_VALUE
    assert show_value(show_value(value)) == show_value(value)
    message = a_finding("not-a-date", "Log", facts={"value": value}).message
    assert message.startswith("“")
    assert message.endswith(" is not a date.")


def test_a_refusal_shows_no_more_of_a_cell_than_a_finding() -> None:
    refusal = BillingError(f"“{MARK}{'x' * 30_000}” is no answer.", "y" * 30_000)

    assert len(str(refusal)) < 200
    assert "…” (contains a hidden left-to-right mark) is no answer." in str(refusal)
    assert len(refusal.remedy) == LONGEST_TEXT


def test_a_short_sentence_is_said_as_it_was_composed() -> None:
    sentence = "“José” is not “Joe”. " * 20
    assert str(BillingError(sentence, "")) == sentence


@pytest.mark.parametrize(
    ("rows", "words"), [([3], "row 3"), ([3, 4], "rows 3-4"), ([3, 9, 10], "rows 3, 9-10")]
)
def test_rows_are_counted_as_staff_count_them(rows: list[int], words: str) -> None:
    assert row_stretches(rows) == words


def test_all_that_a_sentence_is_filled_with_is_a_plain_name() -> None:
    templates = [text for sentence in FINDINGS.values() for text in (sentence.says, sentence.advises)]
    assert all(re.fullmatch(r"\w+", name) for template in templates for name in fields_of(template))


@pytest.mark.parametrize("kind", FINDINGS.values(), ids=lambda kind: kind.code)
def test_the_sentences_of_a_finding_are_filled_from_its_facts(kind: type[FindingFacts]) -> None:
    named = {*fields_of(kind.says), *fields_of(kind.advises)}
    assert named <= {"heading", *(field.name for field in fields(kind))}

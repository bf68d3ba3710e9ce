"""The number of a question: a digest of what it is about, which every answer to it brings back: ``approve-3f9a1c``.

An answer counts only for the question that is asked now. If what was shown has changed since, the number is another one,
and the answer counts for nothing. Nothing has to be remembered for that: the number is computed anew and compared
(rule: pay-runs#asked-first, rule: invoices#preview).
"""

import hashlib
import re

import orjson

QUESTION_DIGITS = 6
"""Digits of a question's number: enough to tell a clinic's questions apart, and few enough to type. It is no secret."""

BEFORE_NUMBER = "-"
"""Separates the word of an answer from the number of its question."""

_NUMBERED = re.compile(rf"(.+){BEFORE_NUMBER}([0-9a-f]+)")


def number_of_question(*shown: object) -> str:
    """Return the number of a question about numbers, texts, days, data classes, and lists and maps of them."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    return hashlib.sha256(orjson.dumps(shown, option=options)).hexdigest()[:QUESTION_DIGITS]


def numbered_answer(word: str, number: str) -> str:
    """Return the answer to a question as its button gives it: ``approve-3f9a1c``."""
    return f"{word}{BEFORE_NUMBER}{number}"


def split_answer(answer: str) -> tuple[str, str]:
    """Return the word and the number of an answer. The number is "" if the answer brings none back."""
    given = answer.strip().casefold()
    found = _NUMBERED.fullmatch(given)
    return (found[1], found[2]) if found else (given, "")

"""Decides whether two spellings are the same word.

Providers, services and statuses match exactly after folding case, spaces and
punctuation (rule: payroll#folding), never by similarity: a wrong guess pays the wrong person.
Similarity is only used for suggestions, which a person confirms.
"""

import unicodedata
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher, get_close_matches

ALIKE = 0.75
"""How much of two spellings must be equal for one to be suggested for the other."""


def fold(text: str) -> str:
    """Return the word without case, spaces and punctuation: ``"No-Show "`` is ``"noshow"``."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return "".join(filter(str.isalnum, plain.casefold()))


def closest_name(text: str, known: Iterable[str]) -> str | None:
    """Return the known spelling that is closest to ``text``, or ``None`` if none is close. Use it for suggestions only."""
    by_fold = {fold(name): name for name in known}
    close = get_close_matches(fold(text), by_fold, n=1, cutoff=ALIKE)
    return by_fold[close[0]] if close else None


def closest_names(text: str, known: Iterable[str], most: int) -> list[str]:
    """Return the known spellings that ``text`` resembles, with its words in any order, the closest first.

    At most ``most``. Use it for suggestions only.
    """
    names = list(known)
    scores: dict[str, float] = {}
    for key in (fold, ordered_words):
        for name in _close_by(key, text, names, most):
            score = SequenceMatcher(None, key(text), key(name)).ratio()
            scores[name] = max(score, scores.get(name, 0.0))
    return sorted(scores, key=lambda name: -scores[name])[:most]


def _close_by(key: Callable[[str], str], text: str, names: Iterable[str], most: int) -> list[str]:
    by_key = {key(name): name for name in names}
    return [by_key[close] for close in get_close_matches(key(text), by_key, n=most, cutoff=ALIKE)]


def ordered_words(text: str) -> str:
    """Return the folded words in alphabetical order, so that ``Poe, Pat`` is like ``Pat Poe``."""
    words = "".join(
        letter if letter.isalnum() else " " for letter in unicodedata.normalize("NFKC", text.casefold())
    )
    return "".join(sorted(words.split()))

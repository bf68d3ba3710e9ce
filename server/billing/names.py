"""Decides whether two spellings are the same word.

Providers, services and statuses match exactly after folding case, spaces and
punctuation (rule: payroll#folding), never by similarity: a wrong guess pays the wrong person.
Similarity is only used for suggestions, which a person confirms.
"""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches


def fold(text: str) -> str:
    """Return the word without case, spaces and punctuation: ``"No-Show "`` is ``"noshow"``."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return "".join(filter(str.isalnum, plain.casefold()))


def resembling(text: str, known: Iterable[str]) -> str | None:
    """Return the known spelling that is closest to ``text``, or ``None`` if none is close. Use it for suggestions only."""
    by_fold = {fold(name): name for name in known}
    close = get_close_matches(fold(text), by_fold, n=1, cutoff=0.75)
    return by_fold[close[0]] if close else None

"""File names of statements: ``2026-10 Ada Wintergreen.pdf``, safe on Windows and macOS, and different for each provider."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from server.billing.payroll.pay_statements import StatedRun
from server.billing.payroll.recorded_runs import days_in_name, run_number

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
LONGEST = 80
"""Characters of a provider's name in a file name."""


def statement_names(stated: StatedRun) -> list[str]:
    """Return a name for each statement, without its ending.

    A second run of the same period has its number in the name. Names that would be the same file have the provider ID,
    or else a number.
    """
    run, statements = stated.run, stated.statements
    number = run_number(run.id)
    period = days_in_name(run.period).replace("-to-", " to ") + (f" r{number}" if number > 1 else "")
    plain = [safe_name(statement.provider) for statement in statements]
    count = Counter(map(_same_file, plain))
    wished: list[str] = []
    for name, statement in zip(plain, statements, strict=True):
        told = (
            safe_name(statement.provider_id) if count[_same_file(name)] > 1 and statement.provider_id else ""
        )
        wished.append(f"{period} {name}" + (f" ({told})" if told else ""))
    return different_names(wished)


def different_names(names: Iterable[str]) -> list[str]:
    """Return the names of files in one folder: of those that would be the same file, the later ones get a number."""
    free_names: list[str] = []
    used: set[str] = set()
    for wished in names:
        free, copy = wished, 1
        while _same_file(free) in used:
            copy += 1
            free = f"{wished} ({copy})"
        used.add(_same_file(free))
        free_names.append(free)
    return free_names


def safe_name(name: str) -> str:
    """Return a name as part of a file name: no sign that a system forbids, no control characters, one space between words."""
    shown = "".join(letter if letter.isprintable() else " " for letter in unicodedata.normalize("NFC", name))
    words = " ".join(_FORBIDDEN.sub("-", shown).split())
    return words[:LONGEST].strip(" .") or "Unnamed"


def _same_file(name: str) -> str:
    """Return what decides on Windows and macOS whether two names are one file: neither capitals nor accents' spelling."""
    return unicodedata.normalize("NFKD", name).casefold()

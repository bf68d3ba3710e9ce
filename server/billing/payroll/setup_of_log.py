"""The setup that a log suggests for a clinic that does not exist yet: its providers, services and statuses with counts.

Nothing is decided here. Spellings that may be one person are listed as one, and an unknown status may get a meaning; both
are marked as guesses, and a person looks at them before anything is saved (rule: payroll#new-clinic).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from server.billing.clinics import CountsAs
from server.billing.days import date_of
from server.billing.names import closest_name, fold
from server.billing.payroll.appointment_log import AppointmentLog
from server.billing.payroll.statuses import BUILT_IN, spelled_statuses

ONE_PERSON = 0.88
"""How much of two names must be equal for them to be listed as one person."""

INITIALED = 0.9
"""How likely ``C. Lanternby`` is ``Cora Lanternby``."""

MOST_COMPARED = 300
"""Names that are compared with each other. More of them in one log are no staff of a clinic."""


@dataclass(frozen=True, slots=True)
class FoundWord:
    """A word of a column: its spellings, the most frequent first, and the rows of the sheet with each of them."""

    spellings: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]

    @property
    def name(self) -> str:
        """Return the spelling that sheets show."""
        return self.spellings[0]

    @property
    def count(self) -> int:
        """Return the number of rows with any of the spellings."""
        return sum(map(len, self.rows))


@dataclass(frozen=True, slots=True)
class FoundProvider:
    """A provider. ``guessed`` are the spellings that may be those of another person; ``provider_id`` is "" if unknown."""

    word: FoundWord
    guessed: tuple[str, ...] = ()
    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class FoundStatus:
    """A status. ``counts_as`` is ``None`` if nothing is known; ``is_guess`` if the word only resembles a known one."""

    word: FoundWord
    counts_as: CountsAs | None = None
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class SetupOfLog:
    """What a log says about its clinic. ``first`` is the first day of the month of its first visit."""

    clinic: str
    providers: tuple[FoundProvider, ...]
    services: tuple[FoundWord, ...]
    statuses: tuple[FoundStatus, ...]
    first: date | None
    rows: int

    @property
    def guesses(self) -> int:
        """Return how many guesses a person has to look at."""
        return sum(len(one.guessed) for one in self.providers) + sum(one.is_guess for one in self.statuses)


def setup_of_log(log: AppointmentLog) -> SetupOfLog:
    """Return what a log says about its clinic."""
    clinics = _words(log, "clinic")
    given = log.days.values[log.days.given]
    return SetupOfLog(
        clinic=clinics[0].name if len(clinics) == 1 else "",
        providers=_providers(log),
        services=tuple(_words(log, "service")),
        statuses=tuple(map(_status, _words(log, "status"))),
        first=date_of(int(given.min())).replace(day=1) if len(given) else None,
        rows=len(log),
    )


def _words(log: AppointmentLog, field: str) -> list[FoundWord]:
    """Return the distinct words of a column that can be matched, those with the most rows first."""
    column = log.word_column(field)
    by_key: dict[str, list[tuple[str, tuple[int, ...]]]] = {}
    for value, places in column.among(~column.blank):
        if key := fold(value):
            spelling = " ".join(value.split())
            by_key.setdefault(key, []).append((spelling, tuple(log.rows[places].tolist())))
    return sorted(
        (_join_spellings(spelled) for spelled in by_key.values()), key=lambda word: (-word.count, word.name)
    )


def _join_spellings(spelled: Sequence[tuple[str, tuple[int, ...]]]) -> FoundWord:
    """Return one word of several spellings. Those that differ only in what is folded away are one spelling."""
    ordered = sorted(spelled, key=lambda one: (-len(one[1]), "," in one[0], one[0]))
    merged: dict[str, tuple[str, tuple[int, ...]]] = {}
    for spelling, rows in ordered:
        known, before = merged.get(fold(spelling), (spelling, ()))
        merged[fold(spelling)] = (known, tuple(sorted((*before, *rows))))
    names, rows_of = zip(*merged.values(), strict=True)
    return FoundWord(tuple(names), tuple(rows_of))


def _providers(log: AppointmentLog) -> tuple[FoundProvider, ...]:
    """Return the providers. A name joins the one before it that it resembles most, as a guess.

    Names with an initial come last, because they may resemble several full names.
    """
    groups: list[list[FoundWord]] = []
    words = sorted(_words(log, "provider"), key=lambda word: 1 in map(len, _name_words(word.name)))
    for number, word in enumerate(words):
        near = _nearest(word, groups) if number < MOST_COMPARED else None
        if near is None:
            groups.append([word])
        else:
            near.append(word)
    ids = _provider_ids(log, groups)
    found = []
    for group, provider_id in zip(groups, ids, strict=True):
        word = FoundWord(
            tuple(spelling for one in group for spelling in one.spellings),
            tuple(rows for one in group for rows in one.rows),
        )
        found.append(FoundProvider(word, tuple(one.name for one in group[1:]), provider_id))
    return tuple(sorted(found, key=lambda one: -one.word.count))


def _nearest(word: FoundWord, groups: Sequence[list[FoundWord]]) -> list[FoundWord] | None:
    """Return the group that a name belongs to most likely, ``None`` if it resembles none, or two of them equally."""
    likeness = [(max(_likeness(word.name, one.name) for one in group), group) for group in groups]
    best = max((score for score, _ in likeness), default=0.0)
    nearest = [group for score, group in likeness if score == best]
    return nearest[0] if best >= ONE_PERSON and len(nearest) == 1 else None


def _likeness(name: str, other: str) -> float:
    """Return how likely two names are one person's, from 0 to 1. Titles and letters behind a name do not count."""
    words, others = _name_words(name), _name_words(other)
    if any(map(str.isdigit, name + other)):
        return 0.0
    fewer, more = sorted((words, others), key=len)
    if len(fewer) > 1 and set(fewer) <= set(more):
        return 1.0
    if _is_initialed(fewer, more):
        return INITIALED
    one, two = "".join(sorted(words)), "".join(sorted(others))
    matcher = SequenceMatcher(None, one, two)
    # The exact ratio takes long, and few pairs of names come near: two upper bounds of it are asked first.
    may_be = matcher.real_quick_ratio() >= ONE_PERSON and matcher.quick_ratio() >= ONE_PERSON
    return matcher.ratio() if may_be else 0.0


def _is_initialed(fewer: Sequence[str], more: Sequence[str]) -> bool:
    """Return whether one name has an initial for a word of the other, and the rest of the shorter name is in both."""
    left = [word for word in fewer if word not in more]
    rest = [word for word in more if word not in fewer]
    shared = [word for word in fewer if word in more and len(word) > 1]
    initials = [
        one for one in left if any(one[:1] == other[:1] and 1 in {len(one), len(other)} for other in rest)
    ]
    return bool(shared) and len(left) == 1 and initials == left


def _name_words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", name.casefold())
    return "".join(letter if letter.isalnum() else " " for letter in plain).split()


def _provider_ids(log: AppointmentLog, groups: Sequence[Sequence[FoundWord]]) -> list[str]:
    """Return the one ID that stands beside each provider's names, "" if there is none, several, or one of another, too."""
    column = log.word_column("provider_id")
    by_row = dict(zip(log.rows.tolist(), column.codes.tolist(), strict=True))
    beside = [
        {by_row[row] for word in group for rows in word.rows for row in rows} - {-1} for group in groups
    ]
    shared = [codes for codes in beside if len(codes) == 1]
    return [
        column.values[next(iter(codes))] if len(codes) == 1 and shared.count(codes) == 1 else ""
        for codes in beside
    ]


def _status(word: FoundWord) -> FoundStatus:
    if fold(word.name) in BUILT_IN:
        return FoundStatus(word, BUILT_IN[fold(word.name)])
    close = closest_name(word.name, spelled_statuses())
    return FoundStatus(word, BUILT_IN[fold(close)], is_guess=True) if close else FoundStatus(word)


def rows_of_spelling(provider: FoundProvider, spelling: str) -> tuple[int, ...]:
    """Return the rows of the sheet that have one spelling of a provider."""
    return provider.word.rows[provider.word.spellings.index(spelling)]

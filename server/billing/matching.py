"""Whose row it is: spellings of a log matched to the clinic's providers, services and statuses.

Exactly, after folding, through the aliases; a resemblance only ever becomes a suggestion
in the sentence of a finding (DOMAIN 8.8).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

import numpy as np

from server.billing.clinic import CountsAs, Provider, Service, Setup
from server.billing.log import AppointmentLog, Ints, Words
from server.billing.names import fold, resembling
from server.billing.statuses import meanings

UNKNOWN = -1

STATUSES = tuple(CountsAs)
"""Statuses by code, as ``status_codes`` gives them."""


def provider_codes(log: AppointmentLog, providers: Sequence[Provider]) -> tuple[Ints, Ints]:
    """Return each row's position in ``providers`` by ID, else by name, and that by name alone.

    An ID column settles what a name leaves open: two people of one name, or a spelling
    nobody has listed.
    """
    by_name = _translate(log.word_column("provider"), spellings(providers))
    ids = {
        fold(key): position
        for position, p in enumerate(providers)
        for key in (p.provider_id, p.npi)
        if fold(key)
    }
    by_id = _translate(log.word_column("provider_id"), ids)
    return np.where(by_id == UNKNOWN, by_name, by_id), by_name


def service_codes(log: AppointmentLog, services: Sequence[Service]) -> Ints:
    """Return each row's position in ``services``, or UNKNOWN."""
    return _translate(log.word_column("service"), spellings(services))


def spellings(known: Iterable[Provider | Service]) -> dict[str, int]:
    """Return folded spelling -> position, over names, codes and aliases; a spelling two share is nobody's."""
    found: dict[str, int] = {}
    for position, one in enumerate(known):
        for key in {fold(text) for text in one.spellings} - {""}:
            found[key] = UNKNOWN if key in found else position
    return found


def status_codes(log: AppointmentLog, setup: Setup) -> Ints:
    """Return each row's position in STATUSES, or UNKNOWN.

    Without a Status column the yes/no columns say it: attended only where all of them do.
    """
    if "status" in log.words:
        counts = {word: STATUSES.index(counts_as) for word, counts_as in meanings(setup.statuses).items()}
        return _translate(log.words["status"], counts)
    if not log.flags:
        return np.full(len(log), UNKNOWN, dtype=np.int64)
    return reduce(_the_missed, (flag_codes(flag.words, flag.meanings) for flag in log.flags))


def flag_codes(words: Words, meanings: Mapping[str, CountsAs]) -> Ints:
    """Return what each row of a yes/no column counts as, as a position in STATUSES."""
    return words.translate({value: STATUSES.index(meaning) for value, meaning in meanings.items()}, UNKNOWN)


def suggestion(value: str, known: Iterable[Provider | Service]) -> str:
    """Return `` Did you mean “…”?`` where a known spelling resembles the value, else ""."""
    close = resembling(value, [text for one in known for text in one.spellings])
    return f" Did you mean “{close}”?" if close else ""


def _translate(words: Words, answers: Mapping[str, int]) -> Ints:
    return words.translate({value: answers.get(fold(value), UNKNOWN) for value in words.values}, UNKNOWN)


def _the_missed(one: Ints, other: Ints) -> Ints:
    """Return the more cautious of two answers: unknown, then not attended, then attended."""
    attended = STATUSES.index(CountsAs.ATTENDED)
    unsure = (one == UNKNOWN) | (other == UNKNOWN)
    return np.where(unsure, UNKNOWN, np.where(one == attended, other, one))

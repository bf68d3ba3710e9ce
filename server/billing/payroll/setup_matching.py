"""Matches the spellings of a log to the clinic's providers, services and statuses.

Matches are exact, after folding, and include aliases. A resemblance is only a suggestion in the sentence of a finding
(rule: edge-cases#spellings).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from server.billing.clinics import CountsAs, Provider, Service, Setup
from server.billing.effective_dates import Dated, in_force
from server.billing.names import closest_name, fold
from server.billing.payroll.appointment_log import AppointmentLog, CodedText, Ints, Mask
from server.billing.payroll.statuses import meanings

UNKNOWN = -1

SUGGESTED = 100

STATUSES = tuple(CountsAs)
"""Statuses by code, as ``status_codes`` returns them."""


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """The rows of a log matched to the clinic's setup.

    Arrays have one value for each row: positions in the setup's providers (by ID, and by name alone) and services, and
    in STATUSES; UNKNOWN if nothing matches.
    """

    log: AppointmentLog
    setup: Setup
    providers: Ints
    by_name: Ints
    services: Ints
    statuses: Ints

    def names_of(self, position: int) -> tuple[str, str]:
        """Return the provider's name and the service's code of a row."""
        provider = self.setup.providers[self.providers[position]]
        service = self.setup.services[self.services[position]]
        return provider.name, service.code

    def in_force(self, rows: Sequence[Dated], mask: Mask) -> Ints:
        """Return for each masked appointment which of some dated rows is in force."""
        pairs = self.providers[mask] * len(self.setup.services) + self.services[mask]
        providers = [provider.name for provider in self.setup.providers]
        services = [service.code for service in self.setup.services]
        return in_force(rows, providers, services, pairs, self.log.days.values[mask])


def match_log(log: AppointmentLog, setup: Setup) -> Matched:
    """Return the rows of a log matched to the clinic's setup."""
    providers, by_name = provider_codes(log, setup.providers)
    return Matched(
        log, setup, providers, by_name, service_codes(log, setup.services), status_codes(log, setup)
    )


def provider_codes(log: AppointmentLog, providers: Sequence[Provider]) -> tuple[Ints, Ints]:
    """Return each row's position in ``providers`` by ID, else by name, and the position by name alone.

    The ID column decides what a name cannot: two people with one name, or a spelling that is not listed.
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
    """Return folded spelling -> position, for names, codes and aliases; UNKNOWN for a spelling that two share."""
    found: dict[str, int] = {}
    for position, one in enumerate(known):
        for key in {fold(text) for text in one.spellings} - {""}:
            found[key] = UNKNOWN if key in found else position
    return found


def status_codes(log: AppointmentLog, setup: Setup) -> Ints:
    """Return each row's position in STATUSES, or UNKNOWN.

    Without a Status column the yes/no columns decide: a visit is attended only if all of them agree.
    """
    if "status" in log.words:
        counts = {word: STATUSES.index(counts_as) for word, counts_as in meanings(setup.statuses).items()}
        return _translate(log.words["status"], counts)
    if not log.flags:
        return np.full(len(log), UNKNOWN, dtype=np.int64)
    return reduce(_the_missed, (flag_codes(flag.words, flag.meanings) for flag in log.flags))


def flag_codes(words: CodedText, meanings: Mapping[str, CountsAs]) -> Ints:
    """Return what each row of a yes/no column counts as, as a position in STATUSES."""
    return words.translate({value: STATUSES.index(meaning) for value, meaning in meanings.items()}, UNKNOWN)


def suggestions(known: Iterable[Provider | Service]) -> Callable[[str], str]:
    """Return a function: value -> `` Did you mean “…”?`` with the known spelling it resembles, or "".

    Only the first SUGGESTED values get a suggestion, because finding a resemblance is slow, and a long list of strange
    names means a wrong sheet and not misspellings.
    """
    spelled = [text for one in known for text in one.spellings]
    left = iter(range(SUGGESTED))

    def suggestion(value: str) -> str:
        close = closest_name(value, spelled) if next(left, None) is not None else None
        return f" Did you mean “{close}”?" if close else ""

    return suggestion


def _translate(words: CodedText, answers: Mapping[str, int]) -> Ints:
    return words.translate({value: answers.get(fold(value), UNKNOWN) for value in words.values}, UNKNOWN)


def _the_missed(one: Ints, other: Ints) -> Ints:
    """Return the more cautious of two statuses: unknown before not attended before attended."""
    attended = STATUSES.index(CountsAs.ATTENDED)
    unsure = (one == UNKNOWN) | (other == UNKNOWN)
    return np.where(unsure, UNKNOWN, np.where(one == attended, other, one))

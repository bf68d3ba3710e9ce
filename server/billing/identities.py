"""Which appointment a row is, so that it is known again in the next export and paid once (DOMAIN 2.2)."""

from hashlib import blake2b

import numpy as np

from server.billing.log import Ints, Mask, repeats
from server.billing.matching import Matched
from server.billing.names import fold
from server.billing.sorting import Sorting
from server.errors import Finding, counted


def identities(matched: Matched, payable: Mask) -> list[str]:
    """Say which appointment each payable row is, across exports.

    By its ID; else by provider, day, service, patient and how many-th such row it is. The
    latter is hashed, so that the books hold no patient's name.
    """
    ids = matched.sorting.log.word_column("appointment")
    found = [f"id:{text}" for text in ids.spelled(payable)]
    unnamed = payable & ids.blank
    if unnamed.any():
        places = np.flatnonzero(ids.blank[payable]).tolist()
        for place, identity in zip(places, _of_unnamed(matched, unnamed), strict=True):
            found[place] = identity
    return found


def _of_unnamed(matched: Matched, rows: Mask) -> list[str]:
    log, setup = matched.sorting.log, matched.setup
    patients = log.word_column("patient")
    people = [fold(value) for value in (*patients.values, "")]
    who = [fold(provider.provider_id or provider.name) for provider in setup.providers]
    what = [fold(service.code) for service in setup.services]
    facts = (matched.providers, log.days.values, matched.services, patients.codes, _ordinals(matched, rows))
    found = []
    for provider, day, service, patient, ordinal in zip(
        *(fact[rows].tolist() for fact in facts), strict=True
    ):
        parts = "\x1f".join((who[provider], str(day), what[service], people[patient], str(ordinal)))
        found.append(f"visit:{blake2b(parts.encode(), digest_size=16).hexdigest()}")
    return found


def _ordinals(matched: Matched, rows: Mask) -> Ints:
    """Return how many-th of its kind each row is, remarking on twins of a named patient (DOMAIN 8.2)."""
    log = matched.sorting.log
    ordinals = np.ones(len(log), dtype=np.int64)
    patients = log.word_column("patient")
    _weakly_known(matched.sorting, int((rows & patients.blank).sum()))
    for first, later in repeats(rows, matched.providers, log.days.values, matched.services, patients.codes):
        ordinals[later] = np.arange(2, len(later) + 2)
        if not patients.blank[first]:
            matched.sorting.remark("identical-rows", later, "date", first=log.rows[first])
    return ordinals


def _weakly_known(sorting: Sorting, visits: int) -> None:
    """Say how many visits only their number tells apart."""
    if visits:
        sorting.findings.append(
            Finding("weak-identity", sorting.log.facts.sheet, facts={"visits": counted(visits, "visit")})
        )

"""Which rows may be which paid visits, if no ID says so: at most one row for each paid visit."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from server.billing.payroll.visit_identity import BY_ID, bare_id

ANYBODY = -1
"""The provider or service of a paid visit that the setup no longer has: it may be any of them."""


class Visit(NamedTuple):
    """The facts of a visit. ``patient`` is "" if unknown; ``amount`` is cents."""

    identity: str
    provider: Hashable
    day: str
    service: Hashable
    patient: str
    amount: int

    @property
    def has_id(self) -> bool:
        """Return whether the visit has an ID."""
        return self.identity.startswith(BY_ID)


@dataclass(frozen=True, slots=True)
class KnownRows:
    """How many rows of each provider are already known to be paid visits.

    ``same_id`` counts the rows recognized by their ID, ``other_id`` those that an answer says were paid under another ID.
    """

    same_id: Counter[Hashable] = field(default_factory=Counter)
    other_id: Counter[Hashable] = field(default_factory=Counter)

    def with_new_ids(self, found: Counter[Hashable]) -> Callable[[Hashable], bool]:
        """Return a function: provider -> whether the visits got new IDs since they were paid.

        They did if more rows are visits paid under another ID than are recognized by their ID. This is counted for the
        provider, and for the whole log. ``found`` counts the rows that look like visits paid under another ID.
        """
        other_id = self.other_id + found
        all_of_them = other_id.total() > self.same_id.total()
        some = {provider for provider, count in other_id.items() if count > self.same_id[provider]}
        return lambda provider: all_of_them or provider in some


NO_ROWS = KnownRows()

Key = Callable[[Visit], Hashable]
"""The facts in which two visits must agree; ``None`` for a visit that cannot be compared by them."""


Pairs = list[tuple[int, int]]
"""Positions of rows, each with the position of a paid visit."""


def pair(
    rows: Sequence[Visit],
    paid: Sequence[Visit],
    *,
    patients_spelled_alike: bool,
    known: KnownRows = NO_ROWS,
) -> Pairs:
    """Pair positions of rows with positions of the paid visits they may be. None is used twice.

    They agree in provider, day and service, or in an ID except for leading zeros; the likeliest pairs are made first.
    Two visits differ if both their IDs *and* their patients differ, provided that the log and the ledger spell
    patients alike and that the visits kept their IDs. ``known`` counts the rows that need no pair.
    """
    if not rows or not paid:
        return []

    pairing = _Pairing(rows, paid)
    pairing.match(_by_bare_id, _by_bare_id)
    by_zeros = len(pairing.pairs)
    for key in (_by_patient_and_amount, _by_patient):
        pairing.match(key, key)
    same_patient = pairing.pairs[by_zeros:]
    renumbered = known.with_new_ids(
        Counter(rows[row].provider for row, visit in same_patient if rows[row].has_id and paid[visit].has_id)
    )

    def sure(visit: Visit) -> bool:
        """Return whether ID and patient both identify a visit, so that no other visit can be meant."""
        named = visit.has_id and visit.patient != ""
        return patients_spelled_alike and named and not renumbered(visit.provider)

    def unsure(visit: Visit) -> bool:
        return not sure(visit)

    # Rows that fit few paid visits go first, so that rows that fit any do not take those visits.
    for among_rows, among_paid in ((sure, unsure), (unsure, _any_visit)):
        for row_key, paid_key in _KEYS:
            pairing.match(_only(among_rows, row_key), _only(among_paid, paid_key))
    return sorted(pairing.pairs)


def pair_across_providers(rows: Sequence[Visit], paid: Sequence[Visit]) -> Pairs:
    """Pair rows with paid visits of the same named patient, day and service, with any provider."""
    pairing = _Pairing(rows, paid)
    pairing.match(_without_provider_by_patient, _without_provider_by_patient)
    return sorted(pairing.pairs)


class _Pairing:
    """The pairs made so far, and the remaining rows and visits."""

    def __init__(self, rows: Sequence[Visit], paid: Sequence[Visit]) -> None:
        self.rows = dict(enumerate(rows))
        self.paid = dict(enumerate(paid))
        self.pairs: list[tuple[int, int]] = []

    def match(self, row_key: Key, paid_key: Key) -> None:
        """Pair the remaining rows and visits with equal keys, in order."""
        free = _by_key(self.paid, paid_key)
        if not free:
            return
        for key, places in _by_key(self.rows, row_key).items():
            for row, visit in zip(places, free.get(key, ()), strict=False):
                self.pairs.append((row, visit))
                del self.rows[row], self.paid[visit]


def _by_key(visits: Mapping[int, Visit], key: Key) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = defaultdict(list)
    for place, visit in visits.items():
        if (value := key(visit)) is not None:
            found[value].append(place)
    return found


def _only(chosen: Callable[[Visit], bool], key: Key) -> Key:
    return lambda visit: key(visit) if chosen(visit) else None


def _any_visit(_: Visit) -> bool:
    return True


def _by_bare_id(visit: Visit) -> Hashable:
    return bare_id(visit.identity) or None


def _by_patient_and_amount(visit: Visit) -> Hashable:
    return (*visit[1:],) if visit.patient else None


def _by_patient(visit: Visit) -> Hashable:
    return visit[1:5] if visit.patient else None


def _by_amount(visit: Visit) -> Hashable:
    return (*visit[1:4], visit.amount)


def _by_visit(visit: Visit) -> Hashable:
    return visit[1:4]


def _without_provider_by_patient(visit: Visit) -> Hashable:
    return visit[2:5] if visit.patient else None


def _without_provider(visit: Visit) -> Hashable:
    return visit[2:4]


def _without_service(visit: Visit) -> Hashable:
    return visit[1:3]


_KEYS: tuple[tuple[Key, Key], ...] = (
    (_by_amount, _by_amount),
    (_by_visit, _by_visit),
    (_without_provider, _only(lambda visit: visit.provider == ANYBODY, _without_provider)),
    (_without_service, _only(lambda visit: visit.service == ANYBODY, _without_service)),
)
"""The facts by which rows and paid visits are compared, the likeliest first."""

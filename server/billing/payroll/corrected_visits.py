"""Which rows may be paid visits with one fact corrected since: the provider, the day or the service.

Rows and paid visits are paired one to one. The likeliest pairs are made first, and as many pairs as possible are made:
a row has no pair only if every paid visit it may be is paired with another row.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.billing.payroll.visit_pairing import ANYBODY, Pairs, Visit


class Fact(StrEnum):
    """The fact that may have been corrected, the likeliest first."""

    SERVICE = "service"
    PROVIDER = "provider"
    DAY = "day"


_ALL, _ONE = "all facts", "one fact"
"""Two more kinds of agreement: in every fact; or in one, if the setup no longer knows another."""

_ANY_PATIENT = "*"
"""Listed for every paid visit in addition to its own patient, for rows whose patient is unknown."""

_VALUE: Mapping[str, Callable[[Visit], Hashable]] = {
    Fact.SERVICE: lambda visit: visit.service,
    Fact.PROVIDER: lambda visit: visit.provider,
    Fact.DAY: lambda visit: visit.day,
}

_REST: Mapping[str, Callable[[Visit], Hashable]] = {
    _ALL: lambda visit: (visit.provider, visit.day, visit.service),
    Fact.SERVICE: lambda visit: (visit.provider, visit.day),
    Fact.PROVIDER: lambda visit: (visit.day, visit.service),
    Fact.DAY: lambda visit: (visit.provider, visit.service),
}
"""The facts that still agree if one fact, or none, was corrected."""

Slot = tuple[str, Hashable, bool, str]
"""A key that lists visits that may be one: kind, agreeing facts, whether an ID tells them apart, patient."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What tells a row from a paid visit although two of provider, day and service agree.

    Different patients do, if the log and the ledger spell patients alike. Different IDs do, unless ``is_renumbered``
    says that the visits of the row's provider were given new IDs. ``kinds`` are the ways in which a row and a paid
    visit may agree, the likeliest first: in all facts, in all but the named one, or in one.
    """

    patients_spelled_alike: bool
    is_renumbered: Callable[[Hashable], bool]
    kinds: Sequence[str] = (_ALL, *Fact, _ONE)

    def slots_of_paid(self, visit: Visit, kind: str) -> Iterator[Slot]:
        """Yield the slots under which a paid visit is listed."""
        patient = self._patient(visit)
        if kind == _ONE:
            if patient and (ANYBODY in (visit.provider, visit.service)):
                for fact, value in _VALUE.items():
                    yield kind, (fact, value(visit)), visit.has_id, patient
            return
        rest, numbered = _REST[kind](visit), visit.has_id
        if kind == _ALL:
            numbered = self._is_numbered(visit) and patient != ""
        yield kind, rest, numbered, patient
        yield kind, rest, numbered, _ANY_PATIENT
        if kind == Fact.PROVIDER and patient and numbered:  # a patient says more than an ID
            yield kind, rest, False, patient

    def slots_of_row(self, visit: Visit, kind: str) -> Iterator[Slot]:
        """Yield the slots of the paid visits that a row may be, whether or not their patient is known."""
        if kind == _ONE:
            return
        patient, numbered = self._patient(visit), self._is_numbered(visit)
        rest = _REST[kind](visit)
        if kind == _ALL:
            yield kind, rest, False, _ANY_PATIENT
            yield kind, rest, True, patient if numbered and patient else _ANY_PATIENT
            return
        for person in (patient, "") if patient else (_ANY_PATIENT,):
            yield kind, rest, False, person
            if not numbered:
                yield kind, rest, True, person

    def slots_of_patient(self, visit: Visit, kind: str) -> Iterator[Slot]:
        """Yield the slots of the paid visits of the row's own patient that the row may be."""
        patient = self._patient(visit)
        if not patient:
            return
        ids = (False,) if self._is_numbered(visit) else (False, True)
        if kind == _ALL:
            ids = (False, True)
        for numbered in ids:
            if kind == _ONE:
                for fact, value in _VALUE.items():
                    yield kind, (fact, value(visit)), numbered, patient
            else:
                yield kind, _REST[kind](visit), numbered, patient

    def slots(self, visit: Visit) -> Iterator[Slot]:
        """Yield all slots of a row, those of its patient first."""
        for slots in (self.slots_of_patient, self.slots_of_row):
            for kind in self.kinds:
                yield from slots(visit, kind)

    def _patient(self, visit: Visit) -> str:
        return visit.patient if self.patients_spelled_alike else ""

    def _is_numbered(self, visit: Visit) -> bool:
        return visit.has_id and not self.is_renumbered(visit.provider)


SlotsOfRow = Callable[[Visit, str], Iterator[Slot]]


def pair_corrected(rows: Sequence[Visit], paid: Sequence[Visit], comparison: Comparison) -> Pairs:
    """Pair positions of rows with positions of the paid visits they may be, equal patient and amount first."""
    if not rows or not paid:
        return []
    near = _near(rows, paid)
    matching = _Matching(near, paid, comparison)
    if comparison.patients_spelled_alike:
        matching.take(near, comparison.slots_of_patient)
        if all(visit.patient for visit in paid):
            near = {place: row for place, row in near.items() if not row.patient}
    matching.take(near, comparison.slots_of_row)
    matching.complete()
    return sorted(matching.visit_of.items())


def rows_that_may_be(rows: Sequence[Visit], paid: Sequence[Visit], comparison: Comparison) -> Pairs:
    """Return every row that may be one of the paid visits, with the first such visit."""
    if not rows or not paid:
        return []
    listed = _places_by_key(paid, comparison)
    found = []
    for row, visit in _near(rows, paid).items():
        if places := next((listed[slot] for slot in comparison.slots(visit) if slot in listed), None):
            found.append((row, places[0]))
    return found


def _near(rows: Sequence[Visit], paid: Sequence[Visit]) -> dict[int, Visit]:
    """Return the rows that agree with a paid visit in two facts, or in the patient if the setup lacks a fact of the
    visit.
    """
    rests = {(kind, _REST[kind](visit)) for visit in paid for kind in Fact}
    people = {visit.patient for visit in paid if ANYBODY in (visit.provider, visit.service)} - {""}

    def is_near(row: Visit) -> bool:
        return row.patient in people or any((kind, _REST[kind](row)) in rests for kind in Fact)

    return {place: row for place, row in enumerate(rows) if is_near(row)}


def _places_by_key(paid: Sequence[Visit], comparison: Comparison) -> dict[Slot, list[int]]:
    listed: dict[Slot, list[int]] = defaultdict(list)
    for place, visit in enumerate(paid):
        for kind in comparison.kinds:
            for slot in comparison.slots_of_paid(visit, kind):
                listed[slot].append(place)
    return listed


class _Matching:
    """The pairs made so far: ``visit_of`` maps a row to its paid visit, ``row_of`` a paid visit to its row."""

    def __init__(self, rows: Mapping[int, Visit], paid: Sequence[Visit], comparison: Comparison) -> None:
        self.visit_of: dict[int, int] = {}
        self.row_of: dict[int, int] = {}
        self._rows, self._paid, self._comparison = rows, paid, comparison

    def take(self, rows: Mapping[int, Visit], slots: SlotsOfRow) -> None:
        """Pair each row without a visit with a free paid visit of its slots, the likeliest kind of slot first.

        Visits that agree in all facts were paired earlier, so that kind is used only in exchanges.
        """
        for kind in self._comparison.kinds:
            for equal_amounts in (True, False) if kind != _ALL else ():
                open_rows = {row: one for row, one in rows.items() if row not in self.visit_of}
                free = self._free(kind, equal_amounts=equal_amounts) if open_rows else {}
                if free:
                    self._take_kind(open_rows, free, slots, kind, equal_amounts=equal_amounts)

    def _take_kind(
        self,
        rows: Mapping[int, Visit],
        free: Mapping[tuple[Slot, int | None], list[int]],
        slots: SlotsOfRow,
        kind: str,
        *,
        equal_amounts: bool,
    ) -> None:
        for row, visit in rows.items():
            amount = visit.amount if equal_amounts else None
            for slot in slots(visit, kind):
                places = free.get((slot, amount), [])
                while places and places[-1] in self.row_of:
                    places.pop()
                if places:
                    self._pair(row, places.pop())
                    break

    def _free(self, kind: str, *, equal_amounts: bool) -> Mapping[tuple[Slot, int | None], list[int]]:
        """Return slot, with amount if ``equal_amounts`` -> the paid visits without a row, in descending order."""
        free: dict[tuple[Slot, int | None], list[int]] = defaultdict(list)
        for place in range(len(self._paid) - 1, -1, -1):
            if place not in self.row_of:
                visit = self._paid[place]
                for slot in self._comparison.slots_of_paid(visit, kind):
                    free[slot, visit.amount if equal_amounts else None].append(place)
        return free

    def complete(self) -> None:
        """Find paid visits for the rows without one by moving other rows to other visits.

        Slots that a failed search has seen cannot help later rows, so they are skipped.
        """
        if not (set(self._rows) - self.visit_of.keys()) or len(self.row_of) == len(self._paid):
            return
        listed = _places_by_key(self._paid, self._comparison)
        dead: set[Slot] = set()
        for row in self._rows:
            if row not in self.visit_of:
                dead |= self._exchange(row, listed, dead)

    def _exchange(self, start: int, listed: Mapping[Slot, list[int]], dead: set[Slot]) -> set[Slot]:
        """Give a row a visit by the shortest chain of exchanges; return the slots seen if there is none, else an empty
        set.
        """
        seen: set[Slot] = set()
        reached_from: dict[int, int] = {}
        queue = deque([start])
        while queue:
            row = queue.popleft()
            for slot in self._comparison.slots(self._rows[row]):
                if slot in dead or slot in seen:
                    continue
                seen.add(slot)
                for place in listed.get(slot, ()):
                    if place in reached_from:
                        continue
                    reached_from[place] = row
                    if place not in self.row_of:
                        self._follow(start, place, reached_from)
                        return set()
                    queue.append(self.row_of[place])
        return seen

    def _follow(self, start: int, place: int, reached_from: Mapping[int, int]) -> None:
        row = -1
        while row != start:
            row = reached_from[place]
            before = self.visit_of.get(row, -1)
            self._pair(row, place)
            place = before

    def _pair(self, row: int, place: int) -> None:
        self.visit_of[row] = place
        self.row_of[place] = row

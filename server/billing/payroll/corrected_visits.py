"""Which rows may be paid visits with one fact corrected since: the provider, the day or the service.

Rows and paid visits are paired one to one. The likeliest pairs are made first, and as many as can be made at all: a row
is left over only if every paid visit it may be is another row.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.billing.payroll.visit_pairing import ANYBODY, Pairs, Visit


class Fact(StrEnum):
    """What may have been corrected, the likeliest first."""

    SERVICE = "service"
    PROVIDER = "provider"
    DAY = "day"


_ALL, _ONE = "all facts", "one fact"
"""Beside what was corrected, how visits agree: in every fact; or in one, where the setup no longer knows another."""

_ANY_PATIENT = "*"
"""What a visit is listed by beside its own patient, for rows whose patient is unknown."""

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
"""What still agrees where one fact was corrected, or none."""

Slot = tuple[str, Hashable, bool, str]
"""Where visits that may be one are listed: how and in what they agree, whether an ID tells them apart, the patient."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What tells a row from a paid visit although two of provider, day and service agree.

    Two patients do if log and books spell patients alike. Two IDs do unless ``is_renumbered`` says that the visits of
    the row's provider were given new ones. ``kinds`` are the ways in which a row and a paid visit may agree, the
    likeliest first: in all facts, in all but the one named, or in one.
    """

    patients_spelled_alike: bool
    is_renumbered: Callable[[Hashable], bool]
    kinds: Sequence[str] = (_ALL, *Fact, _ONE)

    def slots_of_paid(self, visit: Visit, kind: str) -> Iterator[Slot]:
        """Return where a paid visit is listed."""
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
        if kind == Fact.PROVIDER and patient and numbered:  # the patient says more than the ID
            yield kind, rest, False, patient

    def slots_of_row(self, visit: Visit, kind: str) -> Iterator[Slot]:
        """Return where the paid visits are listed that a row may be, whoever the patient was."""
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
        """Return where the paid visits of a row's own patient are listed that it may be."""
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
        """Return all slots of a row, those of its patient first."""
        for slots in (self.slots_of_patient, self.slots_of_row):
            for kind in self.kinds:
                yield from slots(visit, kind)

    def _patient(self, visit: Visit) -> str:
        return visit.patient if self.patients_spelled_alike else ""

    def _is_numbered(self, visit: Visit) -> bool:
        return visit.has_id and not self.is_renumbered(visit.provider)


SlotsOfRow = Callable[[Visit, str], Iterator[Slot]]


def pair_corrected(rows: Sequence[Visit], paid: Sequence[Visit], comparison: Comparison) -> Pairs:
    """Pair positions of rows with those of the paid visits they may be, the same patient and amount first."""
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
    """Return the rows that agree with some paid visit in two facts, or in the patient where a fact is unknown."""
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
    """The pairs made so far: ``visit_of`` has the paid visit of a row, ``row_of`` the row of a paid visit."""

    def __init__(self, rows: Mapping[int, Visit], paid: Sequence[Visit], comparison: Comparison) -> None:
        self.visit_of: dict[int, int] = {}
        self.row_of: dict[int, int] = {}
        self._rows, self._paid, self._comparison = rows, paid, comparison

    def take(self, rows: Mapping[int, Visit], slots: SlotsOfRow) -> None:
        """Give the rows that have none a free paid visit of their slots, the likeliest kind of slot first.

        What agrees in all facts was paired before, and is of use in exchanges only.
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
        """Return the paid visits without a row by slot, and by amount if that is to be equal; the first one last."""
        free: dict[tuple[Slot, int | None], list[int]] = defaultdict(list)
        for place in range(len(self._paid) - 1, -1, -1):
            if place not in self.row_of:
                visit = self._paid[place]
                for slot in self._comparison.slots_of_paid(visit, kind):
                    free[slot, visit.amount if equal_amounts else None].append(place)
        return free

    def complete(self) -> None:
        """Find a paid visit for the rows that have none, if other rows can take other visits instead.

        What a search in vain has seen leads nowhere for later rows either.
        """
        if not (set(self._rows) - self.visit_of.keys()) or len(self.row_of) == len(self._paid):
            return
        listed = _places_by_key(self._paid, self._comparison)
        dead: set[Slot] = set()
        for row in self._rows:
            if row not in self.visit_of:
                dead |= self._exchange(row, listed, dead)

    def _exchange(self, start: int, listed: Mapping[Slot, list[int]], dead: set[Slot]) -> set[Slot]:
        """Give a row a visit by the shortest chain of exchanges; return what was seen in vain."""
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

"""Which rows of a log are visits that earlier runs held: at most one row for each held visit.

A row is a held visit if it has its ID. Without one, it is if no known fact differs and enough of them agree: the blocked
row may have lacked any fact. Nothing is paid by this. A held visit that no row is found for goes on waiting.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from server.billing.days import serial_of
from server.billing.names import fold
from server.billing.payroll.appointment_log import AppointmentLog, Ints, Mask
from server.billing.payroll.held_visits import HeldVisit
from server.billing.payroll.pay_run import Period
from server.billing.payroll.setup_matching import UNKNOWN, Matched, spellings
from server.billing.payroll.visit_identity import AppointmentIds, provider_keys, without_service

LEAST_FACTS = 2
"""How many facts must agree if no ID does, and none may differ."""

FACTS_IF_UNPAID = 3
"""How many must agree with a row that is excluded, which may be another visit of that day."""

_NOTHING = -2
"""The position of a fact that a held visit knows and the log does not have: it equals no row's."""


_NO_ROWS: Ints = np.zeros(0, dtype=np.int64)


class _Facts(NamedTuple):
    """The facts of one held visit as positions of this log and setup, UNKNOWN if the visit lacks the fact."""

    day: int
    provider: int
    service: int
    patient: int


@dataclass(frozen=True, slots=True, eq=False)
class RowFacts:
    """The facts of every row of a log, as numbers, with UNKNOWN for a fact that the row lacks.

    ``patients`` are places in ``people``, which has each distinct key of a patient once.
    """

    days: Ints
    providers: Ints
    services: Ints
    patients: Ints
    people: Mapping[str, int]
    ids: AppointmentIds
    matched: Matched

    @classmethod
    def of_log(cls, matched: Matched, ids: AppointmentIds, patients: Sequence[str]) -> "RowFacts":
        """Return the facts of a log's rows; ``patients`` are the keys of its distinct patients, and last of a blank."""
        log = matched.log
        people = {key: place for place, key in enumerate(dict.fromkeys(filter(None, patients)))}
        places = np.array([people.get(key, UNKNOWN) for key in patients], dtype=np.int64)
        return cls(
            np.where(log.days.given, log.days.values, UNKNOWN),
            matched.providers,
            matched.services,
            places[log.word_column("patient").codes],
            people,
            ids,
            matched,
        )

    @property
    def log(self) -> AppointmentLog:
        """Return the log."""
        return self.matched.log

    def columns(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Return the columns of the facts, in the order of a held visit's."""
        return self.days, self.providers, self.services, self.patients


class HeldSearch:
    """Finds the rows of held visits in a log. ``period`` is that of the run that the log is for."""

    def __init__(self, rows: RowFacts, period: Period) -> None:
        setup = rows.matched.setup
        self._rows, self._period = rows, period
        self._keys = {key: place for place, key in enumerate(provider_keys(rows.matched))}
        self._names, self._services = spellings(setup.providers), spellings(setup.services)
        self._codes_of_id: dict[str, list[int]] = defaultdict(list)
        for code, identity in enumerate(rows.ids.identities):
            self._codes_of_id[without_service(identity)].append(code)

    def rows_with_id(self, visit: HeldVisit) -> Ints:
        """Return the rows with the visit's ID of which at most one fact is another: IDs are also used again.

        If the appointment has several services, they are the rows of which the fewest facts are another.
        """
        codes = self._codes_of_id.get(without_service(visit.row.identity))
        if codes is None:
            return _NO_ROWS
        found = np.flatnonzero(np.isin(self._rows.ids.codes, codes))
        differing: Ints = np.sum([differs[found] for _, differs in self._compare_facts(visit)], axis=0)
        fewest = min(1, int(differing.min())) if len(codes) > 1 else 1
        same: Ints = found[differing <= fewest]
        return same

    def is_another_service(self, visit: HeldVisit, row: int) -> bool:
        """Return whether a row has another service than a held visit, as far as both services are known."""
        now, then = int(self._rows.services[row]), self._facts_of(visit).service
        return UNKNOWN not in {now, then} and now != then

    def rows_like(self, visit: HeldVisit, among: Mask, least: int) -> Ints:
        """Return the rows of ``among`` in which no known fact differs and at least ``least`` agree, the most first.

        Two IDs tell row and visit apart unless all four facts agree. A row without a day may be a visit of the run's
        period, and a visit without a day may be a row of the period of the run that held it.
        """
        equal, differs = (np.array(masks) for masks in zip(*self._compare_facts(visit), strict=True))
        agreeing = equal.sum(axis=0)
        fits = among & ~differs.any(axis=0) & (agreeing >= least) & self._days_fit(visit, equal[0])
        if visit.row.identity:
            fits &= self._rows.ids.blank | (agreeing == len(_Facts._fields))
        found = np.flatnonzero(fits)
        ordered: Ints = found[np.argsort(-agreeing[found], kind="stable")]
        return ordered

    def certain_rows(self, visit: HeldVisit) -> Ints:
        """Return the rows that certainly are a visit: those with its ID.

        For a visit without an ID they are the rows without one that agree in every fact. A patient whom neither names
        agrees, too.
        """
        if visit.row.identity:
            return self.rows_with_id(visit)
        facts = self._facts_of(visit)
        if UNKNOWN in {facts.day, facts.provider, facts.service}:
            return _NO_ROWS
        equal = [column == fact for column, fact in zip(self._rows.columns(), facts, strict=True)]
        return np.flatnonzero(np.all([*equal, self._rows.ids.blank], axis=0))

    def known_facts(self, visit: HeldVisit) -> int:
        """Return how many facts of a visit are known."""
        return sum(fact != UNKNOWN for fact in self._facts_of(visit))

    def _compare_facts(self, visit: HeldVisit) -> Iterator[tuple[Mask, Mask]]:
        """Yield for each fact where the rows' equals the visit's, and where both are known and differ."""
        for column, fact in zip(self._rows.columns(), self._facts_of(visit), strict=True):
            known: Mask = (column != UNKNOWN) & (fact != UNKNOWN)
            equal: Mask = known & (column == fact)
            yield equal, known & ~equal

    def _days_fit(self, visit: HeldVisit, same_day: Mask) -> Mask:
        """Return the rows of the visit's day, and those that may be of that day because one of the two days is unknown."""
        days, period = self._rows.days, self._period
        first, last = serial_of(visit.period.first), serial_of(visit.period.last)
        if visit.day is None:
            undated_may_be = visit.period.first <= period.last and period.first <= visit.period.last
            may_be: Mask = (days >= first) & (days <= last)
        else:
            undated_may_be = period.first <= visit.day <= period.last
            may_be = same_day
        return may_be | (days == UNKNOWN) if undated_may_be else may_be

    def _facts_of(self, visit: HeldVisit) -> _Facts:
        row = visit.row
        return _Facts(
            serial_of(visit.day) if visit.day else UNKNOWN,
            self._keys.get(row.provider_key, self._names.get(fold(row.provider), UNKNOWN)),
            self._services.get(fold(row.service), UNKNOWN),
            self._rows.people.get(row.patient_key, _NOTHING) if row.patient_key else UNKNOWN,
        )

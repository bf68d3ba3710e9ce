"""The search for rows that look like paid visits: from those that agree in all facts to those that differ in one."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from server.billing.payroll.answers_on_record import AnswersOnRecord, NamedRow
from server.billing.payroll.appointment_log import Ints
from server.billing.payroll.corrected_visits import Comparison, pair_corrected, rows_that_may_be
from server.billing.payroll.doubtful_rows import (
    PROBABLY_PAID,
    SAME_VISIT_TWICE,
    DoubtfulRow,
    RowsByKnowledge,
    doubt_of,
)
from server.billing.payroll.paid_visits import PaidBefore, PaidVisit, RecordedAnswer, SameVisits
from server.billing.payroll.vanished_visits import unpaid_rows
from server.billing.payroll.visit_identity import are_two_ids
from server.billing.payroll.visit_pairing import KnownRows, Pairs, Visit, pair_across_providers
from server.billing.payroll.visit_resolver import Resolver

Pairing = Callable[[Sequence[Visit], Sequence[Visit]], Pairs]


def doubtful_rows(
    resolver: Resolver,
    rows: RowsByKnowledge,
    left: Sequence[PaidVisit],
    record: AnswersOnRecord,
    paid: PaidBefore,
) -> list[DoubtfulRow]:
    """Return the rows that look like paid visits that no other row accounts for, one row for each visit, and their
    rivals.

    A row that staff called another visit is compared only with visits paid after that answer. A row that a run held is
    not compared with the visits that this run paid.
    """
    surplus = [named for named in rows.unknown if named[1] in record.surplus]
    compared = [named for named in rows.unknown if named[1] not in record.surplus]
    search = _Search(resolver, compared, left, record, paid)
    search.find_all(_known_rows(resolver, rows, record))
    reopened = [named for named in search.rows if _called_same(record.reopened.get(named[1]))]
    held = [
        *_held_rows(surplus, record.surplus, record.held_by),
        *_held_rows(reopened, record.reopened, search.holders()),
    ]
    rows_held = {one.row for one in held}
    return [*(one for one in search.found if one.row not in rows_held or not one.is_rival), *held]


def _called_same(given: RecordedAnswer | None) -> bool:
    return given is not None and given.answer is SameVisits.SAME


class _Since(NamedTuple):
    """The instant of the answer about a row, "" without one, and the runs that held the row."""

    answer: str
    held_by: tuple[str, ...]


class _Search:
    """The unpaired rows and paid visits, and the doubtful rows found so far."""

    def __init__(
        self,
        resolver: Resolver,
        rows: Sequence[NamedRow],
        left: Sequence[PaidVisit],
        record: AnswersOnRecord,
        paid: PaidBefore,
    ) -> None:
        self.rows, self.left = list(rows), list(left)
        self.found: list[DoubtfulRow] = []
        self._resolver, self._record, self._paid = resolver, record, paid
        self._visits: dict[int, Visit] = {}
        if left:
            compared = resolver.rows(rows)
            self._visits = {row: visit for (row, _), visit in zip(rows, compared, strict=True)}

    def find_all(self, known: KnownRows) -> None:
        """Pair by provider, day and service, then by the patient, then by all facts but one.

        Rows that differ in a fact are compared last, and only with paid visits that no unpaid row may be.
        """
        resolver = self._resolver
        if not self.rows or not self.left:
            return
        self._find(lambda some, paid: resolver.pairs_of(some, paid, known), PROBABLY_PAID)
        self._find(pair_across_providers)
        if not self.rows:
            return
        unpaid = {self.left[place][:2] for _, place in unpaid_rows(resolver, self.left)}
        self.left = [visit for visit in self.left if visit[:2] not in unpaid]
        comparison = self._comparison(known)
        self._find(lambda some, paid: pair_corrected(some, paid, comparison))
        self._add_rivals(comparison)

    def _comparison(self, known: KnownRows) -> Comparison:
        """Return the comparison of visits, which knows whose visits were mostly found under new IDs."""
        found = Counter(
            self._visits[one.row].provider
            for one in self.found
            if self._visits[one.row].has_id and self._resolver.visit(one.visit).has_id
        )
        return Comparison(self._resolver.patients_spelled_alike, known.with_new_ids(found))

    def _find(self, pairing: Pairing, code: str = "") -> None:
        """Pair the remaining rows and visits, in the order of earlier answers about the rows."""
        for since, rows in self._rows_by_answer():
            later = self._paid_since(since, self.left)
            found = self._doubts(rows, later, pairing, code)
            if found:
                paired, taken = {one.row for one in found}, {one.visit[:2] for one in found}
                self.rows = [named for named in self.rows if named[0] not in paired]
                self.left = [visit for visit in self.left if visit[:2] not in taken]
                self.found += found

    def _add_rivals(self, comparison: Comparison) -> None:
        """Add the rows that may also be a visit for which a likelier row was found."""
        visits = [one.visit for one in self.found]
        for since, rows in self._rows_by_answer():
            rivals = self._doubts(
                rows,
                self._paid_since(since, visits),
                lambda some, paid: rows_that_may_be(some, paid, comparison),
            )
            self.found += [replace(one, is_rival=True) for one in rivals]

    def _rows_by_answer(self) -> list[tuple[_Since, list[NamedRow]]]:
        """Return the remaining rows by what is known of them: the instant of an answer, and the runs that held them."""
        groups: dict[_Since, list[NamedRow]] = defaultdict(list)
        for named in self.rows:
            answer = self._record.others.get(named[1])
            held_by = tuple(sorted(self._paid.held_by.get(named[1], ())))
            groups[_Since(answer.at if answer else "", held_by)].append(named)
        return sorted(groups.items())

    def _paid_since(self, since: _Since, visits: Sequence[PaidVisit]) -> list[PaidVisit]:
        return [
            visit
            for visit in visits
            if self._paid.runs[visit.run_id] > since.answer and visit.run_id not in since.held_by
        ]

    def _doubts(
        self, rows: Sequence[NamedRow], paid: Sequence[PaidVisit], pairing: Pairing, code: str = ""
    ) -> list[DoubtfulRow]:
        if not paid:
            return []
        of_rows, of_paid = [self._visits[row] for row, _ in rows], [self._resolver.visit(one) for one in paid]
        return [
            DoubtfulRow(*rows[row], paid[place], code or doubt_of(of_rows[row], of_paid[place]))
            for row, place in pairing(of_rows, of_paid)
        ]

    def holders(self) -> dict[str, str]:
        """Return, by identity, which row now is the visit that an unpaired row was once said to be."""
        row_of = {one.visit[:2]: one.identity for one in self.found if not one.is_rival}
        reopened = self._record.reopened
        return {name: row_of.get(reopened[name].visit[:2], "") for _, name in self.rows if name in reopened}


def _held_rows(
    rows: Sequence[NamedRow], given: Mapping[str, RecordedAnswer], held_by: Mapping[str, str]
) -> list[DoubtfulRow]:
    return [
        DoubtfulRow(
            row,
            name,
            given[name].visit,
            SAME_VISIT_TWICE if held_by[name] else PROBABLY_PAID,
            held_by[name],
        )
        for row, name in rows
    ]


def _known_rows(resolver: Resolver, rows: RowsByKnowledge, record: AnswersOnRecord) -> KnownRows:
    """Return how many payable rows with an ID were recognized by it, and how many an answer says were paid under
    another one.
    """
    classified = resolver.classified
    has_id = ~classified.ids.blank
    same_id = rows.known[has_id[rows.known]]
    other_id: list[int] = []
    if record.same:
        named = zip(np.flatnonzero(classified.payable).tolist(), classified.identities, strict=True)
        answered = [(row, name) for row, name in named if name in record.same]
        same_id = same_id[~np.isin(same_id, [row for row, _ in answered])]
        other_id = [row for row, name in answered if are_two_ids(name, record.same[name].visit.identity)]
    return KnownRows(_rows_of_providers(resolver, same_id), _rows_of_providers(resolver, other_id))


def _rows_of_providers(resolver: Resolver, rows: Sequence[int] | Ints) -> Counter[Hashable]:
    providers = resolver.classified.matched.providers[np.asarray(rows, dtype=np.int64)]
    return Counter(resolver.group_of[providers].tolist())

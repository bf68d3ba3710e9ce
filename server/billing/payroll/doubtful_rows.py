"""Which rows of a log look like visits that closed runs have paid, so that only staff can say whether they are."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import orjson

from server.billing.payroll.answers_on_record import AnswersOnRecord, NamedRow
from server.billing.payroll.appointment_log import Ints
from server.billing.payroll.paid_visits import PaidBefore, PaidVisit, RecordedAnswer, SameVisits
from server.billing.payroll.visit_pairing import Pairs, Visit, pair_across_providers
from server.billing.payroll.visit_resolver import Resolver

PROBABLY_PAID = "probably-paid"
TO_ANOTHER_PROVIDER = "paid-to-another-provider"
SAME_VISIT_TWICE = "same-visit-twice"
DOUBTS = (PROBABLY_PAID, TO_ANOTHER_PROVIDER, SAME_VISIT_TWICE)
"""What the rows are blocked by until staff have answered."""


@dataclass(frozen=True, slots=True)
class DoubtfulRow:
    """A row that no closed run paid by its identity, and the paid visit it looks like.

    ``code`` is one of DOUBTS; ``held_by`` the identity of the row that is the paid visit already, "" where none is.
    """

    row: int
    identity: str
    visit: PaidVisit
    code: str
    held_by: str = ""


QUESTION_DIGITS = 6
"""Digits of a question's number: enough to tell the questions of a clinic apart, and few enough to type."""


def question_number(doubtful: Sequence[DoubtfulRow]) -> str:
    """Return the number of the question about some rows: the same for the same rows and visits, whatever their order."""
    asked = sorted([one.identity, *one.visit[:2], one.code, one.held_by] for one in doubtful)
    return hashlib.sha256(orjson.dumps(asked)).hexdigest()[:QUESTION_DIGITS]


@dataclass(frozen=True, slots=True, eq=False)
class RowsByKnowledge:
    """The payable rows: those that are known to be paid visits, by position, and the others with their identities."""

    known: Ints
    unknown: Sequence[NamedRow]


def rows_by_knowledge(resolver: Resolver, known: Mapping[str, PaidVisit]) -> RowsByKnowledge:
    """Tell the payable rows whose visit is known to be paid from the others."""
    considered = resolver.considered
    rows, names = np.flatnonzero(considered.payable), considered.identities
    is_known = np.fromiter(map(known.__contains__, names), np.bool_, len(names))
    places = np.flatnonzero(~is_known).tolist()
    unknown = [(row, names[place]) for row, place in zip(rows[~is_known].tolist(), places, strict=True)]
    return RowsByKnowledge(rows[is_known], unknown)


def doubtful_rows(
    resolver: Resolver,
    rows: RowsByKnowledge,
    left: Sequence[PaidVisit],
    record: AnswersOnRecord,
    paid: PaidBefore,
) -> list[DoubtfulRow]:
    """Return the rows that look like paid visits that no other row accounts for, each visit once.

    A row that staff called another visit is only compared with what was paid after that.
    """
    surplus = [named for named in rows.unknown if named[1] in record.surplus]
    compared = [named for named in rows.unknown if named[1] not in record.surplus]
    search = _Search(resolver, compared, left, record, paid)
    search.find(PROBABLY_PAID, _within_a_provider(resolver, rows, record))
    search.find(TO_ANOTHER_PROVIDER, pair_across_providers)
    reopened = [named for named in search.rows if _called_same(record.reopened.get(named[1]))]
    return [
        *search.found,
        *_held(surplus, record.surplus, record.held_by),
        *_held(reopened, record.reopened, search.holders()),
    ]


def _called_same(given: RecordedAnswer | None) -> bool:
    return given is not None and given.answer is SameVisits.SAME


Pairing = Callable[[Sequence[Visit], Sequence[Visit]], Pairs]


class _Search:
    """Rows and paid visits that are still to be paired, and the doubts found so far."""

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

    def find(self, code: str, pairing: Pairing) -> None:
        """Pair what is left, the rows of one answer after those of another."""
        by_time: dict[str, list[NamedRow]] = defaultdict(list)
        for named in self.rows:
            answer = self._record.others.get(named[1])
            by_time[answer.at if answer else ""].append(named)
        for time, rows in sorted(by_time.items()):
            later = [visit for visit in self.left if self._paid.runs[visit.run_id] > time]
            if later:
                self._pair(code, rows, later, pairing)

    def _pair(
        self, code: str, rows: Sequence[NamedRow], later: Sequence[PaidVisit], pairing: Pairing
    ) -> None:
        resolver = self._resolver
        pairs = pairing(resolver.rows(rows), [resolver.visit(visit) for visit in later])
        if not pairs:
            return
        self.found += [DoubtfulRow(*rows[row], later[place], code) for row, place in pairs]
        paired, taken = {rows[row] for row, _ in pairs}, {later[place][:2] for _, place in pairs}
        self.rows = [named for named in self.rows if named not in paired]
        self.left = [visit for visit in self.left if visit[:2] not in taken]

    def holders(self) -> dict[str, str]:
        """Return for each row called the same visit once, and paired with none, which row is that visit now."""
        row_of = {one.visit[:2]: one.identity for one in self.found}
        reopened = self._record.reopened
        return {name: row_of.get(reopened[name].visit[:2], "") for _, name in self.rows if name in reopened}


def _held(
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


def _within_a_provider(resolver: Resolver, rows: RowsByKnowledge, record: AnswersOnRecord) -> Pairing:
    """Return what pairs rows of one provider, knowing how many rows each has that kept their IDs.

    A row that is known by an answer did not keep its ID.
    """
    providers = resolver.considered.matched.providers
    counts: Counter[Hashable] = Counter(dict(enumerate(np.bincount(providers[rows.known]).tolist())))
    counts.subtract(resolver.provider(given.visit) for given in record.same.values())
    counts.subtract(resolver.provider(given.visit) for given in record.same.values())
    return lambda some, paid: resolver.paired(some, paid, counts)

"""Which rows of a log look like visits that closed runs have paid, so that only staff can decide whether they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from server.billing.payroll.answers_on_record import NamedRow
from server.billing.payroll.appointment_log import Ints
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.visit_pairing import ANYBODY, Visit
from server.billing.payroll.visit_resolver import Resolver
from server.billing.question_numbers import number_of_question
from server.errors.paid_visit_findings import (
    PaidAsAnotherService,
    PaidOnAnotherDay,
    PaidToAnotherProvider,
    ProbablyPaid,
    SameVisitTwice,
)

PROBABLY_PAID = ProbablyPaid.code
AS_ANOTHER_SERVICE = PaidAsAnotherService.code
TO_ANOTHER_PROVIDER = PaidToAnotherProvider.code
ON_ANOTHER_DAY = PaidOnAnotherDay.code
SAME_VISIT_TWICE = SameVisitTwice.code
DOUBTS = (PROBABLY_PAID, AS_ANOTHER_SERVICE, TO_ANOTHER_PROVIDER, ON_ANOTHER_DAY, SAME_VISIT_TWICE)
"""The codes that block such rows until staff answer."""


@dataclass(frozen=True, slots=True)
class DoubtfulRow:
    """A row that no closed run paid by its identity, and the paid visit it looks like.

    ``code`` is one of DOUBTS; ``held_by`` is the identity of the row that already is the paid visit, "" if there is
    none. A rival may also be the visit, but a likelier row was found for it.
    """

    row: int
    identity: str
    visit: PaidVisit
    code: str
    held_by: str = ""
    is_rival: bool = False

    @property
    def may_be_set_aside(self) -> bool:
        """Return whether the row is already paid if staff answer that the visits are the same."""
        return not self.held_by and not self.is_rival


def doubt_of(row: Visit, paid: Visit) -> str:
    """Return the code that blocks a row that may be a paid visit."""
    if row.day != paid.day:
        return ON_ANOTHER_DAY
    if paid.service not in {row.service, ANYBODY}:
        return AS_ANOTHER_SERVICE
    return PROBABLY_PAID if paid.provider in {row.provider, ANYBODY} else TO_ANOTHER_PROVIDER


def question_number(doubtful: Sequence[DoubtfulRow]) -> str:
    """Return the number of the question about some rows: equal for the same rows and visits in any order."""
    asked = sorted([one.identity, *one.visit[:2], one.code, one.held_by] for one in doubtful)
    return number_of_question(*asked)


@dataclass(frozen=True, slots=True, eq=False)
class RowsByKnowledge:
    """The payable rows: positions of those known to be paid visits, and the others with their identities."""

    known: Ints
    unknown: Sequence[NamedRow]


def rows_by_knowledge(resolver: Resolver, known: Mapping[str, PaidVisit]) -> RowsByKnowledge:
    """Separate the payable rows whose visit is known to be paid from the others."""
    classified = resolver.classified
    rows, names = np.flatnonzero(classified.payable), classified.identities
    is_known = np.fromiter(map(known.__contains__, names), np.bool_, len(names))
    places = np.flatnonzero(~is_known).tolist()
    unknown = [(row, names[place]) for row, place in zip(rows[~is_known].tolist(), places, strict=True)]
    return RowsByKnowledge(rows[is_known], unknown)

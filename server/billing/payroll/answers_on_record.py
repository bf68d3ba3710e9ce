"""The recorded answers of staff about rows that look like paid visits, as far as they affect the rows of a log."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np

from server.billing.days import us
from server.billing.payroll.paid_visits import PaidBefore, PaidVisit, RecordedAnswer, SameVisits
from server.billing.payroll.row_outcomes import RowDecisions
from server.errors.paid_visit_findings import PaidAsAnotherVisit, PaidByAnswer

NamedRow = tuple[int, str]
"""The position of a row in the log, and its identity."""


@dataclass(frozen=True, slots=True)
class AnswersOnRecord:
    """Answers by the identity they were given for.

    ``same``: the answer says that the row is a paid visit. ``surplus``: it says the same, but another row of the log
    is that visit, and ``held_by`` has its identity. ``others``: the row is another visit than those paid until the
    answer. ``reopened``: the row has an answer, but is asked about again.
    """

    same: Mapping[str, RecordedAnswer]
    surplus: Mapping[str, RecordedAnswer]
    held_by: Mapping[str, str]
    others: Mapping[str, RecordedAnswer]
    reopened: Mapping[str, RecordedAnswer]

    def asked_again(self) -> "AnswersOnRecord":
        """Return the answers with all of them reopened."""
        return replace(self, same={}, others={}, reopened={**self.same, **self.others})


def answers_on_record(
    paid: PaidBefore, by_id: Mapping[str, PaidVisit], in_log: AbstractSet[str]
) -> AnswersOnRecord:
    """Sort the answers about rows that no closed run paid by their identity: at most one row for each paid visit."""
    others: dict[str, RecordedAnswer] = {}
    same: dict[str, RecordedAnswer] = {}
    surplus: dict[str, RecordedAnswer] = {}
    held_by: dict[str, str] = {}
    holders: dict[tuple[object, ...], str] = {}
    for given in sorted(paid.answers, key=lambda one: one.at, reverse=True):
        if given.identity in by_id:
            continue
        if given.answer is SameVisits.OTHERS:
            others[given.identity] = given
            continue
        in_its_row = given.visit.identity if given.visit.identity in in_log else given.identity
        holder = holders.setdefault(given.visit[:2], in_its_row)
        if holder == given.identity:
            same[given.identity] = given
        else:
            surplus[given.identity], held_by[given.identity] = given, holder
    return AnswersOnRecord(same, surplus, held_by, others, {})


def say_answers(decisions: RowDecisions, rows: Sequence[NamedRow], record: AnswersOnRecord) -> None:
    """Remark on the rows that earlier answers decided, once for each run and day of an answer."""
    same: dict[tuple[str, str], list[int]] = defaultdict(list)
    others: dict[str, list[int]] = defaultdict(list)
    for row, identity in rows:
        if given := record.same.get(identity):
            same[given.visit.run_id, us(given.day)].append(row)
        elif given := record.others.get(identity):
            others[given.visit.run_id].append(row)
    for (run_id, day), found in same.items():
        decisions.remark(PaidByAnswer(run=run_id, day=day), np.array(found), "date")
    for run_id, found in others.items():
        decisions.remark(PaidAsAnotherVisit(run=run_id), np.array(found), "date")

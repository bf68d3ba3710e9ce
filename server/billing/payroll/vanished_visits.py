"""Visits that closed runs paid and that are missing from a log of those days."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from server.billing.days import us
from server.billing.payroll.answers_on_record import NamedRow
from server.billing.payroll.appointment_log import Mask
from server.billing.payroll.paid_differences import ATTENDED, MissedVisits, say_missed
from server.billing.payroll.paid_visits import PaidBefore, PaidVisit
from server.billing.payroll.pay_run import Outcome
from server.billing.payroll.row_outcomes import OUTCOMES, RowDecisions
from server.billing.payroll.session_rows import rows_of_attended_sessions
from server.billing.payroll.setup_matching import STATUSES, UNKNOWN
from server.billing.payroll.vanished_answers import VanishedAnswer
from server.billing.payroll.visit_pairing import Pairs
from server.billing.payroll.visit_resolver import Resolver
from server.billing.question_numbers import number_of_question
from server.errors import Finding, count_of
from server.errors.paid_visit_findings import VanishedElsewhere, VanishedSincePaid, VanishedTakenBack


@dataclass(frozen=True, slots=True)
class Vanished:
    """The paid visits that a log should have and does not: without an answer, and those that staff said were deleted."""

    unanswered: tuple[PaidVisit, ...] = ()
    deleted: tuple[PaidVisit, ...] = ()

    @property
    def lines(self) -> list[tuple[str, int]]:
        """Return the run and the place of each visit without an answer."""
        return [visit[:2] for visit in self.unanswered]

    @property
    def question_number(self) -> str:
        """Return the number of the question about the visits without an answer."""
        return number_of_question(*sorted([*visit[:2]] for visit in self.unanswered))


LISTED = 8
"""A sentence lists at most this many pairs of day and provider."""


def say_vanished(
    decisions: RowDecisions,
    resolver: Resolver,
    paid: PaidBefore,
    gone: Sequence[PaidVisit],
    new: Sequence[NamedRow],
) -> tuple[MissedVisits, Vanished]:
    """Add one finding for each run about its paid visits that the log should have but no row accounts for; return them.

    ``new`` are the rows of visits that were not paid before. An unpaid row may be one of the visits, such as a row
    without an ID that is now cancelled: the remark is then about that row, and it is returned as missed.
    """
    answers = paid.vanished
    left, missed = _not_in_other_rows(
        decisions, resolver, _of_its_providers(decisions, resolver, paid.visits, gone, new)
    )
    by_run: dict[tuple[str, VanishedAnswer | None], list[PaidVisit]] = defaultdict(list)
    for visit in left:
        by_run[visit.run_id, answers.get(visit[:2])].append(visit)
    for (run_id, answer), visits in by_run.items():
        sheet = resolver.classified.log.facts.sheet
        said = _SAID[answer](
            run=run_id, visits=count_of(len(visits), "visit"), list=_days_and_providers(visits)
        )
        decisions.findings.append(Finding(said, sheet))
    unanswered = [visit for visit in left if visit[:2] not in answers]
    deleted = [visit for visit in left if answers.get(visit[:2]) is VanishedAnswer.DELETED]
    return missed, Vanished(tuple(unanswered), tuple(deleted))


_SAID: Mapping[VanishedAnswer | None, type[VanishedSincePaid | VanishedTakenBack | VanishedElsewhere]] = {
    None: VanishedSincePaid,
    VanishedAnswer.DELETED: VanishedTakenBack,
    VanishedAnswer.ELSEWHERE: VanishedElsewhere,
}
"""The answer about visits that the log does not have -> the finding about them."""


def _of_its_providers(
    decisions: RowDecisions,
    resolver: Resolver,
    paid: Sequence[PaidVisit],
    gone: Sequence[PaidVisit],
    new: Sequence[NamedRow],
) -> list[PaidVisit]:
    """Return the missing visits of the log's providers, and those of other providers unless the log has one provider
    only.

    It counts as the log of one provider if it names one while the run paid several, and if no new row has the day and
    service of the missing visits. A provider that no row names may still be one the setup does not know yet.
    """
    matched = resolver.classified.matched
    here = {int(code) for code in np.unique(matched.providers)} - {UNKNOWN}
    absent = [
        visit for visit in gone if resolver.providers(visit) and not here & {*resolver.providers(visit)}
    ]
    if not absent:
        return list(gone)
    quiet = {visit.run_id for visit in absent}
    if not (decisions.open & (matched.providers == UNKNOWN)).any():
        paid_several = _runs_of_several(resolver, paid) if len(here) == 1 else set()
        quiet &= paid_several - _alike_but_for_provider(resolver, absent, new)
    silent = {visit[:2] for visit in absent if visit.run_id in quiet}
    return [visit for visit in gone if visit[:2] not in silent]


def _runs_of_several(resolver: Resolver, paid: Sequence[PaidVisit]) -> set[str]:
    """Return the runs that paid more than one provider."""
    pairs = {(visit.run_id, resolver.provider(visit)) for visit in paid}
    return {run_id for run_id, count in Counter(run_id for run_id, _ in pairs).items() if count > 1}


def _alike_but_for_provider(
    resolver: Resolver, absent: Sequence[PaidVisit], new: Sequence[NamedRow]
) -> set[str]:
    """Return the runs with visits that have the day and service of a new row, and a patient that does not differ."""
    people: dict[tuple[str, object], set[str]] = defaultdict(set)
    for row in resolver.rows(new):
        people[row.day, row.service].add(row.patient)

    def may_be_one(visit: PaidVisit) -> bool:
        patients = people.get((visit.day, resolver.service(visit)), set())
        if resolver.patients_spelled_alike and visit.patient_key:
            patients = patients & {visit.patient_key, ""}
        return bool(patients)

    return {visit.run_id for visit in absent if may_be_one(visit)}


def unpaid_rows(resolver: Resolver, left: Sequence[PaidVisit]) -> Pairs:
    """Return rows that are not paid, such as cancelled ones, each with the position of the paid visit it is."""
    if not left:
        return []
    classified = resolver.classified
    matched, log = classified.matched, classified.log
    other: Mask = ~classified.payable & log.days.given & ~rows_of_attended_sessions(matched)
    other &= (matched.providers != UNKNOWN) & (matched.services != UNKNOWN)
    places = np.flatnonzero(other).tolist()
    rows = resolver.rows(list(zip(places, classified.ids.of(other), strict=True)))
    paid = [resolver.visit(visit) for visit in left]
    return [
        (places[row], visit)
        for row, visit in resolver.pairs_of(rows, paid)
        if not rows[row].patient or paid[visit].patient in {"", rows[row].patient}
    ]


def _not_in_other_rows(
    decisions: RowDecisions, resolver: Resolver, left: Sequence[PaidVisit]
) -> tuple[list[PaidVisit], MissedVisits]:
    """Return the visits that match no unpaid row, and those of the others that did not take place, with a remark."""
    statuses = resolver.classified.matched.statuses
    found = unpaid_rows(resolver, left)
    missed: MissedVisits = []
    for row, visit in found:
        status = int(statuses[row])
        if status not in {UNKNOWN, ATTENDED} and STATUSES[status].value != left[visit].counts_as:
            say_missed(decisions, np.array([row]), left[visit], STATUSES[status])
            if decisions.outcomes[row] == OUTCOMES.index(Outcome.EXCLUDED):
                missed.append((row, left[visit]))
    accounted = {visit for _, visit in found}
    return [visit for place, visit in enumerate(left) if place not in accounted], missed


def _days_and_providers(visits: Sequence[PaidVisit]) -> str:
    """Return days and providers in order, without patients; a long list is cut."""
    days = sorted({(visit.day, visit.provider) for visit in visits})
    shown = [f"{us(date.fromisoformat(day))} {provider}" for day, provider in days[:LISTED]]
    return "; ".join(shown) + (" and more" if len(days) > LISTED else "")

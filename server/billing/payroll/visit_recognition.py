"""Which rows of a log are visits that closed runs have paid, even if their IDs have changed.

A row is recognized by its ID. If its ID is not recognized, but a closed run paid a visit of the same provider, day and
service that no row of the log accounts for, it is probably paid already: staff are asked once whether it is the same
visit. The same holds for a row that differs from the paid visit only in its provider, day or service, unless IDs or
patients tell the two apart.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from server.billing.days import date_of, serial_of, us
from server.billing.payroll.adjustments import AdjustmentKind
from server.billing.payroll.answers_on_record import AnswersOnRecord, NamedRow, answers_on_record, say_answers
from server.billing.payroll.calculate import PricedLog
from server.billing.payroll.classify import ClassifiedLog
from server.billing.payroll.doubtful_rows import (
    AS_ANOTHER_SERVICE,
    ON_ANOTHER_DAY,
    SAME_VISIT_TWICE,
    TO_ANOTHER_PROVIDER,
    DoubtfulRow,
    question_number,
    rows_by_knowledge,
)
from server.billing.payroll.paid_differences import MissedVisits, say_changes, say_differences
from server.billing.payroll.paid_visits import ClickAnswer, PaidBefore, PaidVisit, SameVisits, VisitAnswer
from server.billing.payroll.pay_run import Period
from server.billing.payroll.repeated_visits import say_repeated_visits
from server.billing.payroll.row_outcomes import RowDecisions, RowOutcomes
from server.billing.payroll.setup_matching import STATUSES, UNKNOWN
from server.billing.payroll.shared_days import SharedDays
from server.billing.payroll.vanished_visits import Vanished, say_vanished
from server.billing.payroll.visit_resolver import Resolver
from server.billing.payroll.visit_search import doubtful_rows
from server.errors.finding_facts import FindingFacts
from server.errors.paid_visit_findings import (
    PaidAsAnotherService,
    PaidAsAnotherVisit,
    PaidOnAnotherDay,
    PaidToAnotherProvider,
    ProbablyPaid,
    SameVisitTwice,
)


@dataclass(frozen=True, slots=True)
class Recognition:
    """The result of comparing a log with the visits paid before.

    ``outcomes`` are the decisions about each row so far. ``paid_before`` maps identities of the log to the visits they
    are. ``doubtful`` are the rows that look like paid visits and have no answer yet. ``answered`` are the answers of
    this click. ``reused`` are identities that closed runs evidently paid for other visits. ``changed`` maps positions of
    rows that are paid visits to what changed since; ``missed`` are rows that say that a paid visit did not take place;
    ``vanished`` are the paid visits that the log should have and does not. ``resolver`` compared the two, ``None`` if
    nothing was paid before.
    """

    outcomes: RowOutcomes
    paid_before: Mapping[str, PaidVisit] = field(default_factory=dict)
    doubtful: tuple[DoubtfulRow, ...] = ()
    answered: tuple[VisitAnswer, ...] = ()
    reused: frozenset[str] = frozenset()
    changed: Mapping[int, AdjustmentKind] = field(default_factory=dict)
    missed: Sequence[tuple[int, PaidVisit]] = ()
    vanished: Vanished = field(default_factory=Vanished)
    resolver: Resolver | None = None


def _span(classified: ClassifiedLog) -> Period | None:
    """Return the first and the last day that both the log and the run cover, ``None`` if there are none."""
    days, period = classified.log.days, classified.period
    given = days.values[days.given]
    inside = given[(given >= serial_of(period.first)) & (given <= serial_of(period.last))]
    return Period(date_of(int(inside.min())), date_of(int(inside.max()))) if len(inside) else None


def identities_of(classified: ClassifiedLog) -> set[str]:
    """Return every identity of the log: of all rows with an ID, and of the payable rows without one."""
    return {*classified.ids.identities, *classified.identities}


def recognize(
    priced: PricedLog, paid: PaidBefore, given: ClickAnswer | None, *, again: bool = False
) -> Recognition:
    """Find the rows that were paid before, block the doubtful ones, and remark on every difference.

    ``given`` is the answer of this click about rows that only look like visits paid before; it counts if it was given
    for exactly these rows. ``again`` reopens the earlier answers about them.
    """
    if not paid.visits and not paid.answers:
        return Recognition(priced.outcomes)
    classified = priced.classified
    decisions = RowDecisions(priced.outcomes)
    resolver = Resolver(classified, priced.amounts, paid.visits)
    in_log, by_id = identities_of(classified), {visit.identity: visit for visit in paid.visits}
    record = answers_on_record(paid, by_id, in_log)
    if again:
        record = record.asked_again()
    known = by_id | {identity: given.visit for identity, given in record.same.items()}
    still_paid = {identity: visit for identity, visit in known.items() if not visit.is_taken_back}
    differences = say_differences(decisions, resolver, still_paid, record.same.keys())
    reused = differences.reused
    rows = rows_by_knowledge(resolver, known)
    changed = differences.changed | _say_record(decisions, resolver, record)
    accounted = {given.visit[:2] for given in record.same.values()}
    of_rows = in_log - reused if reused else in_log
    left = [visit for visit in _not_named(paid.visits, of_rows) if visit[:2] not in accounted]
    found = doubtful_rows(resolver, rows, left, record, paid)
    answer = given.answer if given and given.question == question_number(found) else None
    same, changed_by_answer = _decide(decisions, resolver, found, answer)
    asked = {one.row for one in found if answer is not SameVisits.SAME or not one.is_rival}
    new = [named for named in rows.unknown if named[0] not in asked]
    unanswered = [named for named in new if named[1] not in record.others]
    say_repeated_visits(decisions, classified, rows.known, unanswered)
    are_others = answer is SameVisits.OTHERS
    gone = _not_named(left, reused) if are_others else _not_taken(_not_named(left, reused), found)
    missed, vanished = _say_gone(decisions, resolver, paid, gone, rows.unknown if are_others else new)
    for identity in reused:
        del known[identity]
    return Recognition(
        decisions.finish(),
        known | same,
        () if answer else tuple(found),
        _answers_to_record(found, answer),
        reused,
        _other_statuses(classified, known | same) | changed | changed_by_answer,
        [*differences.missed, *missed],
        vanished,
        resolver,
    )


def _other_statuses(classified: ClassifiedLog, known: Mapping[str, PaidVisit]) -> dict[int, AdjustmentKind]:
    """Return the positions of payable rows that are paid visits with another status, such as a missed one that took place."""
    positions = np.flatnonzero(classified.payable)
    statuses = classified.matched.statuses[positions].tolist()
    return {
        position: AdjustmentKind.STATUS
        for position, identity, status in zip(
            positions.tolist(), classified.identities, statuses, strict=True
        )
        if (visit := known.get(identity)) is not None
        and not visit.is_taken_back
        and status != UNKNOWN
        and STATUSES[status].value != visit.counts_as
    }


def _not_named(visits: Sequence[PaidVisit], identities: AbstractSet[str]) -> list[PaidVisit]:
    """Return the visits that none of these identities is, without those whose pay was taken back."""
    return [visit for visit in visits if visit.identity not in identities and not visit.is_taken_back]


def _not_taken(visits: Sequence[PaidVisit], found: Sequence[DoubtfulRow]) -> list[PaidVisit]:
    """Return the visits that no doubtful row looks like."""
    taken = {one.visit[:2] for one in found}
    return [visit for visit in visits if visit[:2] not in taken]


def _say_record(
    decisions: RowDecisions, resolver: Resolver, record: AnswersOnRecord
) -> dict[int, AdjustmentKind]:
    """Remark on rows that earlier answers decided, and on differences of those without an ID, which are returned."""
    if not record.same and not record.others:
        return {}
    classified = resolver.classified
    named = list(zip(np.flatnonzero(classified.payable).tolist(), classified.identities, strict=True))
    say_answers(decisions, named, record)
    blank = classified.ids.blank
    without_id = [(row, name) for row, name in named if name in record.same and blank[row]]
    return say_changes(decisions, resolver, [(row, record.same[name].visit) for row, name in without_id])


def _say_gone(
    decisions: RowDecisions,
    resolver: Resolver,
    paid: PaidBefore,
    left: Sequence[PaidVisit],
    new: Sequence[NamedRow],
) -> tuple[MissedVisits, Vanished]:
    """Add findings about the paid visits that the log should have but no row is, and return those visits."""
    if not left:
        return [], Vanished()
    gone = _of_this_log(resolver.classified, paid, left)
    return say_vanished(decisions, resolver, paid, gone, new)


def _of_this_log(classified: ClassifiedLog, paid: PaidBefore, gone: Sequence[PaidVisit]) -> list[PaidVisit]:
    """Return the visits without a row that a log of these days should have.

    They are between its first and last day, or belong to a run most of whose other visits are in the log. Outside the
    period of the run, only the days count that the log shares with a closed run, and only if the log has most of what
    was paid on them, or goes on before and after: a single row of another month does not mean that the log has that month.
    """
    span, period = _span(classified), classified.period
    first, last = period.first.isoformat(), period.last.isoformat()
    inside_paid, inside_gone = (
        [visit for visit in visits if first <= visit.day <= last] for visits in (paid.visits, gone)
    )
    every, lacking = (Counter(visit.run_id for visit in visits) for visits in (inside_paid, inside_gone))
    found = [
        visit
        for visit in inside_gone
        if (span and span.first.isoformat() <= visit.day <= span.last.isoformat())
        or lacking[visit.run_id] * 2 < every[visit.run_id]
    ]
    for shared in paid.spans:
        lacking_here = [visit for visit in gone if _is_shared(visit, shared, period)]
        if lacking_here and (shared.is_around or _are_fewer(lacking_here, paid.visits, shared, period)):
            found += lacking_here
    return list(dict.fromkeys(found))


def _are_fewer(
    lacking: Sequence[PaidVisit], paid: Sequence[PaidVisit], shared: SharedDays, period: Period
) -> bool:
    """Return whether a log lacks less than half of what was paid on shared days."""
    return len(lacking) * 2 < sum(_is_shared(visit, shared, period) for visit in paid)


def _is_shared(visit: PaidVisit, shared: SharedDays, period: Period) -> bool:
    """Return whether a visit is of the days that a log shares with a closed run, outside the period.

    Another run may have paid it: a late visit is paid by a later one.
    """
    days = shared.days
    is_inside = period.first.isoformat() <= visit.day <= period.last.isoformat()
    return days.first.isoformat() <= visit.day <= days.last.isoformat() and not is_inside


def _decide(
    decisions: RowDecisions, resolver: Resolver, found: Sequence[DoubtfulRow], answer: SameVisits | None
) -> tuple[dict[str, PaidVisit], dict[int, AdjustmentKind]]:
    """Return the identities that are the visits paid, and what changed of them; block or remark on the other rows.

    A row that is called the visit of another row is blocked, like a second row with one ID.
    """
    if answer is SameVisits.OTHERS:
        _say_others(decisions, found)
        return {}, {}
    if answer is SameVisits.SAME:
        _block(decisions, resolver.classified, [one for one in found if one.held_by])
        _say_others(decisions, [one for one in found if one.is_rival])
        same = [one for one in found if one.may_be_set_aside]
        changed = say_changes(decisions, resolver, [(one.row, one.visit) for one in same])
        return {one.identity: one.visit for one in same}, changed
    _block(decisions, resolver.classified, found)
    return {}, {}


def _say_others(decisions: RowDecisions, found: Sequence[DoubtfulRow]) -> None:
    """Remark on rows that are paid because staff answered that they are other visits."""
    by_run: dict[str, list[int]] = defaultdict(list)
    for one in found:
        by_run[one.visit.run_id].append(one.row)
    for run_id, rows in by_run.items():
        decisions.remark(PaidAsAnotherVisit(run=run_id), np.array(sorted(rows)), "date")


def _block(decisions: RowDecisions, classified: ClassifiedLog, found: Sequence[DoubtfulRow]) -> None:
    """Block doubtful rows, with one finding for each distinct sentence."""
    row_of = _rows_of(classified) if any(one.held_by for one in found) else {}
    groups: dict[tuple[str, FindingFacts], list[int]] = defaultdict(list)
    for one in found:
        groups[_finding_about(one, row_of)].append(one.row)
    for (column, what), rows in groups.items():
        decisions.block(what, np.array(sorted(rows)), column)


def _finding_about(one: DoubtfulRow, row_of: Mapping[str, int]) -> tuple[str, FindingFacts]:
    """Return the column that a doubt is about, and what is said about it."""
    visit, run = one.visit, one.visit.run_id
    if one.code == TO_ANOTHER_PROVIDER:
        return "provider", PaidToAnotherProvider(run=run, provider=visit.provider)
    if one.code == AS_ANOTHER_SERVICE:
        return "service", PaidAsAnotherService(run=run, service=visit.service)
    if one.code == ON_ANOTHER_DAY:
        return "date", PaidOnAnotherDay(run=run, day=us(date.fromisoformat(visit.day)))
    if one.code == SAME_VISIT_TWICE:
        return "date", SameVisitTwice(run=run, first=row_of[one.held_by])
    return "date", ProbablyPaid(run=run)


def _rows_of(classified: ClassifiedLog) -> dict[str, int]:
    """Return identity -> Excel row."""
    rows, ids = classified.log.rows, classified.ids
    named = zip(ids.of(~ids.blank), rows[~ids.blank].tolist(), strict=True)
    return dict(named) | dict(zip(classified.identities, rows[classified.payable].tolist(), strict=True))


def _answers_to_record(found: Sequence[DoubtfulRow], answer: SameVisits | None) -> tuple[VisitAnswer, ...]:
    """Return the answers to record; a mixed answer decides about no visit."""
    if answer in {None, SameVisits.MIXED}:
        return ()
    new = [one for one in found if answer is SameVisits.OTHERS or one.may_be_set_aside]
    return tuple(VisitAnswer(one.identity, one.visit, answer) for one in new if answer)

"""Which rows of a log are visits that closed runs have paid, whatever their IDs are now.

A row is known by its ID. One that is not, while a closed run paid a visit of the same provider, day and service that
no row of the log accounts for, is probably paid already: staff say whether it is the same visit, once.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from server.billing.consider import Considered
from server.billing.days import date_of, serial_of
from server.billing.differences import say_differences
from server.billing.log import Ints
from server.billing.paid_visits import PaidBefore, PaidVisit, SameVisits, VisitAnswer
from server.billing.payroll import Period
from server.billing.resolving import Resolver
from server.billing.vanished import say_vanished


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was found out about a log and the visits paid before.

    ``paid_before`` maps identities of the log to the visits they are; ``doubtful`` are the visits that rows look like
    and nobody has said; ``answered`` is what staff said with this click; ``reused`` are identities that closed runs
    paid for what evidently were other visits.
    """

    paid_before: Mapping[str, PaidVisit] = field(default_factory=dict)
    doubtful: tuple[PaidVisit, ...] = ()
    answered: tuple[VisitAnswer, ...] = ()
    reused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A row that no closed run paid by its identity, and the paid visit it looks like."""

    row: int
    identity: str
    visit: PaidVisit


def _span(considered: Considered) -> Period | None:
    """Return the first and the last day that both the log and the run cover."""
    days, period = considered.sorting.log.days, considered.period
    given = days.values[days.given]
    inside = given[(given >= serial_of(period.first)) & (given <= serial_of(period.last))]
    return Period(date_of(int(inside.min())), date_of(int(inside.max()))) if len(inside) else None


def identities_of(considered: Considered) -> set[str]:
    """Return every identity of the log: those of all rows with an ID, and of the payable ones without."""
    return {*considered.ids.identities, *considered.identities}


def recognize(
    considered: Considered, amounts: Ints, paid: PaidBefore, answer: SameVisits | None
) -> Recognition:
    """Find the rows that were paid before, block those nobody can say it of, and say every difference.

    ``answer`` is what staff said with this click about what only looks like visits paid before.
    """
    if not paid.visits and not paid.answers:
        return Recognition()
    resolver = Resolver(considered, amounts, paid.visits)
    known, in_log = _known(paid), identities_of(considered)
    confirmed = {given.identity for given, _ in paid.answers if given.answer is SameVisits.SAME}
    reused = say_differences(resolver, known, confirmed)
    accounted = {known[identity][:2] for identity in in_log & confirmed}
    left = [visit for visit in paid.visits if visit.identity not in in_log and visit[:2] not in accounted]
    found = _candidates(resolver, known, left, paid)
    same = _decide(considered, found, answer)
    taken = set() if answer is SameVisits.OTHERS else {candidate.visit[:2] for candidate in found}
    gone = [visit for visit in left if visit[:2] not in taken]
    say_vanished(resolver, _of_this_log(considered, paid.visits, gone))
    for identity in reused:
        del known[identity]
    doubtful = () if answer else tuple(candidate.visit for candidate in found)
    return Recognition(known | same, doubtful, _answered(found, answer), reused)


def _of_this_log(
    considered: Considered, paid: Sequence[PaidVisit], gone: Sequence[PaidVisit]
) -> list[PaidVisit]:
    """Return the visits without a row that a log of these days should have.

    They lie between its first and last day, or a run paid them whose other visits are mostly here.
    """
    span = _span(considered)
    every, lacking = (Counter(visit.run_id for visit in visits) for visits in (paid, gone))
    return [
        visit
        for visit in gone
        if (span and span.first.isoformat() <= visit.day <= span.last.isoformat())
        or lacking[visit.run_id] * 2 < every[visit.run_id]
    ]


def _known(paid: PaidBefore) -> dict[str, PaidVisit]:
    """Return the visits that identities are known to be: those paid by them, and those staff said they are."""
    known = {visit.identity: visit for visit in paid.visits}
    for given, _ in paid.answers:
        if given.answer is SameVisits.SAME:
            known.setdefault(given.identity, given.visit)
    return known


def _candidates(
    resolver: Resolver, known: Mapping[str, PaidVisit], left: Sequence[PaidVisit], paid: PaidBefore
) -> list[_Candidate]:
    """Return the payable rows that look like paid visits.

    A row that staff called another visit is only compared with what was paid after that.
    """
    considered = resolver.considered
    others = {given.identity: at for given, at in paid.answers if given.answer is SameVisits.OTHERS}
    by_time: dict[str, list[tuple[int, str]]] = defaultdict(list)
    rows = np.flatnonzero(considered.payable).tolist()
    for row, identity in zip(rows, considered.identities, strict=True):
        if identity not in known:
            by_time[others.get(identity, "")].append((row, identity))
    _say_others(considered, by_time, paid)
    found: list[_Candidate] = []
    free = list(left)
    for time, named in sorted(by_time.items()):
        later = [visit for visit in free if paid.runs[visit.run_id] > time]
        pairs = resolver.paired(resolver.rows(named), [resolver.visit(visit) for visit in later])
        found += [_Candidate(*named[row], later[place]) for row, place in pairs]
        taken = {later[place][:2] for _, place in pairs}
        free = [visit for visit in free if visit[:2] not in taken]
    return found


def _say_others(
    considered: Considered, by_time: Mapping[str, Sequence[tuple[int, str]]], paid: PaidBefore
) -> None:
    """Remark on rows that are paid because staff called them other visits than the paid ones they look like."""
    runs = {given.identity: given.visit.run_id for given, _ in paid.answers}
    by_run: dict[str, list[int]] = defaultdict(list)
    for time, named in by_time.items():
        for row, identity in named if time else ():
            by_run[runs[identity]].append(row)
    for run_id, rows in by_run.items():
        considered.sorting.remark("paid-as-another-visit", np.array(sorted(rows)), "date", run=run_id)


def _decide(
    considered: Considered, found: Sequence[_Candidate], answer: SameVisits | None
) -> dict[str, PaidVisit]:
    """Return the identities that are the visits paid; block or remark on the rows of the others."""
    if answer is SameVisits.SAME:
        return {candidate.identity: candidate.visit for candidate in found}
    by_run: dict[str, list[int]] = defaultdict(list)
    for candidate in found:
        by_run[candidate.visit.run_id].append(candidate.row)
    for run_id, rows in by_run.items():
        if answer is SameVisits.OTHERS:
            considered.sorting.remark("paid-as-another-visit", np.array(sorted(rows)), "date", run=run_id)
        else:
            considered.sorting.block("probably-paid", np.array(sorted(rows)), "date", run=run_id)
    return {}


def _answered(found: Sequence[_Candidate], answer: SameVisits | None) -> tuple[VisitAnswer, ...]:
    """Return what is to be written down; a mixed answer decides about no visit."""
    if answer in {None, SameVisits.MIXED}:
        return ()
    return tuple(VisitAnswer(one.identity, one.visit, answer) for one in found if answer)

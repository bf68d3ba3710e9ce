"""Differences between a log and the visits that closed runs have paid: one sentence for each kind.

What they pay or take back are adjustments (``visit_adjustments.py``).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from server.billing.clinics import CountsAs
from server.billing.days import serial_of, us
from server.billing.payroll.adjustments import AdjustmentKind
from server.billing.payroll.appointment_log import Ints, Mask
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.pay_run import Outcome
from server.billing.payroll.row_outcomes import OUTCOMES, RowDecisions
from server.billing.payroll.setup_matching import STATUSES, UNKNOWN
from server.billing.payroll.visit_resolver import Resolver
from server.errors.paid_visit_findings import (
    DayChangedSincePaid,
    IdPaidForAnotherVisit,
    MissedSincePaid,
    PatientChangedSincePaid,
    ProviderChangedSincePaid,
    ServiceChangedSincePaid,
)

ATTENDED = STATUSES.index(CountsAs.ATTENDED)


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """The rows whose ID was paid before, the visits paid, and in which facts each row differs from its visit."""

    rows: Ints
    visits: Sequence[PaidVisit]
    missed: Mask
    day: Mask
    provider: Mask
    service: Mask
    patient: Mask


MissedVisits = list[tuple[int, PaidVisit]]
"""Positions of rows that say that a paid visit did not take place, each with the visit."""


@dataclass(slots=True)
class Differences:
    """What differs between the rows of a log and the paid visits that they are.

    ``reused`` are identities that were evidently paid for other visits. ``changed`` maps positions of rows to the kind of
    change, if the visit has another day, provider, service or status. ``missed`` are rows that are no longer paid.
    """

    reused: frozenset[str] = frozenset()
    changed: dict[int, AdjustmentKind] = field(default_factory=dict)
    missed: MissedVisits = field(default_factory=list)


def say_differences(
    decisions: RowDecisions, resolver: Resolver, known: Mapping[str, PaidVisit], confirmed: AbstractSet[str]
) -> Differences:
    """Remark on differences and return them; block the rows whose IDs were evidently paid for other visits.

    ``confirmed`` are the identities that staff answered are the visits paid.
    """
    ids = resolver.classified.ids
    hit = np.array([*(identity in known for identity in ids.identities), False], dtype=np.bool_)
    rows = np.flatnonzero(hit[ids.codes])
    if not len(rows):
        return Differences()
    names = [ids.identities[code] for code in ids.codes[rows].tolist()]
    found = _compare_rows(resolver, rows, [known[name] for name in names])
    reused = _reused_ids(resolver, found, np.array([name in confirmed for name in names], dtype=np.bool_))
    _say_missed(decisions, resolver, found)
    _say_reused(decisions, found, reused)
    live = ~found.missed & ~reused
    _say_changes(decisions, found, live)
    payable = resolver.classified.payable
    changed = _kinds_of_change(found, live)
    changed |= dict.fromkeys(rows[found.missed & payable[rows]].tolist(), AdjustmentKind.STATUS)
    excluded = decisions.outcomes[rows] == OUTCOMES.index(Outcome.EXCLUDED)
    missed = [
        (int(rows[place]), found.visits[place]) for place in np.flatnonzero(found.missed & excluded).tolist()
    ]
    return Differences(frozenset(names[place] for place in np.flatnonzero(reused).tolist()), changed, missed)


def _kinds_of_change(found: _Known, live: Mask) -> dict[int, AdjustmentKind]:
    """Return the kind of change of each changed row, by position: the one that matters most."""
    changed: dict[int, AdjustmentKind] = {}
    for kind, differs in (
        (AdjustmentKind.DAY, found.day),
        (AdjustmentKind.SERVICE, found.service),
        (AdjustmentKind.PROVIDER, found.provider),
    ):
        changed |= dict.fromkeys(found.rows[live & differs].tolist(), kind)
    return changed


def say_changes(
    decisions: RowDecisions, resolver: Resolver, same: Sequence[tuple[int, PaidVisit]]
) -> dict[int, AdjustmentKind]:
    """Remark on rows that staff called paid visits and that have another day, provider or service; return the kinds."""
    if not same:
        return {}
    pairs = sorted(same, key=lambda pair: pair[0])
    found = _compare_rows(resolver, np.array([row for row, _ in pairs]), [visit for _, visit in pairs])
    nothing = np.zeros(len(pairs), dtype=np.bool_)
    _say_changes(decisions, replace(found, patient=nothing), ~nothing)
    return _kinds_of_change(found, ~nothing)


def _compare_rows(resolver: Resolver, rows: Ints, visits: Sequence[PaidVisit]) -> _Known:
    matched, log = resolver.classified.matched, resolver.classified.log
    serials = {visit.day: serial_of(date.fromisoformat(visit.day)) for visit in visits}
    days = np.array([serials[visit.day] for visit in visits], dtype=np.int64)
    services = np.array([resolver.service(visit) for visit in visits], dtype=np.int64)
    missed = [
        status not in {UNKNOWN, ATTENDED} and STATUSES[status].value != visit.counts_as
        for status, visit in zip(matched.statuses[rows].tolist(), visits, strict=True)
    ]
    return _Known(
        rows,
        visits,
        np.array(missed, dtype=np.bool_),
        log.days.given[rows] & (log.days.values[rows] != days),
        _other_providers(resolver, rows, visits),
        _differ(matched.services[rows], services),
        _other_patients(resolver, rows, visits),
    )


def _differ(now: Ints, then: Ints) -> Mask:
    differ: Mask = (now != then) & (now != UNKNOWN) & (then != UNKNOWN)
    return differ


def _other_providers(resolver: Resolver, rows: Ints, visits: Sequence[PaidVisit]) -> Mask:
    """Return where the row's provider is none of those the visit may have been paid to."""
    now = resolver.classified.matched.providers[rows]
    likeliest = np.array([resolver.provider(visit) for visit in visits], dtype=np.int64)
    differ = _differ(now, likeliest)
    for place in np.flatnonzero(differ).tolist():
        differ[place] = int(now[place]) not in resolver.providers(visits[place])
    return differ


def _other_patients(resolver: Resolver, rows: Ints, visits: Sequence[PaidVisit]) -> Mask:
    """Return where the patients differ; nowhere if the log and the ledger spell no patient alike."""
    if not resolver.patients_spelled_alike:
        return np.zeros(len(rows), dtype=np.bool_)
    keys = zip(resolver.patients(rows), (visit.patient_key for visit in visits), strict=True)
    return np.array([bool(now and then and now != then) for now, then in keys], dtype=np.bool_)


def _reused_ids(resolver: Resolver, found: _Known, confirmed: Mask) -> Mask:
    """Return which payable rows have the ID of another visit.

    If only the day, provider or patient differs, the visit was changed, as long as most known IDs belong to the same
    visits as before. Each appointment counts once, however many services it has.
    """
    live = ~found.missed & (resolver.classified.matched.statuses[found.rows] != UNKNOWN)
    kinds = np.sum([found.day, found.provider, found.patient], axis=0)
    counted = live & ~resolver.classified.ids.of_further_services[found.rows]
    trusted = int((counted & (kinds == 0)).sum()) > int((counted & (kinds > 0)).sum())
    certain = (kinds > 1) | (found.patient & found.service)
    reused: Mask = live & (kinds > 0) & (certain | (not trusted)) & ~confirmed
    return reused & resolver.classified.payable[found.rows]


def _say_reused(decisions: RowDecisions, found: _Known, reused: Mask) -> None:
    for rows, visit in _groups(found, reused, ("run_id", "provider", "day")):
        what = IdPaidForAnotherVisit(run=visit.run_id, provider=visit.provider, day=_us_day(visit.day))
        decisions.block(what, rows, "appointment")


def _say_missed(decisions: RowDecisions, resolver: Resolver, found: _Known) -> None:
    statuses = resolver.classified.matched.statuses
    for code, counts_as in enumerate(STATUSES):
        rows = found.missed & (statuses[found.rows] == code)
        for places, visit in _groups(found, rows, ("run_id", "counts_as")):
            say_missed(decisions, places, visit, counts_as)


def say_missed(decisions: RowDecisions, rows: Ints, visit: PaidVisit, counts_as: CountsAs) -> None:
    """Remark on rows that did not take place after all, as the log has it now."""
    decisions.remark(
        MissedSincePaid(run=visit.run_id, before=visit.counts_as, now=counts_as.value), rows, "status"
    )


def _say_changes(decisions: RowDecisions, found: _Known, live: Mask) -> None:
    for rows, visit in _groups(found, live & found.day, ("run_id", "day")):
        decisions.remark(DayChangedSincePaid(run=visit.run_id, day=_us_day(visit.day)), rows, "date")
    for rows, visit in _groups(found, live & found.provider, ("run_id", "provider")):
        decisions.remark(
            ProviderChangedSincePaid(run=visit.run_id, provider=visit.provider), rows, "provider"
        )
    for rows, visit in _groups(found, live & found.service, ("run_id", "service")):
        decisions.remark(ServiceChangedSincePaid(run=visit.run_id, service=visit.service), rows, "service")
    for rows, visit in _groups(found, live & found.patient, ("run_id",)):
        decisions.remark(PatientChangedSincePaid(run=visit.run_id), rows, "patient")


def _groups(found: _Known, chosen: Mask, fields: Sequence[str]) -> list[tuple[Ints, PaidVisit]]:
    """Return the chosen rows in groups whose visits have equal ``fields``, each with one of the visits."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place in np.flatnonzero(chosen).tolist():
        groups[tuple(getattr(found.visits[place], field) for field in fields)].append(place)
    return [(found.rows[places], found.visits[places[0]]) for places in groups.values()]


def _us_day(day: str) -> str:
    return us(date.fromisoformat(day))

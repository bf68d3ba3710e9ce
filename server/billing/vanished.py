"""Visits that closed runs paid and a log of those days no longer has."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import numpy as np

from server.billing.days import us
from server.billing.differences import ATTENDED, say_missed
from server.billing.log import Mask
from server.billing.matching import STATUSES, UNKNOWN
from server.billing.paid_visits import PaidVisit
from server.billing.resolving import Resolver
from server.errors import Finding, counted

LISTED = 8
"""How many days and providers a sentence lists."""


def say_vanished(resolver: Resolver, gone: Sequence[PaidVisit]) -> None:
    """Say, once for each run, which paid visits of the log's days and providers no row accounts for.

    A row that is not paid may be one of them, such as one without an ID that is now cancelled: that is said instead.
    """
    matched = resolver.considered.matched
    here = {int(code) for code in np.unique(matched.providers)}
    left = [visit for visit in gone if resolver.provider(visit) in here | {UNKNOWN}]
    left = _not_in_other_rows(resolver, left)
    by_run: dict[str, list[PaidVisit]] = defaultdict(list)
    for visit in left:
        by_run[visit.run_id].append(visit)
    for run_id, visits in by_run.items():
        facts = {"run": run_id, "visits": counted(len(visits), "visit"), "list": _listed(visits)}
        sheet = resolver.considered.sorting.log.facts.sheet
        resolver.considered.sorting.findings.append(Finding("vanished-since-paid", sheet, facts=facts))


def _not_in_other_rows(resolver: Resolver, left: Sequence[PaidVisit]) -> list[PaidVisit]:
    if not left:
        return []
    considered = resolver.considered
    matched, log = considered.matched, considered.sorting.log
    other: Mask = ~considered.payable & log.days.given
    other &= (matched.providers != UNKNOWN) & (matched.services != UNKNOWN)
    named = list(zip(np.flatnonzero(other).tolist(), considered.ids.of(other), strict=True))
    rows, paid = resolver.rows(named), [resolver.visit(visit) for visit in left]
    found = set()
    for row, visit in resolver.paired(rows, paid):
        if rows[row].patient and paid[visit].patient not in {"", rows[row].patient}:
            continue
        found.add(visit)
        status = int(matched.statuses[named[row][0]])
        if status not in {UNKNOWN, ATTENDED} and STATUSES[status].value != left[visit].counts_as:
            say_missed(resolver, np.array([named[row][0]]), left[visit], STATUSES[status])
    return [visit for place, visit in enumerate(left) if place not in found]


def _listed(visits: Sequence[PaidVisit]) -> str:
    """Return days and providers in order, never patients; a long list is cut."""
    days = sorted({(visit.day, visit.provider) for visit in visits})
    shown = [f"{us(date.fromisoformat(day))} {provider}" for day, provider in days[:LISTED]]
    return "; ".join(shown) + (" and more" if len(days) > LISTED else "")

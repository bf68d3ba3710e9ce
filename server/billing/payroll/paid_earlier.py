"""What earlier runs have paid of a log: the totals that staff read as "already paid"."""

from collections.abc import Mapping
from itertools import compress
from operator import attrgetter

import numpy as np

from server.billing.payroll.classify import ClassifiedLog
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.pay_run import Outcome, PaidEarlier
from server.billing.payroll.row_outcomes import OUTCOMES, RowDecisions


def sums_paid_earlier(
    decisions: RowDecisions, classified: ClassifiedLog, paid_before: Mapping[str, PaidVisit]
) -> tuple[PaidEarlier, ...]:
    """Return for each closed run what it paid of the rows that are set aside as already paid.

    There is no Python loop over the rows: an export that was paid before has 100,000 of them.
    """
    if not paid_before:
        return ()
    set_aside = decisions.outcomes == OUTCOMES.index(Outcome.ALREADY_PAID)
    identities = compress(classified.identities, set_aside[classified.payable].tolist())
    found = list(filter(None, map(paid_before.get, identities)))
    run_ids = list(map(attrgetter("run_id"), found))
    place_of = {run_id: place for place, run_id in enumerate(sorted(set(run_ids)))}
    places = np.fromiter(map(place_of.__getitem__, run_ids), np.int64, len(found))
    cents = np.fromiter(map(attrgetter("amount_cents"), found), np.int64, len(found))
    sums = np.zeros(len(place_of), dtype=np.int64)
    np.add.at(sums, places, cents)
    visits = np.bincount(places, minlength=len(place_of))
    return tuple(PaidEarlier(run_id, int(visits[n]), int(sums[n])) for run_id, n in place_of.items())

"""What earlier runs have paid of a log: the sums staff read as "already paid"."""

from collections import Counter
from collections.abc import Mapping
from itertools import compress

from server.billing.consider import Considered
from server.billing.paid_visits import PaidVisit
from server.billing.payroll import Outcome, PaidEarlier
from server.billing.sorting import OUTCOMES


def sums_paid_earlier(
    considered: Considered, paid_before: Mapping[str, PaidVisit]
) -> tuple[PaidEarlier, ...]:
    """Return what each closed run has paid of the rows that are set aside as already paid."""
    if not paid_before:
        return ()
    set_aside = considered.sorting.outcomes == OUTCOMES.index(Outcome.ALREADY_PAID)
    of_rows = compress(considered.identities, set_aside[considered.payable].tolist())
    found = [paid_before[identity] for identity in of_rows if identity in paid_before]
    visits = Counter(before.run_id for before in found)
    cents = Counter[str]()
    for before in found:
        cents[before.run_id] += before.amount_cents
    return tuple(PaidEarlier(run_id, visits[run_id], cents[run_id]) for run_id in sorted(visits))

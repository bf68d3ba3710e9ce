"""Equal visits without an ID, told apart by their number: which of them are the ones that closed runs have paid.

A number depends on the rows that could be paid when it was given. If a blocked row is corrected later, or a row is added
before another, the numbers move. The amounts then say which visits were paid, and of equal amounts the notes: a visit was paid because its note was signed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from server.billing.payroll.appointment_log import repeats
from server.billing.payroll.calculate import PricedLog
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.unsigned_notes import unsigned_visits
from server.billing.payroll.visit_identity import BY_VISIT, unsigned_name


def number_by_amount(priced: PricedLog, paid: Sequence[PaidVisit]) -> PricedLog:
    """Return the log with the identities of equal visits exchanged, so that paid ones have the amount they were paid,
    and a signed note if they can.

    A row whose note is not signed is no paid visit of another amount: its number alone says too little to change what was
    paid.
    """
    amounts = {visit.identity: visit.amount_cents for visit in paid if visit.identity.startswith(BY_VISIT)}
    classified = priced.classified
    unnamed = classified.payable & classified.ids.blank
    if not amounts or not unnamed.any():
        return priced
    matched, log = classified.matched, classified.log
    place_of = np.cumsum(classified.payable) - 1
    names = list(classified.identities)
    unsigned = unsigned_visits(classified)
    patients = log.word_column("patient").codes
    for first, later in repeats(unnamed, matched.providers, log.days.values, matched.services, patients):
        rows = [first, *later.tolist()]
        places = place_of[rows].tolist()
        own = [names[place] for place in places]
        for place, name in zip(
            places,
            _names_by_amount(own, priced.amounts[rows].tolist(), unsigned[rows].tolist(), amounts),
            strict=True,
        ):
            names[place] = name
    for row in np.flatnonzero(unnamed & unsigned).tolist():
        place = int(place_of[row])
        if amounts.get(names[place], priced.amounts[row]) != priced.amounts[row]:
            names[place] = unsigned_name(names[place])
    return replace(priced, classified=replace(classified, identities=names))


def _names_by_amount(
    names: Sequence[str], now: Sequence[int], unsigned: Sequence[bool], paid: Mapping[str, int]
) -> list[str]:
    """Return the names in an order in which as many as possible have the amount they were paid. The rest keep their order.

    Of equal amounts, the first whose note is signed is taken, or the one that has the name already.
    """
    chosen: dict[int, str] = {}
    for name in names:
        equal = [
            place for place, amount in enumerate(now) if place not in chosen and amount == paid.get(name)
        ]
        if name in paid and equal:
            own = names.index(name)
            chosen[min(equal, key=lambda place: (unsigned[place], place != own, place))] = name
    taken = {*chosen.values()}
    others = iter([name for name in names if name not in taken])
    return [chosen.get(place) or next(others) for place in range(len(names))]

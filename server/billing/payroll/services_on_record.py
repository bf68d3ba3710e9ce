"""Services of an appointment under the identities by which closed runs paid them.

A run may have paid one service of an appointment, and a later log has two of them, or the other way around. Each service of
the log then has the identity of the paid line with the same service, and what is left over is a changed or a new service
(rule: pay-runs#several-services).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from server.billing.names import fold
from server.billing.payroll.calculate import PricedLog
from server.billing.payroll.classify import ClassifiedLog
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.setup_matching import spellings
from server.billing.payroll.several_services import service_key
from server.billing.payroll.visit_identity import ADD_ON, AppointmentIds, without_service


def names_on_record(classified: ClassifiedLog) -> set[str]:
    """Return further identities under which closed runs may have paid the services of appointments that have several."""
    ids = classified.ids
    several = {without_service(identity) for identity in ids.identities if ADD_ON in identity}
    if not several:
        return set()
    return {
        f"{ids.identities[code]}{ADD_ON}{service_key(classified.matched, rows[0])}"
        for code, rows in _rows_of(classified, several).items()
        if ids.identities[code] in several
    }


def named_as_paid(priced: PricedLog, paid: Sequence[PaidVisit]) -> PricedLog:
    """Return the log with the services of each appointment named as closed runs paid them."""
    classified = priced.classified
    ids = classified.ids
    of_log, on_record = ids.identities, (visit.identity for visit in paid)
    several = {without_service(name) for names in (of_log, on_record) for name in names if ADD_ON in name}
    if not several:
        return priced
    lines: dict[str, list[PaidVisit]] = defaultdict(list)
    for visit in paid:
        appointment = without_service(visit.identity)
        if appointment in several:
            lines[appointment].append(visit)
    codes: dict[str, dict[int, str]] = defaultdict(dict)
    for code, rows in _rows_of(classified, several).items():
        codes[without_service(ids.identities[code])][code] = service_key(classified.matched, rows[0])
    codes_of_service = spellings(classified.setup.services)
    names = list(ids.identities)
    for appointment, services in codes.items():
        recorded = {}
        for visit in sorted(lines[appointment], key=lambda one: (one.is_taken_back, one.identity)):
            place = codes_of_service.get(fold(visit.service), -1)
            known = classified.setup.services[place].code if place >= 0 else visit.service
            recorded[visit.identity] = fold(known)
        for code, name in _names(appointment, services, recorded):
            names[code] = name
    return replace(priced, classified=_with_ids(classified, AppointmentIds(ids.codes, names)))


def _rows_of(classified: ClassifiedLog, appointments: set[str]) -> dict[int, list[int]]:
    """Return the rows of each code of some appointments, those that can be paid first."""
    ids = classified.ids
    chosen = np.array([*(without_service(one) in appointments for one in ids.identities), False])[ids.codes]
    found: dict[int, list[int]] = defaultdict(list)
    for rows in (np.flatnonzero(chosen & classified.payable), np.flatnonzero(chosen & ~classified.payable)):
        for row in rows.tolist():
            found[int(ids.codes[row])].append(row)
    return dict(sorted(found.items(), key=lambda item: min(item[1])))


def _names(
    appointment: str, services: Mapping[int, str], recorded: Mapping[str, str]
) -> Iterator[tuple[int, str]]:
    """Yield the identity of each service of an appointment.

    ``services`` maps codes of the log to services, ``recorded`` identities of paid lines to services. A service that was paid
    has the identity of its line. The next services are those that were paid and changed since, in order; the rest is new.
    """
    left, new = dict(recorded), []
    for code, service in services.items():
        same = next((name for name, paid_for in left.items() if paid_for == service), None)
        if same is None:
            new.append(code)
        else:
            del left[same]
            yield code, same
    taken = {*recorded}
    for code in new:
        if left:
            name = next(iter(left))
            del left[name]
        else:
            name = _unused_name(appointment, services[code], taken)
            taken.add(name)
        yield code, name


def _unused_name(appointment: str, service: str, taken: set[str]) -> str:
    name = appointment if appointment not in taken else f"{appointment}{ADD_ON}{service}"
    number = 1
    while name in taken:
        number += 1
        name = f"{appointment}{ADD_ON}{service}{ADD_ON}{number}"
    return name


def _with_ids(classified: ClassifiedLog, ids: AppointmentIds) -> ClassifiedLog:
    """Return the log with other identities for rows with an ID."""
    named = ids.of(classified.payable)
    identities = [name or before for name, before in zip(named, classified.identities, strict=True)]
    return replace(classified, ids=ids, identities=identities)

"""Appointments with several services, such as an add-on: each service is a line of its own.

Rows with one ID, one day, one provider and one patient are one appointment. Its first service has the identity of the ID, as if
it were the only one, and each further service has the identity of ID and service (rule: pay-runs#several-services).
"""

import numpy as np

from server.billing.names import fold
from server.billing.payroll.appointment_log import Ints, repeats
from server.billing.payroll.setup_matching import UNKNOWN, Matched
from server.billing.payroll.visit_identity import ADD_ON, AppointmentIds, patient_keys


def with_services(ids: AppointmentIds, matched: Matched) -> AppointmentIds:
    """Return the IDs of a log with an identity for each service of an appointment that has several.

    Rows of one ID that are of another day, provider or patient keep the identity of the ID: they are not one appointment.
    """
    given = ~ids.blank
    if len(ids.identities) == int(given.sum()):
        return ids
    log, codes, identities = matched.log, ids.codes.copy(), list(ids.identities)
    services, patients = _services(matched), _patients(matched)
    code_of: dict[tuple[int, str], int] = {}
    for first, later in repeats(given, ids.codes, log.days.values, matched.providers):
        for row in later.tolist():
            is_same_patient = patients[row] == patients[first] or -1 in {patients[row], patients[first]}
            if services[row] == services[first] or not is_same_patient:
                continue
            own = (int(ids.codes[row]), service_key(matched, row))
            if own not in code_of:
                code_of[own] = len(identities)
                identities.append(f"{ids.identities[own[0]]}{ADD_ON}{own[1]}")
            codes[row] = code_of[own]
    return AppointmentIds(codes, identities) if code_of else ids


def service_key(matched: Matched, row: int) -> str:
    """Return what identifies the service of a row: its code, or the word of the log if the setup does not know it."""
    service = int(matched.services[row])
    words = matched.log.word_column("service")
    code = int(words.codes[row])
    word = words.values[code] if code >= 0 else ""
    return fold(matched.setup.services[service].code if service != UNKNOWN else word)


def _services(matched: Matched) -> Ints:
    """Return a number for the service of each row: equal for equal words where the setup does not know the word."""
    unknown = len(matched.setup.services) + 1 + matched.log.word_column("service").codes
    numbers: Ints = np.where(matched.services == UNKNOWN, unknown, matched.services)
    return numbers


def _patients(matched: Matched) -> Ints:
    """Return a number for the patient of each row, -1 if the log names none."""
    words = matched.log.word_column("patient")
    keys = patient_keys(words)
    places = {key: place for place, key in enumerate(dict.fromkeys(filter(None, keys)))}
    numbers: Ints = np.array([places.get(key, -1) for key in keys], dtype=np.int64)[words.codes]
    return numbers

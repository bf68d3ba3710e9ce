"""Appointment IDs in more than one row of a log: an appointment is paid once."""

import numpy as np

from server.billing.clinics import CountsAs
from server.billing.payroll.appointment_log import BLANK, Ints, Mask, repeats
from server.billing.payroll.row_outcomes import RowDecisions
from server.billing.payroll.setup_matching import STATUSES, UNKNOWN, Matched
from server.billing.payroll.visit_identity import BY_ID, AppointmentIds, bare_id, without_service
from server.errors import Finding, count_of, row_stretches
from server.errors.log_column_findings import SeveralServices
from server.errors.log_row_findings import DuplicateAppointment, IdAlsoMissed, NearlySameId


def repeated_ids(decisions: RowDecisions, matched: Matched, ids: AppointmentIds, in_sessions: Mask) -> None:
    """Block each further row of an ID, also if it lost leading zeros; remark on one that is also cancelled.

    Several services of one appointment are not repeated (rule: pay-runs#several-services), and neither are the rows
    ``in_sessions``: a group session is paid once anyway.
    """
    log = matched.log
    _say_several_services(decisions, ids)
    words = log.word_column("appointment")
    for first, later in repeats(decisions.open & ~ids.blank & ~in_sessions, ids.codes):
        decisions.block(
            DuplicateAppointment(value=words.values[words.codes[first]], first=log.rows[first]),
            later,
            "appointment",
        )
    _without_zeros(decisions, matched, ids)
    _also_missed(decisions, matched, ids)


def _say_several_services(decisions: RowDecisions, ids: AppointmentIds) -> None:
    """Add one finding with the number of appointments that have several services, and the rows of the further ones."""
    further = decisions.open & ids.of_further_services
    if further.any():
        appointments = {without_service(identity) for identity in ids.of(further)}
        what = SeveralServices(
            appointments=count_of(len(appointments), "appointment"),
            has="has" if len(appointments) == 1 else "have",
            rows=row_stretches(decisions.log.rows[further].tolist()),
        )
        decisions.findings.append(Finding(what, decisions.log.facts.sheet))


def _without_zeros(decisions: RowDecisions, matched: Matched, ids: AppointmentIds) -> None:
    """Block a row whose ID equals another row's except for leading zeros, if the visit is otherwise the same."""
    if f"\n{BY_ID}0" not in "\n".join(("", *ids.identities)):
        return
    bare = _bare_codes(ids)
    log = matched.log
    words = log.word_column("appointment")
    rows = decisions.payable_so_far() & (bare != BLANK)
    for first, later in repeats(rows, bare, matched.providers, log.days.values, matched.services):
        differing = later[ids.codes[later] != ids.codes[first]]
        decisions.block(
            NearlySameId(value=words.values[words.codes[first]], first=log.rows[first]),
            differing,
            "appointment",
        )


def _bare_codes(ids: AppointmentIds) -> Ints:
    bare = [bare_id(identity) for identity in ids.identities]
    places = {text: place for place, text in enumerate(dict.fromkeys(filter(None, bare)))}
    codes: Ints = np.array([*(places.get(text, BLANK) for text in bare), BLANK], dtype=np.int64)[ids.codes]
    return codes


def _appointment_codes(ids: AppointmentIds) -> Ints:
    """Return a code of each row's appointment, whichever of its services the row is about."""
    if not ids.of_further_services.any():
        return ids.codes
    places = {identity: place for place, identity in enumerate(ids.identities)}
    first = [places.get(without_service(identity), place) for identity, place in places.items()]
    codes: Ints = np.array([*first, BLANK], dtype=np.int64)[ids.codes]
    return codes


def _also_missed(decisions: RowDecisions, matched: Matched, ids: AppointmentIds) -> None:
    """Remark on an attended visit whose ID has another row with the status cancelled, missed or still to come."""
    log, statuses = matched.log, matched.statuses
    words = log.word_column("appointment")
    attended = decisions.open & ~ids.blank & (statuses == STATUSES.index(CountsAs.ATTENDED))
    missed = ~decisions.open & ~ids.blank & (statuses != UNKNOWN) & ~attended
    missed &= statuses != STATUSES.index(CountsAs.ATTENDED)
    if not missed.any() or (len(ids.identities) == len(log) and not ids.of_further_services.any()):
        return
    appointments = _appointment_codes(ids)
    row_of = dict(zip(appointments[missed].tolist(), np.flatnonzero(missed).tolist(), strict=True))
    shared = attended & np.isin(appointments, list(row_of))
    for row in np.flatnonzero(shared).tolist():
        other = row_of[int(appointments[row])]
        decisions.remark(
            IdAlsoMissed(
                value=words.values[words.codes[row]],
                first=log.rows[other],
                status=STATUSES[statuses[other]].value,
            ),
            np.array([row]),
            "appointment",
        )

"""Whether a log is another clinic's
(rule: edge-cases#foreign-log). It says that it looks so, never whose it is.
"""

from collections.abc import Callable, Collection

import numpy as np

from server.billing.clinics import Setup
from server.billing.names import fold
from server.billing.payroll.appointment_log import AppointmentLog
from server.billing.payroll.setup_matching import UNKNOWN, provider_codes
from server.errors import AnotherClinicsLog, Finding
from server.errors.log_row_findings import LooksForeign


def refuse_foreign(
    log: AppointmentLog, setup: Setup, knows_elsewhere: Callable[[Collection[str]], bool]
) -> None:
    """Refuse a log whose Clinic column, or whose providers, are mostly somebody else's.

    ``knows_elsewhere`` says whether any one other clinic knows most of some folded names.
    """
    _by_clinic_column(log, setup)
    words = log.word_column("provider")
    unknown = (provider_codes(log, setup.providers)[0] == UNKNOWN) & ~words.blank
    if 2 * unknown.sum() > (~words.blank).sum():
        names = {fold(value) for value, _ in words.among(unknown)}
        if knows_elsewhere(names):
            why = "most of its providers do not work here"
            raise AnotherClinicsLog(setup.clinic.name, why, [_finding(log, "provider", unknown, setup)])


def _by_clinic_column(log: AppointmentLog, setup: Setup) -> None:
    words = log.word_column("clinic")
    ours = {fold(setup.clinic.name), fold(setup.clinic.id)}
    others = np.zeros(len(log), dtype=np.bool_)
    for value, rows in words.among(~words.blank):
        if fold(value) not in ours:
            others[rows] = True
    if 2 * others.sum() > (~words.blank).sum():
        why = "its Clinic column names another"
        raise AnotherClinicsLog(setup.clinic.name, why, [_finding(log, "clinic", others, setup)])


def _finding(
    log: AppointmentLog, field: str, rows: np.ndarray[tuple[int], np.dtype[np.bool_]], setup: Setup
) -> Finding:
    column = log.column(field)
    return Finding(
        LooksForeign(clinic=setup.clinic.name),
        log.facts.sheet,
        log.rows[rows].tolist(),
        column.position,
        column.heading,
    )

"""Whether a log belongs to another clinic (rule: edge-cases#foreign-log). The refusal says that it seems to, never to
which clinic.
"""

from collections.abc import Callable, Collection

import numpy as np

from server.billing.clinics import Setup
from server.billing.names import fold
from server.billing.payroll.appointment_log import AppointmentLog
from server.billing.payroll.setup_matching import UNKNOWN, provider_codes
from server.errors import AnotherClinicsLog, Finding, row_stretches
from server.errors.log_row_findings import LooksForeign


def refuse_foreign(
    log: AppointmentLog, setup: Setup, knows_elsewhere: Callable[[Collection[str]], bool]
) -> None:
    """Refuse a log if most names in its Clinic column, or most of its providers, belong to another clinic.

    ``knows_elsewhere`` returns whether any single other clinic knows most of some folded names.
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
    """Return one finding about all these rows, at the first of them: one remark is enough to choose again."""
    column, foreign = log.column(field), log.rows[rows].tolist()
    return Finding(
        LooksForeign(clinic=setup.clinic.name, rows=row_stretches(foreign)),
        log.facts.sheet,
        foreign[:1],
        column.position,
        column.heading,
    )

"""Rows of a log that repeat a paid visit of the same log under another ID, or without one."""

import numpy as np

from server.billing.payroll.answers_on_record import NamedRow
from server.billing.payroll.appointment_log import BLANK, Ints
from server.billing.payroll.classify import ClassifiedLog
from server.billing.payroll.row_outcomes import RowDecisions
from server.errors.paid_visit_findings import RepeatsPaidVisit


def say_repeated_visits(
    decisions: RowDecisions, classified: ClassifiedLog, known: Ints, new: list[NamedRow]
) -> None:
    """Remark on new rows with the provider, day, service and named patient of a row that was paid before.

    Both may have taken place, so the new row is paid. But two exports in one sheet also look like this.
    """
    if not new or not len(known):
        return
    rows = np.array([row for row, _ in new], dtype=np.int64)
    keys, patients = _keys(classified), classified.log.word_column("patient").codes
    found = rows[(patients[rows] != BLANK) & np.isin(keys[rows], keys[known])]
    if not len(found):
        return
    first = dict(zip(keys[known].tolist()[::-1], classified.log.rows[known].tolist()[::-1], strict=True))
    for row in found.tolist():
        decisions.remark(RepeatsPaidVisit(first=first[int(keys[row])]), np.array([row]), "date")


def _keys(classified: ClassifiedLog) -> Ints:
    """Return for each row a number that is equal for equal provider, service, day and patient."""
    matched, log = classified.matched, classified.log
    patients = log.word_column("patient")
    keys: Ints = matched.providers + 1
    for codes, count in (
        (matched.services + 1, len(classified.setup.services) + 1),
        (patients.codes + 1, len(patients.values) + 1),
        (log.days.values, 1 << 22),
    ):
        keys = keys * count + codes
    return keys

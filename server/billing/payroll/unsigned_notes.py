"""Visits whose note is not signed: held for a later run, without a question (rule: pay-runs#unsigned-notes)."""

import numpy as np

from server.billing.payroll.appointment_log import Mask
from server.billing.payroll.classify import ATTENDED, ClassifiedLog
from server.billing.payroll.pay_run import Outcome
from server.billing.payroll.row_outcomes import OUTCOMES, RowDecisions
from server.errors.held_visit_findings import NoteNotSigned, NoteStateUnclear, PaidNoteNotSigned

NOT_SIGNED = "The note is not signed"
"""Why such a row is not paid yet, as the sheet Excluded says it."""

HELD_CODES = frozenset({NoteNotSigned.code, NoteStateUnclear.code})
"""The codes of the findings for which a row is held by itself."""


def unsigned_visits(classified: ClassifiedLog) -> Mask:
    """Return the attended visits whose note is not signed. A missed visit needs no note."""
    unsigned: Mask = classified.log.unsigned_rows & (classified.matched.statuses == ATTENDED)
    return unsigned


def hold_unsigned(decisions: RowDecisions, classified: ClassifiedLog) -> None:
    """Hold the rows that could be paid if their note were signed; remark on visits that closed runs have paid."""
    log = classified.log
    if not log.note_states:
        return
    attended = classified.matched.statuses == ATTENDED
    payable = decisions.payable_so_far() & attended
    paid = attended & (decisions.outcomes == OUTCOMES.index(Outcome.ALREADY_PAID))
    for states in log.note_states:
        unsigned = payable & states.unsigned
        decisions.remark(NoteNotSigned(), unsigned & ~states.unclear, states.column)
        decisions.remark(NoteStateUnclear(), unsigned & states.unclear, states.column)
        decisions.remark(PaidNoteNotSigned(), paid & states.unsigned, states.column)
    decisions.set_aside(np.flatnonzero(payable & log.unsigned_rows), Outcome.HELD, NOT_SIGNED)

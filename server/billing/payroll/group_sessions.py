"""Group sessions: a service with several patients at once that is paid once for each session.

A session is one visit, whichever of its patients came. Its first attended row pays, and the others are excluded as parts of
the session. So it is paid once, also if the row that was paid is cancelled later (rule: pay-runs#group-sessions).
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from server.billing.clinics import CountsAs
from server.billing.names import fold
from server.billing.payroll.appointment_log import BLANK, Ints, alike
from server.billing.payroll.calculate import PricedLog
from server.billing.payroll.classify import ClassifiedLog
from server.billing.payroll.paid_visits import PaidBefore, PaidVisit, SameVisits
from server.billing.payroll.pay_run import Outcome
from server.billing.payroll.row_outcomes import RowDecisions
from server.billing.payroll.session_rows import SessionRows, attended_rows, sessions_of
from server.billing.payroll.setup_matching import spellings
from server.billing.payroll.unsigned_notes import unsigned_visits
from server.billing.payroll.visit_identity import AppointmentIds


def session_names(classified: ClassifiedLog) -> set[str]:
    """Return the identities of the group sessions of a log, under which closed runs may have paid them."""
    return {*sessions_of(classified.matched).identities}


def pay_sessions_once(priced: PricedLog, paid: PaidBefore) -> PricedLog:
    """Return the log with one row for each group session left to pay.

    Visits of a session that closed runs paid one by one, because it was not paid as a group then, stay as they are. The
    others are parts of their session.
    """
    classified = priced.classified
    sessions = sessions_of(classified.matched)
    if not sessions.identities:
        return priced
    on_record = {visit.identity: visit for visit in paid.visits}
    on_record |= {given.identity: given.visit for given in paid.answers if given.answer is SameVisits.SAME}
    groups = _Groups(classified, sessions, on_record)
    decisions = RowDecisions(priced.outcomes)
    attended = attended_rows(classified.matched)
    for rows in alike(classified.payable & attended & sessions.rows, sessions.codes):
        groups.name_session(decisions, rows)
    present = {*sessions.codes[attended & sessions.rows].tolist()}
    for rows in alike(~attended & ~classified.payable & sessions.rows, sessions.codes):
        if int(sessions.codes[rows[0]]) not in present:
            groups.name_missed(rows)
    return replace(priced, classified=groups.classified_log(), outcomes=decisions.finish())


class _Groups:
    """The names of the rows of group sessions, and the rows that are parts of a session."""

    def __init__(
        self, classified: ClassifiedLog, sessions: SessionRows, on_record: Mapping[str, PaidVisit]
    ) -> None:
        self._before, self._sessions, self._on_record = classified, sessions, on_record
        self._services = spellings(classified.setup.services)
        self._codes = classified.ids.codes.copy()
        self._names = np.array([""] * len(classified.log), dtype=object)
        self._names[classified.payable] = classified.identities
        self._payable = classified.payable.copy()
        self._of_sessions: list[int] = []
        self._first_code = len(classified.ids.identities)

    def name_session(self, decisions: RowDecisions, rows: Ints) -> None:
        """Leave one row of a session to pay, and exclude the others as its parts."""
        alone = [row for row in rows.tolist() if self._is_paid_alone(row)]
        kept = [*{self._names[row]: row for row in reversed(alone)}.values()]
        paying = min(kept) if kept else self._likeliest(rows)
        if not kept:
            self._name(paying)
            kept = [paying]
        others = rows[~np.isin(rows, kept)]
        self._payable[others] = False
        reason = f"Part of the group session of row {self._before.log.rows[paying]}"
        decisions.set_aside(others, Outcome.EXCLUDED, reason)

    def name_missed(self, rows: Ints) -> None:
        """Say that nobody came to a session that was paid."""
        if self._sessions.identities[int(self._sessions.codes[rows[0]])] in self._on_record:
            self._name(int(rows[0]))

    def classified_log(self) -> ClassifiedLog:
        """Return the log with its new identities. A session is no patient's, whoever of its patients came."""
        identities = [*self._before.ids.identities, *self._sessions.identities]
        matched, log = self._before.matched, self._before.log
        if "patient" in log.words and self._of_sessions:
            patients = log.words["patient"]
            codes = patients.codes.copy()
            codes[self._of_sessions] = BLANK
            words = {**log.words, "patient": replace(patients, codes=codes)}
            matched = replace(matched, log=replace(log, words=words))
        return replace(
            self._before,
            matched=matched,
            payable=self._payable,
            identities=self._names[self._payable].tolist(),
            ids=AppointmentIds(self._codes, identities).without_unused(),
        )

    def _name(self, row: int) -> None:
        session = int(self._sessions.codes[row])
        self._codes[row] = self._first_code + session
        self._names[row] = self._sessions.identities[session]
        self._of_sessions.append(row)

    def _is_paid_alone(self, row: int) -> bool:
        """Return whether a closed run has paid an attended visit that was no part of a session then."""
        visit = self._on_record.get(self._names[row])
        if visit is None or visit.counts_as != CountsAs.ATTENDED or visit.is_taken_back:
            return False
        return self._services.get(fold(visit.service)) == int(self._before.matched.services[row])

    def _likeliest(self, rows: Ints) -> int:
        """Return the row that pays a session: one whose note is signed, the same in every export of the session."""
        unsigned = unsigned_visits(self._before)
        every: list[int] = rows.tolist()
        return min(every, key=lambda row: (bool(unsigned[row]), self._names[row], row))

"""Which rows of a log belong to which group session: provider, day, start time and service (rule: pay-runs#group-sessions)."""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from server.billing.clinics import CountsAs, PaidPer
from server.billing.days import serial_of
from server.billing.names import fold
from server.billing.payroll.appointment_log import Ints, Mask, alike
from server.billing.payroll.setup_matching import STATUSES, UNKNOWN, Matched
from server.billing.payroll.visit_identity import BY_VISIT, AppointmentIds, provider_keys

NO_SESSION = -1


@dataclass(frozen=True, slots=True, eq=False)
class SessionRows:
    """The sessions of a log that are paid once: ``codes`` has the session of each row, NO_SESSION for none; ``identities``
    has the identity of each session.
    """

    codes: Ints
    identities: tuple[str, ...]

    @property
    def rows(self) -> Mask:
        """Return the rows that belong to a session."""
        found: Mask = self.codes != NO_SESSION
        return found


def paid_once(matched: Matched) -> Mask:
    """Return the rows whose service is paid once for each session on their day."""
    setup, log = matched.setup, matched.log
    found = np.zeros(len(log), dtype=np.bool_)
    for rule in sorted(setup.group_sessions, key=lambda one: one.effective_from):
        service = next(
            (place for place, one in enumerate(setup.services) if one.code == rule.service), UNKNOWN
        )
        of_rule = (matched.services == service) & log.days.given
        of_rule &= log.days.values >= serial_of(rule.effective_from)
        found[of_rule] = rule.paid_per is PaidPer.SESSION
    return found


def sessions_of(matched: Matched) -> SessionRows:
    """Return the sessions of a log, with the rows of patients who came and of those who did not."""
    log = matched.log
    codes: Ints = np.full(len(log), NO_SESSION, dtype=np.int64)
    if log.starts is None or not matched.setup.group_sessions:
        return SessionRows(codes, ())
    known = paid_once(matched) & (matched.providers != UNKNOWN) & log.starts.given
    who = provider_keys(matched)
    identities: list[str] = []
    for rows in alike(known, matched.providers, log.days.values, matched.services, log.starts.values):
        first = int(rows[0])
        day, start = int(log.days.values[first]), int(log.starts.values[first])
        service = fold(matched.setup.services[matched.services[first]].code)
        facts = ("session", who[matched.providers[first]], str(day), service, str(start))
        codes[rows] = len(identities)
        digest = blake2b("\x1f".join(facts).encode(), digest_size=16).hexdigest()
        identities.append(f"{BY_VISIT}{digest}")
    return SessionRows(codes, tuple(identities))


def rows_of_attended_sessions(matched: Matched) -> Mask:
    """Return the rows of sessions to which somebody came. They are no other visit, also those of patients who did not come."""
    sessions = sessions_of(matched)
    attended = sessions.codes[sessions.rows & attended_rows(matched)]
    found: Mask = sessions.rows & np.isin(sessions.codes, attended)
    return found


def attended_rows(matched: Matched) -> Mask:
    """Return the rows of visits that took place."""
    attended: Mask = matched.statuses == STATUSES.index(CountsAs.ATTENDED)
    return attended


def named_by_session(ids: AppointmentIds, matched: Matched) -> AppointmentIds:
    """Return the IDs of a log in which each attended row of a session has the identity of the session."""
    sessions = sessions_of(matched)
    if not sessions.identities:
        return ids
    rows = sessions.rows & attended_rows(matched)
    codes = np.where(rows, len(ids.identities) + sessions.codes, ids.codes)
    return AppointmentIds(codes, [*ids.identities, *sessions.identities])

"""Emergency access: a clinic that a user was not given, open to that user for an hour, with a reason (rule: people#break-glass)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.billing.names import fold
from server.billing.people import STAFF, Person, Role
from server.errors import (
    ClinicOpenAlready,
    EmergencyAccessOff,
    EmergencyReasonUnusable,
    RoleNotAllowed,
    UnknownClinic,
    UnknownEmergencyAccess,
)
from server.ledger.clock import UNNOTICED, instant
from server.ledger.engine.database import Database
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.firm_access import AccessEvent
from server.ledger.people.sign_in_rules import SignInRules
from server.ledger.people.user_rows import write_event
from server.ledger.people.user_rules import current_rights

EMERGENCY_TIME = timedelta(hours=1)
"""How long a clinic stays open."""

FEWEST_WORDS, LONGEST_REASON = 3, 500

_ROW = """
SELECT e.id, u.sign_in_name, u.full_name, e.clinic, e.reason, e.began_at, e.ends_at, COALESCE(e.ended_at, '') AS ended_at,
    e.ended_by, COALESCE(e.seen_at, '') AS seen_at, e.seen_by
FROM emergency_access e JOIN user u ON u.id = e.user
"""
_LATEST = f"{_ROW} ORDER BY e.id DESC LIMIT CAST(? AS BIGINT)"
_UNSEEN = f"{_ROW} WHERE e.seen_at IS NULL ORDER BY e.id DESC"
_BY_ID = f"{_ROW} WHERE e.id = ?"
_OPEN_OF_USER = """
SELECT clinic, ends_at FROM emergency_access
WHERE user = ? AND ended_at IS NULL AND began_at <= ? AND ends_at > ?
"""


@dataclass(frozen=True, slots=True)
class EmergencyAccess:
    """One emergency access. Instants are UTC text, "" if it did not happen."""

    id: int
    sign_in_name: str
    full_name: str
    clinic: str
    reason: str
    began_at: str
    ends_at: str
    ended_at: str
    ended_by: str
    seen_at: str
    seen_by: str

    def is_open(self, now: datetime) -> bool:
        """Return whether the clinic is open by it now."""
        return not self.ended_at and self.began_at <= instant(now + UNNOTICED) and instant(now) < self.ends_at


class EmergencyAccesses:
    """The emergency accesses of a ledger."""

    def __init__(self, firm: Database, now: Callable[[], datetime], rules: SignInRules) -> None:
        self._firm = firm
        self._now = now
        self._rules = rules

    @property
    def is_on(self) -> bool:
        """Return whether the firm allows emergency access. It is a setting."""
        return self._rules.emergency_access

    def begin(self, by: Person, typed_clinic: str, typed_reason: str, origin: str) -> EmergencyAccess:
        """Open a clinic, typed as its id or its whole name, for an hour to a user of the staff.

        Raises EmergencyAccessOff, EmergencyReasonUnusable, UnknownClinic, ClinicOpenAlready, RoleNotAllowed for an attorney,
        and RightsExceeded for a program.
        """
        if not self.is_on:
            raise EmergencyAccessOff
        reason, now = _checked_reason(typed_reason), self._now()
        with self._firm.write() as session:
            user_id, person = current_rights(session, by)
            if person.role not in STAFF:
                raise RoleNotAllowed("open a clinic in an emergency", person.role, STAFF)
            clinic = _find_clinic(session, typed_clinic)
            if user_id is None or person.was_given(clinic) or clinic in open_clinics(session, user_id, now):
                raise ClinicOpenAlready(clinic)
            row = {
                "user": user_id,
                "clinic": clinic,
                "reason": reason,
                "began_at": instant(now),
                "ends_at": instant(now + EMERGENCY_TIME),
            }
            begun = _require(session, session.insert("emergency_access", row))
            write_event(session, AccessEvent.EMERGENCY_BEGUN, _about(begun), now, origin)
            return begun

    def end(self, by: Person, access_id: int, origin: str) -> EmergencyAccess:
        """End an access before its hour is over: one's own, or as an administrator who was given the clinic.

        Raises UnknownEmergencyAccess for any other one. One that has ended stays as it is.
        """
        now = self._now()
        with self._firm.write() as session:
            _, person = current_rights(session, by)
            found = _require(session, access_id)
            if found.full_name != person.name and not _looks_after(person, found):
                raise UnknownEmergencyAccess
            if not found.is_open(now):
                return found
            session.update("emergency_access", found.id, {"ended_at": instant(now), "ended_by": person.name})
            write_event(
                session, AccessEvent.EMERGENCY_ENDED, f"{_about(found)} by {person.name}", now, origin
            )
            return _require(session, found.id)

    def mark_seen(self, by: Person, access_id: int, origin: str) -> EmergencyAccess:
        """Record that an administrator who was given the clinic has seen an access, once. Nobody sees the own one for the firm.

        Raises UnknownEmergencyAccess.
        """
        now = self._now()
        with self._firm.write() as session:
            _, person = current_rights(session, by)
            found = _require(session, access_id)
            if not _looks_after(person, found):
                raise UnknownEmergencyAccess
            if not found.seen_at:
                session.update(
                    "emergency_access", found.id, {"seen_at": instant(now), "seen_by": person.name}
                )
                write_event(
                    session, AccessEvent.EMERGENCY_SEEN, f"{_about(found)} by {person.name}", now, origin
                )
            return _require(session, found.id)

    def of_person(self, person: Person) -> list[EmergencyAccess]:
        """Return what is open to a user by emergency access now, the latest first."""
        return [one for one in self._latest() if one.full_name == person.name and one.is_open(self._now())]

    def list_for(self, person: Person) -> list[EmergencyAccess]:
        """Return the last accesses to the clinics that an administrator was given, the latest first, also the own ones."""
        return [one for one in self._latest() if person.was_given(one.clinic)]

    def unseen_by(self, person: Person) -> list[EmergencyAccess]:
        """Return every access that an administrator should mark as seen, the latest first; none for other roles."""
        if person.role is not Role.ADMINISTRATOR:
            return []
        with self._firm.read() as session:
            unseen = [EmergencyAccess(**row) for row in session.records(_UNSEEN)]
        return [one for one in unseen if _looks_after(person, one)]

    def _latest(self, most: int = 200) -> list[EmergencyAccess]:
        with self._firm.read() as session:
            return [EmergencyAccess(**row) for row in session.records(_LATEST, [most])]


def open_clinics(session: DatabaseSession, user_id: int, now: datetime) -> frozenset[str]:
    """Return the ids of the clinics that are open to a user by emergency access.

    If the clock was set back to before it began, it is not open: nobody knows how long ago that was.
    """
    rows = session.all(_OPEN_OF_USER, [user_id, instant(now + UNNOTICED), instant(now)])
    return frozenset(clinic for clinic, _ in rows)


def _looks_after(person: Person, access: EmergencyAccess) -> bool:
    return (
        person.role is Role.ADMINISTRATOR
        and person.was_given(access.clinic)
        and person.name != access.full_name
    )


def _require(session: DatabaseSession, access_id: int) -> EmergencyAccess:
    row: dict[str, Any] | None = next(session.records(_BY_ID, [access_id]), None)
    if row is None:
        raise UnknownEmergencyAccess
    return EmergencyAccess(**row)


def _find_clinic(session: DatabaseSession, typed: str) -> str:
    """Return the id of a clinic that was typed as its id or its whole name; raises UnknownClinic."""
    wanted = fold(typed)
    known: list[tuple[str, str]] = session.all("SELECT id, name FROM clinic ORDER BY id")
    found = [clinic for clinic, name in known if wanted and wanted in {fold(clinic), fold(name)}]
    if len(found) != 1:
        raise UnknownClinic(typed.strip())
    return found[0]


def _checked_reason(typed: str) -> str:
    """Return a reason on one line; raises EmergencyReasonUnusable."""
    reason = " ".join(typed.split())
    words = [word for word in reason.split() if any(map(str.isalpha, word))]
    if len(words) < FEWEST_WORDS or len(reason) > LONGEST_REASON or not reason.isprintable():
        raise EmergencyReasonUnusable(FEWEST_WORDS, LONGEST_REASON)
    return reason


def _about(access: EmergencyAccess) -> str:
    """Return what the firm's log says about an access. The reason stays in its own table: people write what they like."""
    return f"{access.sign_in_name} {access.clinic} {access.id}"

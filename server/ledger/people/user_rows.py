"""The rows of users, as the modules about people read and change them inside a transaction of the firm's file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from server.billing.people import Person, Role
from server.errors import UnknownUser
from server.ledger.clock import instant
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.firm_access import LOCAL, AccessEvent, AccessRow, write_access

Clinics = frozenset[str] | None
"""The ids of the clinics that a user was given, ``None`` for every clinic of the firm."""

_USER = """
SELECT u.id, u.sign_in_name, u.full_name, u.role, u.clinics, u.attorney, u.is_disabled, u.made_at,
    COALESCE(u.password_at, '') AS password_at,
    EXISTS (SELECT 1 FROM second_factor f WHERE f.user = u.id AND f.confirmed_at IS NOT NULL) AS has_second_factor,
    COALESCE((SELECT MAX(s.made_at) FROM session s WHERE s.user = u.id), '') AS signed_in_at,
    COALESCE(p.identity_name, '') AS identity_name, COALESCE(p.tied_at, '') AS identity_tied_at
FROM user u LEFT JOIN identity_account p ON p.user = u.id AND p.ended_at IS NULL
"""
_USERS = f"{_USER} ORDER BY u.sign_in_name"
_BY_NAME = f"{_USER} WHERE u.sign_in_name = ?"
_BY_ID = f"{_USER} WHERE u.id = ?"

_END_SESSIONS = "UPDATE session SET ended_at = ? WHERE user = ? AND ended_at IS NULL"
_END_PROGRAMS = "UPDATE program_token SET ended_at = ? WHERE made_by = ? AND ended_at IS NULL"
_END_LINKS = "UPDATE password_link SET ended_at = ? WHERE user = ? AND ended_at IS NULL"
_END_EMERGENCIES = """
UPDATE emergency_access SET ended_at = ?, ended_by = 'change of the user' WHERE user = ? AND ended_at IS NULL AND ends_at > ?
"""
_DENY_DEVICES = (
    "UPDATE device_request SET is_denied = 1 WHERE user = ? AND taken_at IS NULL AND is_denied = 0"
)


@dataclass(frozen=True, slots=True)
class User:
    """A user. Instants are UTC text, "" if it never happened.

    ``identity_name`` is the name at the identity provider of a user who signs in there, "" of one who has a password.
    """

    id: int
    sign_in_name: str
    full_name: str
    role: Role
    clinics: Clinics
    attorney: str
    is_disabled: bool
    made_at: str
    password_at: str
    has_second_factor: bool
    signed_in_at: str
    identity_name: str
    identity_tied_at: str

    @property
    def person(self) -> Person:
        """Return the person that the user is to the books."""
        return Person(self.full_name, self.role, self.clinics, self.attorney)


def fold_sign_in_name(typed: str) -> str:
    """Return the name to sign in with as it is kept: case and outer spaces do not matter.

    What cannot be stored, such as half of a character from JSON, becomes a name that nobody has.
    """
    return typed.encode("utf-8", "replace").decode().strip().lower()


def has_users(session: DatabaseSession) -> bool:
    """Return whether the ledger has users, so that everybody signs in. Once there is one, there always is."""
    return session.one("SELECT 1 FROM user LIMIT 1") is not None


def read_users(session: DatabaseSession) -> list[User]:
    """Return every user, by the name to sign in with."""
    return [_user_of(row) for row in session.records(_USERS)]


def find_user(session: DatabaseSession, sign_in_name: str) -> User | None:
    """Return the user with a name to sign in with, ``None`` if there is none."""
    row = next(session.records(_BY_NAME, [fold_sign_in_name(sign_in_name)]), None)
    return _user_of(row) if row else None


def user_with_id(session: DatabaseSession, user_id: int) -> User:
    """Return the user with an id that another row refers to."""
    row = next(session.records(_BY_ID, [user_id]), None)
    if row is None:
        raise UnknownUser(str(user_id))
    return _user_of(row)


def require_user(session: DatabaseSession, sign_in_name: str) -> User:
    """Return the user with a name to sign in with; raises UnknownUser."""
    user = find_user(session, sign_in_name)
    if user is None:
        raise UnknownUser(sign_in_name.strip())
    return user


def clinics_text(clinics: Clinics) -> str | None:
    """Return the clinics as a column keeps them."""
    return None if clinics is None else orjson.dumps(sorted(clinics)).decode()


def clinics_of(text: str | None) -> Clinics:
    """Return the clinics of a column."""
    return None if text is None else frozenset(orjson.loads(text))


def end_sessions(session: DatabaseSession, user_id: int, now: datetime) -> int:
    """End everything that a user signed in to; return how many sessions that were."""
    session.execute(_DENY_DEVICES, [user_id])
    return session.execute(_END_SESSIONS, [instant(now), user_id])


def end_everything(session: DatabaseSession, user_id: int, now: datetime) -> None:
    """End a user's sessions, the tokens of programs that the user made, codes for a new password, and emergency access."""
    end_sessions(session, user_id, now)
    session.execute(_END_PROGRAMS, [instant(now), user_id])
    session.execute(_END_LINKS, [instant(now), user_id])
    session.execute(_END_EMERGENCIES, [instant(now), user_id, instant(now)])


def write_event(
    session: DatabaseSession, event: AccessEvent, about: str, now: datetime, origin: str = LOCAL
) -> None:
    """Add a row to the firm's access log inside a transaction. ``about`` names users by their names to sign in with."""
    write_access(session, AccessRow(instant(now), event, about, origin))


def _user_of(row: dict[str, Any]) -> User:
    flags = {name: bool(row[name]) for name in ("is_disabled", "has_second_factor")}
    return User(**row | flags | {"role": Role(row["role"]), "clinics": clinics_of(row["clinics"])})

"""The users of a firm: add, change, disable, and who could see what on which day (rule: people#users)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.billing.names import fold
from server.billing.people import IDENTITY_PROVIDER, Person, Role
from server.errors import BillingError, FirstAdministrator, LastAdministrator, NameTaken
from server.ledger.clock import instant
from server.ledger.engine.database import Database
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.firm_access import AccessEvent
from server.ledger.people.identity_accounts import expect_account
from server.ledger.people.passwords import Passwords
from server.ledger.people.user_rows import (
    Clinics,
    User,
    clinics_of,
    clinics_text,
    end_everything,
    has_users,
    read_users,
    require_user,
    user_with_id,
    write_event,
)
from server.ledger.people.user_rules import (
    check_attorney,
    check_clinics,
    check_full_name,
    check_identity_name,
    check_reach,
    check_sign_in_name,
)
from server.ledger.tokens import revoke_all

_LOOKS_AFTER_ALL = """
SELECT 1 FROM user WHERE role = 'administrator' AND is_disabled = 0 AND clinics IS NULL AND id <> ? LIMIT 1
"""
_CHANGES = """
SELECT c.id, u.sign_in_name, c.changed_at, c.changed_by, c.full_name, c.role, c.clinics, c.attorney, c.is_disabled
FROM user_change c JOIN user u ON u.id = c.user
"""
_IN_ORDER = f"{_CHANGES} ORDER BY c.id"
_LATEST_BEFORE = (
    f"{_CHANGES} WHERE c.id IN (SELECT MAX(id) FROM user_change WHERE changed_at <= ? GROUP BY user)"  # noqa: S608
    " ORDER BY u.sign_in_name"
)


@dataclass(frozen=True, slots=True)
class UserDetails:
    """What an administrator decides about a user."""

    full_name: str
    role: Role
    clinics: Clinics
    attorney: str = ""


@dataclass(frozen=True, slots=True)
class UserEdit:
    """What changes about a user. ``None`` stays as it is."""

    full_name: str | None = None
    role: Role | None = None
    clinics: frozenset[str] | None = None
    every_clinic: bool = False
    attorney: str | None = None

    def details_after(self, user: User) -> UserDetails:
        """Return what a user is after the change. A user who is no attorney any more loses the attorney's name."""
        role = self.role or user.role
        clinics = user.clinics if self.clinics is None else self.clinics
        attorney = user.attorney if role is Role.ATTORNEY else ""
        return UserDetails(
            user.full_name if self.full_name is None else self.full_name,
            role,
            None if self.every_clinic else clinics,
            attorney if self.attorney is None else self.attorney,
        )


@dataclass(frozen=True, slots=True)
class UserChange:
    """What a user was from a moment on, until the user's next change."""

    id: int
    sign_in_name: str
    changed_at: str
    changed_by: str
    full_name: str
    role: Role
    clinics: Clinics
    attorney: str
    is_disabled: bool


class Users:
    """The users of a ledger. ``by`` is the person who makes a change: an administrator who has the user's clinics, too."""

    def __init__(self, firm: Database, now: Callable[[], datetime], passwords: Passwords) -> None:
        self._firm = firm
        self._now = now
        self._passwords = passwords
        self._had_users = False

    def has_users(self) -> bool:
        """Return whether the ledger has users, so that everybody signs in."""
        if not self._had_users:
            with self._firm.read() as session:
                self._had_users = has_users(session)
        return self._had_users

    def has_users_at_once(self) -> bool | None:
        """Return whether the ledger has users, ``None`` if that takes more than a glance at a file that is open already."""
        if self._had_users:
            return True
        try:
            with self._firm.glance() as session:
                if session is None:
                    return None
                self._had_users = has_users(session)
        except BillingError:
            return None
        return self._had_users

    def list_users(self) -> list[User]:
        """Return every user, also the disabled ones, by the name to sign in with."""
        with self._firm.read() as session:
            return read_users(session)

    def find(self, sign_in_name: str) -> User:
        """Return the user with a name to sign in with; raises UnknownUser."""
        with self._firm.read() as session:
            return require_user(session, sign_in_name)

    def add(
        self,
        by: Person,
        sign_in_name: str,
        details: UserDetails,
        password: str | None,
        identity_name: str = "",
    ) -> User:
        """Add a user and return it. Without a password, the user sets one with a code of ``PasswordLinks``.

        A user with a name at the identity provider signs in there, and has no password (rule: people#provider).

        The first user closes the ledger for everybody who is not signed in: every token of an add-in is revoked. Raises
        FirstAdministrator, NameTaken, PasswordUnusable, UnknownClinic and UserUnusable.
        """
        name, details = check_sign_in_name(sign_in_name), _checked_details(details)
        with self._firm.read() as session:
            check_reach(session, by, details.clinics)
            words = [name, details.full_name, *clinic_names(session)]
        name_there = check_identity_name(identity_name) if identity_name else ""
        hashed = None if password is None or name_there else self._passwords.hash_new(password, words)
        now = self._now()
        with self._firm.write() as session:
            check_reach(session, by, details.clinics)
            check_clinics(session, details.clinics)
            if session.one("SELECT 1 FROM user WHERE sign_in_name = ?", [name]):
                raise NameTaken(name)
            if _owner_of_name(session, details.full_name) is not None:
                raise NameTaken(details.full_name)
            is_first = not has_users(session)
            if is_first and not (hashed and details.role is Role.ADMINISTRATOR and details.clinics is None):
                raise FirstAdministrator
            user_id = session.insert("user", _new_row(name, details, hashed, now))
            _keep_name(session, details.full_name, user_id)
            _write_change(session, by.name, user_id, now)
            write_event(session, AccessEvent.USER_ADDED, f"{name} by {by.name}", now)
            if name_there:
                expect_account(session, user_id, name_there, now)
                write_event(session, AccessEvent.IDENTITY_NAME_SET, f"{name} by {by.name}", now)
            if is_first:
                revoke_all(session, now)
            return user_with_id(session, user_id)

    def change(self, by: Person, sign_in_name: str, edit: UserEdit) -> User:
        """Change a user and return it. Another role, attorney or clinics end the user's sessions at once.

        Raises LastAdministrator, NameTaken, UnknownClinic, UnknownUser and UserUnusable.
        """
        now = self._now()
        with self._firm.write() as session:
            user = require_user(session, sign_in_name)
            return _change_user(session, by, user, _checked_details(edit.details_after(user)), now)

    def disable(self, by: Person, sign_in_name: str) -> User:
        """Disable a user, who cannot sign in any more, and end the user's sessions. Raises LastAdministrator, UnknownUser."""
        return self._set_disabled(by, sign_in_name, is_disabled=True)

    def enable(self, by: Person, sign_in_name: str) -> User:
        """Let a disabled user sign in again, with the password as it was. Raises UnknownUser."""
        return self._set_disabled(by, sign_in_name, is_disabled=False)

    def changes(self) -> list[UserChange]:
        """Return every change, the oldest first."""
        with self._firm.read() as session:
            return [_change_of(row) for row in session.records(_IN_ORDER)]

    def users_at(self, moment: datetime) -> list[UserChange]:
        """Return what every user was at a moment: who could see what."""
        with self._firm.read() as session:
            return [_change_of(row) for row in session.records(_LATEST_BEFORE, [instant(moment)])]

    def _set_disabled(self, by: Person, sign_in_name: str, *, is_disabled: bool) -> User:
        now = self._now()
        with self._firm.write() as session:
            user = require_user(session, sign_in_name)
            check_reach(session, by, user.clinics)
            if user.is_disabled == is_disabled:
                return user
            if is_disabled:
                _require_another(session, user)
            session.update("user", user.id, {"is_disabled": int(is_disabled)})
            end_everything(session, user.id, now)
            _write_change(session, by.name, user.id, now)
            event = AccessEvent.USER_DISABLED if is_disabled else AccessEvent.USER_ENABLED
            write_event(session, event, f"{user.sign_in_name} by {by.name}", now)
            return user_with_id(session, user.id)


def clinic_names(session: DatabaseSession) -> list[str]:
    """Return the names of the firm's clinics, which no password should be made of."""
    return [name for (name,) in session.all("SELECT name FROM clinic")]


def _change_user(
    session: DatabaseSession, by: Person, user: User, details: UserDetails, now: datetime
) -> User:
    check_reach(session, by, user.clinics)
    check_reach(session, by, details.clinics)
    check_clinics(session, details.clinics)
    before = UserDetails(user.full_name, user.role, user.clinics, user.attorney)
    return user if details == before else _write_details(session, by.name, user, details, now)


def change_role(session: DatabaseSession, user: User, role: Role, now: datetime) -> User:
    """Give a user another role, as the groups at the identity provider say; the clinics stay. Raises LastAdministrator."""
    if role is user.role:
        return user
    details = UserDetails(user.full_name, role, user.clinics, user.attorney)
    return _write_details(session, IDENTITY_PROVIDER, user, details, now)


def _write_details(
    session: DatabaseSession, by_name: str, user: User, details: UserDetails, now: datetime
) -> User:
    if not (details.role is Role.ADMINISTRATOR and details.clinics is None):
        _require_another(session, user)
    if details.full_name != user.full_name:
        _keep_name(session, details.full_name, user.id)
    session.update("user", user.id, _columns_of(details))
    if (details.role, details.clinics, details.attorney) != (user.role, user.clinics, user.attorney):
        end_everything(session, user.id, now)
    _write_change(session, by_name, user.id, now)
    write_event(session, AccessEvent.USER_CHANGED, f"{user.sign_in_name} by {by_name}", now)
    return user_with_id(session, user.id)


def _require_another(session: DatabaseSession, user: User) -> None:
    """Raise LastAdministrator if a user is the only one who can look after all users."""
    looks_after_all = user.role is Role.ADMINISTRATOR and user.clinics is None and not user.is_disabled
    if looks_after_all and session.one(_LOOKS_AFTER_ALL, [user.id]) is None:
        raise LastAdministrator


def _keep_name(session: DatabaseSession, full_name: str, user_id: int) -> None:
    """Keep a full name for a user for good; raises NameTaken."""
    owner = _owner_of_name(session, full_name)
    if owner is None:
        session.insert("recorded_name", {"name": fold(full_name), "user": user_id})
    elif owner[0] != user_id:
        raise NameTaken(full_name)


def _owner_of_name(session: DatabaseSession, full_name: str) -> tuple[Any, ...] | None:
    """Return the id of the user whose name this is for good, in a row; that of a program is ``None``. ``None`` if nobody has it."""
    found: tuple[Any, ...] | None = session.one(
        "SELECT user FROM recorded_name WHERE name = ?", [fold(full_name)]
    )
    return found


def _write_change(session: DatabaseSession, by_name: str, user_id: int, now: datetime) -> None:
    user = user_with_id(session, user_id)
    details = UserDetails(user.full_name, user.role, user.clinics, user.attorney)
    row = {"user": user.id, "changed_at": instant(now), "changed_by": by_name, **_columns_of(details)}
    session.insert("user_change", row | {"is_disabled": int(user.is_disabled)})


def _columns_of(details: UserDetails) -> dict[str, object]:
    return {
        "full_name": details.full_name,
        "role": details.role.value,
        "clinics": clinics_text(details.clinics),
        "attorney": details.attorney,
    }


def _new_row(name: str, details: UserDetails, hashed: str | None, now: datetime) -> dict[str, object]:
    return {
        "sign_in_name": name,
        **_columns_of(details),
        "is_disabled": 0,
        "made_at": instant(now),
        "password_hash": hashed,
        "password_at": instant(now) if hashed else None,
    }


def _checked_details(details: UserDetails) -> UserDetails:
    """Return details as they are kept; raises UserUnusable."""
    full_name = check_full_name(details.full_name)
    return UserDetails(
        full_name, details.role, details.clinics, check_attorney(details.role, details.attorney)
    )


def _change_of(row: dict[str, Any]) -> UserChange:
    read = {"role": Role(row["role"]), "clinics": clinics_of(row["clinics"])}
    return UserChange(**row | read | {"is_disabled": bool(row["is_disabled"])})

"""The accounts at the firm's identity provider with which users sign in (rule: people#provider).

A user signs in in one way: with a password, or at the provider. Somebody who leaves the firm loses the account there, and has no password left to come
back with.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from server.billing.people import Person, Role
from server.errors import NameTaken
from server.ledger.clock import instant
from server.ledger.engine.database import Database
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.firm_access import AccessEvent
from server.ledger.people.user_rows import User, end_everything, require_user, user_with_id, write_event
from server.ledger.people.user_rules import check_identity_name, check_reach

_NAME_IN_USE = "SELECT 1 FROM identity_account WHERE identity_name = ? AND ended_at IS NULL"
_END = "UPDATE identity_account SET ended_at = ? WHERE user = ? AND ended_at IS NULL"
_FORGET_PASSWORD = "UPDATE user SET password_hash = NULL, password_at = NULL WHERE id = ?"  # noqa: S105
_TIED = "SELECT user FROM identity_account WHERE issuer = ? AND subject = ? AND ended_at IS NULL"
_EXPECTED = (
    "SELECT id, user FROM identity_account WHERE identity_name = ? AND tied_at IS NULL AND ended_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class VouchedPerson:
    """Somebody for whom the identity provider vouched just now.

    ``roles`` are those that the person's groups give, ``None`` if groups do not count. ``has_second_factor`` says that the
    provider asked for one.
    """

    issuer: str
    subject: str
    name: str
    roles: frozenset[Role] | None
    has_second_factor: bool


class IdentityAccounts:
    """Who signs in at the provider, as an administrator says. ``by`` is that administrator."""

    def __init__(self, firm: Database, now: Callable[[], datetime]) -> None:
        self._firm = firm
        self._now = now

    def expect(self, by: Person, sign_in_name: str, identity_name: str) -> User:
        """Let a user sign in at the provider under a name there, and no more with a password; return the user.

        The next sign-in with that name ties the user to the account. The same name once more lets a new account of the
        same person in. Ends all sessions. Raises NameTaken, UnknownUser and UserUnusable.
        """
        name, now = check_identity_name(identity_name), self._now()
        with self._firm.write() as session:
            user = require_user(session, sign_in_name)
            check_reach(session, by, user.clinics)
            session.execute(_END, [instant(now), user.id])
            session.execute(_FORGET_PASSWORD, [user.id])
            end_everything(session, user.id, now)
            expect_account(session, user.id, name, now)
            write_event(session, AccessEvent.IDENTITY_NAME_SET, f"{user.sign_in_name} by {by.name}", now)
            return user_with_id(session, user.id)


def expect_account(session: DatabaseSession, user_id: int, name: str, now: datetime) -> None:
    """Expect a user under a checked name at the provider, inside a transaction; raises NameTaken."""
    if session.one(_NAME_IN_USE, [name]):
        raise NameTaken(name)
    session.insert("identity_account", {"user": user_id, "identity_name": name, "made_at": instant(now)})


def end_account(session: DatabaseSession, user: User, about: str, now: datetime) -> None:
    """Let a user no longer sign in at the provider, inside a transaction. Nothing happens if the user does not."""
    if session.execute(_END, [instant(now), user.id]):
        write_event(session, AccessEvent.IDENTITY_NAME_REMOVED, about, now)


def user_of_account(
    session: DatabaseSession, person: VouchedPerson, now: datetime, address: str
) -> User | None:
    """Return the user of an account, ``None`` if there is none. An account that is expected by name is tied to its user."""
    tied = session.value(_TIED, [person.issuer, person.subject])
    if tied is not None:
        return user_with_id(session, tied)
    expected = session.one(_EXPECTED, [person.name])
    if expected is None:
        return None
    account_id, user_id = expected
    user = user_with_id(session, user_id)
    if not user.is_disabled:
        row = {"issuer": person.issuer, "subject": person.subject, "tied_at": instant(now)}
        session.update("identity_account", account_id, row)
        write_event(session, AccessEvent.IDENTITY_ACCOUNT_TIED, user.sign_in_name, now, address)
    return user

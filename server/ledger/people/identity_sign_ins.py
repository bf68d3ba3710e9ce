"""Signing in a user for whom the firm's identity provider vouches (rule: people#provider)."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime

from server.billing.people import Role, role_by_groups
from server.errors import (
    BillingError,
    IdentityProviderGivesNoRole,
    IdentityProviderUserUnknown,
    LastAdministrator,
    RefusalKind,
    SecondFactorKept,
    SecondFactorMissing,
    SecondFactorNeeded,
    SecondFactorRefused,
    UserDisabled,
)
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.firm_access import AccessEvent
from server.ledger.people import second_factors
from server.ledger.people.attempts import Attempts
from server.ledger.people.identity_accounts import VouchedPerson, user_of_account
from server.ledger.people.second_factors import NewSecondFactor
from server.ledger.people.sign_in_rules import SessionKind
from server.ledger.people.sign_ins import SignInParts
from server.ledger.people.user_rows import User, end_everything, write_event
from server.ledger.people.user_sessions import WantedSession, open_session
from server.ledger.people.users import change_role

UNKNOWN_OR_KEPT_OUT = (
    IdentityProviderUserUnknown,
    UserDisabled,
    IdentityProviderGivesNoRole,
    LastAdministrator,
)
"""Why somebody whom the provider knows is not signed in here."""


class IdentitySignIns:
    """Lets users of the identity provider in, on pages. ``label`` is what people call the provider."""

    def __init__(self, parts: SignInParts, attempts: Attempts) -> None:
        self._firm = parts.firm
        self._now = parts.now
        self._access = parts.access
        self._rules = parts.rules
        self._attempts = attempts

    def require_few(self, name: str, address: str) -> None:
        """Raise TooManySignIns if there were too many failures from an address, or under a name from there."""
        self._attempts.require_few(name, address)

    def record_failure(self, refusal: BillingError, name: str, address: str, about: str = "") -> None:
        """Count a sign-in that did not work, and write it into the access log. ``about`` names a user who exists.

        What is the provider's fault does not count: people behind one address would keep each other out.
        """
        if refusal.kind is not RefusalKind.UNAVAILABLE:
            self._attempts.count_failure(name, address)
        self._access.record_refusal(refusal.code, address, about)

    def sign_in(self, person: VouchedPerson, label: str, address: str, device: str, code: str = "") -> str:
        """Return the token of a new session of a page; ``code`` is of the authenticator app.

        Raises IdentityProviderUserUnknown, UserDisabled, IdentityProviderGivesNoRole, LastAdministrator, SecondFactorNeeded,
        SecondFactorMissing, SecondFactorRefused and TooManySignIns.
        """
        with self._require_user(person, label, address, code) as (session, user, now):
            if not person.has_second_factor:
                if user.has_second_factor:
                    _use_code(session, user, code, now)
                elif user.role in self._rules.second_factor_roles:
                    raise SecondFactorMissing
            return self._open(session, user, address, device, now)

    def begin_second_factor(self, person: VouchedPerson, label: str, address: str) -> NewSecondFactor:
        """Return the secret for the authenticator app of a user who has none. It counts once confirmed.

        Raises what ``sign_in`` raises about the user, and SecondFactorKept.
        """
        with self._require_user(person, label, address) as (session, user, now):
            _require_no_app(user)
            return second_factors.begin_factor(session, user.id, user.sign_in_name, now)

    def confirm_second_factor(
        self, person: VouchedPerson, label: str, address: str, device: str, code: str
    ) -> str:
        """Let the authenticator app count from now on, if ``code`` is right; return the token of a new session.

        Raises what ``sign_in`` raises about the user, SecondFactorRefused and SecondFactorKept.
        """
        with self._require_user(person, label, address, code) as (session, user, now):
            _require_no_app(user)
            if not second_factors.confirm_factor(session, user.id, code, now):
                raise SecondFactorRefused
            write_event(session, AccessEvent.SECOND_FACTOR_SET, user.sign_in_name, now, address)
            return self._open(session, user, address, device, now)

    def _open(self, session: DatabaseSession, user: User, address: str, device: str, now: datetime) -> str:
        wanted = WantedSession(SessionKind.PAGE, device, address, by_identity_provider=True)
        return open_session(session, user, wanted, self._rules, now)

    @contextmanager
    def _require_user(
        self, person: VouchedPerson, label: str, address: str, code: str = ""
    ) -> Iterator[tuple[DatabaseSession, User, datetime]]:
        """Yield a transaction, and the user of an account, with the role that the groups give now.

        ``code`` is of the authenticator app, "" if none was typed.
        """
        name = f"{person.issuer} {person.subject}"
        self._attempts.require_few(name, address)
        now, about = self._now(), ""
        try:
            admitted = self._admit(person, address, now)
            about = admitted.sign_in_name if admitted else ""
            trying = self._attempts.code_attempt(admitted.id) if admitted and code.strip() else nullcontext()
            with trying, self._firm.write() as session:
                user = user_of_account(session, person, now, address)
                if user is None:
                    raise IdentityProviderUserUnknown(label, person.name)
                if user.is_disabled:
                    raise UserDisabled
                if _role_of(user, person) is not user.role:
                    raise IdentityProviderGivesNoRole(label)
                yield session, user, now
        except (*UNKNOWN_OR_KEPT_OUT, SecondFactorRefused) as refusal:
            self.record_failure(refusal, name, address, about)
            raise

    def _admit(self, person: VouchedPerson, address: str, now: datetime) -> User | None:
        """Tie an account to its user, and give the user the role of the groups; return the user, ``None`` if there is none.

        That stays, also if a code of the authenticator app is still missing. Whoever has no role any more is signed out
        everywhere. Raises LastAdministrator.
        """
        with self._firm.write() as session:
            user = user_of_account(session, person, now, address)
            if user is None or user.is_disabled:
                return user
            role = _role_of(user, person)
            if role is None:
                end_everything(session, user.id, now)
                return user
            return change_role(session, user, role, now)


def _use_code(session: DatabaseSession, user: User, code: str, now: datetime) -> None:
    if not code.strip():
        raise SecondFactorNeeded
    if not second_factors.use_code(session, user.id, code, now):
        raise SecondFactorRefused


def _role_of(user: User, person: VouchedPerson) -> Role | None:
    """Return the role of a user whose groups count or do not count, ``None`` for no role."""
    return user.role if person.roles is None else role_by_groups(user.role, person.roles)


def _require_no_app(user: User) -> None:
    if user.has_second_factor:
        raise SecondFactorKept("This user has an authenticator app already")

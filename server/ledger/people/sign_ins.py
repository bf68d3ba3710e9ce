"""Signing in with a name, a password and, for some, a code of an authenticator app (rule: people#sign-in)."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime

from server.errors import (
    SecondFactorKept,
    SecondFactorMissing,
    SecondFactorNeeded,
    SecondFactorRefused,
    SignInRefused,
)
from server.ledger.clock import instant
from server.ledger.engine.database import Database
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.firm_access import AccessEvent, FirmAccess
from server.ledger.people import second_factors
from server.ledger.people.attempts import Attempts
from server.ledger.people.passwords import Passwords
from server.ledger.people.second_factors import NewSecondFactor
from server.ledger.people.sign_in_rules import SessionKind, SignInRules
from server.ledger.people.user_rows import User, end_everything, find_user, fold_sign_in_name, write_event
from server.ledger.people.user_sessions import WantedSession, open_session
from server.ledger.people.users import clinic_names

_HASH = "SELECT password_hash FROM user WHERE id = ?"
_RENEW_HASH = "UPDATE user SET password_hash = ? WHERE id = ? AND password_hash = ?"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed, and the address that it came from. ``code`` is of the authenticator app, "" for none."""

    name: str
    password: str
    address: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class SignInParts:
    """What signing in works with: the firm's file, the clock, the access log, the passwords and the rules."""

    firm: Database
    now: Callable[[], datetime]
    access: FirmAccess
    passwords: Passwords
    rules: SignInRules


class SignIns:
    """Lets users sign in. ``sleep`` waits for seconds, so that somebody who guesses gets answers slowly."""

    def __init__(
        self, parts: SignInParts, attempts: Attempts, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._firm = parts.firm
        self._now = parts.now
        self._access = parts.access
        self._passwords = parts.passwords
        self._rules = parts.rules
        self._attempts = attempts
        self.sleep = sleep

    def sign_in(self, typed: Credentials, kind: SessionKind, device: str = "") -> str:
        """Return the token of a new session.

        Raises TooManySignIns, SignInRefused, SecondFactorNeeded, SecondFactorMissing and SecondFactorRefused.
        """
        with self._require_credentials(typed) as (session, user):
            wanted = WantedSession(kind, device, typed.address)
            return open_session(session, user, wanted, self._rules, self._now())

    def change_password(self, typed: Credentials, new_password: str) -> None:
        """Set another password, and end the user's sessions. Raises what ``sign_in`` raises, and PasswordUnusable."""
        with self._require_password(typed) as (session, user):  # before anything is hashed for a stranger
            words = [user.sign_in_name, user.full_name, *clinic_names(session)]
        hashed = self._passwords.hash_new(new_password, words)
        with self._require_credentials(typed) as (session, user):
            set_password(session, user, hashed, self._now(), typed.address)

    def begin_second_factor(self, typed: Credentials) -> NewSecondFactor:
        """Return the secret for the authenticator app of a user who has none. It is shown once, and counts once confirmed.

        Raises what ``sign_in`` raises for a wrong password, and SecondFactorKept.
        """
        with self._require_password(typed) as (session, user):
            if user.has_second_factor:
                raise SecondFactorKept("This user has an authenticator app already")
            return second_factors.begin_factor(session, user.id, user.sign_in_name, self._now())

    def confirm_second_factor(self, typed: Credentials, kind: SessionKind, device: str = "") -> str:
        """Let the authenticator app count from now on, if ``code`` is right; return the token of a new session.

        Raises what ``sign_in`` raises for a wrong password, SecondFactorRefused and SecondFactorKept.
        """
        with self._require_password(typed) as (session, user):
            if user.has_second_factor:
                raise SecondFactorKept("This user has an authenticator app already")
            now = self._now()
            if not second_factors.confirm_factor(session, user.id, typed.code, now):
                raise SecondFactorRefused
            write_event(session, AccessEvent.SECOND_FACTOR_SET, user.sign_in_name, now, typed.address)
            wanted = WantedSession(kind, device, typed.address)
            return open_session(session, user, wanted, self._rules, now)

    @contextmanager
    def _require_credentials(self, typed: Credentials) -> Iterator[tuple[DatabaseSession, User]]:
        """Yield a transaction, and the user who typed a right password and, where one is needed, a right code."""
        with self._require_password(typed) as (session, user):
            if user.has_second_factor:
                self._use_code(session, user, typed)
            elif user.role in self._rules.second_factor_roles:
                raise SecondFactorMissing
            yield session, user

    def _use_code(self, session: DatabaseSession, user: User, typed: Credentials) -> None:
        if not typed.code.strip():
            raise SecondFactorNeeded
        if not second_factors.use_code(session, user.id, typed.code, self._now()):
            raise SecondFactorRefused

    @contextmanager
    def _require_password(self, typed: Credentials) -> Iterator[tuple[DatabaseSession, User]]:
        """Yield a transaction, and the user who typed a right password."""
        name = fold_sign_in_name(typed.name)
        self._attempts.require_few(name, typed.address)
        self.sleep(self._attempts.delay_seconds(name))
        try:
            with ExitStack() as decided:
                with self._attempts.lock_of(typed.address):
                    decided.enter_context(self._attempts.attempt(name, typed.address))
                    user_id, kept = self._compare_password(name, typed)
                if typed.code.strip():
                    decided.enter_context(self._attempts.code_attempt(user_id))
                renewed = self._passwords.renewed_hash(typed.password, kept)
                with self._firm.write() as session:
                    user = find_user(session, name)
                    if user is None or user.is_disabled or session.value(_HASH, [user.id]) != kept:
                        raise SignInRefused  # changed in this very moment
                    if renewed:
                        session.execute(_RENEW_HASH, [renewed, user.id, kept])
                    yield session, user
        except SecondFactorRefused as refusal:
            self._access.record_refusal(refusal.code, typed.address, name)
            raise

    def _compare_password(self, name: str, typed: Credentials) -> tuple[int, str]:
        """Return the id of the user and the kept hash of a right password; raises SignInRefused.

        A wrong name, a wrong password and a disabled user take the same time, and get the same answer.
        """
        with self._firm.read() as session:
            user = find_user(session, name)
            kept = session.value(_HASH, [user.id]) if user else None
        matches = self._passwords.matches(typed.password, kept)
        if user is None or user.is_disabled or not matches:
            about = user.sign_in_name if user else ""
            self._access.record_refusal(SignInRefused.code, typed.address, about, name)
            raise SignInRefused
        return user.id, str(kept)


def set_password(session: DatabaseSession, user: User, hashed: str, now: datetime, origin: str) -> None:
    """Set the password of a user inside a transaction, and end everything that was begun with the one before."""
    session.update("user", user.id, {"password_hash": hashed, "password_at": instant(now)})
    end_everything(session, user.id, now)
    write_event(session, AccessEvent.PASSWORD_SET, user.sign_in_name, now, origin)

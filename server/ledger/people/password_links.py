"""One-time codes with which a user sets a new password (rule: people#passwords). The ledger keeps their digests."""

from datetime import timedelta
from typing import Any

from server.billing.people import Person
from server.errors import LinkUnusable
from server.ledger.clock import instant
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.firm_access import AccessEvent
from server.ledger.pairing_codes import code_letters, new_code
from server.ledger.people import second_factors
from server.ledger.people.attempts import Attempts
from server.ledger.people.identity_accounts import end_account
from server.ledger.people.sign_ins import SignInParts, set_password
from server.ledger.people.user_rows import User, end_everything, require_user, user_with_id, write_event
from server.ledger.people.user_rules import check_reach
from server.ledger.people.users import clinic_names
from server.ledger.tokens import token_digest

LINK_LETTERS = 20
"""How long a code is: 99 bits, so that nobody finds one by trying within its day."""

LINK_HOURS = 24

NOBODY = ""
"""Whose failures are counted for codes: they name no user."""

_VALID = (
    "SELECT user FROM password_link WHERE digest = ? AND ended_at IS NULL AND made_at <= ? AND ends_at > ?"
)
_END = "UPDATE password_link SET ended_at = ? WHERE digest = ? AND ended_at IS NULL"
_FORGET_PASSWORD = "UPDATE user SET password_hash = NULL, password_at = NULL WHERE id = ?"  # noqa: S105


class PasswordLinks:
    """The codes of a ledger. A new code of a user replaces the ones before."""

    def __init__(self, parts: SignInParts, attempts: Attempts) -> None:
        self._firm = parts.firm
        self._now = parts.now
        self._access = parts.access
        self._passwords = parts.passwords
        self._attempts = attempts

    def reset(self, by: Person, sign_in_name: str, *, second_factor: bool = False) -> str:
        """Take a user's password away, end all sessions, and return a code for a new password.

        A user who signed in at the identity provider has the password in its place. With ``second_factor``, the authenticator app is taken away, too. Raises UnknownUser.
        """
        now, code = self._now(), new_code(LINK_LETTERS)
        with self._firm.write() as session:
            user = require_user(session, sign_in_name)
            check_reach(session, by, user.clinics)
            end_everything(session, user.id, now)
            session.execute(_FORGET_PASSWORD, [user.id])
            end_account(session, user, f"{user.sign_in_name} by {by.name}", now)
            row = {
                "digest": token_digest(code_letters(code)),
                "user": user.id,
                "made_at": instant(now),
                "ends_at": instant(now + timedelta(hours=LINK_HOURS)),
            }
            session.insert("password_link", row)
            about = f"{user.sign_in_name} by {by.name}"
            write_event(session, AccessEvent.PASSWORD_LINK, about, now)
            if second_factor and second_factors.remove_factor(session, user.id):
                write_event(session, AccessEvent.SECOND_FACTOR_REMOVED, about, now)
        return code

    def use_link(self, typed: str, new_password: str, address: str) -> User:
        """Set the password of a code's user, use the code up, and return the user.

        A password that is refused leaves the code as it is. Raises LinkUnusable, PasswordUnusable and TooManySignIns.
        """
        self._attempts.require_few(NOBODY, address)
        with self._attempts.lock_of(address), self._attempts.attempt(NOBODY, address):
            digest = token_digest(code_letters(typed))
            with self._firm.read() as session:
                user = self._user_of(session, digest)
                words = clinic_names(session)
            if user is None:
                self._access.record_refusal(LinkUnusable.code, address)
                raise LinkUnusable
        hashed = self._passwords.hash_new(new_password, [user.sign_in_name, user.full_name, *words])
        now = self._now()
        with self._firm.write() as session:
            if self._user_of(session, digest) is None:
                raise LinkUnusable  # used or withdrawn in this very moment
            session.execute(_END, [instant(now), digest])
            set_password(session, user, hashed, now, address)
            return user_with_id(session, user.id)

    def _user_of(self, session: DatabaseSession, digest: str) -> User | None:
        """Return the user of a code that works now, ``None`` if there is none."""
        now = instant(self._now())
        found: tuple[Any, ...] | None = session.one(_VALID, [digest, now, now])
        user = user_with_id(session, found[0]) if found else None
        return user if user and not user.is_disabled else None

"""Sessions: who is signed in where, looked up for each request (rule: people#sessions)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from server.billing.people import STAFF, Person, Role
from server.errors import BillingError, RoleNotAllowed, SessionEnded, SignInNeeded
from server.ledger.clock import UNNOTICED, instant
from server.ledger.engine.database import Database
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.firm_access import AccessEvent
from server.ledger.people.emergency_access import open_clinics
from server.ledger.people.sign_in_rules import SessionKind, SignInRules
from server.ledger.people.user_rows import User, clinics_of, end_sessions, require_user, write_event
from server.ledger.people.user_rules import check_reach
from server.ledger.tokens import ID_LETTERS, token_digest

USES_IN_IDLE_TIME = 60
"""The last use is written down this often in an idle time, at most every minute."""

PROGRAM_USE = timedelta(hours=1)
"""How often the last use of a program's token is written down. It ends no earlier than that."""

LONGEST_DEVICE_NAME = 80

_STATE = """
SELECT u.full_name, u.role, u.clinics, u.attorney, u.is_disabled, s.made_at, s.ends_at, s.ended_at, s.idle_seconds, x.used_at, u.id
FROM session s JOIN user u ON u.id = s.user LEFT JOIN session_use x ON x.digest = s.digest WHERE s.digest = ?
UNION ALL
SELECT p.name, p.role, p.clinics, '', 0, p.made_at, p.ends_at, p.ended_at, NULL, x.used_at, NULL
FROM program_token p LEFT JOIN session_use x ON x.digest = p.digest WHERE p.digest = ?
"""
_USE = """
INSERT INTO session_use (digest, used_at) VALUES (?, ?)
ON CONFLICT (digest) DO UPDATE SET used_at = excluded.used_at WHERE excluded.used_at > session_use.used_at
"""
_OPEN = """
SELECT s.digest, u.sign_in_name, s.kind, s.device, s.made_at, COALESCE(x.used_at, s.made_at), s.ends_at, s.idle_seconds
FROM session s JOIN user u ON u.id = s.user LEFT JOIN session_use x ON x.digest = s.digest
WHERE s.ended_at IS NULL AND s.ends_at > ? ORDER BY u.sign_in_name, s.made_at, s.digest
"""
_OWNER = """
SELECT u.sign_in_name FROM session s JOIN user u ON u.id = s.user WHERE s.digest = ? AND s.ended_at IS NULL
"""
_END = "UPDATE session SET ended_at = ? WHERE digest = ?"


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session that has not ended. Instants are UTC text."""

    id: str
    sign_in_name: str
    kind: SessionKind
    device: str
    made_at: str
    used_at: str
    ends_at: str


@dataclass(frozen=True, slots=True)
class WantedSession:
    """A session that is to begin: of what, what it calls itself, and the address that asked for it.

    ``by_identity_provider`` says that the identity provider vouched for the user, and not a password.
    """

    kind: SessionKind
    device: str
    address: str
    by_identity_provider: bool = False


@dataclass(frozen=True, slots=True)
class SessionState:
    """A session or the token of a program, as a request finds it. ``idle`` and ``user_id`` are ``None`` for a program's token."""

    person: Person
    is_disabled: bool
    made_at: datetime
    ends_at: datetime
    is_ended: bool
    idle: timedelta | None
    used_at: datetime
    user_id: int | None

    def objection(self, now: datetime) -> BillingError | None:
        """Return why it does not work any more.

        If the clock was set back by more than a minute since the last use, nobody knows how long ago that was: it
        does not work until the clock is right again.
        """
        if self.is_ended or self.is_disabled:
            return SessionEnded("was ended")
        if now >= self.ends_at:
            return SessionEnded(f"ended {_in_words(self.ends_at - self.made_at)} after it began")
        if self.idle is None:
            return None
        if now >= self.used_at + self.idle:
            return SessionEnded(f"was not used for {_in_words(self.idle)}")
        if now < self.used_at - UNNOTICED:
            return SessionEnded("was used at a later time than the clock shows now")
        return None

    def is_use_recent(self, now: datetime) -> bool:
        """Return whether the last use need not be written down again."""
        often = PROGRAM_USE if self.idle is None else max(UNNOTICED, self.idle / USES_IN_IDLE_TIME)
        return now < self.used_at + often


class UserSessions:
    """The sessions of a ledger. The tokens of programs are looked up in the same way."""

    def __init__(self, firm: Database, now: Callable[[], datetime], rules: SignInRules) -> None:
        self._firm = firm
        self._now = now
        self._rules = rules

    def identify_at_once(self, token: str | None) -> Person | None:
        """Return the person of a request with this token, if that can be seen without opening a file or writing.

        ``None`` means that ``identify`` decides.
        """
        now = self._now()
        try:
            with self._firm.glance() as session:
                state = None if session is None else self._state_now(session, token, now)
        except BillingError:
            return None
        if state is None or state.objection(now) or not state.is_use_recent(now):
            return None
        return state.person

    def identify(self, token: str | None) -> Person:
        """Return the person of a request with this token, and write down that it was used if that was long ago.

        Raises SignInNeeded and SessionEnded.
        """
        now = self._now()
        with self._firm.read() as session:
            state = self._state_now(session, token, now)
        if state is None or token is None:
            raise SignInNeeded
        if objection := state.objection(now):
            raise objection
        if not state.is_use_recent(now):
            self._write_use(token_digest(token), now)
        return state.person

    def sign_out(self, token: str) -> None:
        """End the session of a token. Nothing happens if it has ended, or is of a program."""
        now, digest = self._now(), token_digest(token)
        with self._firm.write() as session:
            owner = session.value(_OWNER, [digest])
            if owner is not None:
                session.execute(_END, [instant(now), digest])
                write_event(session, AccessEvent.SIGN_OUT, f"{owner} {digest[:ID_LETTERS]}", now)

    def end_sessions(self, by: Person, sign_in_name: str) -> int:
        """End all sessions of a user; return how many. Raises UnknownUser, and RoleNotAllowed for another's sessions."""
        now = self._now()
        with self._firm.write() as session:
            user = require_user(session, sign_in_name)
            if by != user.person:
                check_reach(session, by, user.clinics)
            ended = end_sessions(session, user.id, now)
            write_event(session, AccessEvent.SESSIONS_ENDED, f"{user.sign_in_name} by {by.name}", now)
            return ended

    def list_sessions(self, sign_in_name: str | None = None) -> list[ListedSession]:
        """Return the sessions that work now, of one user or of all; raises UnknownUser."""
        now = self._now()
        with self._firm.read() as session:
            user = None if sign_in_name is None else require_user(session, sign_in_name)
            rows = session.all(_OPEN, [instant(now)])
        return [
            ListedSession(digest[:ID_LETTERS], name, SessionKind(kind), device, made_at, used_at, ends_at)
            for digest, name, kind, device, made_at, used_at, ends_at, idle in rows
            if (user is None or user.sign_in_name == name)
            and now < datetime.fromisoformat(used_at) + timedelta(seconds=idle)
        ]

    def _state_now(self, session: DatabaseSession, token: str | None, now: datetime) -> SessionState | None:
        """Return the state of a token, whose person also has the clinics that are open in an emergency."""
        state = _state_of(session, token)
        if state is None or state.user_id is None or not self._rules.emergency_access:
            return state
        if state.person.clinics is None or state.person.role not in STAFF:
            return state
        emergency = open_clinics(session, state.user_id, now)
        return (
            replace(state, person=replace(state.person, emergency_clinics=emergency)) if emergency else state
        )

    def _write_use(self, digest: str, now: datetime) -> None:
        """Write down that a token was used now. If nothing can be written, the request passes all the same."""
        try:
            with self._firm.write_quickly() as session:
                session.execute(_USE, [digest, instant(now)])
        except BillingError:
            return


def open_session(
    session: DatabaseSession, user: User, wanted: WantedSession, rules: SignInRules, now: datetime
) -> str:
    """Begin a session of a user inside a transaction, and return its token. It cannot be read again later.

    An attorney is signed in on pages only. Raises RoleNotAllowed.
    """
    if user.role is Role.ATTORNEY and wanted.kind is not SessionKind.PAGE:
        raise RoleNotAllowed("Sign in an add-in", user.role, STAFF)
    token = secrets.token_urlsafe(32)
    digest = token_digest(token)
    row = {
        "digest": digest,
        "user": user.id,
        "kind": wanted.kind.value,
        "device": tidy_device_name(wanted.device),
        "made_at": instant(now),
        "ends_at": instant(now + rules.longest_time(wanted.kind)),
        "idle_seconds": int(rules.idle_time(wanted.kind).total_seconds()),
    }
    session.insert("session", row)
    about = f"{user.sign_in_name} {wanted.kind.value} {digest[:ID_LETTERS]}"
    about += " by identity provider" if wanted.by_identity_provider else ""
    write_event(session, AccessEvent.SIGN_IN, about, now, wanted.address)
    return token


def user_of_session(session: DatabaseSession, token: str, now: datetime) -> tuple[str, str]:
    """Return the name to sign in with of a session's user, and its digest; raises SignInNeeded and SessionEnded.

    The token of a program is no session: SignInNeeded.
    """
    digest = token_digest(token)
    state = _state_of(session, token)
    if state is None or state.idle is None:
        raise SignInNeeded
    if objection := state.objection(now):
        raise objection
    return str(session.value(_OWNER, [digest])), digest


def _state_of(session: DatabaseSession, token: str | None) -> SessionState | None:
    digest = token_digest(token or "")
    row = session.one(_STATE, [digest, digest])
    return _state_from(row) if row else None


def _state_from(row: tuple[Any, ...]) -> SessionState:
    name, role, clinics, attorney, is_disabled, made_at, ends_at, ended_at, idle_seconds, used_at, user_id = (
        row
    )
    return SessionState(
        Person(name, Role(role), clinics_of(clinics), attorney),
        bool(is_disabled),
        datetime.fromisoformat(made_at),
        datetime.fromisoformat(ends_at),
        ended_at is not None,
        None if idle_seconds is None else timedelta(seconds=idle_seconds),
        datetime.fromisoformat(used_at or made_at),
        user_id,
    )


def tidy_device_name(typed: str) -> str:
    """Return the name of a device as it is listed: on one line, and not too long."""
    printable = "".join(letter if letter.isprintable() else " " for letter in typed)
    return " ".join(printable.split())[:LONGEST_DEVICE_NAME]


def _in_words(time: timedelta) -> str:
    """Return a time in hours if it is more than one, else in minutes."""
    hours, rest = divmod(time, timedelta(hours=1))
    return f"{hours} hours" if hours > 1 and not rest else f"{time // timedelta(minutes=1)} minutes"

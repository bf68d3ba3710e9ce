"""Who may use the service: tokens. The ledger stores only their digests."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal

from server.errors import (
    BillingError,
    BooksNotOpened,
    PairingEnded,
    SignInNeeded,
    TokenExpired,
    TokenNeeded,
    TokenNotListed,
    TokenRevoked,
    TokenUnknown,
)
from server.ledger.clock import civil_day, instant
from server.ledger.engine.database import Database
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.firm_access import AccessEvent, AccessRow, write_access
from server.ledger.people.user_rows import has_users
from server.private_files import write_private_file

DESKTOP_TOKEN = "desktop-token"  # noqa: S105 - a file name, also known to the desktop add-in

Holder = Literal["desktop", "office"]

UNUSED_DAYS = 180
"""How many days after its last use a token expires."""

USE_KEPT = timedelta(hours=1)
"""The last use of a token is written down at most this often."""

ID_LETTERS = 8
"""How many letters of a token's digest are its id. They say nothing about the token."""

_STATE = "SELECT forgotten_at, COALESCE(used_at, given_at) FROM token WHERE digest = ?"
_LISTED = """
SELECT digest, holder, name, given_at, used_at, COALESCE(used_at, given_at) FROM token
WHERE forgotten_at IS NULL ORDER BY given_at, digest
"""
_IS_CLOSED = "SELECT EXISTS (SELECT 1 FROM token) OR EXISTS (SELECT 1 FROM user)"
_FORGET = "UPDATE token SET forgotten_at = ? WHERE digest = ? AND forgotten_at IS NULL"
_USE = """
UPDATE token SET used_at = ? WHERE digest = ? AND forgotten_at IS NULL AND COALESCE(used_at, given_at) < ?
"""


@dataclass(frozen=True, slots=True)
class ListedToken:
    """A token that was not revoked. ``used_at`` is "" if it was never used; instants are UTC text."""

    id: str
    holder: Holder
    name: str
    given_at: str
    used_at: str
    expires_at: str
    is_expired: bool


class Tokens:
    """The tokens of a ledger folder: digests in the firm's database, and the desktop add-in's token in a file next to it."""

    def __init__(self, firm: Database, folder: Path, now: Callable[[], datetime]) -> None:
        self._firm = firm
        self._desktop = folder / DESKTOP_TOKEN
        self._now = now

    def admits_at_once(self, token: str | None) -> bool:
        """Return whether a request with this token may pass, if that can be seen without opening a file or writing.

        The token is looked up for each request, so one that was revoked is refused from that moment on. ``False`` means
        that ``objection_to`` decides.
        """
        now = self._now()
        try:
            with self._firm.glance() as session:
                if session is None:
                    return False
                row = session.one(_STATE, [token_digest(token or "")])
                return _is_in_use(row, now) if row else not _is_closed(session)
        except BillingError:
            return False

    def objection_to(self, token: str | None) -> BillingError | None:
        """Return why a request with this token may not pass, and write down that it was used if that was long ago.

        A ledger that has no users and never issued a token admits every request.
        """
        now, digest = self._now(), token_digest(token or "")
        with self._firm.read() as session:
            row = session.one(_STATE, [digest])
            if row is None and not _is_closed(session):
                return None
            if row is None and has_users(session):
                return SignInNeeded()
        if token is None:
            return TokenNeeded()
        if row is None:
            return TokenUnknown()
        if objection := _objection_to_row(row, now):
            return objection
        if not _is_in_use(row, now):
            self._write_use(digest, now)
        return None

    def admits(self, token: str | None) -> bool:
        """Return whether a request with this token may pass."""
        return self.objection_to(token) is None

    def has_tokens(self) -> bool:
        """Return whether every request needs a token: the ledger has users, or issued a token at some time."""
        with self._firm.read() as session:
            return _is_closed(session)

    def give(self, holder: Holder, name: str = "") -> str:
        """Issue and return a new token. It cannot be read again later. Raises PairingEnded for a ledger with users."""
        with self._firm.write() as session:
            return give_token(session, holder, name, self._now())

    def list_tokens(self) -> list[ListedToken]:
        """Return the tokens that were not revoked, the oldest first."""
        now = self._now()
        with self._firm.read() as session:
            return [_listed_token(row, now) for row in session.all(_LISTED)]

    def revoke(self, token_id: str) -> ListedToken:
        """Revoke one token and return it; raises TokenNotListed unless the id, or its beginning, names exactly one."""
        now = self._now()
        with self._firm.write() as session:
            rows = [row for row in session.all(_LISTED) if token_id and row[0].startswith(token_id.lower())]
            if len(rows) != 1:
                raise TokenNotListed(token_id, len(rows))
            _revoke(session, rows[0][0], now)
            return _listed_token(rows[0], now)

    def forget_all(self) -> int:
        """Revoke all tokens; return how many were valid."""
        with self._firm.write() as session:
            return revoke_all(session, self._now())

    def ensure_desktop(self) -> Path:
        """Write a valid token to a file that only the user can read, if it has none; return the file.

        In a ledger with users, a token would open nothing, and none is written.
        """
        now = self._now()
        with self._firm.write() as session:
            if has_users(session):
                return self._desktop
            known = self._read_desktop()
            row = session.one(_STATE, [token_digest(known)]) if known else None
            if row is None or _objection_to_row(row, now):
                self._write_desktop(give_token(session, "desktop", "", now))
        return self._desktop

    def _write_use(self, digest: str, now: datetime) -> None:
        """Write down that a token was used now. If nothing can be written, the request passes all the same."""
        try:
            with self._firm.write() as session:
                session.execute(_USE, [instant(now), digest, instant(now)])
        except BillingError:
            return

    def _read_desktop(self) -> str | None:
        try:
            return self._desktop.read_text("ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        except OSError as problem:
            raise self._token_file_error(problem) from problem

    def _write_desktop(self, token: str) -> None:
        """Replace the file by a new one, because the old one's mode may have been widened."""
        try:
            write_private_file(self._desktop, f"{token}\n".encode())
        except OSError as problem:
            raise self._token_file_error(problem) from problem

    def _token_file_error(self, problem: OSError) -> BooksNotOpened:
        return BooksNotOpened(DESKTOP_TOKEN, f"cannot be used ({problem.strerror})")


def token_digest(token: str) -> str:
    """Return the digest that stands for a token. It is looked up by digest, so timing reveals nothing about the token."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def give_token(session: DatabaseSession, holder: Holder, name: str, now: datetime) -> str:
    """Issue and return a new token inside a transaction of the firm's file; raises PairingEnded for a ledger with users."""
    if has_users(session):
        raise PairingEnded
    token = secrets.token_urlsafe(32)
    session.execute(
        "INSERT INTO token (digest, holder, given_at, name) VALUES (?, ?, ?, ?)",
        [token_digest(token), holder, instant(now), name],
    )
    about = f"{holder} {token_digest(token)[:ID_LETTERS]}"
    write_access(session, AccessRow(instant(now), AccessEvent.TOKEN_GIVEN, about))
    return token


def revoke_all(session: DatabaseSession, now: datetime) -> int:
    """Revoke all tokens inside a transaction; return how many were valid."""
    digests = [row[0] for row in session.all(_LISTED)]
    for digest in digests:
        _revoke(session, digest, now)
    return len(digests)


def _revoke(session: DatabaseSession, digest: str, now: datetime) -> None:
    session.execute(_FORGET, [instant(now), digest])
    write_access(session, AccessRow(instant(now), AccessEvent.TOKEN_REVOKED, digest[:ID_LETTERS]))


def _is_closed(session: DatabaseSession) -> bool:
    return bool(session.value(_IS_CLOSED))


def _objection_to_row(row: tuple[str | None, str], now: datetime) -> BillingError | None:
    """Return why a token is not valid any more, from when it was revoked and when it was last used."""
    forgotten_at, used_at = row
    if forgotten_at:
        return TokenRevoked(civil_day(forgotten_at))
    return TokenExpired(UNUSED_DAYS) if now >= _expiry_of(used_at) else None


def _is_in_use(row: tuple[str | None, str], now: datetime) -> bool:
    """Return whether a token is valid, and its use need not be written down yet: also if the clock was set back since."""
    forgotten_at, used_at = row
    return forgotten_at is None and now < datetime.fromisoformat(used_at) + USE_KEPT


def _expiry_of(used_at: str) -> datetime:
    return datetime.fromisoformat(used_at) + timedelta(days=UNUSED_DAYS)


def _listed_token(row: tuple[str, Holder, str, str, str | None, str], now: datetime) -> ListedToken:
    digest, holder, name, given_at, used_at, last = row
    expires = _expiry_of(last)
    return ListedToken(
        digest[:ID_LETTERS],
        holder,
        name,
        given_at,
        used_at or "",
        instant(expires),
        is_expired=now >= expires,
    )

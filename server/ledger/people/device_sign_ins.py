"""Signing in a desktop add-in: it shows a short code, which its user types on a page where the user is signed in (RFC 8628)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from server.errors import (
    DeviceAskedTooSoon,
    DeviceCodeUnusable,
    DeviceNotApproved,
    TooManySignIns,
)
from server.ledger.clock import instant
from server.ledger.counted_events import Limit
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.firm_access import AccessEvent
from server.ledger.pairing_codes import code_letters, new_code
from server.ledger.people.attempts import Attempts, counted_address
from server.ledger.people.sign_in_rules import SessionKind
from server.ledger.people.sign_ins import SignInParts
from server.ledger.people.user_rows import require_user, user_with_id, write_event
from server.ledger.people.user_sessions import WantedSession, open_session, tidy_device_name, user_of_session
from server.ledger.tokens import token_digest

CODE_LETTERS = 8
"""How long the short code is: 40 bits. Only somebody who is signed in can try one, five times a minute."""

DEVICE_MINUTES = 10
POLL_SECONDS = 5

BEGUN = Limit(10, 60)
"""How many devices may begin to sign in from one address."""

ASKED = Limit(1, POLL_SECONDS - 1)
"""How often a device may ask. A network is not exact, so that is a second less than what devices are told."""

_WITH_CODE = """
SELECT digest, device, kind, origin, made_at FROM device_request
WHERE code_digest = ? AND user IS NULL AND is_denied = 0 AND made_at <= ? AND ends_at > ?
"""
_DECIDE = """
UPDATE device_request SET user = ?, approved_in = ?, is_denied = ? WHERE digest = ? AND user IS NULL AND is_denied = 0
"""
_STATE = """
SELECT user, is_denied, taken_at, device, kind FROM device_request WHERE digest = ? AND made_at <= ? AND ends_at > ?
"""
_TAKE = "UPDATE device_request SET taken_at = ? WHERE digest = ? AND taken_at IS NULL AND is_denied = 0"


@dataclass(frozen=True, slots=True)
class DeviceCodes:
    """What a device gets: a code that it keeps and asks with, a code that it shows, and how long and how often to ask."""

    device_code: str
    user_code: str
    ends_in_seconds: int = DEVICE_MINUTES * 60
    interval_seconds: int = POLL_SECONDS


@dataclass(frozen=True, slots=True)
class WaitingDevice:
    """A device that waits to be approved, as its user should see it before approving: what it says it is, and where it is."""

    device: str
    kind: SessionKind
    origin: str
    made_at: str


class DeviceSignIns:
    """The devices that want to be signed in."""

    def __init__(self, parts: SignInParts, attempts: Attempts) -> None:
        self._firm = parts.firm
        self._now = parts.now
        self._access = parts.access
        self._rules = parts.rules
        self._attempts = attempts

    def begin(self, device: str, address: str, kind: SessionKind = SessionKind.ADDIN) -> DeviceCodes:
        """Return the codes for a device that wants to be signed in. Raises TooManySignIns."""
        if seconds := self._attempts.take_turn(BEGUN, "devices", counted_address(address)):
            raise TooManySignIns(seconds)
        codes, now = DeviceCodes(secrets.token_urlsafe(32), new_code(CODE_LETTERS)), self._now()
        row = {
            "digest": token_digest(codes.device_code),
            "code_digest": token_digest(code_letters(codes.user_code)),
            "kind": kind.value,
            "device": tidy_device_name(device),
            "origin": address,
            "made_at": instant(now),
            "ends_at": instant(now + timedelta(minutes=DEVICE_MINUTES)),
            "is_denied": 0,
        }
        with self._firm.write() as session:
            session.insert("device_request", row)
        return codes

    def describe(self, token: str, user_code: str, address: str) -> WaitingDevice:
        """Return what waits under a short code, for the holder of a session. Raises what ``decide`` raises."""
        with self._firm.read() as session:
            name, _ = user_of_session(session, token, self._now())
        self._attempts.require_few(name, address)
        with self._attempts.lock_of(address), self._attempts.attempt(name, address):
            with self._firm.read() as session:
                _, waiting = self._find_waiting(session, user_code)
            if waiting is None:
                self._refuse_code(name, address)
        return waiting

    def decide(self, token: str, user_code: str, address: str, *, is_approved: bool) -> WaitingDevice:
        """Sign a device in as the user of a session, or refuse it; return what it was.

        Raises DeviceCodeUnusable, SessionEnded, SignInNeeded and TooManySignIns.
        """
        now = self._now()
        with self._firm.read() as session:
            name, _ = user_of_session(session, token, now)
        self._attempts.require_few(name, address)
        with self._attempts.lock_of(address), self._attempts.attempt(name, address):
            with self._firm.write() as session:
                name, approved_in = user_of_session(session, token, now)
                digest, waiting = self._find_waiting(session, user_code)
                if waiting is not None:
                    user = require_user(session, name)
                    session.execute(_DECIDE, [user.id, approved_in, int(not is_approved), digest])
                    event = AccessEvent.DEVICE_APPROVED if is_approved else AccessEvent.DEVICE_DENIED
                    write_event(session, event, name, now, address)
            if waiting is None:
                self._refuse_code(name, address)
        return waiting

    def poll(self, device_code: str, address: str) -> str:
        """Return the token of the session that a device was given. It is given once.

        Raises DeviceNotApproved until somebody decided, DeviceAskedTooSoon, and DeviceCodeUnusable.
        """
        now, digest = self._now(), token_digest(device_code)
        with self._firm.read() as session:
            is_known = session.one(_STATE, [digest, instant(now), instant(now)]) is not None
        if not is_known:
            raise DeviceCodeUnusable
        if self._attempts.take_turn(ASKED, "asked", digest):
            raise DeviceAskedTooSoon(POLL_SECONDS)
        with self._firm.read() as session:
            self._user_approving(session, digest, now)
        with self._firm.write() as session:
            user_id, device, kind = self._user_approving(session, digest, now)
            user = user_with_id(session, user_id)
            if user.is_disabled or session.execute(_TAKE, [instant(now), digest]) != 1:
                raise DeviceCodeUnusable
            wanted = WantedSession(SessionKind(kind), device, address)
            return open_session(session, user, wanted, self._rules, now)

    def _user_approving(self, session: DatabaseSession, digest: str, now: datetime) -> tuple[int, str, str]:
        """Return the id of the user who approved a device, the device's name and kind; raises if nobody did."""
        row = session.one(_STATE, [digest, instant(now), instant(now)])
        if row is None or row[1] or row[2]:
            raise DeviceCodeUnusable
        if row[0] is None:
            raise DeviceNotApproved(POLL_SECONDS)
        return row[0], row[3], row[4]

    def _find_waiting(self, session: DatabaseSession, user_code: str) -> tuple[str, WaitingDevice | None]:
        """Return the digest of the one device that waits under a short code, and the device; ``None`` if there is none."""
        now = instant(self._now())
        rows = session.all(_WITH_CODE, [token_digest(code_letters(user_code)), now, now])
        if len(rows) != 1:
            return "", None
        digest, device, kind, origin, made_at = rows[0]
        return digest, WaitingDevice(device, SessionKind(kind), origin, made_at)

    def _refuse_code(self, name: str, address: str) -> NoReturn:
        """Record a wrong short code of a user, and raise DeviceCodeUnusable."""
        self._access.record_refusal(DeviceCodeUnusable.code, address, name)
        raise DeviceCodeUnusable

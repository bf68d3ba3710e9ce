"""Codes of an authenticator app, a new one each thirty seconds (RFC 6238), inside a transaction of the firm's file."""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from pyotp import TOTP, random_base32

from server.errors import SecondFactorRefused
from server.ledger.clock import instant
from server.ledger.engine.database_session import DatabaseSession

ISSUER = "Clinic Ledger"
STEP_SECONDS = 30
STEPS_AWAY = 1
"""How many codes before and after the present one are accepted, because the clock of a phone may be wrong."""

_SECRET = re.compile(r"[A-Z2-7]{32}")
_CODE = re.compile(r"[0-9]{6}")
_USE_STEP = "UPDATE second_factor SET last_step = ? WHERE user = ? AND last_step < ?"
_CONFIRM = "UPDATE second_factor SET confirmed_at = ?, last_step = ? WHERE user = ? AND confirmed_at IS NULL"


@dataclass(frozen=True, slots=True)
class NewSecondFactor:
    """What an authenticator app needs to know, shown once: the secret, also as an address for a picture to scan."""

    secret: str
    uri: str


def begin_factor(session: DatabaseSession, user_id: int, sign_in_name: str, now: datetime) -> NewSecondFactor:
    """Keep a new secret that does not count before a code confirms it, and return it."""
    secret = random_base32()
    remove_factor(session, user_id)
    row = {"user": user_id, "secret": secret, "made_at": instant(now), "confirmed_at": None, "last_step": 0}
    session.insert("second_factor", row)
    return shown_factor(secret, sign_in_name)


def shown_factor(secret: str, sign_in_name: str) -> NewSecondFactor:
    """Return a secret as an authenticator app takes it. Raises SecondFactorRefused for what is no secret."""
    if not _SECRET.fullmatch(secret):
        raise SecondFactorRefused
    return NewSecondFactor(secret, TOTP(secret).provisioning_uri(name=sign_in_name, issuer_name=ISSUER))


def confirm_factor(session: DatabaseSession, user_id: int, code: str, now: datetime) -> bool:
    """Let a secret count that was begun, if the code is right; return whether it is. The code is used up."""
    step = _step_of_code(session, user_id, code, now)
    return step is not None and session.execute(_CONFIRM, [instant(now), step, user_id]) == 1


def use_code(session: DatabaseSession, user_id: int, code: str, now: datetime) -> bool:
    """Return whether a code is right and later than every code that was used, and use it up."""
    step = _step_of_code(session, user_id, code, now)
    return step is not None and session.execute(_USE_STEP, [step, user_id, step]) == 1


def remove_factor(session: DatabaseSession, user_id: int) -> bool:
    """Remove a user's secret; return whether there was one."""
    return session.execute("DELETE FROM second_factor WHERE user = ?", [user_id]) > 0


def _step_of_code(session: DatabaseSession, user_id: int, code: str, now: datetime) -> int | None:
    """Return the number of the thirty seconds whose code this is, ``None`` if it is not one of now."""
    secret = session.value("SELECT secret FROM second_factor WHERE user = ?", [user_id])
    typed = "".join(code.split())
    if secret is None or not _CODE.fullmatch(typed):
        return None
    app, present = TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    steps = range(present - STEPS_AWAY, present + STEPS_AWAY + 1)
    fitting = [step for step in steps if hmac.compare_digest(app.generate_otp(step), typed)]
    return max(fitting, default=None)

"""Codes that pair a task pane: how they look, and those that the command line made, by their digests in the firm's file."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from server.errors import PairingEnded
from server.ledger.clock import instant
from server.ledger.engine.database import Database
from server.ledger.people.user_rows import has_users
from server.ledger.tokens import give_token, token_digest

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits without the ones that are easily confused: 0 and O, 1, I and L."""

SERVICE_LETTERS, LOCAL_LETTERS = 12, 16
"""How long a code of the service is, and one of the command line. A million guesses in each of its ten minutes
find a code of 12 letters with a chance of one in seventy billion."""

GROUP = 4
MINUTES = 10
"""How long a code is valid."""


def new_code(letters: int) -> str:
    """Return a new code in groups of four, such as ``ABCD-EFGH-JKMN``."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(letters))
    return "-".join(code[start : start + GROUP] for start in range(0, letters, GROUP))


def code_letters(typed: str) -> str:
    """Return the letters of a code as typed: case, hyphens and spaces do not matter."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


class PairingCodes:
    """The codes that the command line made. They work with any service on this ledger, also one that shows no code."""

    def __init__(self, firm: Database, now: Callable[[], datetime]) -> None:
        self._firm = firm
        self._now = now

    def make(self, name: str = "") -> str:
        """Return a new code. The token it is exchanged for gets the name. Raises PairingEnded for a ledger with users."""
        code, now = new_code(LOCAL_LETTERS), self._now()
        row = {
            "digest": token_digest(code_letters(code)),
            "name": name,
            "made_at": instant(now),
            "ends_at": instant(now + timedelta(minutes=MINUTES)),
        }
        with self._firm.write() as session:
            if has_users(session):
                raise PairingEnded
            session.insert("pairing_code", row)
        return code

    def exchange(self, typed: str) -> str | None:
        """Return a token for a code and use the code up; ``None`` if it is wrong, used or too old.

        Raises PairingEnded for a ledger with users.
        """
        letters = code_letters(typed)
        if len(letters) != LOCAL_LETTERS:
            return None
        digest, now = token_digest(letters), self._now()
        valid = (
            "SELECT name FROM pairing_code"
            " WHERE digest = ? AND used_at IS NULL AND made_at <= ? AND ends_at > ?"
        )
        with self._firm.read() as session:  # a guess must not wait for writers, nor make them wait
            if has_users(session):
                raise PairingEnded
            if session.one(valid, [digest, instant(now), instant(now)]) is None:
                return None
        with self._firm.write() as session:
            found = session.one(valid, [digest, instant(now), instant(now)])
            if found is None:
                return None
            session.execute("UPDATE pairing_code SET used_at = ? WHERE digest = ?", [instant(now), digest])
            return give_token(session, "office", found[0], now)

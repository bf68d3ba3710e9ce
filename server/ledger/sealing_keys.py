"""The keys with which all services of a ledger seal what a browser keeps for them for some minutes.

A key seals for an hour. So a copy of the ledger that somebody gets hold of opens nothing of the day after.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from server.ledger.clock import UNNOTICED, instant
from server.ledger.engine.database import Database

SEALS_FOR = timedelta(hours=1)
"""How long a key seals."""

OPENS_LONGER = timedelta(minutes=15)
"""How long a key opens after that what it has sealed."""

KEY_BYTES = 32

_KEYS = "SELECT made_at, key FROM sealing_key WHERE made_at > ? AND made_at <= ? ORDER BY made_at DESC"
_OVER = "DELETE FROM sealing_key WHERE made_at <= ? OR made_at > ?"


class SealingKeys:
    """The keys of a ledger."""

    def __init__(self, firm: Database, now: Callable[[], datetime]) -> None:
        self._firm = firm
        self._now = now

    def usable(self) -> list[bytes]:
        """Return the keys that open now, the one that seals first. Makes one if the latest has sealed long enough."""
        now = self._now()
        oldest, newest = instant(now - SEALS_FOR - OPENS_LONGER), instant(now + UNNOTICED)
        with self._firm.read() as session:
            known = session.all(_KEYS, [oldest, newest])
        if not _is_one_sealing(known, now):
            with self._firm.write() as session:
                session.execute(_OVER, [oldest, newest])
                known = session.all(_KEYS, [oldest, newest])
                if not _is_one_sealing(known, now):  # no other service has just made one
                    made = {"made_at": instant(now), "key": secrets.token_hex(KEY_BYTES)}
                    session.insert("sealing_key", made)
                    known = [(made["made_at"], made["key"]), *known]
        return [bytes.fromhex(key) for _, key in known]


def _is_one_sealing(known: list[tuple[str, ...]], now: datetime) -> bool:
    return bool(known) and known[0][0] > instant(now - SEALS_FOR)

"""The access log of the firm: who tried to get in, who was let in or kept out, and what left the ledger.

It holds ids and counts, never a token, a code or a name of a patient.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from threading import Lock

from server.errors import BillingError, DiskFull, LedgerReadOnly
from server.ledger.clock import instant, recorded_ahead
from server.ledger.engine.database import Database
from server.ledger.engine.database_session import DatabaseSession

LOCAL = "local"
"""The origin of what was done on this computer, with the command line or by the service itself."""

EMERGENCY = "break-glass"
"""How the origin begins of what was done with emergency access (rule: people#break-glass)."""

OTHERS = "others"
"""The origin of refusals once too many addresses sent some in the same minute."""

MOST_ORIGINS = 20
"""How many kinds of refusals and addresses are counted by themselves in a minute."""

A_MINUTE = timedelta(minutes=1)


class AccessEvent(StrEnum):
    """What is recorded besides refusals, which are recorded by their code."""

    TOKEN_GIVEN = "token-issued"  # noqa: S105 - no password
    TOKEN_REVOKED = "token-revocation"  # noqa: S105
    BACKUP = "backup"
    EXPORT = "export"
    RESTORE = "restore"
    MOVE = "move"
    ENCRYPTION = "encryption"
    RECOVERY_TEXT = "recovery-text"
    USER_ADDED = "user-added"
    USER_CHANGED = "user-changed"
    USER_DISABLED = "user-disabled"
    USER_ENABLED = "user-enabled"
    PASSWORD_LINK = "password-link"  # noqa: S105
    PASSWORD_SET = "password-set"  # noqa: S105
    SECOND_FACTOR_SET = "second-factor-set"
    SECOND_FACTOR_REMOVED = "second-factor-removed"
    IDENTITY_NAME_SET = "identity-name-set"
    IDENTITY_NAME_REMOVED = "identity-name-removed"
    IDENTITY_ACCOUNT_TIED = "identity-account-tied"
    SIGN_IN = "sign-in"
    SIGN_OUT = "sign-out"
    SESSIONS_ENDED = "sessions-ended"
    DEVICE_APPROVED = "device-approved"
    DEVICE_DENIED = "device-denied"
    PROGRAM_TOKEN_MADE = "program-token-made"  # noqa: S105
    EMERGENCY_BEGUN = "break-glass"
    EMERGENCY_ENDED = "break-glass-ended"
    EMERGENCY_SEEN = "break-glass-seen"
    PROGRAM_TOKEN_REVOKED = "program-token-revoked"  # noqa: S105


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One row of the log. ``recorded_at`` is UTC text; ``about`` has ids or counts."""

    recorded_at: str
    what: str
    about: str
    origin: str = LOCAL
    times: int = 1


@dataclass(slots=True)
class _Counted:
    """The refusals of one kind and address since the first one of a minute, which is recorded already."""

    first: datetime
    about: str
    times: int = 0


class FirmAccess:
    """The access log of a ledger folder."""

    def __init__(self, firm: Database, now: Callable[[], datetime]) -> None:
        self._firm = firm
        self._now = now
        self._counted: dict[tuple[str, str, str], _Counted] = {}
        self._lock = Lock()

    def record_copy(self, event: AccessEvent, about: str) -> None:
        """Record that books are copied. A ledger that cannot be written to is copied all the same: that may save it."""
        with suppress(DiskFull, LedgerReadOnly), self._firm.write() as session:
            write_access(session, AccessRow(instant(self._now()), event, about))

    def record_refusal(self, code: str, address: str, about: str = "", typed: str = "") -> None:
        """Record that a request was refused. Never raises a refusal: the request is answered all the same.

        ``about`` is the name of a user who exists. What was typed is never recorded: it may be a password.
        Refusals are counted by ``typed``, if it is given, so that a name nobody has takes as long to record. The first refusal of a minute is written at once. The others are counted, and written together when the minute is over.
        """
        now = self._now()
        with self._lock:
            key = (code, address, sha256(typed.encode("utf-8", "replace")).hexdigest() if typed else about)
            if key not in self._counted and len(self._counted) >= MOST_ORIGINS:
                key, about = (code, OTHERS, ""), ""
            counted = self._counted.get(key)
            if counted and now - counted.first < A_MINUTE:
                counted.times += 1
                return
            self._counted[key] = _Counted(now, about)
        rows = [(now, *key[:2], about, 1)]
        self._write(rows + ([(counted.first, *key[:2], counted.about, counted.times)] if counted else []))

    def write_counted(self, *, all_of_them: bool = False) -> None:
        """Write the refusals counted in minutes that are over, or all of them when the service stops."""
        now = self._now()
        with self._lock:
            over = {
                key: counted
                for key, counted in self._counted.items()
                if all_of_them or not timedelta() <= now - counted.first < A_MINUTE
            }
            for key in over:
                del self._counted[key]
        self._write(
            [(counted.first, *key[:2], counted.about, counted.times) for key, counted in over.items()]
        )

    def rows(self, last: int) -> list[AccessRow]:
        """Return the last rows, the latest first."""
        with self._firm.read() as session:
            found = session.all(
                "SELECT recorded_at, what, about, origin, times FROM access ORDER BY id DESC LIMIT CAST(? AS BIGINT)",
                [last],
            )
        return [AccessRow(*row) for row in found]

    def recorded_ahead(self) -> str:
        """Return the latest instant at which something was recorded about the firm if it is later than now, else ""."""
        with self._firm.read() as session:
            return recorded_ahead(session.value("SELECT MAX(recorded_at) FROM access"), self._now())

    def _write(self, rows: list[tuple[datetime, str, str, str, int]]) -> None:
        rows = [row for row in rows if row[-1]]
        if not rows:
            return
        with suppress(BillingError), self._firm.write() as session:
            for at, code, origin, about, times in rows:
                write_access(session, AccessRow(instant(at), code, about, origin, times))


def write_access(session: DatabaseSession, row: AccessRow) -> None:
    """Add a row to the log inside a transaction of the firm's file."""
    session.insert("access", asdict(row))

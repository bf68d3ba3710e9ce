"""Who may speak to the service: tokens, of which the ledger keeps digests only."""

import os
import secrets
import time
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal

from server.errors import BooksNotOpened
from server.ledger.clock import instant
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.sqlite_file import SqliteFile

DESKTOP_TOKEN = "desktop-token"  # noqa: S105 - the name of the file, which the desktop add-in knows too

Holder = Literal["desktop", "office"]

SETTLED_NS = 1_000_000_000
"""How long ago the books were last written to before a look at them is relied on: two writings within one tick of
the disk's clock look alike."""

MOST_REMEMBERED = 100
"""Tokens known without opening the books: an open ledger admits whatever it is shown."""

Looks = tuple[tuple[int, int, int] | None, ...]
"""The firm's books and SQLite's log beside them from outside: inode, bytes, nanosecond of the last writing."""


class Tokens:
    """The tokens of a ledger folder: digests in the firm's file, the desktop's token in a file beside it."""

    def __init__(self, firm: SqliteFile, now: Callable[[], datetime]) -> None:
        self._firm = firm
        self._desktop = firm.path.with_name(DESKTOP_TOKEN)
        self._now = now
        self._admitted: dict[str, Looks] = {}

    def admits(self, token: str | None) -> bool:
        """Return whether a request with this token may pass: a ledger that never gave one is open."""
        looks = self._looks()
        with self._firm.read() as session:
            admitted = not _given(session) or (token is not None and _stands(session, token))
        others = self._admitted_since(looks)
        if admitted and _is_settled(looks) and len(others) < MOST_REMEMBERED:
            self._admitted = {**others, _digest(token or ""): looks}
        return admitted

    def still_admits(self, token: str | None) -> bool:
        """Return whether the token was admitted before and nothing was written to the firm's books since.

        Without opening them: asked for every request, that took a sixth of a single step's time.
        """
        return self._admitted.get(_digest(token or "")) == self._looks()

    def are_given(self) -> bool:
        """Return whether the ledger ever gave a token: it is closed to whoever has none."""
        with self._firm.read() as session:
            return _given(session)

    def give(self, holder: Holder) -> str:
        """Return a new token; nobody can ask for it again."""
        with self._firm.write() as session:
            return _give(session, holder, self._now())

    def forget_all(self) -> int:
        """Let nobody in any more who was let in until now; return how many tokens stood."""
        with self._firm.write() as session:
            return session.execute(
                "UPDATE token SET forgotten_at = ? WHERE forgotten_at IS NULL", [instant(self._now())]
            )

    def ensure_desktop(self) -> Path:
        """Have a token that stands in a file only the user can read; return the file."""
        with self._firm.write() as session:
            known = self._read_desktop()
            if known is None or not _stands(session, known):
                self._write_desktop(_give(session, "desktop", self._now()))
        return self._desktop

    def _looks(self) -> Looks:
        return tuple(
            _seen(path)
            for path in (self._firm.path, self._firm.path.with_name(f"{self._firm.path.name}-wal"))
        )

    def _admitted_since(self, looks: Looks) -> dict[str, Looks]:
        """Return who else was admitted by the books as they are, and nobody of before."""
        return {digest: seen for digest, seen in self._admitted.items() if seen == looks}

    def _read_desktop(self) -> str | None:
        try:
            return self._desktop.read_text("ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        except OSError as problem:
            raise self._unusable(problem) from problem

    def _write_desktop(self, token: str) -> None:
        """Put a new file in place of the old one, whose mode somebody may have widened."""
        unfinished = self._desktop.with_name(f"{DESKTOP_TOKEN}.{secrets.token_hex(4)}.part")
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
                opened.write(token + "\n")
            unfinished.replace(self._desktop)
        except OSError as problem:
            raise self._unusable(problem) from problem

    def _unusable(self, problem: OSError) -> BooksNotOpened:
        return BooksNotOpened(DESKTOP_TOKEN, f"cannot be used ({problem.strerror})")


def _seen(path: Path) -> tuple[int, int, int] | None:
    """Return what a file looks like, ``None`` if nothing is in it: SQLite's log comes and goes with those who read."""
    try:
        seen = path.stat()
    except FileNotFoundError:
        return None
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns) if seen.st_size else None


def _is_settled(looks: Looks) -> bool:
    return all(seen is None or time.time_ns() - seen[2] > SETTLED_NS for seen in looks)


def _give(session: DatabaseSession, holder: Holder, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.execute(
        "INSERT INTO token (digest, holder, given_at) VALUES (?, ?, ?)",
        [_digest(token), holder, instant(now)],
    )
    return token


def _given(session: DatabaseSession) -> bool:
    return session.one("SELECT 1 FROM token LIMIT 1") is not None


def _stands(session: DatabaseSession, token: str) -> bool:
    """Look the digest up: what the time of looking tells of it does not lead back to the token."""
    row = session.one("SELECT 1 FROM token WHERE digest = ? AND forgotten_at IS NULL", [_digest(token)])
    return row is not None


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()

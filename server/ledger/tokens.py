"""Who may speak to the service: tokens, of which the ledger keeps digests only."""

import os
import secrets
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from server.errors import BooksNotOpened
from server.ledger import file
from server.ledger.schema import FIRM
from server.ledger.stamp import instant

DESKTOP_TOKEN = "desktop-token"  # noqa: S105 - the name of the file, which the desktop add-in knows too

Holder = Literal["desktop", "office"]


class Tokens:
    """The tokens of a ledger folder."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._firm = folder / "firm.db"
        self._desktop = folder / DESKTOP_TOKEN
        self._now = now

    def admits(self, token: str | None) -> bool:
        """Return whether a request with this token may pass: a ledger that never gave one is open."""
        with file.reading(self._firm, FIRM) as db:
            return not _given(db) or (token is not None and _stands(db, token))

    def are_given(self) -> bool:
        """Return whether the ledger ever gave a token: it is closed to whoever has none."""
        with file.reading(self._firm, FIRM) as db:
            return _given(db)

    def give(self, holder: Holder) -> str:
        """Return a new token; nobody can ask for it again."""
        with file.transaction(self._firm, FIRM) as db:
            return _give(db, holder, self._now())

    def forget_all(self) -> int:
        """Let nobody in any more who was let in until now; return how many tokens stood."""
        with file.transaction(self._firm, FIRM) as db:
            gone = db.execute(
                "UPDATE token SET forgotten_at = ? WHERE forgotten_at IS NULL", [instant(self._now())]
            ).rowcount
        return int(gone)

    def ensure_desktop(self) -> Path:
        """Have a token that stands in a file only the user can read; return the file."""
        with file.transaction(self._firm, FIRM) as db:
            known = self._read_desktop()
            if known is None or not _stands(db, known):
                self._write_desktop(_give(db, "desktop", self._now()))
        return self._desktop

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


def _give(db: Database, holder: Holder, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    db.execute(
        "INSERT INTO token (digest, holder, given_at) VALUES (?, ?, ?)",
        [_digest(token), holder, instant(now)],
    )
    return token


def _given(db: Database) -> bool:
    return db.execute("SELECT 1 FROM token LIMIT 1").fetchone() is not None


def _stands(db: Database, token: str) -> bool:
    """Look the digest up: what the time of looking tells of it does not lead back to the token."""
    row = db.execute(
        "SELECT 1 FROM token WHERE digest = ? AND forgotten_at IS NULL", [_digest(token)]
    ).fetchone()
    return row is not None


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()

"""Who may use the service: tokens. The ledger stores only their digests."""

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
from server.private_files import write_private_file

DESKTOP_TOKEN = "desktop-token"  # noqa: S105 - a file name, also known to the desktop add-in

Holder = Literal["desktop", "office"]

UNCHANGED_NS = 1_000_000_000
"""How old the last write to the firm's file must be before its version is relied on. Two writes within one tick of
the disk's clock have the same version."""

MOST_REMEMBERED = 100
"""The most tokens remembered without opening the books: a ledger without tokens admits any text as a token."""

FileVersions = tuple[tuple[int, int, int] | None, ...]
"""The versions of the firm's file and of SQLite's log: inode, bytes, nanosecond of the last write; ``None`` if empty."""


class Tokens:
    """The tokens of a ledger folder: digests in the firm's file, and the desktop add-in's token in a file next to it."""

    def __init__(self, firm: SqliteFile, now: Callable[[], datetime]) -> None:
        self._firm = firm
        self._desktop = firm.path.with_name(DESKTOP_TOKEN)
        self._now = now
        self._admitted: dict[str, FileVersions] = {}

    def admits(self, token: str | None) -> bool:
        """Return whether a request with this token may pass. A ledger that never issued a token admits every request."""
        versions = self._file_versions()
        with self._firm.read() as session:
            admitted = not _has_tokens(session) or (token is not None and _is_valid(session, token))
        others = self._admitted_since(versions)
        if admitted and _is_long_unchanged(versions) and len(others) < MOST_REMEMBERED:
            self._admitted = {**others, _token_digest(token or ""): versions}
        return admitted

    def still_admits(self, token: str | None) -> bool:
        """Return whether the token was admitted before and nothing was written to the firm's file since.

        This does not open the file: doing so for every request took a sixth of the time of a single step.
        """
        return self._admitted.get(_token_digest(token or "")) == self._file_versions()

    def has_tokens(self) -> bool:
        """Return whether the ledger ever issued a token, so that every request needs one."""
        with self._firm.read() as session:
            return _has_tokens(session)

    def give(self, holder: Holder) -> str:
        """Issue and return a new token. It cannot be read again later."""
        with self._firm.write() as session:
            return _give_token(session, holder, self._now())

    def forget_all(self) -> int:
        """Revoke all tokens; return how many were valid."""
        with self._firm.write() as session:
            return session.execute(
                "UPDATE token SET forgotten_at = ? WHERE forgotten_at IS NULL", [instant(self._now())]
            )

    def ensure_desktop(self) -> Path:
        """Write a valid token to a file that only the user can read, if it has none; return the file."""
        with self._firm.write() as session:
            known = self._read_desktop()
            if known is None or not _is_valid(session, known):
                self._write_desktop(_give_token(session, "desktop", self._now()))
        return self._desktop

    def _file_versions(self) -> FileVersions:
        return tuple(
            _file_version(path)
            for path in (self._firm.path, self._firm.path.with_name(f"{self._firm.path.name}-wal"))
        )

    def _admitted_since(self, versions: FileVersions) -> dict[str, FileVersions]:
        """Return the admitted digests that were checked against the current versions, without older ones."""
        return {digest: seen for digest, seen in self._admitted.items() if seen == versions}

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


def _file_version(path: Path) -> tuple[int, int, int] | None:
    """Return a file's version, ``None`` if it is empty or missing: SQLite's log exists only while connections do."""
    try:
        seen = path.stat()
    except FileNotFoundError:
        return None
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns) if seen.st_size else None


def _is_long_unchanged(versions: FileVersions) -> bool:
    return all(seen is None or time.time_ns() - seen[2] > UNCHANGED_NS for seen in versions)


def _give_token(session: DatabaseSession, holder: Holder, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.execute(
        "INSERT INTO token (digest, holder, given_at) VALUES (?, ?, ?)",
        [_token_digest(token), holder, instant(now)],
    )
    return token


def _has_tokens(session: DatabaseSession) -> bool:
    return session.one("SELECT 1 FROM token LIMIT 1") is not None


def _is_valid(session: DatabaseSession, token: str) -> bool:
    """Return whether a token is valid. It is looked up by digest, so timing reveals nothing about the token."""
    row = session.one("SELECT 1 FROM token WHERE digest = ? AND forgotten_at IS NULL", [_token_digest(token)])
    return row is not None


def _token_digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()

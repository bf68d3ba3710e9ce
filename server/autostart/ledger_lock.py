"""Only one service works with the books of a ledger folder, and others can find out which.

The lock is the operating system's, so it is gone when its process ends, in whatever way. Beside it is a note about the
process. A note without a lock says nothing.
"""

import logging
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from os import getpid
from pathlib import Path
from typing import Self

import orjson
from filelock import FileLock, Timeout

from server.errors import LedgerReadOnly, LedgerServed
from server.installation import program_version
from server.private_files import (
    FILE_MODE,
    NOT_WRITABLE,
    make_private_folder,
    storage_refusal,
    write_private_file,
)

log = logging.getLogger("clinicledger")

LOCK_FILE = "service.lock"
NOTE_FILE = "service.json"

PATIENCE_SECONDS = 1.0
"""How long a service waits for the lock: whoever asks whether it is held holds it for a moment."""

ASKING_SECONDS, ASKS_AGAIN_SECONDS = 0.1, 0.01
"""How long somebody who asks waits for others who ask, and how often it is looked again. A service keeps the lock."""


@dataclass(frozen=True, slots=True)
class RunningService:
    """The service that works with a ledger. While it starts, nothing but that is known."""

    process: int | None = None
    url: str = ""
    started_at: str = ""
    """An instant, as ISO 8601 in UTC."""

    version: str = ""
    """The version of the program."""


class LedgerLock:
    """The lock of a ledger folder, held by this process until ``release`` or its end."""

    def __init__(self, folder: Path, lock: FileLock | None) -> None:
        self._folder = folder
        self._lock = lock

    @classmethod
    def take(cls, folder: Path) -> Self:
        """Lock the books of a folder, which is made if it is missing. Raises LedgerServed if another service has the lock.

        A folder that can only be read needs no lock, because nothing can be written there.
        """
        lock = _lock_of(folder)
        try:
            make_private_folder(folder)
            lock.acquire(timeout=PATIENCE_SECONDS)
        except Timeout:
            other = _read_note(folder)
            raise LedgerServed(str(folder), other.process, other.url) from None
        except OSError as problem:
            if refusal := storage_refusal(problem):
                if not isinstance(refusal, LedgerReadOnly):
                    raise refusal from None
            elif problem.errno not in NOT_WRITABLE:
                log.warning("the ledger folder cannot be locked: %s", problem.strerror)
            return cls(folder, None)
        with suppress(OSError):
            (folder / NOTE_FILE).unlink(missing_ok=True)  # of a service that was killed
        return cls(folder, lock)

    def note(self, url: str, now: datetime) -> None:
        """Let others find this service, which listens by now. Where that cannot be written, they know only that there is one."""
        service = RunningService(getpid(), url, now.isoformat(timespec="seconds"), program_version())
        if self._lock:
            with suppress(Exception):  # a full disk is told by the first click that needs room
                write_private_file(self._folder / NOTE_FILE, orjson.dumps(asdict(service)))

    def release(self) -> None:
        """Let another service work with the books."""
        if self._lock:
            with suppress(OSError):
                (self._folder / NOTE_FILE).unlink(missing_ok=True)
            self._lock.release()


def running_service(folder: Path) -> RunningService | None:
    """Return the service that works with the books of a folder, ``None`` if there is none."""
    if not (folder / LOCK_FILE).exists():
        return None
    lock = _lock_of(folder)
    try:
        lock.acquire(timeout=ASKING_SECONDS, poll_interval=ASKS_AGAIN_SECONDS)
    except Timeout:
        return _read_note(folder)
    except OSError:
        return None  # a folder that can only be read has no lock
    lock.release()
    return None


def _lock_of(folder: Path) -> FileLock:
    # A soft lock is a file that stays when its process is killed.
    return FileLock(folder / LOCK_FILE, mode=FILE_MODE, fallback_to_soft=False)


def _read_note(folder: Path) -> RunningService:
    try:
        return RunningService(**orjson.loads((folder / NOTE_FILE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return RunningService()

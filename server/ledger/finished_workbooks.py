"""Finished workbooks and papers, kept for a limited time so that the add-in can fetch them.

These are copies for download, not books: if one is lost, the button is pressed again.
"""

import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from server.errors import UnknownOutput
from server.ledger import clinic_ids
from server.ledger.clock import utc_now
from server.private_files import write_private_file

NO_CLINIC = "_new"
"""The folder of files that belong to no clinic yet. It is not an id that a clinic can have."""

_ID = re.compile(rf"(?P<clinic>{NO_CLINIC}|{clinic_ids.PATTERN})\.(?P<token>[0-9a-f]{{32}})")

KEPT = timedelta(days=1)
"""How long a workbook can be fetched if nothing else is set."""

Ending = Literal["xlsx", "pdf", "zip", "png", "jpg", "tif", "txt", "csv", "journal", "beancount"]
"""What a kept file is, and how its name ends."""


def clinic_of_output(output_id: str) -> str:
    """Return the clinic that a kept file belongs to, or NO_CLINIC. Raises UnknownOutput for a malformed id."""
    parts = _ID.fullmatch(output_id)
    if parts is None:
        raise UnknownOutput
    return parts["clinic"]


class KeptFile(NamedTuple):
    """The bytes of a kept file, and what they are."""

    ending: Ending
    data: bytes


class Outputs:
    """The finished files of a ledger folder: ``outputs/<clinic>/<token>.xlsx``, readable by the owner only.

    A file's time of change is when it was made, by the ledger's clock. ``period`` is how long it can be fetched.
    """

    def __init__(
        self, ledger_folder: Path, now: Callable[[], datetime] = utc_now, period: timedelta = KEPT
    ) -> None:
        self._folder = ledger_folder / "outputs"
        self._now = now
        self._period = period

    def keep(self, clinic_id: str, data: bytes, ending: Ending = "xlsx") -> str:
        """Keep a file of a clinic, or of NO_CLINIC; return its id, ``<clinic>.<random token>``, which cannot be guessed.

        The file is written under another name first, so a reader always finds all of it. It is not synced
        to disk: after a power cut the button is pressed again.
        """
        token = secrets.token_hex(16)
        folder = NO_CLINIC if clinic_id == NO_CLINIC else clinic_ids.check_clinic_id(clinic_id)
        path = self._folder / folder / f"{token}.{ending}"
        write_private_file(path, data)
        made = self._now().timestamp()
        os.utime(path, (made, made))
        return f"{clinic_id}.{token}"

    def open(self, output_id: str) -> Path:
        """Return a kept file; refuses an id that is malformed or not kept, and one past its period."""
        return self._find(output_id)[1]

    def read(self, output_id: str) -> KeptFile:
        """Return a kept file with its bytes; refuses an id as ``open`` does, or if it was removed meanwhile."""
        ending, path = self._find(output_id)
        try:
            return KeptFile(ending, path.read_bytes())
        except FileNotFoundError:
            raise UnknownOutput from None

    def _find(self, output_id: str) -> tuple[Ending, Path]:
        parts = _ID.fullmatch(output_id)
        endings: tuple[Ending, ...] = get_args(Ending) if parts else ()
        for ending in endings:
            path = self._folder / parts["clinic"] / f"{parts['token']}.{ending}" if parts else self._folder
            with suppress(FileNotFoundError):
                if not self._is_expired(path):
                    return ending, path
        raise UnknownOutput

    def tidy(self) -> int:
        """Remove files past their period, including unfinished ones; return how many."""
        removed = 0
        for path in self._folder.glob("*/*"):
            # Windows refuses to remove a file during a download; another process may remove files too.
            with suppress(PermissionError, FileNotFoundError):
                if self._is_expired(path):
                    path.unlink()
                    removed += 1
        return removed

    def _is_expired(self, path: Path) -> bool:
        """Return whether a file is older than the period. If the clock was set back, one made as far ahead is, too."""
        age = self._now().timestamp() - path.stat().st_mtime
        return abs(age) > self._period.total_seconds()

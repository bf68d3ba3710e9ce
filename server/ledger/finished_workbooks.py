"""Finished workbooks, kept for a limited time so that the add-in can fetch them.

These are copies for download, not books: if one is lost, the button is pressed again.
"""

import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from server.errors import UnknownOutput
from server.ledger import clinic_ids
from server.ledger.clock import utc_now
from server.private_files import write_private_file

_ID = re.compile(rf"(?P<clinic>{clinic_ids.PATTERN})\.(?P<token>[0-9a-f]{{32}})")

KEPT = timedelta(days=1)
"""How long a workbook can be fetched if nothing else is set."""


class Outputs:
    """The workbooks of a ledger folder: ``outputs/<clinic>/<token>.xlsx``, readable by the owner only.

    A file's time of change is when it was made, by the ledger's clock. ``period`` is how long it can be fetched.
    """

    def __init__(
        self, ledger_folder: Path, now: Callable[[], datetime] = utc_now, period: timedelta = KEPT
    ) -> None:
        self._folder = ledger_folder / "outputs"
        self._now = now
        self._period = period

    def keep(self, clinic_id: str, data: bytes) -> str:
        """Keep a workbook and return its id, ``<clinic>.<random token>``, which cannot be guessed.

        The file is written under another name first, so a reader always finds all of it. It is not synced
        to disk: after a power cut the button is pressed again.
        """
        token = secrets.token_hex(16)
        path = self._folder / clinic_ids.check_clinic_id(clinic_id) / f"{token}.xlsx"
        write_private_file(path, data)
        made = self._now().timestamp()
        os.utime(path, (made, made))
        return f"{clinic_id}.{token}"

    def open(self, output_id: str) -> Path:
        """Return the file of a kept workbook; refuses an id that is malformed or not kept, and one past its period."""
        parts = _ID.fullmatch(output_id)
        if parts is None:
            raise UnknownOutput
        path = self._folder / parts["clinic"] / f"{parts['token']}.xlsx"
        try:
            if self._is_expired(path):
                raise UnknownOutput
        except FileNotFoundError:
            raise UnknownOutput from None
        return path

    def read(self, output_id: str) -> bytes:
        """Return the bytes of a kept workbook; refuses an id as ``open`` does, or if it was removed meanwhile."""
        try:
            return self.open(output_id).read_bytes()
        except FileNotFoundError:
            raise UnknownOutput from None

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

"""Finished workbooks, kept for a limited time so that the add-in can fetch them.

These are copies for download, not books: if one is lost, the button is pressed again.
"""

import os
import re
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from server.errors import UnknownOutput
from server.ledger import clinic_ids

_ID = re.compile(rf"(?P<clinic>{clinic_ids.PATTERN})\.(?P<token>[0-9a-f]{{32}})")


class Outputs:
    """The workbooks of a ledger folder: ``outputs/<clinic>/<token>.xlsx``, readable by the owner only."""

    def __init__(self, ledger_folder: Path) -> None:
        self._folder = ledger_folder / "outputs"

    def keep(self, clinic_id: str, data: bytes) -> str:
        """Keep a workbook and return its id, ``<clinic>.<random token>``, which cannot be guessed.

        The file is written under another name first, so a reader always finds all of it. It is not synced
        to disk: after a power cut the button is pressed again.
        """
        token = secrets.token_hex(16)
        folder = self._folder / clinic_ids.check_clinic_id(clinic_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = folder / f"{token}.part"
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        unfinished.replace(folder / f"{token}.xlsx")
        return f"{clinic_id}.{token}"

    def open(self, output_id: str) -> Path:
        """Return the file of a kept workbook; refuses an id that is malformed or not kept."""
        parts = _ID.fullmatch(output_id)
        if parts is None:
            raise UnknownOutput
        path = self._folder / parts["clinic"] / f"{parts['token']}.xlsx"
        if not path.is_file():
            raise UnknownOutput
        return path

    def read(self, output_id: str) -> bytes:
        """Return the bytes of a kept workbook; refuses an id as ``open`` does, or if it was removed meanwhile."""
        try:
            return self.open(output_id).read_bytes()
        except FileNotFoundError:
            raise UnknownOutput from None

    def tidy(self, older_than: datetime) -> int:
        """Remove files written before an instant, including unfinished ones; return how many."""
        removed = 0
        for path in self._folder.glob("*/*"):
            # Windows refuses to remove a file during a download; another process may remove files too.
            with suppress(PermissionError, FileNotFoundError):
                if path.stat().st_mtime < older_than.timestamp():
                    path.unlink()
                    removed += 1
        return removed

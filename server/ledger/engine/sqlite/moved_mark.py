"""The file ``moved.txt`` in a ledger folder whose books are in a database now: nobody takes its files for the ledger by mistake."""

import re
from datetime import date
from pathlib import Path

from server.errors import BooksNotOpened
from server.private_files import write_private_file

MOVED = "moved.txt"
"""The file that says that the books of a ledger folder were moved."""

_SENTENCES = (
    "The books of this folder were moved to a PostgreSQL database on {day}.\n"
    "The files of the books are as they were on that day. Nothing is recorded in them any more.\n"
    "The documents and the finished workbooks in this folder are still in use.\n"
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class MovedMark:
    """The mark of a ledger folder. It says the day, and never where the database is."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / MOVED

    def is_there(self) -> bool:
        """Return whether the books were moved."""
        return self._path.exists()

    def refuse(self, file: str) -> None:
        """Raise BooksNotOpened for a file of the ledger if the books were moved."""
        if not self.is_there():
            return
        day = _DAY.search(self._path.read_text("utf-8", "replace"))
        on_day = f" on {day[0]}" if day else ""
        raise BooksNotOpened(
            file, f"was moved to a PostgreSQL database{on_day}, and CLINIC_LEDGER_DATABASE does not name one"
        )

    def write(self, day: date) -> None:
        """Say that the books were moved on a day. A mark that is there stays."""
        if not self.is_there():
            write_private_file(self._path, _SENTENCES.format(day=day.isoformat()).encode(), sync=True)

    def remove(self) -> None:
        """Take the mark away, because the move was not finished."""
        self._path.unlink(missing_ok=True)

"""A firm's databases as files in its ledger folder: one for the firm and one for each clinic."""

from datetime import date
from pathlib import Path

from server.encryption.folder_encryption import CLINICS as CLINICS  # noqa: PLC0414 - the place is the folder's
from server.errors import BooksNotOpened
from server.ledger.engine.database import KeepHead, PoolUse, Stamp, keep_no_head
from server.ledger.engine.sqlite.connections import is_used
from server.ledger.engine.sqlite.database_file import SqliteFile, close_files
from server.ledger.engine.sqlite.earlier_copies import remove_earlier_copies
from server.ledger.engine.sqlite.moved_mark import MovedMark
from server.ledger.engine.sqlite.schema import CLINIC, FIRM, Schema

FIRM_FILE = "firm.db"
"""The database file of the firm."""

_BRING_BACK = (
    "Nothing was written. If a restore was ended in the middle, give it again. Otherwise have firm.db brought back from the"
    " last good backup, as the guide to backups says, and do not work on before."
)


class SqliteFolder:
    """The database files of a ledger folder.

    Once the books were moved to a database, the files are refused; only the move itself ``passes_mark``.
    """

    def __init__(self, folder: Path, *, passes_mark: bool = False) -> None:
        self.folder = folder
        self.mark = MovedMark(folder)
        self._refused_by = None if passes_mark else self.mark

    def firm(self, stamp: Stamp) -> SqliteFile:
        """Return the firm's file. Raises BooksNotOpened if the books were moved."""
        return self._file(self.folder / FIRM_FILE, FIRM, stamp)

    def refuse_lost_list(self) -> None:
        """Raise BooksNotOpened if there are books of clinics, and no list of them: a new list would hide them."""
        if is_used(self.folder / FIRM_FILE):
            return
        if any(is_used(path) for path in (self.folder / CLINICS).glob("*.db")):
            raise BooksNotOpened(
                FIRM_FILE, "is missing or empty, and there are books of clinics, which it lists", _BRING_BACK
            )

    def clinic(self, clinic_id: str, stamp: Stamp, keep_head: KeepHead) -> SqliteFile:
        """Return a clinic's file, which may not exist yet. Raises BooksNotOpened if the books were moved."""
        return self._file(self.folder / CLINICS / f"{clinic_id}.db", CLINIC, stamp, keep_head)

    def _file(
        self, path: Path, schema: Schema, stamp: Stamp, keep_head: KeepHead = keep_no_head
    ) -> SqliteFile:
        if self._refused_by:
            self._refused_by.refuse(path.name)
        return SqliteFile(path, schema, stamp, keep_head, self._refused_by)

    def close(self) -> None:
        """Close the cached connections, so that the files can be moved or copied by hand."""
        close_files(self.folder)

    def remove_earlier_copies(self, before: date) -> None:
        """Remove the copies of files as they were before upgrades earlier than a day."""
        for folder in (self.folder, self.folder / CLINICS):
            remove_earlier_copies(folder, before)

    def pools(self) -> list[PoolUse]:
        """Return nothing: connections to files are not kept in pools."""
        return []

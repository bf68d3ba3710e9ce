"""A firm's databases as files in its ledger folder: one for the firm and one for each clinic."""

from pathlib import Path

from server.ledger.engine.database import KeepHead, PoolUse, Stamp
from server.ledger.engine.sqlite.database_file import SqliteFile, close_files
from server.ledger.engine.sqlite.schema import CLINIC, FIRM

FIRM_FILE = "firm.db"
"""The database file of the firm."""

CLINICS = "clinics"
"""Where in a ledger folder, and in a copy of one, the clinics' files are."""


class SqliteFolder:
    """The database files of a ledger folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def firm(self, stamp: Stamp) -> SqliteFile:
        """Return the firm's file."""
        return SqliteFile(self.folder / FIRM_FILE, FIRM, stamp)

    def clinic(self, clinic_id: str, stamp: Stamp, keep_head: KeepHead) -> SqliteFile:
        """Return a clinic's file, which may not exist yet."""
        return SqliteFile(self.folder / CLINICS / f"{clinic_id}.db", CLINIC, stamp, keep_head)

    def close(self) -> None:
        """Close the cached connections, so that the files can be moved or copied by hand."""
        close_files(self.folder)

    def pools(self) -> list[PoolUse]:
        """Return nothing: connections to files are not kept in pools."""
        return []

"""Where a ledger's books and documents are, if not in its folder, and where its backups are."""

from dataclasses import dataclass
from pathlib import Path

from server.database_address import DatabaseAddress
from server.object_bucket import ObjectBucket


@dataclass(frozen=True, slots=True)
class Storage:
    """The database of the books, and the bucket of the documents and the finished files. ``None`` is the ledger folder.

    ``backups`` is the folder of the backups that the service makes, ``None`` if it makes none.
    """

    database: DatabaseAddress | None = None
    bucket: ObjectBucket | None = None
    backups: Path | None = None


IN_FOLDER = Storage()

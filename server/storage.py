"""Where a ledger's books and documents are, if not in its folder."""

from dataclasses import dataclass

from server.database_address import DatabaseAddress
from server.object_bucket import ObjectBucket


@dataclass(frozen=True, slots=True)
class Storage:
    """The database of the books, and the bucket of the documents and the finished files. ``None`` is the ledger folder."""

    database: DatabaseAddress | None = None
    bucket: ObjectBucket | None = None


IN_FOLDER = Storage()

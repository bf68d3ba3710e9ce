"""Where the documents and finished files of a ledger are, and what tells one ledger from another there."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from server.ledger import backup_folder
from server.ledger.engine.database import Database
from server.ledger.objects.object_places import BucketPlaces, FolderPlaces, ObjectPlaces
from server.object_bucket import ObjectBucket

_FIRST_ENTRY = "SELECT hash FROM journal ORDER BY id LIMIT 1"


def places_of(
    folder: Path, bucket: ObjectBucket | None, now: Callable[[], datetime], first_entry: Callable[[], str]
) -> ObjectPlaces:
    """Return where the documents and finished files of a ledger are. A copy of one has them beside it."""
    if bucket and not backup_folder.is_copy(folder):
        return BucketPlaces(bucket, first_entry)
    return FolderPlaces(folder, now)


def first_entry_of(firm: Database) -> str:
    """Return the hash of the first entry of a firm's journal, which no other ledger has."""
    with firm.read() as session:
        return str(session.value(_FIRST_ENTRY))

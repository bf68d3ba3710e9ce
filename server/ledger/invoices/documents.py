"""The rows of documents: what each one is and who added it. The bytes are in a separate file."""

from collections.abc import Callable
from datetime import datetime

from server.errors import UnknownDocument
from server.ledger.clock import instant
from server.ledger.document_files import Document
from server.ledger.engine import json_columns
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in

_UNATTACHED = fill_in(
    "NOT EXISTS (SELECT 1 FROM step WHERE {digest} = document.digest || '')",  # so that SQLite uses its index
    digest=json_columns.member_of_valid_text("inputs", "document"),
)
_OVERDUE = fill_in(
    "SELECT digest FROM document WHERE recorded_at < ? AND {unattached} ORDER BY digest",
    unattached=_UNATTACHED,
)
_REMOVE = fill_in("DELETE FROM document WHERE digest = ? AND {unattached}", unattached=_UNATTACHED)


class Documents:
    """The documents in the books of a clinic."""

    def __init__(self, session: DatabaseSession, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    def enter(self, written: Document, actor: str) -> Document:
        """Record a document whose bytes are written. The same bytes again are the same document.

        One that was never attached is recorded again, under its first name, so that a purge leaves time to attach it.
        """
        first = self._session.one("SELECT file_name FROM document WHERE digest = ?", [written.digest])
        self._session.execute(_REMOVE, [written.digest])
        self._session.execute(
            "INSERT INTO document (digest, size, media_type, file_name, recorded_at, recorded_by)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
            [
                written.digest,
                written.size,
                written.media_type,
                first[0] if first else written.file_name,
                instant(self._now()),
                actor,
            ],
        )
        return self.get(written.digest)

    def get(self, digest: str) -> Document:
        """Return a document; refuses a digest that is not in the books."""
        row = self._session.one(
            "SELECT digest, size, media_type, file_name FROM document WHERE digest = ?", [digest]
        )
        if row is None:
            raise UnknownDocument
        return Document(*row)

    def has(self, digest: str) -> bool:
        """Return whether a document is in the books."""
        return self._session.one("SELECT 1 FROM document WHERE digest = ?", [digest]) is not None

    def unattached_before(self, before: datetime) -> list[str]:
        """Return the digests of documents recorded before an instant that no step names."""
        return [digest for (digest,) in self._session.all(_OVERDUE, [instant(before)])]

    def remove_unattached(self, before: datetime) -> list[str]:
        """Remove the rows of documents recorded before an instant that no step names; return their digests."""
        overdue = self.unattached_before(before)
        for digest in overdue:
            self._session.execute(_REMOVE, [digest])
        return overdue


def document_sizes(session: DatabaseSession) -> list[tuple[str, int]]:
    """Return the digest and the size of every document."""
    return [
        (digest, size) for digest, size in session.all("SELECT digest, size FROM document ORDER BY digest")
    ]

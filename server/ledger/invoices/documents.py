"""The rows of documents: what each one is and who added it. The bytes are in a separate file."""

from collections.abc import Callable
from datetime import datetime

from server.errors import UnknownDocument
from server.ledger.clock import instant
from server.ledger.document_files import Document
from server.ledger.engine.database_session import DatabaseSession


class Documents:
    """The documents in the books of a clinic."""

    def __init__(self, session: DatabaseSession, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    def enter(self, written: Document, actor: str) -> Document:
        """Record a document whose bytes are written. The same bytes again are the same document."""
        self._session.execute(
            "INSERT INTO document (digest, size, media_type, file_name, recorded_at, recorded_by)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
            [
                written.digest,
                written.size,
                written.media_type,
                written.file_name,
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


def document_sizes(session: DatabaseSession) -> list[tuple[str, int]]:
    """Return the digest and the size of every document."""
    return [
        (digest, size) for digest, size in session.all("SELECT digest, size FROM document ORDER BY digest")
    ]

"""The rows of documents: what each one is and who added it. The bytes are in a separate file."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from server.errors import UnknownDocument
from server.ledger.clock import instant
from server.ledger.document_files import Document
from server.ledger.engine import json_columns
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable
from server.ledger.list_places import ListOrder, ListPlace

_UNATTACHED = fill_in(
    "NOT EXISTS (SELECT 1 FROM step WHERE {digest} = document.digest || '')",  # so that SQLite uses its index
    digest=json_columns.member_of_valid_text("inputs", "document"),
)
_OVERDUE = fill_in(
    "SELECT digest FROM document WHERE recorded_at < ? AND {unattached} ORDER BY digest",
    unattached=_UNATTACHED,
)
_REMOVE = fill_in("DELETE FROM document WHERE digest = ? AND {unattached}", unattached=_UNATTACHED)


_WANTED = ValueTable("wanted", "number")
_OF_INVOICES = fill_in(
    """
SELECT invoice.number, document.digest, document.size, document.media_type, document.file_name
FROM document
CROSS JOIN step ON {digest} = document.digest || ''
JOIN invoice ON invoice.id = step.invoice
WHERE invoice.number IN (SELECT wanted.number FROM {wanted})
ORDER BY invoice.id, step.place
""",
    digest=json_columns.member_of_valid_text("step.inputs", "document"),
    wanted=_WANTED.sql,
)
"""A clinic has far fewer documents than steps, so we look for the steps of each document."""


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document of the books, with who recorded it and when (UTC). ``is_attached`` is whether a step names it."""

    digest: str
    size: int
    media_type: str
    file_name: str
    recorded_at: str
    actor: str
    is_attached: bool


class DocumentOrder(ListOrder):
    """The orders in which documents can be listed."""

    RECORDED = "recorded"
    SIZE = "size"

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that the list is sorted by."""
        return ("recorded_at" if self is DocumentOrder.RECORDED else "size", "digest")


_LIST = """
SELECT digest, size, media_type, file_name, recorded_at, recorded_by, NOT {unattached} FROM document
WHERE {condition} ORDER BY {order} LIMIT CAST(? AS BIGINT)
"""


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

    def of_invoices(self, numbers: Collection[str]) -> dict[str, list[Document]]:
        """Return the documents attached to invoices, by invoice number, each once and in the order of attaching.

        Invoices without documents are left out.
        """
        found: dict[str, dict[str, Document]] = defaultdict(dict)
        for number, *columns in self._session.all(_OF_INVOICES, [_WANTED.values(numbers)]):
            document = Document(*columns)
            found[number].setdefault(document.digest, document)
        return {number: list(documents.values()) for number, documents in found.items()}

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

    def list_page(self, place: ListPlace[DocumentOrder], most: int) -> list[KeptDocument]:
        """Return up to ``most`` documents from a place of the list on. Refuses a place after an unknown digest."""
        if place.after:
            self.get(str(place.after))
        later, after = place.later_rows("document", "digest")
        condition, order = " AND ".join(["true", *later]), place.sort_columns("document")
        query = fill_in(_LIST, unattached=_UNATTACHED, condition=condition, order=order)
        rows = self._session.all(query, [*after, most])
        return [KeptDocument(*[*row[:-1], bool(row[-1])]) for row in rows]

    def count(self) -> int:
        """Return how many documents there are."""
        found: int = self._session.value("SELECT COUNT(*) FROM document")
        return found


def document_sizes(session: DatabaseSession) -> list[tuple[str, int]]:
    """Return the digest and the size of every document."""
    return [
        (digest, size) for digest, size in session.all("SELECT digest, size FROM document ORDER BY digest")
    ]

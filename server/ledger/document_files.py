"""The bytes of attached documents: each is named by its digest, in a store next to the books (``objects``).

A document is stored before its row is in the books, and is removed only after its row: no row names a document that is
not there. One without a row is harmless, and is removed with the next purge.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import PureWindowsPath

from pydantic import SecretStr

from server.errors import DocumentUnusable, UnknownDocument
from server.ledger.finished_workbooks import Ending
from server.ledger.objects.folder_objects import FolderObjects
from server.ledger.objects.object_store import ObjectStore, read_at_once

LARGEST = 20_000_000
"""The most bytes that a document may have."""

NAMELESS = "document"
"""The name of a file that was sent without one."""

_BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}
_ENDINGS: dict[str, Ending] = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/tiff": "tif",
    "text/plain": "txt",
}
_NOT_IN_TEXT = frozenset(range(32)) - set(b"\t\n\r\f")


@dataclass(frozen=True, slots=True)
class Document:
    """A kept document. ``file_name`` is its name when it was first attached."""

    digest: str
    size: int
    media_type: str
    file_name: str

    @property
    def ending(self) -> Ending:
        """Return how the name of a file with these bytes ends. It comes from the bytes, like the media type."""
        return _ENDINGS[self.media_type]


class DocumentFiles:
    """The bytes of a clinic's documents, in a store of their own."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def write(self, data: bytes, file_name: str) -> Document:
        """Store the bytes of a document under their digest, all or none; return the document.

        The media type comes from the bytes, never from the name or the sender.
        """
        name = PureWindowsPath(file_name).name
        document = Document(
            sha256(data).hexdigest(), len(data), media_type_of(data), name if name.strip(".") else NAMELESS
        )
        self._keep(document.digest, data)
        return document

    def is_missing(self, digest: str) -> bool:
        """Return whether nothing is stored under this digest."""
        return self._store.changed_at(digest) is None

    def read(self, digest: str) -> bytes:
        """Return the bytes of a document; refuses one that is missing or was changed."""
        data = self._bytes_of(digest)
        if data is None:
            raise UnknownDocument
        return data

    def download_address(self, digest: str, valid_for: timedelta) -> SecretStr | None:
        """Return an address from which anybody can fetch a document for a limited time; ``None`` if the store has none.

        Whoever fetches it there has to compare the digest. Never log the address.
        """
        return self._store.download_address(digest, valid_for)

    def damaged_files(self, sizes: Iterable[tuple[str, int]]) -> Iterator[str]:
        """Yield the digests whose document is missing, has another size, or was changed."""
        with read_at_once(self._is_damaged, sizes) as found:
            yield from (digest for digest, is_damaged in found if is_damaged)

    def older_than(self, before: datetime) -> Iterator[str]:
        """Yield the names of what was stored before an instant: digests, and unfinished files."""
        return (name for name, changed_at in self._store.list_names() if changed_at < before)

    def remove(self, names: Sequence[str]) -> None:
        """Remove what is stored under these names, if it is there."""
        self._store.remove(names)

    def copy_to(self, target: FolderObjects) -> None:
        """Copy the documents into a folder, except those that are there already. One may be removed meanwhile."""
        target.copy_in(self._store)

    def move_in(self, folder: FolderObjects) -> None:
        """Move the documents of a folder in. What is in it without the bytes of its digest belongs to no row, and may stay."""
        if isinstance(self._store, FolderObjects):
            self._store.move_in(folder)
            return

        def copy(name: str) -> None:
            found = folder.read(name)
            if found and sha256(found.data).hexdigest() == name:
                self._keep(name, found.data)

        with read_at_once(copy, [name for name, _ in folder.list_names()]) as copied:
            for _ in copied:
                pass

    def _keep(self, digest: str, data: bytes) -> None:
        if not self._store.write_new(digest, data) and self._bytes_of(digest) is None:
            self._store.write(digest, data)  # the stored bytes are damaged

    def _is_damaged(self, expected: tuple[str, int]) -> tuple[str, bool]:
        digest, size = expected
        data = self._bytes_of(digest)
        return digest, data is None or len(data) != size

    def _bytes_of(self, digest: str) -> bytes | None:
        """Return the bytes with this digest, ``None`` if they are missing or others are stored."""
        found = self._store.read(digest)
        return found.data if found and sha256(found.data).hexdigest() == digest else None


def media_type_of(data: bytes) -> str:
    """Return the media type of bytes; refuses empty bytes, too many, and kinds that are not kept."""
    if not data:
        raise DocumentUnusable("is empty")
    if len(data) > LARGEST:
        raise DocumentUnusable(f"has {len(data):,} bytes")
    for beginning, media_type in _BEGINNINGS.items():
        if data.startswith(beginning):
            return media_type
    if _is_text(data):
        return "text/plain"
    raise DocumentUnusable("is none of the kinds that are kept")


def _is_text(data: bytes) -> bool:
    """Return whether bytes are plain text: UTF-8 without control characters, and not HTML."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not _NOT_IN_TEXT.intersection(data) and not text.lstrip("\ufeff \t\r\n").startswith("<")

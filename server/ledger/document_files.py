"""The files of attached documents: each named by the digest of its bytes, in a folder next to the books.

A file is on disk before its row is in the books, and is removed only after its row: no row names a file that is
not there. A file without a row is harmless, and is removed with the next purge.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PureWindowsPath

from server.errors import DocumentUnusable, UnknownDocument
from server.ledger.finished_workbooks import Ending
from server.private_files import (
    UNFINISHED,
    copy_private_file,
    make_private_folder,
    sync_folder,
    write_private_file,
)

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
    """The document files of a clinic: ``<folder>/<aa>/<digest>``, readable by the owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, data: bytes, file_name: str) -> Document:
        """Write the bytes of a document to disk under their digest, all or none; return the document.

        The media type comes from the bytes, never from the name or the sender.
        """
        name = PureWindowsPath(file_name).name
        document = Document(
            sha256(data).hexdigest(), len(data), media_type_of(data), name if name.strip(".") else NAMELESS
        )
        if self._bytes_of(document.digest) is None:
            path = self.path_of(document.digest)
            write_private_file(path, data, sync=True)
            sync_folder(path.parent.parent)
        return document

    def is_missing(self, digest: str) -> bool:
        """Return whether there is no file of this digest."""
        return not self.path_of(digest).is_file()

    def read(self, digest: str) -> bytes:
        """Return the bytes of a document; refuses one that is missing or was changed."""
        data = self._bytes_of(digest)
        if data is None:
            raise UnknownDocument
        return data

    def damaged_files(self, sizes: Iterable[tuple[str, int]]) -> Iterator[str]:
        """Yield the digests whose file is missing, has another size, or was changed."""
        for digest, size in sizes:
            data = self._bytes_of(digest)
            if data is None or len(data) != size:
                yield digest

    def older_than(self, before: datetime) -> Iterator[Path]:
        """Yield the files last written before an instant, each named by its digest. Unfinished ones are among them."""
        for path in self._folder.glob("*/*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before.timestamp():
                    yield path

    def path_of(self, digest: str) -> Path:
        """Return where the file of a document is, or would be."""
        return self._folder / digest[:2] / digest

    def copy(self, target: Path) -> None:
        """Copy the files into another folder, except those that are there already. A file may be removed meanwhile."""
        for path in self._folder.glob("*/*"):
            copied = target / path.parent.name / path.name
            if path.suffix != UNFINISHED and not copied.exists():
                with suppress(FileNotFoundError):
                    copy_private_file(path, copied)

    def move_in(self, folder: Path) -> None:
        """Move the files of another folder into this one. A file with the same name has the same bytes."""
        for path in folder.glob("*/*"):
            kept = self._folder / path.parent.name / path.name
            make_private_folder(kept.parent)
            path.replace(kept)

    def _bytes_of(self, digest: str) -> bytes | None:
        """Return the bytes with this digest, ``None`` if the file is missing or has other bytes."""
        try:
            data = self.path_of(digest).read_bytes()
        except FileNotFoundError:
            return None
        return data if sha256(data).hexdigest() == digest else None


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

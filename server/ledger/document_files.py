"""The files of attached documents: each named by the digest of its bytes, in a folder next to the books.

A file is on disk before its row is in the books, so no row names a file that was never written. A file
whose row was never written is harmless: it is used when the same document is attached again.
"""

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PureWindowsPath

from server.errors import DocumentUnusable, UnknownDocument

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
_NOT_IN_TEXT = frozenset(range(32)) - set(b"\t\n\r\f")


@dataclass(frozen=True, slots=True)
class Document:
    """A kept document. ``file_name`` is its name when it was first attached."""

    digest: str
    size: int
    media_type: str
    file_name: str


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
            _write_file(self._path_of(document.digest), data)
        return document

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

    def copy(self, target: Path) -> None:
        """Copy the files into a folder that does not exist yet."""
        if self._folder.is_dir():
            shutil.copytree(self._folder, target, ignore=shutil.ignore_patterns("*.part"))

    def move_in(self, folder: Path) -> None:
        """Move the files of another folder into this one. A file with the same name has the same bytes."""
        for path in folder.glob("*/*"):
            kept = self._folder / path.parent.name / path.name
            kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.replace(kept)

    def _path_of(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _bytes_of(self, digest: str) -> bytes | None:
        """Return the bytes with this digest, ``None`` if the file is missing or has other bytes."""
        path = self._path_of(digest)
        data = path.read_bytes() if path.is_file() else b""
        return data if sha256(data).hexdigest() == digest else None


def _write_file(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{secrets.token_hex(8)}.part")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)  # exists only if the disk was full
    for folder in (path.parent, path.parent.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """Write a folder's entries to disk. Otherwise a power cut can lose a file whose bytes are written."""
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows writes entries by itself, and cannot open a folder
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


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

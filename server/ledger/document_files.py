"""The files of attached papers: each named by the digest of its bytes, in a folder beside the books.

A file is on the disk before its row is in the books, so a row never speaks of a file that was lost. A
file whose row was never written is harmless: the next one who attaches the same paper finds it there.
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
"""Bytes of a document."""

NAMELESS = "document"
"""What a file is called that came without a name of its own."""

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
    """A kept document. ``file_name`` is what it was called when first attached."""

    digest: str
    size: int
    media_type: str
    file_name: str


class DocumentFiles:
    """The documents of a clinic: ``<folder>/<aa>/<digest>``, for the owner's eyes only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, data: bytes, file_name: str) -> Document:
        """Have the bytes of a document on the disk under their digest, all of them or none, and return it.

        What it is, its bytes say: neither the name nor whoever sends it is believed.
        """
        name = PureWindowsPath(file_name).name
        document = Document(
            sha256(data).hexdigest(), len(data), media_type_of(data), name if name.strip(".") else NAMELESS
        )
        if self._bytes_of(document.digest) is None:
            _write(self._path(document.digest), data)
        return document

    def read(self, digest: str) -> bytes:
        """Return the bytes of a document; refuses one that is not there, or not as it was kept."""
        data = self._bytes_of(digest)
        if data is None:
            raise UnknownDocument
        return data

    def damaged(self, sizes: Iterable[tuple[str, int]]) -> Iterator[str]:
        """Yield those of the digests whose file is missing, or not of its size, or was changed."""
        for digest, size in sizes:
            data = self._bytes_of(digest)
            if data is None or len(data) != size:
                yield digest

    def copy(self, target: Path) -> None:
        """Copy the files into a folder that is not there yet."""
        if self._folder.is_dir():
            shutil.copytree(self._folder, target, ignore=shutil.ignore_patterns("*.part"))

    def move_in(self, folder: Path) -> None:
        """Take the files out of another folder; one that is there already is the same, by its name."""
        for path in folder.glob("*/*"):
            kept = self._folder / path.parent.name / path.name
            kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.replace(kept)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _bytes_of(self, digest: str) -> bytes | None:
        """Return the bytes of this digest, ``None`` where the file is not there or has others."""
        path = self._path(digest)
        data = path.read_bytes() if path.is_file() else b""
        return data if sha256(data).hexdigest() == digest else None


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{secrets.token_hex(8)}.part")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)  # there only where the disk was full
    for folder in (path.parent, path.parent.parent):
        _sync(folder)


def _sync(folder: Path) -> None:
    """Have the names in a folder on the disk: without, a power cut can take a file whose bytes are there."""
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows writes names down by itself, and opens no folder
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def media_type_of(data: bytes) -> str:
    """Return what a document is, by its bytes; refuses what is empty, too large or not kept."""
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
    """Return whether it is plain text: UTF-8 without control characters, and not a page for a browser."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not _NOT_IN_TEXT.intersection(data) and not text.lstrip("\ufeff \t\r\n").startswith("<")

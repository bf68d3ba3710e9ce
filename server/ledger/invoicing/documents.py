"""Papers attached to invoices: a row in the books, and the bytes in a file named by their digest.

The file is on the disk before its row is written, so a row never speaks of a file that was lost. A
file whose row was never written is harmless: the next one who attaches the same paper finds it there.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PureWindowsPath

from sqlite_utils import Database

from server.errors import DocumentUnusable, UnknownDocument
from server.ledger.stamp import instant

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


class Documents:
    """The documents of a clinic: ``<folder>/<aa>/<digest>``, for the owner's eyes only."""

    def __init__(self, db: Database, folder: Path, now: Callable[[], datetime]) -> None:
        self._db = db
        self._folder = folder
        self._now = now

    def enter(self, written: Document, actor: str) -> Document:
        """Enter a document whose bytes are written; the same bytes again are the same document."""
        self._db.execute(
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
        row = self._db.execute(
            "SELECT digest, size, media_type, file_name FROM document WHERE digest = ?", [digest]
        ).fetchone()
        if row is None:
            raise UnknownDocument
        return Document(*row)

    def read(self, digest: str) -> bytes:
        """Return the bytes of a document; refuses one that is not there, or not as it was kept."""
        data = _read(self._folder, self.get(digest).digest)
        if data is None:
            raise UnknownDocument
        return data

    def damaged(self) -> Iterator[str]:
        """Yield the digests of documents whose file is missing or is not as it was kept."""
        for digest, size in self._db.execute("SELECT digest, size FROM document ORDER BY digest").fetchall():
            data = _read(self._folder, digest)
            if data is None or len(data) != size:
                yield digest


def write(folder: Path, data: bytes, file_name: str) -> Document:
    """Have the bytes of a document on the disk under their name, all of them or none, and return it.

    What it is, its bytes say: neither the name nor whoever sends it is believed.
    """
    name = PureWindowsPath(file_name).name
    document = Document(
        sha256(data).hexdigest(), len(data), media_type_of(data), name if name.strip(".") else NAMELESS
    )
    if _read(folder, document.digest) is None:
        _write(_path(folder, document.digest), data)
    return document


def _path(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest


def _read(folder: Path, digest: str) -> bytes | None:
    """Return the bytes of this digest, ``None`` where the file is not there or has others."""
    path = _path(folder, digest)
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

"""Documents and finished files behind the ledger's back, in its folder or in a bucket."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from server.encryption.folder_encryption import FolderEncryption
from server.encryption.ledger_key import LedgerKey
from server.encryption.sealed_objects import plain_name, seal, sealed_name
from server.object_bucket import ObjectBucket
from tests.object_servers import S3Server

IN_FOLDER_AND_BUCKET = pytest.mark.parametrize("bucket", ["folder", "bucket"], indirect=True)
"""Marks tests of what is true wherever the documents and finished files are."""


def names_in(place: Path, folder: Path) -> list[str]:
    """Return the names of the objects in a place of a ledger folder or a copy, whether or not their files have others."""
    names = [path.name for path in place.rglob("*") if path.is_file()]
    key = FolderEncryption(folder).key_of_new()
    return [plain_name(key, name) or name for name in names] if key else names


@dataclass(frozen=True)
class Objects:
    """What a test sees and spoils."""

    folder: Path
    bucket: ObjectBucket | None
    s3: S3Server | None

    def documents(self) -> set[str]:
        """Return the names of everything that is kept as a document of a clinic."""
        return self._names("documents")

    def outputs(self) -> set[str]:
        """Return the names of everything that is kept as a finished file."""
        return self._names("outputs")

    def change(self, digest: str, data: bytes) -> None:
        """Put other bytes in place of a document, or where it would be."""
        if self.s3 and self.bucket:
            self.s3.change(self.bucket, f"clinics/lakeside/documents/{digest}", data)
        else:
            path = self.path_of(digest)
            path.parent.mkdir(parents=True, exist_ok=True)
            key = self._key()
            path.write_bytes(seal(key, digest, data) if key else data)

    def lose(self, digest: str) -> None:
        """Remove the bytes of a document."""
        if self.s3 and self.bucket:
            self.s3.lose(self.bucket, f"clinics/lakeside/documents/{digest}")
        else:
            self.path_of(digest).unlink()

    def _names(self, kind: str) -> set[str]:
        if self.s3 and self.bucket:
            found = (key.split("/") for key in self.s3.keys(self.bucket))
            return {parts[-1] for parts in found if kind in parts}
        return set(names_in(self.folder / kind, self.folder))

    def path_of(self, digest: str) -> Path:
        """Return where the file of a document is."""
        key = self._key()
        name = sealed_name(key, digest) if key else digest
        return self.folder / "documents" / "lakeside" / name[:2] / name

    def _key(self) -> LedgerKey | None:
        return FolderEncryption(self.folder).key_of_new()

"""Objects as files in a folder of this computer, readable by their owner only."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.encryption.folder_encryption import FolderEncryption
from server.encryption.ledger_key import LedgerKey
from server.encryption.sealed_objects import (
    NotSealedWithKey,
    is_sealed,
    is_sealed_name,
    open_sealed,
    plain_name,
    seal,
    sealed_name,
    sealed_size,
)
from server.ledger.objects.object_store import Download, ObjectStore, StoredObject, read_at_once
from server.private_files import UNFINISHED, make_private_folder, sync_folder, write_private_file


class FolderObjects(ObjectStore):
    """The files of a folder: ``<folder>/<name>``, or ``<folder>/<aa>/<name>`` if the names are ``spread`` by how they begin.

    A file's time of change is when it was written by the ledger's clock. With ``synced``, a file that is written is on
    disk; otherwise a power cut may lose it. If the ledger folder is encrypted, the files are sealed, and those whose names
    are digests have other names.
    """

    def __init__(
        self,
        folder: Path,
        now: Callable[[], datetime],
        *,
        spread: bool = False,
        synced: bool = False,
        encryption: FolderEncryption | None = None,
    ) -> None:
        self._encryption = encryption
        self._folder = folder
        self._now = now
        self._spread = spread
        self._synced = synced

    def read(self, name: str) -> StoredObject | None:
        """Return a file's bytes and when it was written; ``None`` if there is no such file, or no key opens it."""
        return self._read(name, None)

    def read_up_to(self, name: str, most_bytes: int) -> StoredObject | None:
        """Return a file's bytes and when it was written, ``None`` if there is no such file or it has more bytes."""
        return self._read(name, most_bytes)

    def _read(self, name: str, most_bytes: int | None) -> StoredObject | None:
        keys = self._keys()
        for path in self._paths_of(name, keys):
            with suppress(FileNotFoundError, NotADirectoryError), path.open("rb") as file:
                most = -1 if most_bytes is None else sealed_size(most_bytes) + 1
                data = _open_data(name, file.read(most), keys)
                if data is not None and (most_bytes is None or len(data) <= most_bytes):
                    return StoredObject(data, _changed_at(path))
        return None

    def changed_at(self, name: str) -> datetime | None:
        """Return when a file was written, ``None`` if there is no such file."""
        for path in self._paths_of(name, self._keys()):
            with suppress(FileNotFoundError, NotADirectoryError):
                return _changed_at(path)
        return None

    def write(self, name: str, data: bytes) -> None:
        """Write a file under another name first, so that a reader always finds all of it. Raises DiskFull."""
        key = self._encryption.key_of_new() if self._encryption else None
        self._put(self._path_of(name, key), seal(key, name, data) if key else data)

    def _put(self, path: Path, stored: bytes) -> None:
        write_private_file(path, stored, sync=self._synced)
        if self._synced:
            sync_folder(path.parent.parent)
        written = self._now().timestamp()
        with suppress(FileNotFoundError):  # somebody may remove it at once
            os.utime(path, (written, written))

    def write_new(self, name: str, data: bytes) -> bool:
        """Write a file unless there is one of this name; return whether it was written. Raises DiskFull."""
        if self.changed_at(name) is not None:
            return False
        self.write(name, data)
        return True

    def list_names(self) -> Iterator[tuple[str, datetime]]:
        """Yield every file with the time it was written. Unfinished ones are among them, with their folder as a part of the name."""
        keys = self._keys()
        for path in self._folder.glob("*/*"):
            with suppress(FileNotFoundError):
                if (name := self._name_of(path, keys)) is not None:
                    yield name, _changed_at(path)

    def remove(self, names: Sequence[str]) -> int:
        """Remove files; return how many. Windows refuses to remove one that is being read: it is passed over."""
        removed = 0
        keys = self._keys()
        for name in names:
            for path in self._paths_of(name, keys):
                with suppress(FileNotFoundError, PermissionError):
                    path.unlink()
                    removed += 1
        return removed

    def download_address(self, name: str, valid_for: timedelta) -> None:
        """Return ``None``: only the service gives out files of its computer."""

    def upload_address(self, name: str, valid_for: timedelta) -> None:
        """Return ``None``: only the service writes files of its computer."""

    def write_download(self, name: str, data: bytes, _download: Download) -> None:
        """Write a file: the service itself says what it is when it gives it out."""
        self.write(name, data)

    def copy_in(self, source: ObjectStore) -> None:
        """Copy the objects of a store into this folder, except those that are here already. One may be removed meanwhile."""
        same_key = self._key_shared_with(source) if isinstance(source, FolderObjects) else None

        def copy(name: str) -> None:
            if self.changed_at(name) is None and (found := source.read(name)):
                self.write(name, found.data)

        def copy_sealed(name: str) -> None:
            target = self._path_of(name, same_key)
            if isinstance(source, FolderObjects) and not target.exists():
                with suppress(FileNotFoundError):
                    self._put(target, source._path_of(name, same_key).read_bytes())  # noqa: SLF001 - of the same class

        names = [name for name, _ in source.list_names() if not name.endswith(UNFINISHED)]
        with read_at_once(copy_sealed if same_key else copy, names) as copied:
            for _ in copied:
                pass

    def move_in(self, folder: "FolderObjects") -> None:
        """Move the files of another folder on the same disk into this one. They replace files of the same name.

        If the two are encrypted with different keys, or only one is, they are written again.
        """
        theirs, ours = folder._keys(), self._keys()  # noqa: SLF001 - of the same class
        for name, _ in folder.list_names():
            if theirs == ours and len(ours) == 1:
                path = self._path_of(name, ours[0])
                make_private_folder(path.parent)
                folder._path_of(name, ours[0]).replace(path)  # noqa: SLF001
            elif found := folder.read(name):
                self.write(name, found.data)

    def change_encryption(self, name: str) -> bool:
        """Write a file again as the ledger folder is encrypted now; return whether it was another before.

        The new file is read and compared before the old one is removed. Raises NotSealedWithKey if no key opens the file.
        """
        key = self._encryption.key_of_new() if self._encryption else None
        target = self._path_of(name, key)
        keys = self._keys()
        others = [path for path in self._paths_of(name, keys) if path != target and path.exists()]
        if not others and (not target.exists() or _is_sealed_with(key, name, target.read_bytes())):
            return False
        found = self._read(name, None)
        if found is None:
            raise NotSealedWithKey
        self.write(name, found.data)
        os.utime(target, (found.changed_at.timestamp(), found.changed_at.timestamp()))
        if _open_data(name, target.read_bytes(), [key]) != found.data:
            raise NotSealedWithKey
        for path in others:
            path.unlink()
        return True

    def _key_shared_with(self, other: "FolderObjects") -> LedgerKey | None:
        """Return the key that all files of both folders are sealed with, ``None`` if there is none."""
        keys = self._keys()
        return keys[0] if len(keys) == 1 and keys == other._keys() else None  # noqa: SLF001 - of the same class

    def _keys(self) -> list[LedgerKey | None]:
        """Return the keys that files may be sealed with, the latest first; ``None`` is among them if they may be plain."""
        return self._encryption.keys_of_files() if self._encryption else [None]

    def _paths_of(self, name: str, keys: Sequence[LedgerKey | None]) -> list[Path]:
        """Return where a file of this name may be."""
        return list(dict.fromkeys(self._path_of(name, key) for key in keys))

    def _path_of(self, name: str, key: LedgerKey | None) -> Path:
        stored = sealed_name(key, name) if key else name
        return self._folder / (f"{stored[:2]}/{stored}" if self._spread and "/" not in stored else stored)

    def _name_of(self, path: Path, keys: Sequence[LedgerKey | None]) -> str | None:
        """Return the name of what is at a path; ``None`` if it is encrypted with a key that is not the folder's."""
        if not (self._spread and path.parent == self._folder / path.name[:2]):
            return path.relative_to(self._folder).as_posix()
        if not is_sealed_name(path.name):
            return path.name
        names = (plain_name(key, path.name) for key in keys if key)
        return next((name for name in names if name is not None), None)


def _open_data(name: str, data: bytes, keys: Sequence[LedgerKey | None]) -> bytes | None:
    """Return the bytes of a file, ``None`` if none of the keys opens it, or if it should be sealed and is not."""
    for key in keys:
        if key and is_sealed(data):
            with suppress(NotSealedWithKey):
                return open_sealed(key, name, data)
    return data if None in keys and not is_sealed(data) else None


def _is_sealed_with(key: LedgerKey | None, name: str, data: bytes) -> bool:
    return _open_data(name, data, [key]) is not None


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)

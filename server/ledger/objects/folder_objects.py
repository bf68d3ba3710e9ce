"""Objects as files in a folder of this computer, readable by their owner only."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.ledger.objects.object_store import Download, ObjectStore, StoredObject, read_at_once
from server.private_files import UNFINISHED, make_private_folder, sync_folder, write_private_file


class FolderObjects(ObjectStore):
    """The files of a folder: ``<folder>/<name>``, or ``<folder>/<aa>/<name>`` if the names are ``spread`` by how they begin.

    A file's time of change is when it was written by the ledger's clock. With ``synced``, a file that is written is on
    disk; otherwise a power cut may lose it.
    """

    def __init__(
        self, folder: Path, now: Callable[[], datetime], *, spread: bool = False, synced: bool = False
    ) -> None:
        self._folder = folder
        self._now = now
        self._spread = spread
        self._synced = synced

    def read(self, name: str) -> StoredObject | None:
        """Return a file's bytes and when it was written, ``None`` if there is no such file."""
        path = self._path_of(name)
        try:
            return StoredObject(path.read_bytes(), _changed_at(path))
        except FileNotFoundError:
            return None

    def read_up_to(self, name: str, most_bytes: int) -> StoredObject | None:
        """Return a file's bytes and when it was written, ``None`` if there is no such file or it has more bytes."""
        path = self._path_of(name)
        try:
            with path.open("rb") as file:
                data = file.read(most_bytes + 1)
            return StoredObject(data, _changed_at(path)) if len(data) <= most_bytes else None
        except FileNotFoundError:
            return None

    def changed_at(self, name: str) -> datetime | None:
        """Return when a file was written, ``None`` if there is no such file."""
        try:
            return _changed_at(self._path_of(name))
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write a file under another name first, so that a reader always finds all of it. Raises DiskFull."""
        path = self._path_of(name)
        write_private_file(path, data, sync=self._synced)
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
        for path in self._folder.glob("*/*"):
            with suppress(FileNotFoundError):
                yield self._name_of(path), _changed_at(path)

    def remove(self, names: Sequence[str]) -> int:
        """Remove files; return how many. Windows refuses to remove one that is being read: it is passed over."""
        removed = 0
        for name in names:
            with suppress(FileNotFoundError, PermissionError):
                self._path_of(name).unlink()
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

        def copy(name: str) -> None:
            if self.changed_at(name) is None and (found := source.read(name)):
                self.write(name, found.data)

        names = [name for name, _ in source.list_names() if not name.endswith(UNFINISHED)]
        with read_at_once(copy, names) as copied:
            for _ in copied:
                pass

    def move_out(self, name: str, path: Path) -> None:
        """Move a file to a path on the same disk. It replaces a file that is there."""
        make_private_folder(path.parent)
        self._path_of(name).replace(path)

    def move_in(self, folder: "FolderObjects") -> None:
        """Move the files of another folder on the same disk into this one. They replace files of the same name."""
        for name, _ in folder.list_names():
            folder.move_out(name, self._path_of(name))

    def _path_of(self, name: str) -> Path:
        return self._folder / (f"{name[:2]}/{name}" if self._spread and "/" not in name else name)

    def _name_of(self, path: Path) -> str:
        is_spread = self._spread and path == self._path_of(path.name)
        return path.name if is_spread else path.relative_to(self._folder).as_posix()


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)

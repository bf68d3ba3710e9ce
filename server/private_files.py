"""Folders and files for their owner only, and what a full or read-only disk is called.

Every folder and file that the server keeps is made here, because ``Path.mkdir(mode, parents=True)`` gives its mode
to the last folder only, and the umask changes modes on the way.
"""

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from server.errors import BillingError, DiskFull, LedgerReadOnly

FOLDER_MODE, FILE_MODE = 0o700, 0o600

UNFINISHED = ".part"
"""The ending of a file that is being written. It is renamed when all of it is there."""

_UNFINISHED_NAME = re.compile(rf"[0-9a-f]{{16}}{re.escape(UNFINISHED)}")

FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
NOT_WRITABLE = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})

TRIAL_BYTES = 64 * 1024
"""More than SQLite needs at once to open a file: its shared memory grows by 32 KiB."""


def storage_refusal(problem: BaseException) -> BillingError | None:
    """Return the refusal for an error that a full or a read-only disk caused, directly or not, else ``None``."""
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, DiskFull | LedgerReadOnly):
            return cause
        if isinstance(cause, OSError) and cause.errno in FULL:
            return DiskFull()
        if isinstance(cause, OSError) and cause.errno == errno.EROFS:
            return LedgerReadOnly()
        cause = cause.__cause__ or cause.__context__
    return None


@contextmanager
def refuse_storage_errors() -> Iterator[None]:
    """Turn the system's errors of a full or a read-only disk into DiskFull and LedgerReadOnly."""
    try:
        yield
    except OSError as problem:
        if refusal := storage_refusal(problem):
            raise refusal from problem
        raise


def why_not_writable(folder: Path) -> BillingError | None:
    """Return why nothing can be written to a folder, by writing to it; ``None`` if that is not the difficulty."""
    trial = folder / f"{secrets.token_hex(8)}{UNFINISHED}"
    try:
        try:
            with open_private_file(trial) as file:
                file.write(bytes(TRIAL_BYTES))
        finally:
            trial.unlink(missing_ok=True)
    except OSError as problem:
        if problem.errno in NOT_WRITABLE:
            return LedgerReadOnly()
        return storage_refusal(problem)
    return None


def make_private_folder(folder: Path) -> None:
    """Make a folder, and each of its parents that is missing, for the owner only. An existing folder stays as it is."""
    with refuse_storage_errors():
        for one in reversed([folder, *folder.parents]):
            if one.exists():
                continue
            try:
                one.mkdir(mode=FOLDER_MODE)
            except FileExistsError:
                continue  # another program made it at the same moment
            one.chmod(FOLDER_MODE)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))


def open_private_file(path: Path, mode: int = FILE_MODE) -> BinaryIO:
    """Create a file that does not exist yet, for the owner only, and return it open for writing."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, mode)  # the umask may have taken away too much
        return os.fdopen(descriptor, "wb")
    except BaseException:
        os.close(descriptor)
        raise


def write_private_file(path: Path, data: bytes, *, mode: int = FILE_MODE, sync: bool = False) -> None:
    """Write a file in a new or an existing folder: all of it or nothing. It replaces an older file of that name.

    With ``sync``, return only when the file is on disk, with its entry in the folder.
    """
    make_private_folder(path.parent)
    unfinished = path.with_name(f"{secrets.token_hex(8)}{UNFINISHED}")
    with refuse_storage_errors():
        try:
            with open_private_file(unfinished, mode) as file:
                file.write(data)
                if sync:
                    file.flush()
                    os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)  # exists only if it could not be written
        if sync:
            sync_folder(path.parent)


def remove_unfinished(folder: Path) -> None:
    """Remove the files that ``write_private_file`` was writing into a folder when its process was killed.

    Nothing else may write there at this moment.
    """
    with suppress(OSError):
        for path in folder.iterdir():
            if _UNFINISHED_NAME.fullmatch(path.name):
                path.unlink(missing_ok=True)


def copy_private_file(source: Path, target: Path) -> None:
    """Copy a file to a path where no file is yet, into a folder that is made if it is missing."""
    make_private_folder(target.parent)
    with refuse_storage_errors(), source.open("rb") as read, open_private_file(target) as written:
        shutil.copyfileobj(read, written)


def sync_files(folder: Path) -> None:
    """Write all files under a folder to disk, and the entries of its folders."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            sync_folder(path)
        else:
            opened = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
            try:
                os.fsync(opened)
            finally:
                os.close(opened)


def sync_folder(folder: Path) -> None:
    """Write a folder's entries to disk. Otherwise a power cut can lose a file whose bytes are written."""
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows writes entries by itself, and cannot open a folder
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def open_private_log(path: Path) -> TextIO:
    """Return a file open for adding lines at its end. A new one is for the owner only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)
    return os.fdopen(descriptor, "a", encoding="utf-8")

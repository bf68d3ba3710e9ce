"""Reads a file of somebody else's: only a regular file, never a device, a pipe or a link, and never more than a limit.

The file is opened first and looked at afterwards, through its descriptor. Nobody can put another file in its place
between the two, and opening a pipe does not wait for its other end.
"""

import os
import stat
from pathlib import Path

from addin.desktop.files.refusals import MissingFile, NotAllowed, NotARegularFile, UnreadableWorkbook

READING = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
)
"""Flags for opening. Windows has neither pipes among its files nor a flag that refuses a link."""


class LargerFile(Exception):
    """The file has more bytes than were to be read. Not for people: each caller says what its limit is for."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


def read_regular_file(path: Path, most: int) -> tuple[bytes, os.stat_result]:
    """Return the content of a regular file of at most ``most`` bytes, and what the system says of it.

    Raises LargerFile, MissingFile, NotAllowed and NotARegularFile.
    """
    descriptor = _open_descriptor(path)
    try:
        told = os.fstat(descriptor)
        if stat.S_ISDIR(told.st_mode):
            raise MissingFile(path)
        if not stat.S_ISREG(told.st_mode):
            raise NotARegularFile(path, "a device or a pipe")
        if told.st_size > most:
            raise LargerFile(told.st_size)
        content = _bytes_up_to(descriptor, most + 1)
    except OSError:
        raise NotAllowed(path) from None
    finally:
        os.close(descriptor)
    if len(content) > most:  # it grew meanwhile
        raise LargerFile(len(content))
    return content, told


def _open_descriptor(path: Path) -> int:
    try:
        if path.is_symlink():  # the answer that counts is O_NOFOLLOW's, where the system has it
            raise NotARegularFile(path, "a link to another file")
        return os.open(path, READING)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise MissingFile(path) from None
    except (OSError, ValueError):
        raise _refusal_to_open(path) from None


def _refusal_to_open(path: Path) -> UnreadableWorkbook:
    """Return why the system did not open it: Windows answers "permission denied" for a folder, others for a socket."""
    try:
        kind = path.lstat().st_mode
    except (OSError, ValueError):
        return NotAllowed(path)
    if stat.S_ISLNK(kind):
        return NotARegularFile(path, "a link to another file")
    if stat.S_ISDIR(kind):
        return MissingFile(path)
    return NotAllowed(path) if stat.S_ISREG(kind) else NotARegularFile(path, "a device or a pipe")


def _bytes_up_to(descriptor: int, most: int) -> bytes:
    """Return the content of an open file, but never more than ``most`` bytes of it."""
    blocks: list[bytes] = []
    while most > 0 and (block := os.read(descriptor, min(most, 1 << 24))):
        blocks.append(block)
        most -= len(block)
    return b"".join(blocks)

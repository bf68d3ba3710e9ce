"""Small disks and folders that can only be read, made by the system itself: ``chmod`` does not stop root."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

NOT_PERMITTED = "mounting is not permitted here"
"""Why a test of disks is skipped where nothing that could be installed would help."""

TAKEN = "taken"
"""The file that takes the room of a disk."""


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """Yield a folder that is a disk of its own, of this size. Skips the test where that is not permitted."""
    folder.mkdir(parents=True)
    _mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        _unmount(folder)


@contextmanager
def read_only(folder: Path, at: Path) -> Iterator[Path]:
    """Yield another place at which a folder can only be read, as on a share. Skips the test where that is not permitted."""
    at.mkdir(parents=True, exist_ok=True)
    _mount("--bind", str(folder), str(at))
    try:
        _mount("-o", "remount,bind,ro", str(at))
        yield at
    finally:
        _unmount(at)


def fill(disk: Path, leaving: int = 0) -> None:
    """Take the room of a disk, but for so many kilobytes."""
    with (disk / TAKEN).open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    with (disk / TAKEN).open("r+b") as file:
        file.truncate(max(0, (disk / TAKEN).stat().st_size - leaving * 1024))


def free(disk: Path) -> None:
    """Give back the room that ``fill`` took."""
    (disk / TAKEN).unlink()


def _mount(*arguments: str) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux makes a small disk, or a read-only folder, out of nothing")
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{NOT_PERMITTED}: {done.stderr.strip()}")


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)

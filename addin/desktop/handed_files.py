"""Files that a reply hands over: fetched, compared with their digest, and saved under a free name."""

import errno
import os
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import xlwings as xw

from addin.desktop.files.refusals import DiskIsFull, NotWritable
from addin.desktop.refusals import UnusableReply
from addin.desktop.service import Service

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]|^[. ]|[. ]$')
"""What no file name has on Windows or macOS, or what hides the file."""

_OWNER_ONLY = 0o600


def save_handed_file(reply: Mapping[str, Any], service: Service, folder: Path) -> Path | None:
    """Save the file of a reply in a folder and return its path, ``None`` if the reply has none.

    A file that is there already stays as it is: the new one gets a number. Raises Refusal.
    """
    file = reply.get("file")
    if not file:
        return None
    name = file["name"]
    if _FORBIDDEN.search(name) or not Path(name).suffix:
        raise UnusableReply("It gives its file a name that no folder can hold.")
    content = service.fetch_output(file["url"])
    if sha256(content).hexdigest() != file["sha256"]:
        raise UnusableReply("The file was damaged on the way.")
    return _write_file(folder / name, content)


def folder_beside(book: xw.Book) -> Path:
    """Return the folder of a workbook; if it was never saved or lies in the cloud, that of the person's downloads."""
    path = Path(book.fullname)
    if path.is_absolute() and path.parent.is_dir():
        return path.parent
    downloads = Path.home() / "Downloads"
    return downloads if downloads.is_dir() else Path.home()


def _write_file(wished: Path, content: bytes) -> Path:
    try:
        path, file = _open_free_name(wished)
    except OSError as error:
        raise NotWritable(wished, error.strerror or "the system refuses it") from None
    try:
        with file:
            file.write(content)
    except OSError as error:
        path.unlink(missing_ok=True)
        if error.errno == errno.ENOSPC:
            raise DiskIsFull(path) from None
        raise NotWritable(path, error.strerror or "the system refuses it") from None
    return path


def _open_free_name(wished: Path) -> tuple[Path, BinaryIO]:
    """Open a new file, for its owner only, under the wished name or the next free one: ``INV-000001 (2).pdf``."""
    copy, path = 1, wished
    while True:
        try:
            opened = os.open(
                path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _OWNER_ONLY
            )
        except FileExistsError:
            copy += 1
            path = wished.with_name(f"{wished.stem} ({copy}){wished.suffix}")
        else:
            return path, os.fdopen(opened, "wb")

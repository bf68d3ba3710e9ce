"""Copies of files as they were before a newer version of the program changed their tables."""

import re
from contextlib import closing
from datetime import date
from pathlib import Path

from server.ledger.engine.sqlite.connections import BUSY_SECONDS, connect, connect_new
from server.ledger.engine.sqlite.library import Connection
from server.private_files import (
    UNFINISHED,
    make_private_folder,
    open_private_file,
    refuse_storage_errors,
    sync_folder,
)

FOLDER = "before-upgrades"
"""Where the copies are, beside the file that they are of."""

_NAME = re.compile(r"(\d{4}-\d\d-\d\d)T\S* .+\.db")


def keep_earlier_copy(conn: Connection, at: str) -> Path:
    """Copy a file as it is now, and return the copy, named by an instant as UTC text.

    The copy is encrypted as the file is. The caller's transaction keeps other writers out. The copy has its name only when all of it is on the disk. Raises
    DiskFull, LedgerReadOnly, and SQLite's errors.
    """
    folder = conn.path.parent / FOLDER
    make_private_folder(folder)
    moment = at.partition("+")[0].replace(":", "-")
    copied = folder / f"{moment}Z {conn.path.name}"
    unfinished = copied.with_suffix(UNFINISHED)
    try:
        with refuse_storage_errors():
            open_private_file(unfinished).close()
            with (
                closing(connect(conn.path, BUSY_SECONDS)) as source,
                closing(connect_new(unfinished, BUSY_SECONDS, conn.key)) as target,
            ):
                source.backup(target)
            unfinished.replace(copied)
            sync_folder(folder)
    finally:
        unfinished.unlink(missing_ok=True)
    return copied


def remove_earlier_copies(folder: Path, before: date) -> None:
    """Remove the copies beside the files of a folder that were made before a day, and what was left unfinished then."""
    for file in (folder / FOLDER).glob("*"):
        named = _NAME.fullmatch(file.with_suffix(".db").name)
        if named and date.fromisoformat(named[1]) < before:
            file.unlink(missing_ok=True)

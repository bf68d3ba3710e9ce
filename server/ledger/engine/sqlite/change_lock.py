"""The lock of a ledger folder while a command changes how its files are encrypted."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from server.errors import EncryptionNotChanged
from server.ledger.engine.sqlite import library

LOCK = "encryption.lock"
"""An empty file that stays: SQLite locks it on every system, and the lock ends with the program."""


@contextmanager
def only_change(folder: Path, wait_seconds: float = 0.0) -> Iterator[None]:
    """Keep other changes of the encryption of a folder out. Raises EncryptionNotChanged if there is one for too long."""
    with closing(library.open_plain(f"{(folder / LOCK).absolute().as_uri()}?mode=rwc", wait_seconds)) as conn:
        try:
            conn.execute("BEGIN EXCLUSIVE")
        except library.operational_errors() as problem:
            if library.primary_code(problem) != library.BUSY:
                raise
            raise EncryptionNotChanged(
                "Another command changes the encryption of this ledger now.", "Wait until it is done."
            ) from problem
        yield

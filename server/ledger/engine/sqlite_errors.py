"""SQLite's errors as refusals and exceptions of the ledger."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.errors import BooksBusy, BooksNotOpened
from server.ledger.engine.connections import is_busy


class FileDamaged(Exception):
    """A file under verification cannot be read to its end. The message is SQLite's."""


@contextmanager
def refuse_unusable(path: Path) -> Iterator[None]:
    """Turn SQLite's errors on opening a file into BooksNotOpened."""
    try:
        yield
    except sqlite3.DatabaseError as problem:
        if is_busy(problem):
            raise BooksBusy(path.name) from problem
        if not path.exists():
            raise BooksNotOpened(path.name, "is missing") from problem
        raise BooksNotOpened(path.name, f"cannot be read ({problem})") from problem


@contextmanager
def report_damage() -> Iterator[None]:
    """Raise ``FileDamaged`` if SQLite cannot read on."""
    try:
        yield
    except sqlite3.DatabaseError as problem:
        raise FileDamaged(str(problem)) from problem

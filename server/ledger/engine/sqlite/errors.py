"""SQLite's errors as refusals and exceptions of the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.encryption.folder_encryption import ENTER_KEY
from server.errors import BillingError, BooksBusy, BooksNotOpened, DiskFull, LedgerReadOnly
from server.ledger.engine.inspection import FileDamaged
from server.ledger.engine.sqlite import library
from server.ledger.engine.sqlite.connections import is_busy, was_replaced
from server.private_files import why_not_writable


@contextmanager
def refuse_unusable(path: Path) -> Iterator[None]:
    """Turn SQLite's errors on opening a file into BooksNotOpened, or into the refusal of what the disk lacks.

    If SQLite's message quotes a damaged statement that is no text, Python cannot read the message.
    """
    try:
        yield
    except UnicodeDecodeError as problem:
        raise BooksNotOpened(path.name, "is damaged") from problem
    except library.database_errors() as problem:
        if is_busy(problem):
            raise BooksBusy(path.name) from problem
        if not path.exists():
            raise BooksNotOpened(path.name, "is missing") from problem
        if refusal := disk_refusal(problem, path):
            raise refusal from problem
        raise _not_read(problem, path) from problem


@contextmanager
def refuse_disk_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the disk of a file into DiskFull and LedgerReadOnly, those about damage into BooksNotOpened.

    Every other error is passed on. A file can be damaged further in than where it is looked at when it is opened.
    """
    try:
        yield
    except library.database_errors() as problem:
        if refusal := disk_refusal(problem, path):
            raise refusal from problem
        if _is_damage(problem):
            raise BooksNotOpened(path.name, "is damaged") from problem
        raise


@contextmanager
def report_damage() -> Iterator[None]:
    """Raise ``FileDamaged`` if SQLite cannot read on."""
    try:
        yield
    except library.database_errors() as problem:
        raise FileDamaged(str(problem)) from problem


def _not_read(problem: Exception, path: Path) -> BooksNotOpened:
    if library.primary_code(problem) != library.NOT_A_DATABASE:
        return BooksNotOpened(path.name, f"cannot be read ({problem})")
    if library.is_of_encrypted(problem):
        why = "cannot be decrypted with the key of this ledger: it is of another ledger, not encrypted, or damaged"
        return BooksNotOpened(path.name, why)
    why = "cannot be read: it is damaged, or it is encrypted and encryption.json, which says with which key, is missing"
    return BooksNotOpened(path.name, why, ENTER_KEY)


def _is_damage(problem: Exception) -> bool:
    """Return whether an error says that a page of the file is not what SQLite wrote, or that a text is none.

    Python's error about a text that is no UTF-8 has no code. Its message quotes the text, so it is never shown.
    """
    code = getattr(problem, "sqlite_errorcode", None)
    if code is None:
        return str(problem).startswith("Could not decode to UTF-8")
    return code & 0xFF in {library.CORRUPT, library.NOT_A_DATABASE}


def disk_refusal(problem: Exception, path: Path) -> BillingError | None:
    """Return the refusal for an error that comes from a full or a read-only disk, else ``None``.

    SQLite calls some of them "disk I/O error" or "unable to open database file". Then writing to the folder tells.
    """
    code = library.primary_code(problem)
    if code == library.FULL:
        return DiskFull()
    if code == library.READ_ONLY:
        return _refusal_of_read_only(path)
    if code in {library.IO_ERROR, library.CANNOT_OPEN}:
        return why_not_writable(path.parent)
    return None


def _refusal_of_read_only(path: Path) -> BillingError:
    """Return the refusal of a file that can only be read, or that a command wrote again while it was open."""
    return BooksBusy(path.name) if was_replaced(path) else LedgerReadOnly()

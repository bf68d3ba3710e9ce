"""The only module that imports SQLite: Python's own for plain files, SQLCipher's for encrypted ones, and the errors of both.

The two have classes of their own, and an ``except`` of one does not catch the errors of the other. So nothing else names
the classes: it asks here, and gets those of both. SQLCipher is loaded with the first encrypted file.
"""

import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from server.encryption.ledger_key import LedgerKey
from server.errors import EncryptionNotInstalled

BUSY, LOCKED, CORRUPT, NOT_A_DATABASE = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
)
FULL, READ_ONLY, IO_ERROR, CANNOT_OPEN = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
)
_CODES_OF_MESSAGES = {
    "database is locked": BUSY,
    "database table is locked": LOCKED,
    "database disk image is malformed": CORRUPT,
    "file is not a database": NOT_A_DATABASE,
    "database or disk is full": FULL,
    "attempt to write a readonly database": READ_ONLY,
    "disk I/O error": IO_ERROR,
    "unable to open database file": CANNOT_OPEN,
}
"""SQLite's own messages for these codes, without details."""

PAGE_CHECK = "HMAC_SHA256"
"""What each encrypted page is authenticated with. Processors have instructions for it, and none for SQLCipher's SHA-512."""

complete_statement = sqlite3.complete_statement

FileState = tuple[int, int, int, int]
"""What the file system says about a file: device, inode, bytes, the nanosecond of its last change."""


AnyConnection = sqlite3.Connection
"""A connection of which nothing else is known. One of SQLCipher does the same."""


class _KnownFile:
    """What is known about the file of a connection between two clicks."""

    path: Path
    use: Any = None
    is_cacheable = True
    """Whether it may be kept for the next click: not if SQLite would miss what another program writes."""
    checked_schema_version = -1
    """SQLite's count of schema changes when the tables were last found up to date."""
    file_state: FileState | None = None
    idle_since = 0.0
    key: LedgerKey | None = None
    """The key of an encrypted file."""
    is_of_sqlcipher = False
    opened_file: tuple[int, int] | None = None
    """The device and the inode of the file when it was opened."""


class Connection(_KnownFile, sqlite3.Connection):
    """A connection to a file, or to memory. One to an encrypted file is SQLCipher's and does the same."""

    def schema_version(self) -> int:
        """Return SQLite's count of schema changes, made by any program."""
        (version,) = self.execute("PRAGMA schema_version").fetchone()
        return int(version)

    def is_open(self) -> bool:
        """Return whether it was not closed."""
        try:
            return self.total_changes >= 0
        except Exception:  # noqa: BLE001 - each library has its own
            return False


@cache
def _cipher_connection() -> Any:  # noqa: ANN401 - the class of a package without types
    try:
        from sqlcipher3 import dbapi2  # noqa: PLC0415 - loaded with the first encrypted file
    except ImportError as problem:
        raise EncryptionNotInstalled from problem

    class CipherConnection(_KnownFile, dbapi2.Connection):  # type: ignore[misc] # the package has no types
        """A connection to an encrypted file."""

        is_of_sqlcipher = True
        schema_version = Connection.schema_version
        is_open = Connection.is_open

    with closing(dbapi2.connect(":memory:")) as conn:  # for all files of this program, attached ones too
        conn.execute(f"PRAGMA cipher_default_hmac_algorithm = {PAGE_CHECK}")
    return dbapi2, CipherConnection


def open_plain(address: str, busy_seconds: float) -> Connection:
    """Open a plain file by its URI, with Python's own SQLite."""
    return sqlite3.connect(
        address,
        uri=True,
        timeout=busy_seconds,
        isolation_level=None,
        check_same_thread=False,  # one thread at a time uses it, but not always the same one
        factory=Connection,
    )


def open_encrypted(address: str, busy_seconds: float, key: LedgerKey | None) -> Connection:
    """Open an encrypted file by its URI with SQLCipher, or a plain one if there is no key. Raises EncryptionNotInstalled.

    Whether the key is right shows when the file is read. No statement with the key is ever in an error or a log.
    """
    dbapi2, factory = _cipher_connection()
    conn: Connection = dbapi2.connect(
        address,
        uri=True,
        timeout=busy_seconds,
        isolation_level=None,
        check_same_thread=False,
        factory=factory,
    )
    try:
        conn.execute("PRAGMA cipher_log_level = NONE")  # it would write to the standard error, not to a log
        if key:
            conn.execute(f'PRAGMA key = "{key_literal(key)}"')
            conn.execute("PRAGMA temp_store = MEMORY")
        conn.key = key
    except BaseException:
        conn.close()
        raise
    return conn


def key_literal(key: LedgerKey) -> str:
    """Return the key of the databases as SQLCipher takes it: as 32 bytes, and not as a password."""
    return f"x'{key.of_databases.hex()}'"


def open_memory() -> Connection:
    """Open a new database in memory."""
    return sqlite3.connect(":memory:", isolation_level=None, factory=Connection)


def database_errors() -> tuple[type[Exception], ...]:
    """Return the classes of all errors of a database, for ``except``."""
    return _classes("DatabaseError")


def operational_errors() -> tuple[type[Exception], ...]:
    """Return the classes of errors that are not the statement's fault: locks, disks, memory."""
    return _classes("OperationalError")


def integrity_errors() -> tuple[type[Exception], ...]:
    """Return the classes of refusals of a constraint or a trigger."""
    return _classes("IntegrityError")


def _classes(name: str) -> tuple[type[Exception], ...]:
    """Return the classes of this name: of SQLCipher, too, once it was loaded. Before, nothing can have raised its errors."""
    loaded: Sequence[Any] = [sqlite3, *([sys.modules["sqlcipher3.dbapi2"]] if _is_loaded() else [])]
    return tuple(getattr(module, name) for module in loaded)


def _is_loaded() -> bool:
    return hasattr(sys.modules.get("sqlcipher3.dbapi2"), "DatabaseError")


def is_of_encrypted(problem: Exception) -> bool:
    """Return whether an error is of an encrypted file."""
    return not isinstance(problem, sqlite3.Error)


def primary_code(problem: Exception) -> int:
    """Return SQLite's code of an error without its details, 0 if it has none.

    SQLCipher's Python module gives no code for an error of ``backup``, so the message tells.
    """
    code = getattr(problem, "sqlite_errorcode", None)
    if code is None and is_of_encrypted(problem):
        code = _CODES_OF_MESSAGES.get(str(problem))
    return (code or 0) & 0xFF

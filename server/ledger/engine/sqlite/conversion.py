"""Database files written again with another key, or with none. The new file is whole on disk before it takes the place of the old one."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from server.encryption.folder_encryption import FolderEncryption
from server.encryption.ledger_key import LedgerKey
from server.errors import BooksBusy, EncryptionNotChanged
from server.ledger.engine.sqlite import library
from server.ledger.engine.sqlite.change_lock import only_change
from server.ledger.engine.sqlite.connections import (
    BUSY_SECONDS,
    connect,
    connect_new,
    execute_patiently,
    is_in_place,
    is_readable,
    open_with,
)
from server.ledger.engine.sqlite.errors import refuse_unusable
from server.ledger.engine.sqlite.library import Connection
from server.private_files import FILE_MODE, make_private_folder, open_private_file, sync_folder

_PATIENCE = 5.0
"""How long a conversion waits for programs that have a file open. They close it seconds after the last click."""

_COUNTERS = ("user_version", "application_id")
"""What is in the header of a file, and not in its tables."""


def key_of(path: Path) -> LedgerKey | None:
    """Return the key of a file, ``None`` for a plain one. Raises BooksNotOpened if no key of its folder reads it."""
    with refuse_unusable(path), closing(connect(path, BUSY_SECONDS)) as conn:
        conn.schema_version()
        return conn.key


def is_opened_by(path: Path, key: LedgerKey | None, options: str) -> bool:
    """Return whether a key is the one of a file, whatever its folder says; ``None`` for a plain one."""
    with (
        refuse_unusable(path),
        closing(open_with(path, options, BUSY_SECONDS, key, with_sqlcipher=True)) as conn,
    ):
        return is_readable(conn)


def restore_log(conn: Connection) -> None:
    """Let a file have a log beside it again if a change that was killed left it without: then readers hold up writers.

    Not while a command changes the folder, and not for a file that was replaced: what is written to its log would be lost.
    """
    if conn.execute("PRAGMA journal_mode").fetchone() != ("delete",):
        return
    folder = FolderEncryption.of_database(conn.path).folder
    with suppress(EncryptionNotChanged, *library.database_errors()), only_change(folder):
        if is_in_place(conn):
            conn.execute("PRAGMA journal_mode = WAL")


def write_converted(source: Path, source_key: LedgerKey | None, target: Path, key: LedgerKey | None) -> None:
    """Write what a file holds at one moment into a new file with another key. Others may write meanwhile."""
    with refuse_unusable(source), closing(_open_any(source, source_key)) as conn:
        _export(conn, target, key)


def check_unused(path: Path, key: LedgerKey | None) -> None:
    """Raise BooksBusy if somebody has a file open, which could not be written again. Nothing is written here."""
    with refuse_unusable(path), closing(_open_any(path, key)) as conn:
        conn.execute("PRAGMA locking_mode = EXCLUSIVE")
        execute_patiently(conn, "BEGIN EXCLUSIVE", _PATIENCE)
        conn.rollback()


@contextmanager
def rewrite_file(
    path: Path, staged: Path, old_key: LedgerKey | None, key: LedgerKey | None
) -> Iterator[Connection]:
    """Write a file again with another key at ``staged``, and yield the old one, which nobody else can use meanwhile.

    If the block ends without an exception, the new file takes the place of the old one: at every moment there is the one
    or the other, whole. Raises BooksBusy if somebody has the file open.
    """
    with _lock_file(path, old_key) as conn:
        _export(conn, staged, key)
        yield conn
        if staged.with_name(f"{staged.name}-wal").exists():
            raise BooksBusy(staged.name)  # somebody has the new file open
        sync_file(staged)
        if os.name == "nt":
            conn.close()  # Windows replaces no open file, and refuses to if somebody opens it now
        staged.replace(path)
        sync_folder(path.parent)


@contextmanager
def _lock_file(path: Path, key: LedgerKey | None) -> Iterator[Connection]:
    """Yield a connection beside which there is no other. The file has no log beside it then, which a new file must never have.

    A file that is not replaced has a log again afterwards. Raises BooksBusy.
    """
    before = path.stat()
    with refuse_unusable(path), closing(_open_any(path, key)) as conn:
        conn.execute("PRAGMA locking_mode = EXCLUSIVE")
        try:
            _take_lock(conn)
            if not os.path.samestat(before, path.stat()):
                raise BooksBusy(
                    path.name
                )  # another program put a new file in place of the one that was opened
            yield conn
        finally:
            with suppress(OSError, *library.database_errors()):
                if os.path.samestat(before, path.stat()):
                    conn.execute("PRAGMA locking_mode = NORMAL")
                    conn.execute("PRAGMA journal_mode = WAL")


def _take_lock(conn: Connection) -> None:
    """Take the lock that a connection keeps until it is closed. Raises BooksBusy if another program has the file open."""
    execute_patiently(conn, "PRAGMA journal_mode = DELETE", _PATIENCE)
    if conn.execute("PRAGMA journal_mode").fetchone() != ("delete",):
        raise BooksBusy(conn.path.name)
    conn.execute("BEGIN EXCLUSIVE")
    conn.execute("COMMIT")


def _export(conn: Connection, target: Path, key: LedgerKey | None) -> None:
    """Write what a connection sees into a new file, which is removed first if an earlier conversion left it."""
    make_private_folder(target.parent)
    for leftover in (
        target,
        *(target.with_name(f"{target.name}-{one}") for one in ("wal", "shm", "journal")),
    ):
        leftover.unlink(missing_ok=True)
    open_private_file(target, FILE_MODE).close()
    literal = library.key_literal(key) if key else ""
    conn.execute("ATTACH ? AS converted KEY ?", [str(target.absolute()), literal])
    try:
        conn.execute("BEGIN")
        conn.execute("SELECT sqlcipher_export('converted')").fetchall()
        for name in _COUNTERS:
            (number,) = conn.execute(f"PRAGMA main.{name}").fetchone()
            conn.execute(f"PRAGMA converted.{name} = {int(number)}")
        conn.execute("COMMIT")
    finally:
        if conn.in_transaction:
            conn.rollback()
        conn.execute("DETACH converted")
    with closing(connect_new(target, BUSY_SECONDS, key)) as new:
        new.execute("PRAGMA journal_mode = WAL")


def _open_any(path: Path, key: LedgerKey | None) -> Connection:
    """Open a file with SQLCipher, which reads plain ones, too, and can write both."""
    return open_with(path, "mode=rw", BUSY_SECONDS, key, with_sqlcipher=True)


def sync_file(path: Path) -> None:
    """Return once the bytes of a file are on disk. No database in this program may have it open."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def key_of_new_file(path: Path) -> LedgerKey | None:
    """Return the key of a file that is made here now, ``None`` for a plain one."""
    return FolderEncryption.of_database(path).key_of_new()

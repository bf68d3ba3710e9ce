"""One move of books at a time for each database. PostgreSQL takes the lock back when the program ends, however it ends."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from server.database_address import DatabaseAddress
from server.errors import DatabaseNotPrepared, DatabaseUnreachable, NotMoved
from server.ledger.engine.postgresql.addresses import complete_address
from server.ledger.engine.postgresql.connections import refuse_unusable
from server.ledger.engine.postgresql.preparation import role_of

_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('clinic ledger move', 0))"
_LOCK_TOO = "SELECT pg_try_advisory_lock_shared(hashtextextended('clinic ledger move', 0))"

_PATIENCE_SECONDS = 2.0


@contextmanager
def only_move(address: DatabaseAddress, *, with_owner: bool) -> Iterator[None]:
    """Hold the lock of moves. Raises NotMoved if another move is running, or if the two addresses are of two databases.

    ``with_owner`` says that books are moved in, or that this database is closed, which needs the owner's address.
    """
    for one in filter(None, (address.service, address.owner)):
        role_of(one)
    if with_owner and not address.owner:
        raise DatabaseNotPrepared(
            "takes in whole books, and is closed after a move, by its owner only",
            "Give the owner's address in CLINIC_LEDGER_DATABASE_OWNER, then do this again.",
        )
    with refuse_unusable("of the firm"), _connect(address.owner if with_owner else address.service) as conn:
        if not _is_locked_soon(conn):
            raise NotMoved("Another move of this database is running.", "Wait until it has ended.")
        if with_owner:
            with _connect(address.service) as other:
                if _says_yes(other, _LOCK_TOO):
                    raise NotMoved(
                        "CLINIC_LEDGER_DATABASE_OWNER names another database than --to.",
                        "Name the same database with the role that owns its tables, then do this again.",
                    )
        yield


def refuse_without_lock(conn: "psycopg.Connection[Any]") -> None:
    """Raise DatabaseUnreachable if no move holds the lock any more: the connection that held it was lost."""
    if _says_yes(conn, _LOCK_TOO):
        raise DatabaseUnreachable


def _connect(address: str) -> "psycopg.Connection[Any]":
    return psycopg.connect(complete_address(address), autocommit=True, application_name="clinic ledger move")


def _is_locked_soon(conn: "psycopg.Connection[Any]") -> bool:
    """Return whether the lock was taken, at once or after a while: the server may still be ending the connection of a move before."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not _says_yes(conn, _LOCK):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _says_yes(conn: "psycopg.Connection[Any]", question: str) -> bool:
    row = conn.execute(question.encode()).fetchone()
    return bool(row and row[0])

"""Connections to a PostgreSQL server, kept in pools, and its errors as refusals of the ledger.

There is one pool for each schema of one server in a program. A connection's statements find their tables in that schema
alone, so the tables of the firm and of the clinics that have one name are never mistaken.
"""

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from enum import Enum
from functools import partial
from threading import Lock
from typing import Any

import psycopg
from psycopg import errors as database_errors
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.types.string import StrDumper
from psycopg_pool import ConnectionPool, PoolTimeout

from server.database_address import DatabaseAddress, DatabaseLimits
from server.errors import BooksBusy, DatabaseTooSlow, DatabaseUnreachable, DiskFull, LedgerReadOnly
from server.ledger.engine.database import PoolUse
from server.ledger.engine.postgresql.statement_watch import WatchedConnection

_KEPT_IDLE_SECONDS = 300
_PREPARED_AFTER, _MOST_PREPARED = 1, 500
"""A statement is prepared when a connection executes it again: planning costs more than most of them take. A click has up to 100."""
_PLANNING = "-c cursor_tuple_fraction=1.0 -c jit=off -c random_page_cost=1.1 -c work_mem=32MB"
"""A cursor's rows are all wanted; compiling takes longer than a click; the tables are in memory or on disks without a moving arm."""
_POOLS: dict[tuple[str, DatabaseLimits, str], ConnectionPool[WatchedConnection]] = {}
_LOCK = Lock()


class _WholeNumber(Loader):
    """Sums of whole numbers come as NUMERIC; they are whole."""

    def load(self, data: Buffer) -> int:
        number = Decimal(bytes(data).decode())
        if number != number.to_integral_value():
            message = "an amount has a fraction of a cent"
            raise ValueError(message)
        return int(number)


class _TruthAsNumber(Loader):
    """Conditions are 1 or 0, as the columns that hold one."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


class _NumberOfTruth(Dumper):
    oid = psycopg.adapters.types["int8"].oid

    def dump(self, obj: bool) -> bytes:  # noqa: FBT001 - psycopg calls it
        return b"1" if obj else b"0"


class _TextOfEnum(StrDumper):
    def dump(self, obj: Any) -> Buffer | None:  # noqa: ANN401 - a text, says psycopg, and here an enum's member
        return super().dump(str(obj.value))


def pool_of(address: DatabaseAddress, namespace: str) -> ConnectionPool[WatchedConnection]:
    """Return the pool of this program for a schema of a server."""
    limits = address.limits
    key = address.service, limits, namespace
    with _LOCK:
        pool = _POOLS.get(key)
        if pool is None:
            pool = _POOLS[key] = ConnectionPool(
                address.service,
                connection_class=WatchedConnection,
                min_size=0,
                max_size=limits.connections,
                timeout=limits.lock_seconds,
                max_idle=_KEPT_IDLE_SECONDS,
                kwargs={
                    "autocommit": True,
                    "options": f"-c search_path={namespace} -c statement_timeout={limits.statement_seconds}s"
                    f" -c lock_timeout={limits.lock_seconds}s {_PLANNING}",
                    "application_name": "clinic ledger",
                    "prepare_threshold": _PREPARED_AFTER,
                },
                configure=partial(_configure_watched, limits.slow_seconds),
                open=True,
            )
    return pool


@contextmanager
def connect_owner(address: str) -> Iterator["psycopg.Connection[Any]"]:
    """Yield a connection of the owner of the tables in a transaction, which is committed unless the block fails."""
    with psycopg.connect(address, application_name="clinic ledger administration") as conn:
        configure(conn)
        yield conn


def close_pools(server: str) -> None:
    """Close the pools of this program for a server."""
    with _LOCK:
        for key in [key for key in _POOLS if key[0] == server]:
            _POOLS.pop(key).close()


@contextmanager
def refuse_unusable(name: str) -> Iterator[None]:
    """Turn the server's errors into refusals: somebody else writes, it does not answer, it ended a statement, its
    disk is full, it only reads.
    """
    try:
        yield
    except database_errors.LockNotAvailable as problem:
        raise BooksBusy(name) from problem
    except database_errors.QueryCanceled as problem:
        raise DatabaseTooSlow from problem
    except database_errors.DiskFull as problem:
        raise DiskFull from problem
    except database_errors.ReadOnlySqlTransaction as problem:
        raise LedgerReadOnly from problem
    except (
        PoolTimeout,
        psycopg.OperationalError,
        psycopg.InterfaceError,
        database_errors.IdleInTransactionSessionTimeout,
    ) as problem:
        raise DatabaseUnreachable from problem


def configure(conn: "psycopg.Connection[Any]") -> None:
    """Let a connection take and return values as a SQLite file does."""
    conn.adapters.register_loader("numeric", _WholeNumber)
    conn.adapters.register_loader("bool", _TruthAsNumber)
    conn.adapters.register_dumper(bool, _NumberOfTruth)
    conn.adapters.register_dumper(Enum, _TextOfEnum)


def pools_in_use(server: str) -> Iterator[PoolUse]:
    """Yield how the pools of this program for a server are used."""
    with _LOCK:
        pools = [(key[2], pool) for key, pool in _POOLS.items() if key[0] == server]
    for namespace, pool in pools:
        stats = pool.get_stats()
        yield PoolUse(
            namespace,
            stats["pool_max"],
            stats["pool_size"],
            stats["pool_available"],
            stats["requests_waiting"],
        )


def _configure_watched(slow_seconds: float, conn: WatchedConnection) -> None:
    conn.slow_seconds = slow_seconds
    conn.prepared_max = _MOST_PREPARED
    configure(conn)


def _forget_pools() -> None:
    """Start without pools in a forked program: its connections belong to the parent."""
    _POOLS.clear()
    _LOCK.release()


def _close_all() -> None:
    for server, *_ in list(_POOLS):
        close_pools(server)


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_forget_pools)

"""Connections to a PostgreSQL server, kept in pools, and its errors as refusals of the ledger.

There is one pool for each schema of one server in a program. A connection's statements find their tables in that schema
alone, so the tables of the firm and of the clinics that have one name are never mistaken.
"""

import atexit
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from enum import Enum
from functools import partial
from math import inf
from threading import Lock
from typing import Any

import psycopg
from psycopg import errors as database_errors
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.types.string import StrDumper
from psycopg_pool import ConnectionPool, PoolTimeout

from server.database_address import DatabaseAddress, DatabaseLimits
from server.errors import BooksBusy, DatabaseTooSlow, DatabaseUnreachable, DiskFull
from server.ledger.engine.database import PoolUse
from server.ledger.engine.postgresql.addresses import complete_address
from server.ledger.engine.postgresql.statement_watch import WatchedConnection

_KEPT_IDLE_SECONDS = 300
_RECONNECT_SECONDS = 1.0
"""For how long a pool tries again by itself to connect. While clicks wait for a connection, it then begins anew."""
_GRACE_SECONDS = 5
"""How much longer than the server's own limits the program waits for its answer. Then the connection is given up."""
_PREPARED_AFTER, _MOST_PREPARED = 1, 500
"""A statement is prepared when a connection executes it again: planning costs more than most of them take."""
_PLANNING = "-c cursor_tuple_fraction=1.0 -c jit=off -c random_page_cost=1.1 -c work_mem=32MB"
"""A cursor's rows are all wanted; compiling takes longer than a click; the tables are in memory or on disks without a moving arm."""
_POOLS: dict[tuple[str, DatabaseLimits, str], "BooksPool"] = {}
_LOCK = Lock()


_UNUSABLE = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    database_errors.ReadOnlySqlTransaction,
    database_errors.IdleInTransactionSessionTimeout,
)
_ANSWERS = (database_errors.LockNotAvailable, database_errors.QueryCanceled, database_errors.DiskFull)


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


class BooksPool(ConnectionPool[WatchedConnection]):
    """A pool whose connections are forgotten together once one of them no longer leads to a server that can be written to."""

    begin_seconds: float = inf
    """How long the beginning of a transaction may go unanswered: it may wait for another click."""
    _forgotten_at = -inf

    def forget(self, conn: WatchedConnection) -> None:
        """Close a connection that is unusable, and all that were opened before it was found to be: they led to the same server.

        Those in use are closed when they come back.
        """
        conn.close()
        if conn.opened_at > self._forgotten_at:
            self._forgotten_at = time.monotonic()
            self.drain()


def pool_of(address: DatabaseAddress, namespace: str) -> BooksPool:
    """Return the pool of this program for a schema of a server. Raises ``DatabaseNotPrepared`` for what is no address."""
    limits = address.limits
    key = address.service, limits, namespace
    with _LOCK:
        pool = _POOLS.get(key)
        if pool is None:
            pool = _POOLS[key] = BooksPool(
                complete_address(address.service),
                connection_class=WatchedConnection,
                min_size=0,
                max_size=limits.connections,
                timeout=limits.lock_seconds,
                max_idle=_KEPT_IDLE_SECONDS,
                reconnect_timeout=_RECONNECT_SECONDS,
                reconnect_failed=_connect_for_waiting_clicks,
                kwargs={
                    "autocommit": True,
                    "options": f"-c search_path={namespace} -c statement_timeout={limits.statement_seconds}s"
                    f" -c lock_timeout={limits.lock_seconds}s {_PLANNING}",
                    "application_name": "clinic ledger",
                    "prepare_threshold": _PREPARED_AFTER,
                },
                configure=partial(_configure_watched, limits),
                open=True,
            )
            pool.begin_seconds = limits.lock_seconds + _GRACE_SECONDS
    return pool


@contextmanager
def connect_owner(address: str) -> Iterator["psycopg.Connection[Any]"]:
    """Yield a connection of the owner of the tables in a transaction, which is committed unless the block fails."""
    with psycopg.connect(complete_address(address), application_name="clinic ledger administration") as conn:
        configure(conn)
        yield conn


def close_pools(server: str) -> None:
    """Close the pools of this program for a server."""
    with _LOCK:
        for key in [key for key in _POOLS if key[0] == server]:
            _POOLS.pop(key).close()


@contextmanager
def refuse_unusable(name: str) -> Iterator[None]:
    """Turn the server's errors into refusals: somebody else writes, it ended a statement, its disk is full, and for
    everything else that makes it unusable, it does not answer.
    """
    try:
        yield
    except database_errors.LockNotAvailable as problem:
        raise BooksBusy(name) from problem
    except database_errors.QueryCanceled as problem:
        raise DatabaseTooSlow from problem
    except database_errors.DiskFull as problem:
        raise DiskFull from problem
    except (PoolTimeout, *_UNUSABLE) as problem:
        raise DatabaseUnreachable from problem


def is_unusable(problem: BaseException) -> bool:
    """Return whether an error means that the connection leads to no server that can be written to.

    It was lost, the server stops or starts, or it is a standby now. A server that ended a statement answers.
    """
    return isinstance(problem, _UNUSABLE) and not isinstance(problem, _ANSWERS)


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


def _configure_watched(limits: DatabaseLimits, conn: WatchedConnection) -> None:
    conn.slow_seconds = limits.slow_seconds
    conn.answer_seconds = limits.statement_seconds + _GRACE_SECONDS
    conn.commit_seconds = limits.commit_seconds
    conn.prepared_max = _MOST_PREPARED
    configure(conn)


def _connect_for_waiting_clicks(pool: "ConnectionPool[Any]") -> None:
    """Connect again for clicks that wait for a connection. Otherwise the pool only does so for clicks that come later."""
    if pool.get_stats()["requests_waiting"]:
        pool.check()


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

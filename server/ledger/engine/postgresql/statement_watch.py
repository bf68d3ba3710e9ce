"""Connections that log slow statements, count those that the database ended, and give up a server that does not answer.

What is logged is the text of a statement, which has signs for its parameters, and never a parameter.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from math import inf
from typing import Any, TypeVar, cast

import psycopg
from psycopg import errors as database_errors
from psycopg import sql
from psycopg.abc import Params, PQGen, Query
from psycopg.rows import TupleRow

from server.statement_counts import COUNTED, StatementCounts

R = TypeVar("R")

log = logging.getLogger("clinicledger")

LONGEST_LOGGED = 2_000
"""How many characters of a statement are logged."""

_HIDDEN = "?"
"""What is logged in place of a value that is written into a statement."""


class WatchedConnection(psycopg.Connection[TupleRow]):
    """A connection whose statements are watched."""

    slow_seconds: float = inf
    """From how many seconds on a statement is logged."""

    answer_seconds: float = inf
    """How long the program waits for the answer to a statement."""

    commit_seconds: float = inf
    """How long the program waits for the answer to a commit: a primary waits for its standby."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as psycopg calls it
        super().__init__(*args, **kwargs)
        self.opened_at = time.monotonic()
        self.cursor_factory = _WatchedCursor
        self.server_cursor_factory = _WatchedServerCursor
        self._warnings = 0
        self.add_notice_handler(self._count_warning)

    def wait(self, gen: PQGen[R], interval: float = 0.1, timeout: float | None = None) -> R:
        """Return what an exchange with the server comes to. A server that does not answer in time is given up.

        The connection is closed then, as one that was lost. The limits of the server itself do not help where its computer
        stands still, and where a commit waits for a standby.
        """
        allowed = self.answer_seconds if timeout is None else timeout
        try:
            return super().wait(gen, interval, None if allowed == inf else allowed)
        except database_errors.PipelineAborted:
            raise
        except psycopg.OperationalError as problem:
            if problem.sqlstate is None:  # it was not the server that said so
                self.close()
            raise

    @contextmanager
    def answered_within(self, seconds: float) -> Iterator[None]:
        """Wait no longer than this for the answer to each statement of the block."""
        usual, self.answer_seconds = self.answer_seconds, seconds
        try:
            yield
        finally:
            self.answer_seconds = usual

    @contextmanager
    def commit_awaited(self) -> Iterator[None]:
        """Let the block commit, and return once the commit is as safe as the server was told to make it.

        Raises ``psycopg.OperationalError`` if that is not known. A commit that waits for a standby can be canceled: it then is on
        the disk of the primary alone, which the server calls a success, with a warning.
        """
        self._warnings = 0
        with self.answered_within(self.commit_seconds):
            yield
        if self._warnings:
            message = "the commit was not awaited until the standby had it"
            raise psycopg.OperationalError(message)

    def _count_warning(self, notice: psycopg.errors.Diagnostic) -> None:
        self._warnings += notice.severity_nonlocalized == "WARNING"

    @contextmanager
    def watch(self, query: Query) -> Iterator[None]:
        """Count the statement of the block if the database ends it, and log it if it is slow."""
        begun = time.perf_counter()
        try:
            yield
        except database_errors.QueryCanceled:
            COUNTED.add(StatementCounts(timed_out=1))
            raise
        except database_errors.LockNotAvailable:
            COUNTED.add(StatementCounts(lock_waits_ended=1))
            raise
        finally:
            seconds = time.perf_counter() - begun
            if seconds >= self.slow_seconds:
                COUNTED.add(StatementCounts(slow=1))
                log.warning("a statement took %.3f seconds: %s", seconds, shown_text(query))


class _WatchedCursor(psycopg.Cursor[Any]):
    def execute(
        self,
        query: Query,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
    ) -> "_WatchedCursor":
        with _watch(self, query):
            return super().execute(query, params, prepare=prepare, binary=binary)  # type: ignore[misc, arg-type] # overloads

    def executemany(self, query: Query, params_seq: Iterable[Params], *, returning: bool = False) -> None:
        with _watch(self, query):
            super().executemany(query, params_seq, returning=returning)


class _WatchedServerCursor(psycopg.ServerCursor[Any]):
    """A cursor whose rows stay at the server. The database works while they are fetched, so that is watched, too."""

    _declared: Query = ""

    def execute(
        self,
        query: Query,
        params: Params | None = None,
        *,
        binary: bool | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> "_WatchedServerCursor":
        self._declared = query
        with _watch(self, query):
            return super().execute(query, params, binary=binary, **kwargs)

    def fetchmany(self, size: int = 0) -> list[Any]:
        with _watch(self, self._declared):
            return super().fetchmany(size)


def _watch(
    cursor: "psycopg.Cursor[Any] | psycopg.ServerCursor[Any]", query: Query
) -> AbstractContextManager[None]:
    return cast("WatchedConnection", cursor.connection).watch(query)


def shown_text(query: Query) -> str:
    """Return the text of a statement on one line, without any value that is written into it."""
    return " ".join(_text(query).split())[:LONGEST_LOGGED]


def _text(query: object) -> str:
    if isinstance(query, bytes):
        return query.decode("utf-8", "replace")
    if isinstance(query, str):
        return query
    if isinstance(query, sql.Composed):
        return "".join(_text(part) for part in query)
    return query.as_string() if isinstance(query, sql.SQL | sql.Identifier) else _HIDDEN

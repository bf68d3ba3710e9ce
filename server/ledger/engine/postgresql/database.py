"""The firm's tables, or those of one clinic, in a PostgreSQL database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors as database_errors
from psycopg import sql
from psycopg.pq import TransactionStatus

from server.database_address import DatabaseAddress
from server.errors import BooksBusy, DatabaseNotPrepared, DatabaseUnreachable
from server.ledger.engine import journal
from server.ledger.engine.database import KeepHead, Stamp
from server.ledger.engine.database_session import DatabaseSession, lend_session
from server.ledger.engine.inspection import FileDamaged, Inspection
from server.ledger.engine.journal import JournalHead, NewEntries
from server.ledger.engine.postgresql import row_moving
from server.ledger.engine.postgresql.connections import (
    BooksPool,
    connect_owner,
    is_unusable,
    pool_of,
    refuse_unusable,
)
from server.ledger.engine.postgresql.inspection import PostgresqlInspection
from server.ledger.engine.postgresql.move_lock import refuse_without_lock
from server.ledger.engine.postgresql.moved_mark import MOVED_STATE, books_moved
from server.ledger.engine.postgresql.roles import refuse_strong_role
from server.ledger.engine.postgresql.schema import STEP_LIST, Schema
from server.ledger.engine.postgresql.session import PostgresqlSession
from server.ledger.engine.postgresql.statement_watch import WatchedConnection
from server.private_files import make_private_folder, open_private_file

_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT set_config('app.clinic', {clinic}, true)"
_WRITE = (
    "BEGIN; SELECT set_config('app.clinic', {clinic}, true),"
    " set_config('idle_in_transaction_session_timeout', {hold}, true); {turn}"
)
_QUICK = "; SET LOCAL synchronous_commit = off"
_TURN_OF_CLINIC = (
    "SELECT pg_advisory_xact_lock(hashtextextended('clinic ledger books of ' || current_setting('app.clinic'), 0))"
    " WHERE NOT EXISTS (SELECT 1 FROM books); SELECT 1 FROM books FOR NO KEY UPDATE"
)
"""Writers of one clinic queue on the row of its books, as on BEGIN IMMEDIATE; on a lock of its name while it has none."""
_TURN_OF_FIRM = "SELECT pg_advisory_xact_lock(hashtextextended('clinic ledger firm', 0))"
"""The firm has no such row; its writers queue on a lock of its own name."""
_NO_TURN = "SELECT 1"
_MARK = "SELECT pg_logical_emit_message(true, 'clinic ledger', '')"
"""A mark in the server's log, which nobody waits for: its commit waits for the standby as that of any change."""
_ATTEMPTS = 3
"""How many connections a transaction is begun on: after one that was lost, the others of the pool are new."""
_MOVE_HEAD = "UPDATE firm.journal_head SET entries = %s, hash = %s, day = %s WHERE clinic = %s AND entries = %s AND hash = %s"
_STEPS_OF_BOOKS = "SELECT name FROM _sqlite_migrations WHERE migration_set = ?"

Conn = psycopg.Connection[Any]


class PostgresqlDatabase:
    """The firm's tables, or the rows of one clinic. It holds no connection; each use takes its own from the pool."""

    def __init__(
        self,
        address: DatabaseAddress,
        schema: Schema,
        clinic_id: str,
        stamp: Stamp,
        keep_head: KeepHead | None = None,
    ) -> None:
        self.name = f"of {clinic_id}" if clinic_id else "of the firm"
        self._address = address
        self._schema = schema
        self._clinic_id = clinic_id
        self._stamp = stamp
        self._keep_head = keep_head

    def exists(self) -> bool:
        """Return whether its books were made. Raises DatabaseNotPrepared."""
        self._refuse_unprepared()
        with self.read() as session:
            return bool(session.value(_STEPS_OF_BOOKS, [self._schema.kind]))

    def create(self) -> None:
        """Make its books, or bring older ones up to date; the tables are the administrator's to make."""
        self._refuse_unprepared()
        with self.read() as session:
            if day := session.value("SELECT day FROM ledger.moved"):
                raise books_moved(day)
            taken = {name for (name,) in session.all(_STEPS_OF_BOOKS, [self._schema.kind])}
        if taken >= set(self._schema.steps):
            return
        with self.write() as session:
            found = session.all(_STEPS_OF_BOOKS, [self._schema.kind])
            missing = [name for name in self._schema.steps if (name,) not in found]
            columns = ("id", "migration_set", "name", "applied_at")
            rows = [
                (number, self._schema.kind, name, self._stamp())
                for number, name in enumerate(missing, len(found) + 1)
            ]
            session.insert_many(STEP_LIST, columns, rows)

    def is_writable(self) -> bool:
        """Return whether something can be recorded now, by beginning to."""
        with self.write():
            return True

    @contextmanager
    def read(self) -> Iterator[DatabaseSession]:
        """Yield a session that sees the books as they are at one moment. A write through it fails."""
        with self._transaction(_READ, _NO_TURN) as conn, lend_session(self._session(conn)) as session:
            yield session

    @contextmanager
    def glance(self) -> Iterator[DatabaseSession | None]:
        """Yield ``None``: every query waits for the server, and for a connection if all are in use."""
        yield None

    @contextmanager
    def write(self) -> Iterator[DatabaseSession]:
        """Yield a session; commit everything done in it with its journal entries, or none of it. Writers queue."""
        turn = _TURN_OF_CLINIC if self._clinic_id else _TURN_OF_FIRM
        with self._transaction(_WRITE, turn) as conn:
            with lend_session(self._session(conn)) as session:
                yield session
            with lend_session(self._session(conn)) as session:
                entries = journal.take_entries(session, self._schema.journal, self._stamp())
                is_kept = entries is None or self._commit_with_entries(conn, session, entries)
        if entries and not is_kept and self._keep_head:
            self._keep_head(entries.growth)

    def confirm(self) -> None:
        """Return once everything that can be read now is as safe as what was acknowledged."""
        with self._transaction(_WRITE, _MARK):
            pass

    @contextmanager
    def write_quickly(self) -> Iterator[DatabaseSession]:
        """Yield a session like ``write``, for rows outside the journal that may be lost when the power fails."""
        with (
            self._transaction(_WRITE + _QUICK, _NO_TURN) as conn,
            lend_session(self._session(conn)) as session,
        ):
            yield session

    @contextmanager
    def verify(self) -> Iterator[Inspection]:
        """Yield a session like ``read``, with PostgreSQL's own checks. Raises ``FileDamaged`` if it cannot be read on."""
        with self._transaction(_READ, _NO_TURN) as conn:
            try:
                with lend_session(PostgresqlInspection(conn, self._schema)) as inspection:
                    yield inspection
            except (psycopg.DataError, psycopg.InternalError) as problem:
                raise FileDamaged(str(problem)) from problem

    def copy(self, target: Path) -> JournalHead | None:
        """Copy the books as they are at one moment to a SQLite file; return the head of the copied journal."""
        make_private_folder(target.parent)
        open_private_file(target).close()
        with self._transaction(_READ, _NO_TURN) as conn:
            row_moving.copy_to_file(conn, self._schema, target)
            with lend_session(self._session(conn)) as session:
                return journal.read_head(session)

    def move_in(self, source: Path) -> None:
        """Take over a verified SQLite file, row by row as it is: all of it, or nothing. Needs the owner of the tables."""
        try:
            with self._as_owner() as conn:
                if not self._clinic_id:
                    refuse_without_lock(conn)
                row_moving.move_in(conn, self._schema, self._clinic_id, source)
        except database_errors.UniqueViolation as problem:  # another program has just moved the same books in
            raise BooksBusy(self.name) from problem

    def move_out(self, target: Path) -> None:  # noqa: ARG002 - the file is where it was
        """Take back what ``move_in`` did."""
        with self._as_owner() as conn:
            row_moving.move_out(conn, self._schema, self._clinic_id)

    def _refuse_unprepared(self) -> None:
        """Raise DatabaseNotPrepared unless the administrator has taken the steps of this version, and this role is held by the rules."""
        with self._connection() as conn:
            if self._prepared_steps(conn) != set(self._schema.steps):
                raise DatabaseNotPrepared(
                    "has not the tables of this version of Clinic Ledger",
                    "Have its administrator run: clinicledger ledger prepare.",
                )
            if not self._clinic_id:
                refuse_strong_role(conn)

    def _prepared_steps(self, conn: Conn) -> set[str]:
        """Return the steps that the administrator took, none if the service finds no list of them."""
        query = "SELECT name FROM ledger.step_taken WHERE kind = %s"
        try:
            return {name for (name,) in conn.execute(query, [self._schema.kind])}
        except (database_errors.UndefinedTable, database_errors.InsufficientPrivilege):
            return set()

    @contextmanager
    def _as_owner(self) -> Iterator[Conn]:
        """Yield a connection in a transaction of the owner of the tables."""
        if not self._address.owner:
            raise DatabaseNotPrepared(
                "can only take in whole books from its owner",
                "Give the owner's address in CLINIC_LEDGER_DATABASE_OWNER, then do this again.",
            )
        with refuse_unusable(self.name), connect_owner(self._address.owner) as conn:
            yield conn

    def _commit_with_entries(
        self, conn: WatchedConnection, session: PostgresqlSession, entries: NewEntries
    ) -> bool:
        """Write the entries of the journal, keep its new head in place of the one before, and commit, all in one message.

        The firm's tables are in the same database. Returns whether the kept head was the one before, or none is kept.
        """
        before, head = entries.growth.before, entries.growth.head
        with conn.commit_awaited(), conn.pipeline():
            entries.write(session)
            moved = None
            if self._keep_head and before:
                values = [head.entries, head.hash, head.day, self._clinic_id, before.entries, before.hash]
                moved = conn.execute(_MOVE_HEAD, values)
            committed = conn.execute("COMMIT")
        _check_committed(committed)
        return not self._keep_head or bool(moved and moved.rowcount)

    def _session(self, conn: Conn) -> PostgresqlSession:
        return PostgresqlSession(conn, self._schema)

    @contextmanager
    def _transaction(self, begin: str, turn: str) -> Iterator[WatchedConnection]:
        """Yield a connection in a transaction about the firm or one clinic; commit it, or undo it if the block fails."""
        with self._connection(begin, turn) as conn:
            yield conn
            if conn.info.transaction_status is not TransactionStatus.IDLE:
                with conn.commit_awaited():
                    _check_committed(conn.execute("COMMIT"))

    @contextmanager
    def _connection(self, begin: str = _NO_TURN, turn: str = "") -> Iterator[WatchedConnection]:
        """Yield a connection that has just answered to the beginning of a transaction, or to nothing but a sign of life."""
        statement = sql.SQL(begin).format(
            clinic=sql.Literal(self._clinic_id),
            hold=sql.Literal(f"{self._address.limits.hold_seconds}s"),
            turn=sql.SQL(turn),
        )
        pool = pool_of(self._address, self._schema.namespace)
        with refuse_unusable(self.name):
            conn = _begin(pool, statement)
            try:
                yield conn
            except psycopg.Error as problem:
                if is_unusable(problem):
                    pool.forget(conn)
                if problem.sqlstate == MOVED_STATE:
                    raise books_moved(str(problem.diag.message_primary)) from problem
                raise
            finally:
                _end(pool, conn)


def _begin(pool: BooksPool, statement: sql.Composed) -> WatchedConnection:
    """Return a connection of a pool on which a first statement was executed, which records nothing.

    A connection that became unusable while it was idle is replaced by another one: the server was restarted, or another one
    took over. Nothing was asked of it yet, so nothing can be done twice.
    """
    for _ in range(_ATTEMPTS):
        conn = pool.getconn()
        try:
            with conn.answered_within(pool.begin_seconds):
                conn.execute(statement)
        except BaseException as problem:
            is_lost = is_unusable(problem)
            if is_lost:
                pool.forget(conn)
            _end(pool, conn)
            if not is_lost:
                raise
        else:
            return conn
    raise DatabaseUnreachable


def _check_committed(cursor: "psycopg.Cursor[Any]") -> None:
    """Raise unless a COMMIT was one: after a statement that failed, PostgreSQL answers it by undoing everything."""
    if cursor.statusmessage != "COMMIT":
        message = "the transaction was undone, because one of its statements had failed"
        raise AssertionError(message)


def _end(pool: BooksPool, conn: WatchedConnection) -> None:
    """Undo what was not committed, and give a connection back to its pool, which drops one that was lost."""
    try:
        if conn.info.transaction_status not in {TransactionStatus.IDLE, TransactionStatus.UNKNOWN}:
            conn.execute("ROLLBACK")
    finally:
        pool.putconn(conn)

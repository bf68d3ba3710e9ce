"""The schema of ledger files: SQL steps, applied one after the other, and the triggers of the table rules.

Each step is one SQL file, applied once, in the order of the file names. A step that was ever released
is never edited: a further step follows it.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cached_property
from importlib import resources

import orjson
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from server.billing.names import fold
from server.billing.payroll.visit_identity import fold_identity
from server.errors import BooksNotOpened
from server.ledger.engine import journal
from server.ledger.engine.journal import JournalGrowth
from server.ledger.engine.sqlite import library, triggers
from server.ledger.engine.sqlite.earlier_copies import keep_earlier_copy
from server.ledger.engine.sqlite.library import AnyConnection, Connection
from server.ledger.engine.sqlite.session import SqliteSession
from server.ledger.engine.table_rules import (
    CLINIC_JOURNAL,
    CLINIC_TABLES,
    FIRM_JOURNAL,
    FIRM_TABLES,
    Journal,
    Tables,
)


def _fold_identities(listed: str) -> str:
    return orjson.dumps([fold_identity(identity) for identity in orjson.loads(listed)]).decode()


FUNCTIONS: dict[str, Callable[[str], str]] = {
    "fold_identity": fold_identity,
    "fold_identities": _fold_identities,
    "fold_name": fold,
}
"""Functions of the rules that a step may call, by their name in SQL."""


OF_LITESTREAM = {
    ("table", "_litestream_seq"): "CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)",
    ("table", "_litestream_lock"): "CREATE TABLE _litestream_lock (id INTEGER)",
}
"""The tables that Litestream adds to each file that it replicates. They hold numbers of its own, and nothing of the books."""


class _Step:
    """One SQL file in the form that sqlite-utils migrations need: a callable with a name.

    Statements are split line by line. ``Database.executescript`` splits letter by letter, which made
    a new clinic's file three times slower to create.
    """

    def __init__(self, name: str, ddl: str) -> None:
        self.__name__ = name
        self._ddl = ddl

    def __call__(self, db: Database, /) -> None:
        for name, function in FUNCTIONS.items():
            db.conn.create_function(name, 1, function, deterministic=True)
        statement = ""
        for line in self._ddl.splitlines(keepends=True):
            statement += line
            if library.complete_statement(statement):
                db.execute(statement)
                statement = ""


class Schema:
    """The steps and the table rules of one kind of file, ``firm`` or ``clinic``."""

    def __init__(self, kind: str, tables: Tables, journal_rules: Journal) -> None:
        folder = resources.files("server.ledger").joinpath("sql", "sqlite", kind)
        self._migrations = Migrations(kind)
        self._tables = tables
        self.journal = journal_rules
        self.steps: list[str] = []
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            step = _Step(file.name.removesuffix(".sql"), file.read_text("utf-8"))
            self._migrations()(step)
            self.steps.append(step.__name__)

    def bring_up_to_date(self, conn: Connection, recorded_at: str) -> JournalGrowth | None:
        """Apply the missing steps and repair the triggers, all or nothing; return the growth of the journal, if any.

        A file that has rows of an earlier version is copied first.
        If two programs do so at once, the second one finds nothing left to do.
        """
        db = database_of(conn)
        taken = self.steps_taken(db)
        if not taken <= set(self.steps):
            raise BooksNotOpened(conn.path.name, "was written by a newer version of Clinic Ledger")
        if len(taken) < len(self.steps) or self.trigger_repairs(conn):
            return self._change_tables(conn, db, recorded_at)
        return None

    def steps_taken(self, db: Database) -> set[str]:
        """Return the steps applied to a file, including those of a newer program. Takes a tenth of a millisecond."""
        return {step.name for step in self._migrations.applied(db)}

    def take_steps(self, db: Database, *, before: str | None = None) -> None:
        """Apply every missing step, or those up to ``before``, inside the caller's transaction."""
        self._migrations.apply(db, stop_before=before)

    def lacks_steps(self, conn: AnyConnection) -> bool:
        """Return whether an older version of the program made the file."""
        return len(self.steps_taken(database_of(conn))) < len(self.steps)

    def faults(self, conn: AnyConnection) -> Iterator[tuple[str, str, str]]:
        """Yield what differs from a new file: the kind of object, its name, and what is wrong with it.

        Litestream's own tables do not count, as long as they are as it makes them.
        """
        expected = self._objects_of_new_file
        found = dict(_objects_of(conn).items() - OF_LITESTREAM.items())
        for kind, name in sorted(expected.keys() | found.keys()):
            if (kind, name) not in found:
                yield kind, name, "is missing"
            elif (kind, name) not in expected:
                yield kind, name, "was added"
            elif expected[kind, name] != found[kind, name]:
                yield kind, name, "is not as it was made"

    @cached_property
    def _objects_of_new_file(self) -> dict[tuple[str, str], str]:
        with closing(library.open_memory()) as conn:
            self.take_steps(database_of(conn))
            for statement in self.trigger_repairs(conn):
                conn.execute(statement)
            return _objects_of(conn)

    def trigger_repairs(self, conn: AnyConnection) -> tuple[str, ...]:
        """Return the statements that make a file's triggers match the table rules, none if they match."""
        return triggers.repairs(conn, self._tables, self.journal)

    def _change_tables(self, conn: Connection, db: Database, recorded_at: str) -> JournalGrowth | None:
        db.execute("BEGIN IMMEDIATE")
        try:
            if 0 < len(self.steps_taken(db)) < len(self.steps):
                keep_earlier_copy(conn, recorded_at)
            before = _table_texts(db.conn)
            self.take_steps(db)
            for statement in self.trigger_repairs(db.conn):
                db.execute(statement)
            growth = self._journal_changed_tables(db.conn, before, recorded_at)
        except BaseException:
            db.rollback()
            raise
        db.commit()
        return growth

    def _journal_changed_tables(
        self, conn: AnyConnection, before: dict[str, str], recorded_at: str
    ) -> JournalGrowth | None:
        """Write the journal entries of tables that a step changed, and of all tables if the journal is new.

        A table that only lost its triggers gets none: its rows may have been changed meanwhile, and their
        entries show that.
        """
        session = SqliteSession(conn)
        after = _table_texts(conn)
        for table, rule in self.journal.items():
            if after.get(table) != before.get(table) or "journal" not in before:
                journal.mark_every_row(session, table, rule)
        return journal.write_entries(session, self.journal, recorded_at)


def _objects_of(conn: AnyConnection) -> dict[tuple[str, str], str]:
    """Return the CREATE statement of each object of a file on one line, by kind and name."""
    found = conn.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    return {(kind, name): " ".join(sql.split()) for kind, name, sql in found}


def _table_texts(conn: AnyConnection) -> dict[str, str]:
    """Return the CREATE statements of a file's tables, by name."""
    return dict(conn.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'"))


def database_of(conn: AnyConnection) -> Database:
    """Return the sqlite-utils database of a connection whose PRAGMAs are set already."""
    return Database(conn, recursive_triggers=False, execute_plugins=False)


FIRM = Schema("firm", FIRM_TABLES, FIRM_JOURNAL)
CLINIC = Schema("clinic", CLINIC_TABLES, CLINIC_JOURNAL)

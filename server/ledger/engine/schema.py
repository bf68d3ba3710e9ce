"""The schema of ledger files: SQL steps, applied one after the other, and the triggers of the table rules.

Each step is one SQL file, applied once, in the order of the file names. A step that was ever released
is never edited: a further step follows it.
"""

import sqlite3
from collections.abc import Callable
from importlib import resources

import orjson
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from server.billing.names import fold
from server.billing.payroll.visit_identity import fold_identity
from server.errors import BooksNotOpened
from server.ledger.engine import triggers
from server.ledger.engine.connections import Connection
from server.ledger.engine.table_rules import CLINIC_TABLES, FIRM_TABLES, Tables


def _fold_identities(listed: str) -> str:
    return orjson.dumps([fold_identity(identity) for identity in orjson.loads(listed)]).decode()


FUNCTIONS: dict[str, Callable[[str], str]] = {
    "fold_identity": fold_identity,
    "fold_identities": _fold_identities,
    "fold_name": fold,
}
"""Functions of the rules that a step may call, by their name in SQL."""


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
            if sqlite3.complete_statement(statement):
                db.execute(statement)
                statement = ""


class Schema:
    """The steps and the table rules of one kind of file, ``firm`` or ``clinic``."""

    def __init__(self, kind: str, tables: Tables) -> None:
        folder = resources.files("server.ledger").joinpath("sql", kind)
        self._migrations = Migrations(kind)
        self._tables = tables
        self.steps: list[str] = []
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            step = _Step(file.name.removesuffix(".sql"), file.read_text("utf-8"))
            self._migrations()(step)
            self.steps.append(step.__name__)

    def bring_up_to_date(self, conn: Connection) -> None:
        """Apply the missing steps and repair the triggers, all or nothing.

        If two programs do so at once, the second one finds nothing left to do.
        """
        db = database_of(conn)
        taken = self.steps_taken(db)
        if not taken <= set(self.steps):
            raise BooksNotOpened(conn.path.name, "was written by a newer version of Clinic Ledger")
        if len(taken) < len(self.steps) or triggers.repairs(conn, self._tables):
            self._change_tables(db)

    def steps_taken(self, db: Database) -> set[str]:
        """Return the steps applied to a file, including those of a newer program. Takes a tenth of a millisecond."""
        return {step.name for step in self._migrations.applied(db)}

    def take_steps(self, db: Database, *, before: str | None = None) -> None:
        """Apply every missing step, or those up to ``before``, inside the caller's transaction."""
        self._migrations.apply(db, stop_before=before)

    def _change_tables(self, db: Database) -> None:
        db.execute("BEGIN IMMEDIATE")
        try:
            self.take_steps(db)
            for statement in triggers.repairs(db.conn, self._tables):
                db.execute(statement)
        except BaseException:
            db.rollback()
            raise
        db.commit()


def database_of(conn: sqlite3.Connection) -> Database:
    """Return the sqlite-utils database of a connection whose PRAGMAs are set already."""
    return Database(conn, recursive_triggers=False, execute_plugins=False)


FIRM = Schema("firm", FIRM_TABLES)
CLINIC = Schema("clinic", CLINIC_TABLES)

"""What ledger files are made of: SQL steps, taken one after the other, and the triggers of the table rules.

Each step is one SQL file, applied once, in the order of the names. A step that has ever left
the house is never edited: a further step follows it.
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
"""What a step may ask of the rules, by its name in SQL."""


class _Step:
    """One SQL file, as the migrations of sqlite-utils want it: something named to be called.

    Statements are told apart line by line; ``Database.executescript`` does so letter by letter,
    which made a new clinic's file three times slower to make.
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
        """Take the steps not yet taken and put the triggers right, all or nothing.

        Of two programs doing so at once, the second finds nothing left to do.
        """
        db = database_of(conn)
        taken = self.steps_taken(db)
        if not taken <= set(self.steps):
            raise BooksNotOpened(conn.path.name, "was written by a newer version of Clinic Ledger")
        if len(taken) < len(self.steps) or triggers.repairs(conn, self._tables):
            self._change_tables(db)

    def steps_taken(self, db: Database) -> set[str]:
        """Return the steps a file has taken, those of a newer program among them. A tenth of a millisecond."""
        return {step.name for step in self._migrations.applied(db)}

    def take(self, db: Database, *, before: str | None = None) -> None:
        """Take every step not yet taken (``before``: up to that one), inside the caller's transaction."""
        self._migrations.apply(db, stop_before=before)

    def _change_tables(self, db: Database) -> None:
        db.execute("BEGIN IMMEDIATE")
        try:
            self.take(db)
            for statement in triggers.repairs(db.conn, self._tables):
                db.execute(statement)
        except BaseException:
            db.rollback()
            raise
        db.commit()


def database_of(conn: sqlite3.Connection) -> Database:
    """Return what sqlite-utils makes of a connection, which has its PRAGMAs already."""
    return Database(conn, recursive_triggers=False, execute_plugins=False)


FIRM = Schema("firm", FIRM_TABLES)
CLINIC = Schema("clinic", CLINIC_TABLES)

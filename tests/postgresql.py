"""A PostgreSQL server for tests, and a database of its own for each ledger folder.

The program is Debian's, found by itself, or the one on the PATH. It is started for the test run, on a socket in a folder that
is removed afterwards; nothing on the computer is changed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import psycopg

from server.database_address import DatabaseAddress
from server.ledger.engine.postgresql.connections import configure
from server.ledger.engine.postgresql.preparation import prepare
from server.ledger.engine.postgresql.server import PostgresqlServer

OWNER, SERVICE = "ledger_owner", "ledger_service"

_MADE = "CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' LOCALE 'C.UTF-8' OWNER {owner}"
_PREPARED = "prepared"
_NUMBERS = count()
_EMPTIED = """
DO $$ DECLARE one record; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('firm', 'clinics') LOOP
        EXECUTE format('DELETE FROM %I.%I', one.schemaname, one.tablename);
    END LOOP;
END $$
"""


def programs_folder() -> Path | None:
    """Return the folder of PostgreSQL's programs, ``None`` if it is not installed."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    return max(
        Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name)
    )


@dataclass
class PostgresqlOfTests:
    """A server that runs, and the databases made on it."""

    socket: Path
    in_use: dict[Path, str] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)
    spoiled: set[str] = field(default_factory=set)
    """The databases whose tables or triggers a test may have changed."""

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
    def as_superuser(self, folder: Path, clinic: str) -> Iterator[Callable[[str], list[tuple[object, ...]]]]:
        """Yield what executes a statement on the rows of a clinic, whatever the policies say; triggers still refuse."""
        name = self.database_of(folder)
        self.spoiled.add(name)
        with psycopg.connect(
            self.address("postgres", name),
            autocommit=True,
            options=f"-c search_path=clinics -c app.clinic={clinic}",
        ) as conn:
            configure(conn)

            def execute(statement: str) -> list[tuple[object, ...]]:
                found = conn.execute(statement.encode())
                return found.fetchall() if found.description else []

            yield execute

    def empty_databases(self) -> None:
        """Remove the rows of the databases in use: ten times quicker than to make others."""
        for name in self.in_use.values():
            PostgresqlServer(DatabaseAddress(self.address(SERVICE, name))).close()
            if name not in self.spoiled:
                self.execute(_EMPTIED, name)
                self.empty.append(name)
        self.in_use.clear()

    def _new_database(self) -> str:
        name = f"ledger_{next(_NUMBERS)}"
        self.execute(_MADE.format(name=name, template=_PREPARED, owner=OWNER))
        return name


@contextmanager
def running_server(programs: Path, *, is_durable: bool = False) -> Iterator[PostgresqlOfTests]:
    """Yield a server with an owner, a service role, and a database with the ledger's tables to copy.

    A durable server waits for the disk, as one of a firm does; the others are of tests alone.
    """
    folder = Path(mkdtemp(prefix="clinic-ledger-pg-"))
    as_nobody = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_nobody:
        shutil.chown(folder, "postgres", "postgres")

    def run(program: str, *options: str) -> None:
        subprocess.run(
            [*as_nobody, str(programs / program), *options], check=True, capture_output=True, cwd=folder
        )

    data = str(folder / "data")
    run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    started = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync={'on' if is_durable else 'off'} -c max_connections=300"
    run("pg_ctl", "-D", data, "-l", str(folder / "log"), "-w", "-o", started, "start")
    server = PostgresqlOfTests(folder)
    try:
        for role in (OWNER, SERVICE):
            server.execute(f"CREATE ROLE {role} LOGIN")
        server.execute(_MADE.format(name=_PREPARED, template="template0", owner=OWNER))
        prepare(server.address(OWNER, _PREPARED), SERVICE)
        yield server
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(str(programs_folder()))

"""Two PostgreSQL servers for tests: a primary and its synchronous standby, which are killed, promoted and joined again.

They wait for the disk, as those of a firm do, and listen on ports of this computer that were free.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from server.database_address import DatabaseAddress
from server.ledger.engine.postgresql.preparation import prepare
from tests.postgresql import MADE, OWNER, SERVICE

DATABASE = "clinic_ledger"
PATIENCE_SECONDS = 30.0
_SETTINGS = """
listen_addresses = '127.0.0.1'
fsync = on
max_connections = 100
wal_log_hints = on
wal_keep_size = '256MB'
synchronous_commit = remote_apply
synchronous_standby_names = ''
wal_receiver_status_interval = 1s
wal_retrieve_retry_interval = 200ms
autovacuum_naptime = 2s
"""
_HAS_APPLIED = "SELECT bool_and(replay_lsn >= %s::pg_lsn) FROM pg_stat_replication"
_IS_SYNCHRONOUS = "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')"


class NotDone(Exception):
    """A program of PostgreSQL that failed."""


@dataclass
class Server:
    """One of the two servers. Its socket is in the folder of its data."""

    folder: Path
    port: int
    run: Callable[..., None] = field(repr=False)

    @property
    def data(self) -> Path:
        """Return the folder of its data."""
        return self.folder / "data"

    def execute(self, statement: str, *values: str) -> list[tuple[object, ...]]:
        """Execute a statement as the superuser, outside a transaction."""
        with self.connected() as conn:
            found = conn.execute(statement.encode(), values or None)
            return found.fetchall() if found.description else []

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """Yield a connection of the superuser."""
        with psycopg.connect(
            host=str(self.folder), port=self.port, user="postgres", dbname="postgres", autocommit=True
        ) as conn:
            yield conn

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -c unix_socket_directories={self.folder} -c cluster_name=at_{self.port}"
        self.run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once, if it runs."""
        with suppress(NotDone):
            self.run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")

    def processes(self) -> list[int]:
        """Return the ids of its processes, the postmaster first (Linux)."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        return [postmaster, *(child for child in _processes() if _parent_of(child) == postmaster)]

    def kill(self) -> None:
        """Kill all of its processes at once, as when its computer loses power."""
        postmaster = self.processes()[0]
        os.kill(postmaster, signal.SIGSTOP)  # so that it starts no further ones
        killed = self.processes()
        for process in killed:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        _wait_until(lambda: not any(map(_is_running, killed)))
        # Nobody may have waited for the end of the postmaster: its id then looks as if it were in use.
        for left in (self.data / "postmaster.pid", *self.folder.glob(".s.PGSQL.*")):
            left.unlink()

    @contextmanager
    def standing_still(self, *, whole: bool) -> Iterator[None]:
        """Stop the postmaster, or all processes, and let them go on after the block."""
        stopped = self.processes() if whole else self.processes()[:1]
        for process in stopped:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in stopped:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)


@dataclass
class Pair:
    """A primary and a standby. Commits of the primary wait until the standby shows them, unless the primary is alone."""

    primary: Server
    standby: Server

    def address(self, role: str, *servers: Server) -> str:
        """Return the address of a role at servers, at both of them if none are named."""
        named = servers or (self.primary, self.standby)
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in sorted(named, key=lambda one: one.port))
        return f"postgresql://{role}@{hosts}/{DATABASE}"

    @property
    def database(self) -> DatabaseAddress:
        """Return the address of both servers."""
        return DatabaseAddress(self.address(SERVICE), self.address(OWNER))

    def fail_over(self) -> None:
        """Kill the primary, and make the standby the primary. It is alone then, and does not wait for another one."""
        self.primary.kill()
        self.promote()

    def promote(self) -> None:
        """Make the standby the primary."""
        self.standby.run("pg_ctl", "-D", str(self.standby.data), "-w", "promote")
        self.primary, self.standby = self.standby, self.primary

    def join(self) -> None:
        """Make the server that was killed the standby, and let the primary wait for it again."""
        source = f"host=127.0.0.1 port={self.primary.port} user=postgres dbname=postgres"
        self.primary.execute("CHECKPOINT")  # the new timeline is on the disk
        data = str(self.standby.data)
        try:
            self.standby.run("pg_rewind", "-D", data, "--source-server", source, "-R")
        except NotDone:
            shutil.rmtree(self.standby.data)
            self.copy()
        with (self.standby.data / "postgresql.auto.conf").open("a") as settings:
            settings.write("synchronous_standby_names = ''\n")
        self.standby.start()
        self.wait_for_standby()

    def copy(self) -> None:
        """Copy the primary to the empty place of the standby."""
        source = f"host=127.0.0.1 port={self.primary.port} user=postgres"
        self.standby.run("pg_basebackup", "-D", str(self.standby.data), "-d", source, "-R", "-c", "fast")

    def wait_for_standby(self) -> None:
        """Let commits wait for the standby from now on. Returns once it has everything."""
        self.set_synchronous("*")
        _wait_until(lambda: self.primary.execute(_IS_SYNCHRONOUS) == [(True,)])
        here = str(self.primary.execute("SELECT pg_current_wal_lsn()::text")[0][0])
        _wait_until(lambda: self.primary.execute(_HAS_APPLIED, here) == [(True,)])

    def delay_standby(self, milliseconds: int) -> None:
        """Let a standby show what it has only after a time, on either server: answers to commits then are on their way for longer."""
        for server in (self.primary, self.standby):
            server.execute(f"ALTER SYSTEM SET recovery_min_apply_delay = {milliseconds}")
            server.execute("SELECT pg_reload_conf()")

    def set_synchronous(self, names: str) -> None:
        """Say for which standbys commits wait: "*" for the one there is, "" for none."""
        self.primary.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        self.primary.execute("SELECT pg_reload_conf()")


@contextmanager
def running_pair(programs: Path) -> Iterator[Pair]:
    """Yield a primary with the database of a ledger, prepared for the service, and its standby."""
    folder = Path(mkdtemp(prefix="clinic-ledger-pair-"))
    as_nobody = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def run(program: str, *options: str) -> None:
        ended = subprocess.run(
            [*as_nobody, str(programs / program), *options], check=False, capture_output=True, cwd=folder
        )
        if ended.returncode:
            raise NotDone(f"{program}: {ended.stderr.decode(errors='replace')}")

    pair = Pair(*(Server(folder / name, port, run) for name, port in zip("ab", _free_ports(2), strict=True)))
    for place in (folder, pair.primary.folder, pair.standby.folder):
        place.mkdir(exist_ok=True)
        if as_nobody:
            shutil.chown(place, "postgres", "postgres")
    options = ("-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    run("initdb", "-D", str(pair.primary.data), *options)
    with (pair.primary.data / "postgresql.conf").open("a") as settings:
        settings.write(_SETTINGS)
    try:
        pair.primary.start()
        for role in (OWNER, SERVICE):
            pair.primary.execute(f"CREATE ROLE {role} LOGIN")
        pair.primary.execute(MADE.format(name=DATABASE, template="template0", owner=OWNER))
        prepare(pair.address(OWNER, pair.primary), SERVICE)
        pair.copy()
        pair.standby.start()
        pair.wait_for_standby()
        yield pair
    finally:
        for server in (pair.primary, pair.standby):
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _processes() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _parent_of(process: int) -> int | None:
    with suppress(OSError):
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return None


def _is_running(process: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def _wait_until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not so():
        if time.monotonic() > end:
            message = "waited in vain for a PostgreSQL server"
            raise TimeoutError(message)
        time.sleep(0.02)

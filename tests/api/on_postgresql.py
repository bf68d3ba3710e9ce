"""A ledger of two clinics on PostgreSQL, for services that run on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from server.billing.clinics import Setup
from server.database_address import DatabaseAddress
from server.ledger.store import Ledger
from server.settings import Settings
from server.storage import Storage
from tests.postgresql import SERVICE, SPOILER, PostgresqlOfTests
from tests.ribbon.clicks import HARBOR, a_clock


@dataclass(frozen=True)
class Books:
    """Where the books are."""

    folder: Path
    address: DatabaseAddress
    server: PostgresqlOfTests

    @property
    def database(self) -> str:
        """Return the name of the database."""
        return self.server.in_use[self.folder]

    def settings(self, **more: Any) -> Settings:  # noqa: ANN401 - any setting
        """Return the settings of a service on these books."""
        of_books: dict[str, Any] = {"path": self.folder, "workers": 0, "database": self.address.service}
        return Settings(**of_books | more)

    def sleeping(self, seconds: float) -> None:
        """Let each reading of the list of clinics take so long."""
        self.server.spoiled.add(self.database)
        slow = f"CREATE POLICY slowly ON firm.clinic AS RESTRICTIVE USING (pg_sleep({seconds}) IS NOT NULL)"
        self.server.execute("DROP POLICY IF EXISTS slowly ON firm.clinic", self.database)
        self.server.execute("ALTER TABLE firm.clinic ENABLE ROW LEVEL SECURITY", self.database)
        self.server.execute("DROP POLICY IF EXISTS everything ON firm.clinic", self.database)
        self.server.execute("CREATE POLICY everything ON firm.clinic USING (true)", self.database)
        self.server.execute(slow, self.database)

    @contextmanager
    def turn_taken(self) -> Iterator[None]:
        """Hold what writers of Harbor queue on, as somebody who writes and does not come to an end."""
        with psycopg.connect(
            self.address.service, options="-c search_path=clinics -c app.clinic=harbor"
        ) as conn:
            conn.execute("SELECT 1 FROM books FOR NO KEY UPDATE")
            yield

    @contextmanager
    def users_locked(self) -> Iterator[None]:
        """Let whoever reads the users wait."""
        with psycopg.connect(self.server.address(SPOILER, self.database)) as conn:
            conn.execute('LOCK TABLE firm."user" IN ACCESS EXCLUSIVE MODE')
            yield

    def someone_waits(self) -> bool:
        """Return whether a statement waits for a lock."""
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return self.server.execute(waiting, self.database) != [(0,)]

    def lock_out(self) -> None:
        """End the connections of the service, and let nobody connect any more."""
        self.server.execute(f"ALTER DATABASE {self.database} ALLOW_CONNECTIONS false")
        self.server.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{SERVICE}'"  # noqa: S608
        )

    def let_in(self) -> None:
        """Let the service connect again."""
        self.server.execute(f"ALTER DATABASE {self.database} ALLOW_CONNECTIONS true")


@contextmanager
def books_on(server: PostgresqlOfTests, folder: Path, *setups: Setup) -> Iterator[Books]:
    """Yield books that hold these clinics, or Harbor."""
    books = Books(folder, server.address_of(folder), server)
    ledger = Ledger(folder, a_clock, storage=Storage(books.address))
    for setup in setups or (HARBOR,):
        with ledger.open_clinic(setup.clinic).transaction() as opened:
            opened.save_setup(setup, "tests")
    yield books
    ledger.close()
    server.empty_databases()

"""A ledger of two clinics on a pair of PostgreSQL servers, the programs that use it, and what its books hold."""

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import IO, Any

import psycopg

from server.database_address import DatabaseAddress
from server.ledger.store import Ledger
from server.ledger.verify import Verified, VerifiedFirm
from server.storage import Storage
from tests.api.wire import PATIENCE_SECONDS, Program, serving
from tests.cli.programs import clinicledger
from tests.invented_exams import PRICED
from tests.postgresql import ADDRESSES_IN_ENVIRONMENT
from tests.postgresql_pair import DATABASE, Pair

OTHER = replace(PRICED, clinic=replace(PRICED.clinic, id="harbor", name="Harbor Practice"))
CLINICS = (PRICED, OTHER)

_BILLED = """
SELECT invoice.clinic, patient.name, count(*) FROM clinics.invoice
JOIN clinics.patient_case AS one ON one.clinic = invoice.clinic AND one.id = invoice.patient_case
JOIN clinics.patient ON patient.clinic = invoice.clinic AND patient.id = one.patient GROUP BY 1, 2
"""
_ANSWERED = "SELECT clinic, id, at FROM clinics.request"


@dataclass(frozen=True)
class LedgerOnPair:
    """A ledger whose books are on a pair of servers."""

    folder: Path
    pair: Pair

    def opened(self) -> Ledger:
        """Return the ledger, opened in this program."""
        return Ledger(self.folder, storage=Storage(DatabaseAddress(self.pair.database.service)))

    def prepare_books(self) -> None:
        """Make the books of the clinics."""
        ledger = self.opened()
        for setup in CLINICS:
            with ledger.open_clinic(setup.clinic).transaction() as books:
                books.save_setup(setup, "tests")
        ledger.close()

    @contextmanager
    def served(self, **settings: str) -> Iterator[Program]:
        """Run the service as a program of its own. Raises AssertionError if it logged an incident."""
        logged: list[str] = []
        with serving(self.folder, database=self.pair.database.service, **settings) as program:
            reading = Thread(target=_read_lines, args=(program.process.stderr, logged), daemon=True)
            reading.start()
            yield program
            program.process.terminate()
            reading.join(PATIENCE_SECONDS)
        assert not [line for line in logged if "incident" in line or "Traceback" in line], "".join(logged)

    def verify(self) -> None:
        """Let ``clinicledger ledger verify`` check everything. Raises AssertionError with what it said."""
        with self._named_in_environment():
            ended: subprocess.CompletedProcess[str] = clinicledger(
                "ledger", "verify", within=self.folder.parent
            )
        assert ended.returncode == 0, ended.stdout + ended.stderr

    def check_chains(self) -> None:
        """Verify the books of each clinic and those of the firm, in this program. Raises AssertionError."""
        ledger = self.opened()
        for setup in CLINICS:
            found = ledger.verify_clinic(setup.clinic.id)
            assert isinstance(found, Verified), found
        firm = ledger.verify_firm()
        assert isinstance(firm, VerifiedFirm), firm
        ledger.close()

    def billed(self) -> Counter[tuple[str, str]]:
        """Return how many invoices each patient of a clinic has, as the primary has them."""
        return Counter({(clinic, patient): int(number) for clinic, patient, number in self._rows(_BILLED)})

    def answered(self) -> dict[tuple[str, str], datetime]:
        """Return when each request of a clinic was recorded with its answer."""
        return {(clinic, one): datetime.fromisoformat(at) for clinic, one, at in self._rows(_ANSWERED)}

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        primary = self.pair.primary
        with psycopg.connect(
            host=str(primary.folder), port=primary.port, user="postgres", dbname=DATABASE
        ) as conn:
            return conn.execute(query.encode()).fetchall()

    @contextmanager
    def _named_in_environment(self) -> Iterator[None]:
        os.environ[ADDRESSES_IN_ENVIRONMENT[0]] = self.pair.database.service
        try:
            yield
        finally:
            del os.environ[ADDRESSES_IN_ENVIRONMENT[0]]


def _read_lines(stream: IO[str] | None, lines: list[str]) -> None:
    """Keep what a program says. One whose words nobody reads stands still when the pipe is full."""
    for line in stream or ():
        lines.append(line)  # noqa: PERF402 - they are there while it runs

"""How much PostgreSQL reads for a click: of books with many invoices hardly more than of books with few.

The policies that keep clinics apart hide a cost: a condition that may fail on a row of another clinic is only tried on the
rows of this one, so an index is not looked up by it, and the click reads all rows of the clinic.
"""

import gc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Event, Thread

import pytest

from server.billing.clinics import Clinic
from server.billing.invoices.exams import Draft
from server.billing.invoices.invoice import Action
from server.ledger import store
from server.ledger.clinic_store import ClinicStore
from server.ledger.engine.postgresql.session import PostgresqlSession
from server.ledger.store import Ledger
from server.storage import Storage
from tests.ledger.conftest import a_clock
from tests.ledger.invented import LAKESIDE
from tests.ledger.invoiced import AGREED, TODAY, a_cheque, a_draft, await_cheque, created, take
from tests.postgresql import PostgresqlOfTests

MANY = 3_000
FEW_ROWS, ONCE_OR_TWICE = MANY // 3, MANY * 10
"""The most rows of a click with good statistics; and with statistics that do not know the clinic yet, where each statement may
read all rows of it, and none may read all of them again for each row."""
Click = Callable[[ClinicStore], object]
READ = "SELECT SUM(COALESCE(seq_tup_read, 0) + COALESCE(idx_tup_fetch, 0)) FROM pg_stat_user_tables WHERE schemaname = 'clinics'"
DATABASES_OF = store.databases_of


@pytest.fixture(autouse=True)
def _addresses_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep each ledger where its storage says, also in a run that keeps all others on PostgreSQL."""
    monkeypatch.setattr("server.ledger.store.databases_of", DATABASES_OF)


@pytest.fixture(
    params=["no statistics", "statistics older than the clinic", "one clinic among many small ones"]
)
def rows_read(
    request: pytest.FixtureRequest, postgresql: PostgresqlOfTests, tmp_path: Path
) -> Iterator[tuple[Callable[[Click], int], int]]:
    """Return what counts the rows that a click reads in books with many invoices, and how many it may read."""
    folder = tmp_path / "many"
    ledger = Ledger(folder, a_clock, storage=Storage(postgresql.address_of(folder)))
    database = postgresql.database_of(folder)
    small, of_each = (1, 100) if "older" in request.param else (20, 5)
    for place in range(small):
        clinic = ledger.open_clinic(Clinic(f"small-{place}", f"Small Clinic {place}"))
        await_cheque(clinic, *_drafts(of_each))
    if small == 1:
        postgresql.execute("ANALYZE", database)
    lakeside = ledger.open_clinic(LAKESIDE)
    await_cheque(lakeside, *_drafts(MANY))
    if small > 1:
        postgresql.execute("ANALYZE", database)

    def count() -> int:
        ledger.close()  # a connection tells what it read at its end at the latest
        ((rows,),) = postgresql.execute(READ, database)
        return int(str(rows))

    def count_of(click: Click) -> int:
        click(lakeside)  # the first time a connection learns the tables
        before = count()
        click(lakeside)
        return count() - before

    yield count_of, ONCE_OR_TWICE if small == 1 else FEW_ROWS
    ledger.close()
    postgresql.empty_databases()


def _drafts(many: int) -> list[Draft]:
    return [a_draft(f"Patient {place}", case=f"Case {place}") for place in range(many)]


def note(lakeside: ClinicStore) -> None:
    take(lakeside, Action.NOTE, ["INV-000100"], day=TODAY, note="called")


def agree_again(lakeside: ClinicStore) -> None:
    take(lakeside, Action.REOPEN, ["INV-000200"], note="by mistake")
    take(lakeside, Action.AGREE, ["INV-000200"], **AGREED)


def pay_in_part(lakeside: ClinicStore, numbers: Iterator[str]) -> None:
    number = next(numbers)
    take(lakeside, Action.RECORD_CHEQUE, [number], exception="partial", **a_cheque(30_00, number))


def invoice_one(lakeside: ClinicStore, cases: Iterator[str]) -> None:
    created(lakeside, a_draft(case=next(cases)))


def test_a_click_reads_few_rows_of_books_with_many_invoices(
    rows_read: tuple[Callable[[Click], int], int],
) -> None:
    count_of, most = rows_read
    numbers, cases = iter(["INV-000300", "INV-000301"]), iter(["Case X", "Case Y"])
    clicks: dict[str, Click] = {
        "note": note,
        "agree again": agree_again,
        "part payment": partial(pay_in_part, numbers=numbers),
        "new invoice": partial(invoice_one, cases=cases),
    }
    assert {name: rows for name, click in clicks.items() if (rows := count_of(click)) > most} == {}


class TestRowsThatNobodyReadsToTheEnd:
    """Python collects garbage at any moment, also in the middle of a statement."""

    @pytest.fixture
    def books(self, postgresql: PostgresqlOfTests, tmp_path: Path) -> Iterator[ClinicStore]:
        folder = tmp_path / "unread"
        ledger = Ledger(folder, a_clock, storage=Storage(postgresql.address_of(folder)))
        yield ledger.open_clinic(LAKESIDE)
        ledger.close()

    @staticmethod
    def leave_unread(session: PostgresqlSession) -> None:
        """Begin to read more rows than come at a time, and leave them to the garbage collector."""
        rows = session.each(
            "WITH RECURSIVE n (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < 5000) SELECT v FROM n"
        )
        assert next(rows)
        cycle: list[object] = [rows]
        cycle.append(cycle)

    def test_are_collected_in_the_middle_of_a_statement(self, books: ClinicStore) -> None:
        collected = Event()

        def read() -> None:
            with books.reading() as clinic:
                session = clinic.documents._session  # noqa: SLF001 - there is no other way to it
                assert isinstance(session, PostgresqlSession)
                self.leave_unread(session)
                with session._conn.lock:  # noqa: SLF001 - as every statement does
                    gc.collect()
            collected.set()

        Thread(target=read, daemon=True).start()
        assert collected.wait(20)

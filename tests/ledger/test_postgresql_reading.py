"""How much PostgreSQL reads for a click: of books with many invoices no more than of books with few.

The policies that keep clinics apart hide a cost: a condition that may fail on a row of another clinic is only tried on the
rows of this one, so an index is not looked up by it, and the click reads all rows of the clinic.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from server.billing.invoices.invoice import Action
from server.ledger import store
from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger
from server.storage import Storage
from tests.ledger.conftest import a_clock
from tests.ledger.invented import LAKESIDE
from tests.ledger.invoiced import AGREED, TODAY, a_cheque, a_draft, await_cheque, created, take
from tests.postgresql import PostgresqlOfTests

MANY, FEW_ROWS = 8_000, 500
Click = Callable[[ClinicStore], object]
READ = "SELECT SUM(COALESCE(seq_tup_read, 0) + COALESCE(idx_tup_fetch, 0)) FROM pg_stat_user_tables WHERE schemaname = 'clinics'"
DATABASES_OF = store.databases_of


@pytest.fixture(autouse=True)
def _addresses_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep each ledger where its storage says, also in a run that keeps all others on PostgreSQL."""
    monkeypatch.setattr("server.ledger.store.databases_of", DATABASES_OF)


@pytest.fixture
def rows_read(postgresql: PostgresqlOfTests, tmp_path: Path) -> Iterator[Callable[[Click], int]]:
    """Return what counts the rows that a click reads in books with many invoices."""
    folder = tmp_path / "many"
    ledger = Ledger(folder, a_clock, storage=Storage(postgresql.address_of(folder)))
    lakeside = ledger.open_clinic(LAKESIDE)
    await_cheque(lakeside, *(a_draft(f"Patient {place}", case=f"Case {place}") for place in range(MANY)))
    database = postgresql.database_of(folder)
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

    yield count_of
    ledger.close()
    postgresql.empty_databases()


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
    rows_read: Callable[[Click], int],
) -> None:
    numbers, cases = iter(["INV-000300", "INV-000301"]), iter(["Case X", "Case Y"])
    clicks: dict[str, Click] = {
        "note": note,
        "agree again": agree_again,
        "part payment": partial(pay_in_part, numbers=numbers),
        "new invoice": partial(invoice_one, cases=cases),
    }
    assert {name: rows for name, click in clicks.items() if (rows := rows_read(click)) > FEW_ROWS} == {}

"""The journal for accounting programs: hledger and beancount read it and come to our balances, on random histories."""

import csv
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from itertools import groupby
from pathlib import Path

import pytest
from beancount import loader
from beancount.core.data import Transaction

from server.billing.people import LOCAL_PERSON
from server.billing.receivables.accounting_journal import EVERY_ACCOUNT, OPENING, OPENING_ACCOUNT
from server.billing.receivables.invoice_export import ExportFormat
from server.operations.accounting_journal import export_journal
from server.operations.session import Session
from server.papers.accounting_journal import COLUMNS, journal_pieces
from tests.behind import OpenedBooks, open_books
from tests.ledger.played_invoices import Office

SEEDS = range(6)
NAMES = {
    "receivable": "Assets:Receivable",
    "cheques in hand": "Assets:Cheques in hand",
    "bank": "Assets:Bank",
    "unapplied credit": "Liabilities:Unapplied credit",
    "billed": "Income:Billed",
    "reduction": "Income:Reductions",
    "write-off": "Expenses:Write-offs",
}
CARRIED = {"receivable", "cheques in hand", "bank", "unapplied credit"}

Balances = dict[str, Decimal]
Period = tuple[date | None, date | None]


def text_of(office: Office, made_as: ExportFormat, days: Period = (None, None)) -> str:
    with export_journal(Session(office.ledger, LOCAL_PERSON, "lakeside"), days, made_as) as journal:
        return b"".join(journal_pieces(made_as, journal.clinic, journal.transactions)).decode()


def balances_of_books(execute: OpenedBooks, days: Period = (None, None)) -> Balances:
    """Return what a journal of these days must come to, added up from the rows of the books."""
    first, last = (days[0] or date.min).isoformat(), (days[1] or date.max).isoformat()
    rows = execute(
        "SELECT step.invoice, step.day, transfer.debit, transfer.credit, transfer.amount_cents FROM step"
        " LEFT JOIN transfer ON transfer.step = step.id ORDER BY step.invoice, step.place, transfer.place"
    )
    cents: dict[str, int] = defaultdict(int)
    for _, group in groupby(rows, key=lambda row: row[0]):
        latest = ""
        for _, day, debit, credit, amount in group:
            latest = max(latest, day)
            for account, signed in ((debit, amount or 0), (credit, -(amount or 0))):
                if latest > last or not account:
                    continue
                if latest >= first or account in CARRIED:
                    cents[NAMES[account]] += signed
                if latest < first and account in CARRIED:
                    cents[OPENING_ACCOUNT] -= signed
    return {account: Decimal(total) / 100 for account, total in cents.items() if total}


def balances_of_hledger(path: Path) -> Balances:
    """Return the balances as hledger has them, which also checks that every transaction balances."""
    subprocess.run(["hledger", "-f", path, "check", "--strict"], check=True)
    told = subprocess.run(
        ["hledger", "-f", path, "balance", "--flat", "--no-total", "--output-format", "csv"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    rows = list(csv.reader(StringIO(told)))[1:]
    return {account: Decimal(amount.replace("$", "").replace(",", "")) for account, amount in rows}


def balances_of_table(text: str) -> Balances:
    headings, *rows = csv.reader(StringIO(text, newline=""))
    assert tuple(headings) == COLUMNS
    found: Balances = defaultdict(Decimal)
    for number, group in groupby(rows, key=lambda row: row[1]):
        lines = list(group)
        signed = [Decimal(line[3] or 0) - Decimal(line[4] or 0) for line in lines]
        assert sum(signed) == 0, number
        for line, amount in zip(lines, signed, strict=True):
            assert bool(line[3]) != bool(line[4])
            found[line[2]] += amount
    return {account: total for account, total in found.items() if total}


@pytest.fixture(scope="module", params=SEEDS)
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Return a clinic after two months of random work."""
    made = Office(tmp_path_factory.mktemp("office") / "ledger", request.param)
    made.work(days=24, clicks=8)
    return made


@pytest.fixture
def rows_of_books(office: Office) -> Iterator[OpenedBooks]:
    """Return what reads the rows of the clinic behind the ledger's back."""
    with open_books(office.ledger.folder, "lakeside") as execute:
        yield execute


def periods(office: Office) -> list[Period]:
    middle = office.today - timedelta(days=40)
    return [
        (None, None),
        (None, middle),
        (middle, None),
        (middle, middle + timedelta(days=15)),
        (office.today + timedelta(days=1), None),
    ]


def test_hledger_comes_to_our_balances(office: Office, rows_of_books: OpenedBooks, tmp_path: Path) -> None:
    if shutil.which("hledger") is None:
        pytest.skip("hledger is not installed (apt-get install hledger)")
    for days in periods(office):
        path = tmp_path / "lakeside.journal"
        path.write_text(text_of(office, ExportFormat.HLEDGER, days), "utf-8")
        assert balances_of_hledger(path) == balances_of_books(rows_of_books, days)


def test_beancount_comes_to_our_balances(office: Office, rows_of_books: OpenedBooks) -> None:
    for days in periods(office):
        entries, errors, _ = loader.load_string(text_of(office, ExportFormat.BEANCOUNT, days))
        assert not errors
        found: Balances = defaultdict(Decimal)
        for entry in entries:
            if isinstance(entry, Transaction):
                for posting in entry.postings:
                    assert posting.units
                    assert isinstance(posting.units.number, Decimal)
                    found[posting.account] += posting.units.number
        expected = balances_of_books(rows_of_books, days)
        assert {account: total for account, total in found.items() if total} == {
            account.replace(" ", "-"): total for account, total in expected.items()
        }


def test_the_table_for_quickbooks_and_xero_comes_to_our_balances(
    office: Office, rows_of_books: OpenedBooks
) -> None:
    for days in periods(office):
        text = text_of(office, ExportFormat.JOURNAL_CSV, days)
        assert balances_of_table(text) == balances_of_books(rows_of_books, days)


def test_a_journal_names_no_patient_and_no_remark(office: Office) -> None:
    for made_as in (ExportFormat.HLEDGER, ExportFormat.BEANCOUNT, ExportFormat.JOURNAL_CSV):
        text = text_of(office, made_as)
        for private in ("Patient", "Case", "internal", "Invented,"):
            assert private not in text
        assert "Self-pay" in text
        assert "INV-000001, create" in text


def test_each_step_that_moves_money_is_one_transaction(office: Office, rows_of_books: OpenedBooks) -> None:
    _, *rows = csv.reader(StringIO(text_of(office, ExportFormat.JOURNAL_CSV), newline=""))
    moving = {str(step) for (step,) in rows_of_books("SELECT DISTINCT step FROM transfer")}
    assert {row[1] for row in rows} == moving
    assert {row[2] for row in rows} <= {*EVERY_ACCOUNT}
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)


def test_two_periods_one_after_the_other_have_each_step_once(office: Office) -> None:
    middle = office.today - timedelta(days=40)
    found = []
    for days in ((None, middle - timedelta(days=1)), (middle, None)):
        _, *rows = csv.reader(StringIO(text_of(office, ExportFormat.JOURNAL_CSV, days), newline=""))
        found.append({row[1] for row in rows} - {OPENING})
    _, *every = csv.reader(StringIO(text_of(office, ExportFormat.JOURNAL_CSV), newline=""))
    assert found[0] | found[1] == {row[1] for row in every}
    assert not found[0] & found[1]

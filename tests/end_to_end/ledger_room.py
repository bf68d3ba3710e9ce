"""What a biller does with the Invoices sheet of a workbook, and what a stranger reads in the books."""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.end_to_end.clerk import Key, Paper
from tests.end_to_end.conftest import rows_of

SHEET = "Invoices"
AMOUNTS = ("Billed", "Agreed", "Collected", "Balance")
TYPED = (
    "Action", "Amount", "Cheque number", "Cheque date", "Received date", "Paying party", "Exception",
    "Date", "Note",
)  # fmt: skip

Shown = tuple[Any, ...]
"""What is known of an invoice: state, billed, agreed, collected, balance, and how many steps it took."""


@dataclass(frozen=True)
class InvoicesSheet:
    """The Invoices sheet of a saved workbook."""

    workbook: Path

    def shown(self) -> dict[Key, Shown]:
        """Return what it says of each invoice, in the order of its rows."""
        rows = rows_of(self.workbook, SHEET)
        shown = {(row["Patient"], row["Exam date"]): _shown(row) for row in rows}
        assert len(shown) == len(rows)
        return shown

    def type(self, rows: Mapping[Key, Mapping[str, Any]]) -> None:
        """Type into the rows of these invoices, clear what was typed into others, and save."""
        book = load_workbook(self.workbook)
        sheet = book[SHEET]
        headings = [cell.value for cell in sheet[1]]
        for place, key in enumerate(self.shown(), 2):
            for heading in TYPED:
                cell = rows.get(key, {}).get(heading)
                typed = float(cell) if isinstance(cell, Decimal) else cell
                sheet.cell(place, headings.index(heading) + 1).value = typed
        book.save(self.workbook)


def _shown(row: Mapping[str, Any]) -> Shown:
    amounts = (None if row[name] == "" else Decimal(str(row[name])) for name in AMOUNTS)
    code = row["State"].casefold().replace(" ", "_")
    return code, *amounts, row["Row version"]


def on_paper(papers: Mapping[Key, Paper]) -> dict[Key, Shown]:
    """Return the same of the clerk's papers."""
    return {
        key: (paper.state, paper.billed, paper.agreed, paper.collected, paper.balance, paper.steps)
        for key, paper in papers.items()
    }


def books_of(ledger: Path) -> tuple[list[Shown], int, int]:
    """Return what a stranger with sqlite3 finds: every invoice's row, how many steps and how many transfers."""
    with closing(sqlite3.connect(ledger / "clinics" / "quince.db")) as db:
        invoices = db.execute("SELECT * FROM invoice ORDER BY id").fetchall()
        (steps,) = db.execute("SELECT COUNT(*) FROM step").fetchone()
        (transfers,) = db.execute("SELECT COUNT(*) FROM transfer").fetchone()
    return invoices, steps, transfers


def accounts_of(ledger: Path) -> dict[str, Decimal]:
    """Return what stands on each account, debits less credits, added up from the transfers."""
    accounts: dict[str, int] = defaultdict(int)
    with closing(sqlite3.connect(ledger / "clinics" / "quince.db")) as db:
        for debit, credit, cents in db.execute("SELECT debit, credit, amount_cents FROM transfer"):
            accounts[debit] += cents
            accounts[credit] -= cents
    return {account: Decimal(cents) / 100 for account, cents in accounts.items()}


def accounts_on_paper(papers: Mapping[Key, Paper]) -> dict[str, Decimal]:
    """Return the same as the clerk adds it up from the papers."""
    every = list(papers.values())
    taken = sum((paper.total("part") for paper in every), Decimal(0))
    in_hand = sum((cheque["part"] for paper in every for cheque in paper.in_hand), Decimal(0))
    collected = sum((paper.collected for paper in every), Decimal(0))
    return {
        "billed": -sum((paper.billed for paper in every), Decimal(0)),
        "receivable": sum((paper.balance for paper in every), Decimal(0)),
        "reduction": sum((paper.total("reduced") for paper in every), Decimal(0)),
        "write-off": sum((paper.total("given up") for paper in every), Decimal(0)),
        "cheques in hand": in_hand,
        "bank": taken - in_hand,
        "unapplied credit": collected - taken,
    }


def owed_by_age(papers: Mapping[Key, Paper], age: int) -> list[tuple[int, Decimal]]:
    """Return, for 0-30, 31-60, 61-90, 91-120 and 121+ days, how many papers are owed on, and how much.

    All papers are of the same age: they came on one day.
    """
    at = next(at for at, last in enumerate((30, 60, 90, 120, age)) if age <= last)
    owed = [paper.balance for paper in papers.values() if paper.balance]
    return [(len(owed), sum(owed, Decimal(0))) if at == place else (0, Decimal(0)) for place in range(5)]

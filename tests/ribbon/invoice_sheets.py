"""An Invoices sheet in somebody's hands: opened, typed into, sent, and changed by what comes back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from server.billing.days import serial_of
from server.billing.invoices.invoice import Invoice
from server.ledger.store import Ledger
from server.sheets import cell_addresses
from server.sheets.invoices.tables import INVOICES
from server.sheets.sheet import Cell
from tests.ledger.invoiced import a_draft, enter
from tests.ribbon.clicks import a_click, offered, pressed
from tests.sheets.workbooks import sheets_of

NOV_19, NOV_20 = date(2026, 11, 19), date(2026, 11, 20)
"""Yesterday and today of the tests' clock."""

OAK = "Oak Mutual (invented)"
SEND: dict[str, Any] = {"action": "send", "date": NOV_19}
AGREE: dict[str, Any] = {"action": "agree", "amount": 80, "date": NOV_19, "note": "by phone"}
CHEQUE: dict[str, Any] = {
    "action": "record cheque",
    "amount": 80,
    "cheque_number": "77-1",
    "cheque_date": NOV_19,
    "received_date": NOV_19,
    "paying_party": OAK,
    "note": "in the folder",
}


def output_of(ledger: Ledger, reply: Mapping[str, Any]) -> bytes:
    """Return the finished workbook of a reply."""
    return ledger.outputs.read(reply["output"]["id"]).data


class InvoicesSheet:
    """The sheet as rows of cells. Rows are known by the invoice they show, and by Excel's number."""

    def __init__(self, ledger: Ledger, rows: list[list[Cell]], clinic: str = "lakeside") -> None:
        self.ledger = ledger
        self.rows = rows
        self.clinic = clinic

    @classmethod
    def opened(cls, ledger: Ledger, clinic: str = "lakeside", **inputs: str) -> "InvoicesSheet":
        """Return the sheet as Invoice list writes it."""
        reply = pressed(ledger, "invoices.open", a_click(clinic=clinic, inputs=inputs))
        sheet = next(one for one in sheets_of(output_of(ledger, reply)) if one.name == INVOICES.name)
        return cls(ledger, [list(row) for row in zip(*sheet.columns, strict=True)], clinic)

    @classmethod
    def by_hand(cls, ledger: Ledger, *rows: Mapping[str, Cell | date]) -> "InvoicesSheet":
        """Return a sheet somebody typed with nothing but the headings of the table."""
        blank: list[Cell] = [None] * len(INVOICES.titles)
        sheet = cls(ledger, [list(INVOICES.titles), *(list(blank) for _ in rows)])
        for number, cells in enumerate(rows, 2):
            sheet.type_in(number, **cells)
        return sheet

    @property
    def invoices(self) -> list[str]:
        """Return the invoices shown, in order."""
        return [str(row[0]) for row in self.rows[1:]]

    def row(self, invoice: str) -> int:
        """Return Excel's number of the row that shows an invoice."""
        return self.invoices.index(invoice) + 2

    def type_in(self, at: str | int, **cells: Cell | date) -> None:
        """Type into a row: ``cheque_number`` for Cheque number."""
        for name, value in cells.items():
            typed = serial_of(value) if isinstance(value, date) else value
            row = at if isinstance(at, int) else self.row(at)
            self.rows[row - 1][self._column(name)] = typed

    def shown(self, at: str | int, name: str) -> Cell:
        """Return a cell of a row."""
        return self.rows[(at if isinstance(at, int) else self.row(at)) - 1][self._column(name)]

    def click(self, *, selected: tuple[int, ...] = (), **inputs: str) -> dict[str, Any]:
        """Return a click with the sheet as it is now."""
        columns = [list(column) for column in zip(*self.rows, strict=True)]
        sheet = {"name": INVOICES.name, "columns": columns}
        chosen = {"sheet": INVOICES.name, "rows": list(selected)}
        return a_click(clinic=self.clinic, sheets=[sheet], inputs=inputs) | {"selection": chosen}

    def send(self, *, selected: tuple[int, ...] = (), **inputs: str) -> dict[str, Any]:
        """Press Update invoices, and change the sheet as the reply says."""
        reply = pressed(self.ledger, "invoices.update", self.click(selected=selected, **inputs))
        self.apply(reply)
        return reply

    def apply(self, reply: Mapping[str, Any]) -> None:
        """Change the sheet as a reply says."""
        for edit in reply["edits"]:
            for area in edit["range"].split(","):
                self._write(area, edit["values"])

    def send_and_agree(self, **inputs: str) -> dict[str, Any]:
        """Press Update invoices, and agree to all that is shown first, if anything is."""
        reply = self.send(selected=(), **inputs)
        return self.send(selected=(), **inputs, apply=offered(reply)) if reply["asks"] else reply

    def _write(self, area: str, values: list[list[Cell]] | None) -> None:
        left, top, right, bottom = cell_addresses.bounds(area)
        for row in range(top, bottom + 1) if values else ():
            assert values
            self.rows[row - 1][left : right + 1] = values[row - top]

    def _column(self, name: str) -> int:
        return self.rows[0].index(name.replace("_", " ").capitalize())


def in_books(ledger: Ledger, number: str, clinic: str = "lakeside") -> Invoice:
    """Return an invoice as the books have it."""
    with ledger.clinic(clinic).reading() as books:
        return books.invoices.get(number)


def created(ledger: Ledger, count: int) -> list[str]:
    """Enter so many new invoices of $100.00, those of odd patients of North, the others of South."""
    drafts = [
        a_draft(f"Patient {n}", case=f"Case {n}", payer=OAK, facility="North" if n % 2 else "South")
        for n in range(1, count + 1)
    ]
    with ledger.clinic("lakeside").transaction() as books:
        return enter(books, drafts, "made")


def opened_with(ledger: Ledger, numbers: list[str], cells: dict[str, Any]) -> InvoicesSheet:
    """Return the sheet with the same typed beside each of these invoices."""
    sheet = InvoicesSheet.opened(ledger)
    for number in numbers:
        sheet.type_in(number, **cells)
    return sheet


def driven(ledger: Ledger, numbers: list[str], *typed: dict[str, Any]) -> InvoicesSheet:
    """Return the sheet after each of these was typed beside every invoice, and sent."""
    sheet = InvoicesSheet.opened(ledger)
    for cells in typed:
        for number in numbers:
            sheet.type_in(number, **cells)
        assert sheet.send_and_agree()["figures"]["refused"] == 0
    return sheet


def awaiting_cheques(ledger: Ledger, numbers: list[str]) -> InvoicesSheet:
    """Return the sheet after $80.00 was agreed for each of these invoices."""
    return driven(ledger, numbers, SEND, AGREE)

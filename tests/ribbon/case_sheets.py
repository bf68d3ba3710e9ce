"""A Cases sheet in somebody's hands: opened, typed into, sent, and changed by what comes back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from server.billing.days import serial_of
from server.billing.people import LOCAL_PERSON, Person
from server.ledger.store import Ledger
from server.sheets import cell_addresses
from server.sheets.invoices.tables import CASES
from server.sheets.sheet import Cell
from tests.ribbon.clicks import a_click, offered, pressed
from tests.ribbon.invoice_sheets import output_of
from tests.sheets.workbooks import sheets_of


class CasesSheet:
    """The sheet as rows of cells. A row is known by its patient."""

    def __init__(self, ledger: Ledger, rows: list[list[Cell]]) -> None:
        self.ledger = ledger
        self.rows = rows

    @classmethod
    def opened(cls, ledger: Ledger, **inputs: str) -> "CasesSheet":
        """Return the sheet as Case list writes it."""
        reply = pressed(ledger, "cases.open", a_click(inputs=inputs))
        (sheet,) = sheets_of(output_of(ledger, reply))
        return cls(ledger, [list(row) for row in zip(*sheet.columns, strict=True)])

    def row(self, patient: str) -> int:
        """Return Excel's number of the row of a patient."""
        return [row[1] for row in self.rows].index(patient) + 1

    def type_in(self, patient: str, cells: Mapping[str, Cell | date]) -> None:
        """Type into the row of a patient, by headings."""
        for title, value in cells.items():
            typed = serial_of(value) if isinstance(value, date) else value
            self.rows[self.row(patient) - 1][self.rows[0].index(title)] = typed

    def shown(self, patient: str, title: str) -> Cell:
        """Return a cell of a row."""
        return self.rows[self.row(patient) - 1][self.rows[0].index(title)]

    def click(self, **inputs: str) -> dict[str, Any]:
        """Return a click with the sheet as it is now."""
        columns = [list(column) for column in zip(*self.rows, strict=True)]
        return a_click(sheets=[{"name": CASES.name, "columns": columns}], inputs=inputs)

    def send(self, person: Person = LOCAL_PERSON, **inputs: str) -> dict[str, Any]:
        """Press Save cases, and change the sheet as the reply says."""
        reply = pressed(self.ledger, "cases.save", self.click(**inputs), person)
        for edit in reply["edits"]:
            for area in edit["range"].split(","):
                self._write(area, edit["values"])
        return reply

    def send_and_agree(self) -> dict[str, Any]:
        """Press Save cases, and agree to what is shown."""
        return self.send(apply=offered(self.send()))

    def _write(self, area: str, values: list[list[Cell]] | None) -> None:
        left, top, right, bottom = cell_addresses.bounds(area)
        for row in range(top, bottom + 1) if values else ():
            assert values
            self.rows[row - 1][left : right + 1] = values[row - top]

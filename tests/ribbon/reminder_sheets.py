"""A Reminders sheet in somebody's hands: listed, typed into, sent, and changed by what comes back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from server.billing.days import serial_of
from server.billing.people import LOCAL_PERSON, Person
from server.ledger.store import Ledger
from server.sheets import cell_addresses
from server.sheets.receivables.tables import REMINDERS, SUBJECT
from server.sheets.sheet import Cell
from tests.ribbon.clicks import a_click, pressed
from tests.ribbon.invoice_sheets import output_of
from tests.sheets.workbooks import sheets_of


class RemindersSheet:
    """The sheet as rows of cells. A row is known by its subject."""

    def __init__(self, ledger: Ledger, rows: list[list[Cell]]) -> None:
        self.ledger = ledger
        self.rows = rows

    @classmethod
    def listed(cls, ledger: Ledger, **inputs: str) -> "RemindersSheet":
        """Return the sheet as Due today writes it, with the headings alone if nothing is due."""
        reply = pressed(ledger, "reminders.today", a_click(inputs=inputs))
        (sheet,) = sheets_of(output_of(ledger, reply))
        return cls(ledger, [list(row) for row in zip(*sheet.columns, strict=True)])

    @property
    def subjects(self) -> list[Cell]:
        """Return what the rows are about, in their order."""
        return [row[self.rows[0].index(SUBJECT)] for row in self.rows[1:]]

    def type_in(self, subject: str, cells: Mapping[str, Cell | date]) -> None:
        """Type into the first row about a subject, by headings."""
        self._write_cells(self.rows[self.subjects.index(subject) + 1], cells)

    def add_row(self, cells: Mapping[str, Cell | date]) -> None:
        """Type a row below the others."""
        self.rows.append([None] * len(self.rows[0]))
        self._write_cells(self.rows[-1], cells)

    def shown(self, subject: str, title: str) -> Cell:
        """Return a cell of the first row about a subject."""
        return self.rows[self.subjects.index(subject) + 1][self.rows[0].index(title)]

    def click(self, clinic: str = "lakeside", **inputs: str) -> dict[str, Any]:
        """Return a click with the sheet as it is now."""
        columns = [list(column) for column in zip(*self.rows, strict=True)]
        sheets = [{"name": REMINDERS.name, "columns": columns}]
        return a_click(clinic=clinic, sheets=sheets, inputs=inputs)

    def send(self, person: Person = LOCAL_PERSON, clinic: str = "lakeside", **inputs: str) -> dict[str, Any]:
        """Press Save reminders, and change the sheet as the reply says."""
        reply = pressed(self.ledger, "reminders.save", self.click(clinic, **inputs), person)
        for edit in reply["edits"]:
            for area in edit["range"].split(","):
                self._write_area(area, edit["values"])
        return reply

    def _write_cells(self, row: list[Cell], cells: Mapping[str, Cell | date]) -> None:
        for title, value in cells.items():
            row[self.rows[0].index(title)] = serial_of(value) if isinstance(value, date) else value

    def _write_area(self, area: str, values: list[list[Cell]] | None) -> None:
        left, top, right, bottom = cell_addresses.bounds(area)
        for row in range(top, bottom + 1) if values else ():
            assert values
            self.rows[row - 1][left : right + 1] = values[row - top]

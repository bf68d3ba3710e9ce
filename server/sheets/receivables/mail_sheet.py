"""The Mail sheet: every mail that would go out to payers, with its whole text, and the payers that get none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from server.billing.clinics import Clinic
from server.sheets.sheet_table import Heading, Kind, SheetTable
from server.sheets.xlsx.column_xml import CellWriter, Column
from server.sheets.xlsx.style import COUNT, MONEY, TEXT, WRAPPED, Look
from server.sheets.xlsx.table_sheet import Banner, add_list, heights_of_rows
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

MAIL = SheetTable(
    "Mail",
    (
        Heading("Payer", 30),
        Heading("Send to", 32),
        Heading("Copies", 26),
        Heading("Level", 8, Kind.NUMBER),
        Heading("Invoices", 10, Kind.NUMBER),
        Heading("Amount", 14, Kind.MONEY),
        Heading("Message", 112),
    ),
)

_KIND = "mail"
_NOTE = "Each mail as it would go out. Nothing was sent. Press Mail reminders again to send."


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail, or a payer that gets none. ``message`` is the subject and the text, or the reason; ``level`` 0 stands for none."""

    payer: str
    address: str
    copies_to: str
    level: int
    invoices: int
    amount_cents: int
    message: str


def write_mail_sheet(clinic: Clinic, rows: Sequence[MailRow], date_system: int) -> bytes:
    """Return an .xlsx workbook of one sheet. A message has a row for each of its lines, so that all of it can be read.

    The first line of a message is its subject, in bold. A line below its last row ends it.
    """
    builder = WorkbookBuilder(_KIND, clinic.name, MAIL.name, date_system)
    lines = list(_lines_of(rows))
    columns = [
        _column_of(builder.writer, [(line.cells[place], line.is_first, line.is_last) for line in lines], look)
        for place, look in enumerate((TEXT, TEXT, TEXT, COUNT, COUNT, MONEY, WRAPPED))
    ]
    messages = pd.Series([line.cells[-1] for line in lines], dtype=object)
    sheet = add_list(
        builder,
        MAIL,
        columns,
        clinic.name,
        banner=Banner("Mail to payers", clinic.name, _NOTE),
        attributes=heights_of_rows(MAIL, {"Message": messages}),
    )
    sheet.freeze_panes = f"B{Banner.ROWS + 2}"
    return builder.to_bytes()


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the sheet: the cells, and whether it is the first or the last one of its message."""

    cells: tuple[str | int | None, ...]
    is_first: bool
    is_last: bool


def _lines_of(rows: Sequence[MailRow]) -> Iterator[_Line]:
    for row in rows:
        lines = row.message.rstrip("\n").split("\n")
        about = (row.payer, row.address, row.copies_to, row.level or None, row.invoices, row.amount_cents)
        for place, line in enumerate(lines):
            cells = (*about, line) if place == 0 else (None, None, None, None, None, None, line)
            yield _Line(cells, place == 0, place == len(lines) - 1)


_LineCell = tuple[str | int | None, bool, bool]
"""The value of a cell, and whether its row is the first or the last one of its message."""


def _column_of(writer: CellWriter, values: Sequence[_LineCell], look: Look) -> Column:
    """Return a column in which only the last row of a message has a line below, and the first row is bold."""
    looks = {
        (is_first, is_last): replace(look, bold=is_first, rule="hair" if is_last else "")
        for is_first in (True, False)
        for is_last in (True, False)
    }

    def cell(value: _LineCell) -> str:
        shown, is_first, is_last = value
        its_look = looks[is_first, is_last]
        if isinstance(shown, int):
            return writer.number(shown, its_look)
        return writer.text(shown, its_look) if shown else writer.blank(its_look)

    return writer.cells(pd.Series(values, dtype=object), cell, look)

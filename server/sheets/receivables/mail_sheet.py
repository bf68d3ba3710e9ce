"""The Mail sheet: every mail that would go out to payers, with its whole text, and the payers that get none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from server.billing.clinics import Clinic
from server.sheets.sheet_table import Heading, Kind, SheetTable
from server.sheets.xlsx.column_xml import CellWriter, Column
from server.sheets.xlsx.style import CAUTION_TINT, COUNT, MONEY, TEXT, TINT, WHITE
from server.sheets.xlsx.table_sheet import add_list, heights_of_rows
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
        Heading("Message", 104),
    ),
)

_KIND = "mail"

_LOOKS = {Kind.TEXT: TEXT, Kind.NUMBER: COUNT, Kind.MONEY: MONEY}
_WRAPPED = {"Copies", "Message"}
"""The headings whose texts may be longer than their column is wide."""


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

    The first row of each mail has its payer and its subject, in bold on a tint. A payer that gets no mail has one row, in yellow.
    """
    builder = WorkbookBuilder(_KIND, clinic.name, MAIL.name, date_system)
    lines = list(_lines_of(rows))
    columns = [
        _column_of(builder.writer, heading, place, lines) for place, heading in enumerate(MAIL.headings)
    ]
    heights = heights_of_rows(
        MAIL,
        {
            heading.title: pd.Series([line.cells[place] for line in lines], dtype=object)
            for place, heading in enumerate(MAIL.headings)
            if heading.title in _WRAPPED
        },
    )
    sheet = add_list(builder, MAIL, columns, clinic.name, attributes=heights)
    sheet.freeze_panes = "B2"
    return builder.to_bytes()


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the sheet: one value for each heading, ``None`` for no number. ``kind`` is a place in the looks of a column."""

    cells: tuple[str | int | None, ...]
    kind: int


_TEXT, _FIRST, _NOT_MAILED = range(3)


def _lines_of(rows: Sequence[MailRow]) -> Iterator[_Line]:
    """Yield each row of the sheet."""
    for row in rows:
        first, *others = row.message.split("\n")
        about = (row.payer, row.address, row.copies_to, row.level or None, row.invoices, row.amount_cents)
        yield _Line((*about, first), _FIRST if row.level else _NOT_MAILED)
        yield from (_Line(("", "", "", None, None, None, line), _TEXT) for line in others)


def _column_of(write: CellWriter, heading: Heading, place: int, lines: Sequence[_Line]) -> Column:
    look = _LOOKS[heading.kind]
    look = replace(look, wrap=heading.title in _WRAPPED)
    looks = (
        replace(
            look, rule="", fill=WHITE
        ),  # a fill hides the stripes of the table, which would cut up a text
        replace(look, bold=True, fill=TINT),
        replace(look, fill=CAUTION_TINT),
    )

    def cell(one: tuple[str | int | None, int]) -> str:
        value, kind = one
        if isinstance(value, int):
            return write.number(value, looks[kind])
        return write.text(value or "", looks[kind])

    cells = pd.Series([(line.cells[place], line.kind) for line in lines], dtype=object)
    return write.cells(cells, cell, looks[_TEXT])

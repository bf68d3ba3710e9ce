"""The Mail sheet: every mail that would go out to payers, with its whole text, and the payers that get none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from server.billing.clinics import Clinic
from server.sheets.sheet_table import Heading, Kind, SheetTable
from server.sheets.xlsx.style import COUNT, MONEY, TEXT, WRAPPED
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
        Heading("Message", 96),
    ),
)

_KIND = "mail"


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
    """Return an .xlsx workbook of one sheet. A message has a row for each of its lines, so that all of it can be read."""
    builder = WorkbookBuilder(_KIND, clinic.name, MAIL.name, date_system)
    write, lines = builder.writer, list(_lines_of(rows))
    texts = {
        title: pd.Series([line[place] for line in lines], dtype=object)
        for place, title in enumerate(MAIL.titles)
    }
    columns = [
        *(write.texts(texts[title], TEXT) for title in ("Payer", "Send to", "Copies")),
        *(
            write.numbers(pd.Series(texts[title].tolist(), dtype="Int64"), look)
            for title, look in (("Level", COUNT), ("Invoices", COUNT), ("Amount", MONEY))
        ),
        write.texts(texts["Message"], WRAPPED),
    ]
    heights = heights_of_rows(MAIL, {"Message": texts["Message"]})
    sheet = add_list(builder, MAIL, columns, clinic.name, attributes=heights)
    sheet.freeze_panes = "B2"
    return builder.to_bytes()


def _lines_of(rows: Sequence[MailRow]) -> Iterator[tuple[object, ...]]:
    """Yield the cells of each row of the sheet."""
    for row in rows:
        first, *others = row.message.split("\n")
        about = (row.payer, row.address, row.copies_to, row.level or None, row.invoices, row.amount_cents)
        yield (*about, first)
        yield from (("", "", "", None, None, None, line) for line in others)

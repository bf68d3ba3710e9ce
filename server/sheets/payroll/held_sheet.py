"""The visits that wait for a later run, as a sheet beside the pay runs."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from server.billing.days import serial_of
from server.billing.payroll.held_visits import HeldVisit
from server.sheets import cell_addresses
from server.sheets.sheet_table import Heading, Kind, SheetTable
from server.sheets.xlsx.style import DAY, NUMBER, TEXT
from server.sheets.xlsx.table_sheet import add_list
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

HELD = SheetTable(
    "Held Visits",
    (
        Heading("Number", 12, Kind.NUMBER),
        Heading("Held by run", 30),
        Heading("Sheet", 20),
        Heading("Cell", 10),
        Heading("Appointment ID", 18),
        Heading("Date of service", 17, Kind.DATE),
        Heading("Provider", 28),
        Heading("Service", 16),
        Heading("What is wrong", 100),
    ),
)


def add_held(builder: WorkbookBuilder, held: Sequence[HeldVisit], head: str) -> None:
    """Add the sheet of held visits, if there are any."""
    if not held:
        return
    write = builder.writer
    rows = [visit.row for visit in held]

    def text_series(values: list[str]) -> pd.Series:
        return pd.Series(values, dtype=object)

    days = [serial_of(visit.day) if visit.day else None for visit in held]
    columns = [
        write.numbers(np.array([visit.id for visit in held], dtype=np.int64), NUMBER),
        write.texts(text_series([visit.run_id for visit in held]), TEXT),
        write.texts(text_series([visit.sheet for visit in held]), TEXT),
        write.texts(text_series([held_cell(visit) for visit in held]), TEXT),
        write.ids(text_series([row.appointment for row in rows]), TEXT),
        write.numbers(pd.Series(days, dtype="Int64"), DAY),
        write.texts(text_series([row.provider for row in rows]), TEXT),
        write.texts(text_series([row.service for row in rows]), TEXT),
        write.texts(text_series([row.problem for row in rows]), TEXT),
    ]
    add_list(builder, HELD, columns, head)


def held_cell(visit: HeldVisit) -> str:
    """Return the cell of a held visit's blocker, as it was in the log that blocked it."""
    return cell_addresses.cell(visit.row.column, visit.row.source_row)

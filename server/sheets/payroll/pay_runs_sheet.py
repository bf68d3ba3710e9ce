"""A clinic's pay runs as a sheet, the latest period first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from server.billing.clinics import Clinic
from server.billing.days import serial_of
from server.billing.payroll.held_visits import HeldVisit
from server.billing.payroll.pay_run import Period
from server.sheets import cell_addresses
from server.sheets.payroll.held_sheet import HELD, add_held
from server.sheets.sheet_table import Heading, Kind, SheetTable
from server.sheets.xlsx.column_xml import Column
from server.sheets.xlsx.style import COUNT, DAY, LINK, MONEY, MONEY_OR_DASH, TEXT
from server.sheets.xlsx.table_sheet import add_list
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

RUNS_KIND = "runs"
"""The mark of the sheet, so that the next list replaces it."""

RUNS = SheetTable(
    "Pay Runs",
    (
        Heading("Run", 30),
        Heading("First day", 14, Kind.DATE),
        Heading("Last day", 14, Kind.DATE),
        Heading("Pay date", 14, Kind.DATE),
        Heading("State", 12),
        Heading("Rows", 10, Kind.NUMBER),
        Heading("Paid", 10, Kind.NUMBER),
        Heading("Excluded", 10, Kind.NUMBER),
        Heading("Held", 10, Kind.NUMBER),
        Heading("Blocked", 10, Kind.NUMBER),
        Heading("Already paid", 13, Kind.NUMBER),
        Heading("Pay", 15, Kind.MONEY),
        Heading("Adjustments", 15, Kind.MONEY),
        Heading("Pay plans", 13, Kind.MONEY),
        Heading("Pay items", 13, Kind.MONEY),
        Heading("Payments", 13, Kind.MONEY),
        Heading("Carried", 13, Kind.MONEY),
        Heading("Total", 15, Kind.MONEY),
        Heading("Approved on", 15, Kind.DATE),
        Heading("Approved by", 18),
        Heading("Remark", 40),
    ),
)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One pay run as the sheet shows it."""

    run: str
    period: Period
    pay_date: date | None
    state: str
    counts: tuple[int, int, int, int, int, int]
    """Rows, paid, excluded, held, blocked, already paid."""
    pay_cents: tuple[int, int, int, int, int, int]
    """The pay of the period's visits, the adjustments, the plan lines, the pay items, the payments, and what is carried in less what
    is carried to the next run.
    """
    approved: tuple[date | None, str]
    """The day on which it was approved, and by whom; ``None`` and "" if it never was."""
    remark: str
    waiting: int = 0
    """Visits that it held and that still wait. Then the remark is a link to the sheet of held visits."""


def write_runs(clinic: Clinic, runs: Sequence[RunRow], held: Sequence[HeldVisit], date_system: int) -> bytes:
    """Return the runs as an .xlsx workbook, with a second sheet of the visits that are held, if there are any."""
    builder = WorkbookBuilder(RUNS_KIND, clinic.name, "Pay runs", date_system)
    write = builder.writer
    counts = np.array([run.counts for run in runs], dtype=np.int64).reshape(len(runs), 6)
    pay = np.array([run.pay_cents for run in runs], dtype=np.int64).reshape(len(runs), 6)

    leads = np.array([bool(run.waiting and held) for run in runs], dtype=np.int64)

    def text_series(values: list[str]) -> pd.Series:
        return pd.Series(values, dtype=object)

    def days(values: list[date | None]) -> Column:
        serials = [serial_of(day) if day else None for day in values]
        return write.numbers(pd.Series(serials, dtype="Int64"), DAY)

    columns = [
        write.texts(text_series([run.run for run in runs]), TEXT),
        days([run.period.first for run in runs]),
        days([run.period.last for run in runs]),
        days([run.pay_date for run in runs]),
        write.texts(text_series([run.state for run in runs]), TEXT),
        *(write.numbers(counts[:, place], COUNT) for place in range(6)),
        write.numbers(pay[:, 0], MONEY),
        *(write.numbers(pay[:, place], MONEY_OR_DASH) for place in range(1, 6)),
        write.numbers(pay.sum(axis=1), MONEY),
        days([run.approved[0] for run in runs]),
        write.texts(text_series([run.approved[1] for run in runs]), TEXT),
        write.ids_in(text_series([run.remark for run in runs]), (TEXT, LINK), leads),
    ]
    sheet = add_list(builder, RUNS, columns, clinic.name)
    remarks = RUNS.position("Remark")
    builder.link_cells(
        sheet,
        {
            cell_addresses.cell(remarks, 2 + place): cell_addresses.link_target(HELD.name, "A1")
            for place in np.flatnonzero(leads).tolist()
        },
    )
    add_held(builder, held, clinic.name)
    return builder.to_bytes()

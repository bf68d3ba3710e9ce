"""The payroll register as sheets: what a run hands over to each provider, and the contractors' totals of the year
(rule: pay-runs#register).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from server.billing.clinics import WorksAs
from server.billing.days import us
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.recorded_runs import RunState
from server.billing.payroll.register import PayRegister, RegisterRow, YearTotal, hundredths_of_hours
from server.sheets.sheet_table import Heading, Kind, SheetTable
from server.sheets.xlsx.column_xml import CellWriter, Column
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import COUNT, HOURS, MONEY, MONEY_OR_DASH, TEXT, Look, total_look
from server.sheets.xlsx.table_sheet import FIRST_ROW, Banner, add_list
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

REGISTER_KIND = "register"
"""The mark of the sheets, so that the next register replaces them."""

Value = str | int | None


@dataclass(frozen=True, slots=True)
class _Shown:
    """A column: its heading, its look, its value for a row, and whether it is added up below the table."""

    heading: Heading
    look: Look
    value: Callable[[RegisterRow], Value]
    is_added: bool = False


def _money(title: str, value: Callable[[RegisterRow], int | None], look: Look = MONEY_OR_DASH) -> _Shown:
    return _Shown(Heading(title, 15, Kind.MONEY), look, value, is_added=True)


_COLUMNS = (
    _Shown(Heading("Provider", 28), TEXT, lambda row: row.provider),
    _Shown(Heading("Provider ID", 13), TEXT, lambda row: row.provider_id),
    _Shown(Heading("Works as", 11), TEXT, lambda row: row.works_as),
    _Shown(Heading("Visits", 9, Kind.NUMBER), COUNT, lambda row: row.visits, is_added=True),
    _Shown(
        Heading("Hours", 11, Kind.NUMBER),
        HOURS,
        lambda row: None if row.minutes is None else hundredths_of_hours(row.minutes),
        is_added=True,
    ),
    _money("Pay", lambda row: row.paid_cents, MONEY),
    _money("Adjustments", lambda row: row.adjustment_cents),
    _money("Pay plans", lambda row: row.plans_cents),
    _money("Pay items", lambda row: row.items_cents),
    _money("Payments", lambda row: row.collections_cents),
    _money("Carried in", lambda row: row.carried_in_cents),
    _money("Carried out", lambda row: row.carried_out_cents),
    _money("Total to pay", lambda row: row.total_cents, MONEY),
    _money("Year to date", lambda row: row.year_to_date_cents, MONEY),
)

REGISTER = SheetTable("Payroll Register", tuple(shown.heading for shown in _COLUMNS))

_OF_YEAR: Sequence[tuple[Heading, Look, Callable[[YearTotal], Value]]] = (
    (Heading("Provider", 28), TEXT, lambda one: one.provider),
    (Heading("Provider ID", 13), TEXT, lambda one: one.provider_id),
    (Heading("Total paid", 15, Kind.MONEY), MONEY, lambda one: one.cents),
)

YEAR_TOTALS = SheetTable("1099 Totals", tuple(heading for heading, _, _ in _OF_YEAR))

ORDER = (WorksAs.EMPLOYEE.value, WorksAs.CONTRACTOR.value, "")
"""Employees first, then contractors, then people whom the setup no longer has."""


def write_register(register: PayRegister, date_system: int) -> tuple[bytes, list[str]]:
    """Return an .xlsx workbook of the register, and the names of its sheets."""
    run, clinic = register.stated.run, register.stated.clinic
    builder = WorkbookBuilder(REGISTER_KIND, clinic.name, f"Run {run.id}", date_system)
    head = f"{clinic.name} · {in_words(run.period)}"
    rows = sorted(register.rows, key=lambda row: ORDER.index(row.works_as))
    columns = [_column(builder.writer, one.look, list(map(one.value, rows))) for one in _COLUMNS]
    paid_on = f" Paid on {us(run.pay_date)}." if run.pay_date else ""
    add_list(
        builder,
        REGISTER,
        columns,
        head,
        state=register.stated.state_sentence,
        banner=Banner(clinic.name, f"Payroll register · {in_words(run.period)}", f"Run {run.id}.{paid_on}"),
        closing=b"".join(_total_rows(builder, rows)),
    )
    names = [REGISTER.name]
    if register.year_totals and register.stated.history:
        _add_year_totals(builder, register, register.stated.history.year)
        names.append(YEAR_TOTALS.name)
    return builder.to_bytes(), names


def _add_year_totals(builder: WorkbookBuilder, register: PayRegister, year: int) -> None:
    clinic, totals = register.stated.clinic, register.year_totals
    columns = [_column(builder.writer, look, list(map(value, totals))) for _, look, value in _OF_YEAR]
    is_draft = register.stated.run.state is RunState.DRAFT
    through = "approved runs and this draft" if is_draft else "approved runs up to this one"
    add_list(
        builder,
        YEAR_TOTALS,
        columns,
        f"{clinic.name} · {year}",
        state=register.stated.state_sentence,
        banner=Banner(clinic.name, f"Contractors (1099) · {year}", f"What {through} of {year} handed over."),
    )


def _total_rows(builder: WorkbookBuilder, rows: Sequence[RegisterRow]) -> Iterator[bytes]:
    """Yield a row of sums for each way of working, and one for everybody."""
    names: Mapping[str, str] = {"": "Total of others"} | {kind: f"Total {kind}" for kind in WorksAs}
    parts = [(names[kind], [row for row in rows if row.works_as == kind]) for kind in ORDER]
    sums = [(name, part) for name, part in parts if part]
    if len(sums) > 1:
        sums.append(("Total", list(rows)))
    for place, (name, part) in enumerate(sums):
        grid = Grid(builder.writer)
        for column, shown in enumerate(_COLUMNS, 1):
            value: Value = (
                name if column == 1 else _sum_of(map(shown.value, part)) if shown.is_added else None
            )
            grid.put(Banner.ROWS + FIRST_ROW + len(rows) + place, column, value, total_look(shown.look))
        yield grid.xml()


def _sum_of(values: Iterator[Value]) -> int | None:
    known = [value for value in values if isinstance(value, int)]
    return sum(known) if known else None


def _column(write: CellWriter, look: Look, values: Sequence[Value]) -> Column:
    if look is TEXT:
        return write.texts(pd.Series(values, dtype=object), look)
    return write.numbers(pd.Series(values, dtype="Int64"), look)

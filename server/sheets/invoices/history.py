"""The Invoice History sheet: every step of some invoices, and the amounts after each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd
from openpyxl.formatting.rule import Rule
from openpyxl.styles.differential import DifferentialStyle

from server.billing.clinics import Clinic
from server.billing.days import serial_of, us
from server.billing.invoices.invoice import Action, Field, Invoice, Step
from server.billing.invoices.line_edits import is_bilateral
from server.billing.money import dollars
from server.sheets.sheet_table import Heading, Kind, SheetTable
from server.sheets.xlsx.column_xml import CellWriter, Column
from server.sheets.xlsx.style import (
    COUNT,
    DAY,
    MOMENT,
    MONEY,
    MONEY_OR_DASH,
    TEXT,
    WRAPPED,
    Look,
    border_above,
)
from server.sheets.xlsx.table_sheet import FIRST_ROW, add_list, list_area
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

HISTORY = SheetTable(
    "Invoice History",
    (
        Heading("Invoice", 14),
        Heading("Step", 8, Kind.NUMBER),
        Heading("Recorded", 21, Kind.DATE),
        Heading("Who", 12),
        Heading("Action", 15),
        Heading("Day", 13, Kind.DATE),
        Heading("From", 18),
        Heading("To", 18),
        Heading(Field.AMOUNT_CENTS, 13, Kind.MONEY),
        Heading("By", 24),
        Heading(Field.NOTE, 54),
        Heading(Field.CHEQUE_NUMBER, 15),
        Heading(Field.CHEQUE_CENTS, 15, Kind.MONEY),
        Heading(Field.CHEQUE_DATE, 13, Kind.DATE),
        Heading(Field.RECEIVED_DATE, 14, Kind.DATE),
        Heading(Field.EXCEPTION, 18),
        Heading(Field.CREDIT_INVOICE, 15),
        Heading(Field.DOCUMENT, 34),
        Heading(Field.LINES, 44),
        Heading("Takes back", 20),
        Heading("Billed", 13, Kind.MONEY),
        Heading("Agreed", 13, Kind.MONEY),
        Heading("Collected", 13, Kind.MONEY),
        Heading("Written off", 13, Kind.MONEY),
        Heading("Balance", 13, Kind.MONEY),
        Heading(Field.UNAPPLIED_CENTS, 13, Kind.MONEY),
    ),
)
"""``History`` alone is a name that Excel keeps for itself."""

_KIND = "invoice-history"
_DAY = timedelta(days=1)
_MILLION: int = 10**MOMENT.places


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of an invoice: who recorded it, the local time, and the invoice after it.

    ``by`` is the party that offered or paid, ``document`` the name of the document, "" if there is none.
    ``taken_back`` are the steps that it reverses.
    """

    step: Step
    who: str
    when: datetime
    after: Invoice
    by: str = ""
    document: str = ""
    taken_back: tuple[Step, ...] = ()


Shown = str | int | None
"""Text, or cents, or a serial day; a moment is a serial in millionths of a day."""


def write_history(clinic: Clinic, rows: Sequence[StepRow], date_system: int) -> bytes:
    """Return an .xlsx workbook of one sheet: the steps in the given order."""
    builder = WorkbookBuilder(_KIND, clinic.name, HISTORY.name, date_system)
    sheet = add_list(builder, HISTORY, list(_step_columns(builder.writer, rows)), clinic.name)
    sheet.freeze_panes, sheet.print_title_cols = "C2", "A:B"
    sheet.page_setup.fitToWidth = 2  # the left page shows what happened, the right one cheques and amounts
    # A conditional format draws a line where the next invoice begins, so it stays right after sorting.
    line = DifferentialStyle(border=border_above("hair"))
    everywhere = list_area(0, len(HISTORY.headings) - 1, FIRST_ROW + len(rows) - 1)
    sheet.conditional_formatting.add(everywhere, Rule("expression", formula=["$A2<>$A1"], dxf=line))
    return builder.to_bytes()


def _step_columns(write: CellWriter, rows: Sequence[StepRow]) -> Iterable[Column]:
    for heading in HISTORY.headings:
        shown, look = _SHOWN[heading.title]
        values = [shown(row) for row in rows]
        if heading.kind is Kind.TEXT:
            yield write.texts(pd.Series(values, dtype=object), look)
        else:
            yield write.numbers(pd.Series(values, dtype="Int64"), look)


def _moment_serial(when: datetime) -> int:
    """Return a local time as a serial, rounded up: slightly below the minute, Excel would show the minute before."""
    clock = timedelta(hours=when.hour, minutes=when.minute, seconds=when.second)
    return serial_of(when.date()) * _MILLION - (-clock * _MILLION // _DAY)


def _day_serial(day: date | None) -> int | None:
    return serial_of(day) if day else None


def _state_before(row: StepRow) -> str:
    """Return the state that a step left; "" for the first step, because there was no invoice before it."""
    return "" if row.step.action is Action.CREATE else row.step.from_state.label


def _note_text(row: StepRow) -> str:
    """Return the note, after the day a reminder is due."""
    request = row.step.request
    return f"Due {us(request.due_date)}: {request.note}" if request.due_date else request.note


def _lines_text(row: StepRow) -> str:
    """Return the lines that a step bills, one below the other: ``EX-101: 2 x $100.00 = $200.00``."""
    return "\n".join(
        f"{line.code}: {line.units:,} x {dollars(line.unit_price_cents)}"
        f"{' both sides' if is_bilateral(line) else ''} = {dollars(line.total_cents)}"
        for line in row.step.request.lines
    )


def _steps_reversed(row: StepRow) -> str:
    return "; ".join(f"{step.place} {step.action}" for step in row.taken_back)


_SHOWN: dict[str, tuple[Callable[[StepRow], Shown], Look]] = {
    "Invoice": (lambda row: row.step.number, TEXT),
    "Step": (lambda row: row.step.place, COUNT),
    "Recorded": (lambda row: _moment_serial(row.when), MOMENT),
    "Who": (lambda row: row.who, TEXT),
    "Action": (lambda row: row.step.action.value, TEXT),
    "Day": (lambda row: serial_of(row.step.day), DAY),
    "From": (_state_before, TEXT),
    "To": (lambda row: row.step.to_state.label, TEXT),
    Field.AMOUNT_CENTS: (lambda row: row.step.request.amount_cents, MONEY),
    "By": (lambda row: row.by, TEXT),
    Field.CHEQUE_NUMBER: (lambda row: row.step.request.cheque_number, TEXT),
    Field.CHEQUE_CENTS: (
        lambda row: cheque.amount_cents if (cheque := row.step.request.cheque) else None,
        MONEY,
    ),
    Field.CHEQUE_DATE: (lambda row: _day_serial(row.step.request.cheque_date), DAY),
    Field.RECEIVED_DATE: (lambda row: _day_serial(row.step.request.received_date), DAY),
    Field.EXCEPTION: (lambda row: row.step.request.exception or "", TEXT),
    Field.CREDIT_INVOICE: (lambda row: row.step.request.credit_invoice, TEXT),
    Field.NOTE: (_note_text, WRAPPED),
    Field.DOCUMENT: (lambda row: row.document, WRAPPED),
    Field.LINES: (_lines_text, WRAPPED),
    "Takes back": (_steps_reversed, WRAPPED),
    "Billed": (lambda row: row.after.billed_cents, MONEY),
    "Agreed": (lambda row: row.after.agreed_cents, MONEY),
    "Collected": (lambda row: row.after.collected_cents, MONEY_OR_DASH),
    "Written off": (lambda row: row.after.written_off_cents, MONEY_OR_DASH),
    "Balance": (lambda row: row.after.balance_cents, MONEY_OR_DASH),
    Field.UNAPPLIED_CENTS: (lambda row: row.after.unapplied_cents, MONEY_OR_DASH),
}
"""The value and the look of the cells under each heading."""

"""The Reminders sheet: what is due, with columns to say that it is done or put off (rule: receivables#reminders)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.clinics import Clinic
from server.billing.days import serial_of
from server.billing.receivables.reminders import Reminder
from server.sheets import cell_addresses
from server.sheets.invoices.cell_looks import RESULT_LOOK, SHOWN_LOOKS, TYPED_LOOKS
from server.sheets.invoices.data_validation import watch_columns
from server.sheets.invoices.tables import RESULT, ROW_KEY, ROW_VERSION
from server.sheets.receivables.tables import (
    BALANCE,
    CASE,
    DAYS_WAITING,
    DETAILS,
    DUE,
    FOR_WHOM,
    FROM,
    KEYED_REMINDERS,
    PATIENT,
    REMINDERS,
    SUBJECT,
    TYPED_IN_REMINDERS,
    WHAT_TO_DO,
)
from server.sheets.sheet_table import Heading, Kind
from server.sheets.xlsx.column_xml import CellWriter, Column
from server.sheets.xlsx.style import ACCENT, NOTE
from server.sheets.xlsx.table_sheet import FIRST_ROW, add_list, heights_of_rows
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

KIND_OF_SHEET = "reminders"
"""The mark of the sheet: Due today replaces a sheet that has it."""

ROOM_TO_TYPE = 200
"""So many empty rows below the reminders have the dropdowns, too, for rows that staff add."""

Value = str | int | date | None


def reminder_cells(reminder: Reminder, today: date) -> dict[str, Value]:
    """Return what the row of a reminder shows, by heading, with its hidden key and version. Amounts are cents."""
    return {
        DUE: reminder.due_on,
        DAYS_WAITING: max((today - reminder.due_on).days, 0),
        SUBJECT: reminder.subject,
        PATIENT: reminder.patient,
        WHAT_TO_DO: reminder.action,
        DETAILS: reminder.note,
        FOR_WHOM: reminder.for_whom,
        FROM: reminder.asked_by,
        CASE: reminder.case,
        BALANCE: reminder.balance_cents,
        ROW_KEY: reminder.key,
        ROW_VERSION: reminder.version,
    }


def write_reminders(clinic: Clinic, reminders: Sequence[Reminder], today: date, date_system: int) -> bytes:
    """Return an .xlsx workbook of one sheet: the reminders in the given order. Days waiting are counted to ``today``."""
    builder = WorkbookBuilder(KIND_OF_SHEET, clinic.name, REMINDERS.name, date_system)
    cells = [reminder_cells(one, today) for one in reminders]
    columns = [_column_of(builder.writer, heading, cells) for heading in KEYED_REMINDERS.headings]
    heights = heights_of_rows(REMINDERS, {title: _texts(cells, title) for title in (DETAILS, WHAT_TO_DO)})
    sheet = add_list(builder, KEYED_REMINDERS, columns, clinic.name, ACCENT, attributes=heights)
    _lay_out(sheet)
    last = FIRST_ROW + max(len(reminders), 1) - 1 + ROOM_TO_TYPE
    watch_columns(sheet, REMINDERS, last, date_system, TYPED_IN_REMINDERS)
    return builder.to_bytes()


def _column_of(write: CellWriter, heading: Heading, rows: Sequence[Mapping[str, Value]]) -> Column:
    title = heading.title
    if title == ROW_KEY:
        return write.ids(_texts(rows, title), NOTE)
    if title == ROW_VERSION:
        return write.numbers(pd.Series([row[title] for row in rows], dtype="Int64"), SHOWN_LOOKS[Kind.NUMBER])
    if title == RESULT:
        return write.texts(_texts(rows, title), RESULT_LOOK)
    look = (TYPED_LOOKS if title in TYPED_IN_REMINDERS else SHOWN_LOOKS)[heading.kind]
    if heading.kind is Kind.TEXT:
        is_wrapped = title in {DETAILS, WHAT_TO_DO}
        return write.texts(_texts(rows, title), replace(look, wrap=is_wrapped, bold=title == SUBJECT))
    values = [_number_of(row.get(title)) for row in rows]
    return write.numbers(pd.Series(values, dtype="Int64"), look)


def _texts(rows: Sequence[Mapping[str, Value]], title: str) -> pd.Series:
    return pd.Series([row.get(title) or "" for row in rows], dtype=object)


def _number_of(value: Value) -> int | None:
    if isinstance(value, date):
        return serial_of(value)
    return value if isinstance(value, int) else None


def _lay_out(sheet: Worksheet) -> None:
    """Hide the keys, and freeze the headings and whom a row is about."""
    for place in range(len(REMINDERS.headings), len(KEYED_REMINDERS.headings)):
        sheet.column_dimensions[cell_addresses.letter(place)].hidden = True
    sheet.freeze_panes = cell_addresses.cell(REMINDERS.position(WHAT_TO_DO), FIRST_ROW)

"""The Reminders sheet: what is due today, and what each is about."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

import pandas as pd

from server.billing.clinics import Clinic
from server.billing.days import serial_of
from server.billing.receivables.reminders import Reminder
from server.sheets.tables import Heading, Kind, SheetTable
from server.sheets.xlsx.column_xml import CellWriter, Column
from server.sheets.xlsx.style import COUNT, DAY, TEXT, WRAPPED, Look
from server.sheets.xlsx.table_sheet import add_list, heights_of_rows
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

REMINDERS = SheetTable(
    "Reminders",
    (
        Heading("Due", 13, Kind.DATE),
        Heading("Days waiting", 13, Kind.NUMBER),
        Heading("Subject", 18),
        Heading("What to do", 28),
        Heading("Note", 60),
        Heading("From", 24),
        Heading("Patient", 24),
        Heading("Case", 18),
    ),
)

_KIND = "reminders"


def write_reminders(clinic: Clinic, reminders: Sequence[Reminder], today: date, date_system: int) -> bytes:
    """Return an .xlsx workbook of one sheet: the reminders in the given order. ``today`` is the day they are due on."""
    builder = WorkbookBuilder(_KIND, clinic.name, REMINDERS.name, date_system)
    columns = list(_reminder_columns(builder.writer, reminders, today))
    heights = heights_of_rows(REMINDERS, {"Note": _texts(one.note for one in reminders)})
    sheet = add_list(builder, REMINDERS, columns, clinic.name, attributes=heights)
    sheet.freeze_panes = "D2"
    return builder.to_bytes()


def _reminder_columns(write: CellWriter, reminders: Sequence[Reminder], today: date) -> Iterator[Column]:
    shown: dict[str, tuple[Callable[[Reminder], str | int], Look]] = {
        "Due": (lambda one: serial_of(one.due_on), DAY),
        "Days waiting": (lambda one: (today - one.due_on).days, COUNT),
        "Subject": (lambda one: one.subject, TEXT),
        "What to do": (lambda one: one.kind.action, TEXT),
        "Note": (lambda one: one.note, WRAPPED),
        "From": (lambda one: one.asked_by, TEXT),
        "Patient": (lambda one: one.patient, TEXT),
        "Case": (lambda one: one.case, TEXT),
    }
    for heading in REMINDERS.headings:
        value, look = shown[heading.title]
        values = [value(one) for one in reminders]
        if heading.kind is Kind.TEXT:
            yield write.texts(_texts(values), look)
        else:
            yield write.numbers(pd.Series(values, dtype="Int64"), look)


def _texts(values: Iterable[object]) -> pd.Series:
    return pd.Series(list(values), dtype=object)

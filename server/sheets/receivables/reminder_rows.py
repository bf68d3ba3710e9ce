"""Reads the Reminders sheet that staff send back: what they decided row by row, and the rows that they added."""

from dataclasses import dataclass

from server.billing.money import THOUSAND
from server.billing.receivables.reminder_decisions import Decision, ReminderEdit, WishedReminder
from server.errors import Finding
from server.sheets.cells import Unreadable, text_of, thousandths_of
from server.sheets.invoices.rows_sent_back import RowsSentBack
from server.sheets.invoices.tables import RESULT, ROW_KEY, ROW_VERSION
from server.sheets.receivables.tables import (
    CASE,
    DECISION,
    DETAILS,
    DUE,
    FOR_WHOM,
    KEYED_REMINDERS,
    NOTE,
    PATIENT,
    SUBJECT,
    UNTIL,
    WHAT_TO_DO,
)
from server.sheets.sheet import Sheet
from server.sheets.typed_rows import Row, header_of, places_of, rows_of

INVOICE_PREFIX = "INV-"


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """One row of a Reminders sheet. ``number`` is Excel's. ``key`` is "" if somebody added the row.

    ``edit`` is what was decided, ``wished`` what is to be added; both ``None`` if the row asks for nothing, or cannot be read.
    """

    number: int
    key: str
    subject: str
    patient: str
    result: str
    edit: ReminderEdit | None = None
    wished: WishedReminder | None = None
    readable: bool = True

    @property
    def is_sent(self) -> bool:
        """Return whether the row asks for something."""
        return not self.readable or self.edit is not None or self.wished is not None


class ReminderRows(RowsSentBack[ReminderRow]):
    """The content of the Reminders sheet."""

    __slots__ = ()

    @property
    def sent_rows(self) -> list[ReminderRow]:
        """Return the rows that ask for something."""
        return [row for row in self.rows if row.is_sent]


def read_reminders(sheet: Sheet) -> ReminderRows:
    """Read a Reminders sheet."""
    findings: list[Finding] = []
    rows = rows_of(KEYED_REMINDERS, sheet, findings)
    places = places_of(KEYED_REMINDERS, sheet, header_of(KEYED_REMINDERS, sheet), [])
    columns = {title: sheet.left + place for title, place in places.items()}
    if findings:
        return ReminderRows(sheet.name, columns, (), findings, usable=False)
    read = [_read_row(row) for row in rows if not _is_only_result(row)]
    return ReminderRows(sheet.name, columns, read, findings, sheet.hidden_rows)


def _is_only_result(row: Row) -> bool:
    """Return whether nothing but an old result is left of a row."""
    return not any(
        text_of(row.cell(title)) for title in (ROW_KEY, DUE, SUBJECT, WHAT_TO_DO, DECISION, UNTIL, NOTE)
    )


def _read_row(row: Row) -> ReminderRow:
    key = text_of(row.cell(ROW_KEY))
    edit = _read_edit(row, key) if key else None
    wished = None if key else _read_wish(row)
    return ReminderRow(
        row.number,
        key,
        text_of(row.cell(SUBJECT)),
        text_of(row.cell(PATIENT)),
        text_of(row.cell(RESULT)),
        edit if row.usable else None,
        wished if row.usable else None,
        row.usable,
    )


def _read_edit(row: Row, key: str) -> ReminderEdit | None:
    """Return what was decided, ``None`` if the row is left as it is. A day or a note without an Action is a finding."""
    is_begun = bool(text_of(row.cell(UNTIL)) or text_of(row.cell(NOTE)))
    if not text_of(row.cell(DECISION)) and not is_begun:
        return None
    decision = row.choice(DECISION, Decision)
    until, note = row.day(UNTIL), row.text(NOTE)
    if decision is None or (decision is Decision.KEEP and until is None):
        return None
    return ReminderEdit(row.number, key, _shown_version(row), decision, until, note)


def _read_wish(row: Row) -> WishedReminder | None:
    """Return the reminder that a row without a key asks for, ``None`` if it has neither a day nor something to do.

    The subject is the number of an invoice, or the name of a case.
    """
    if not any(text_of(row.cell(title)) for title in (DUE, WHAT_TO_DO)):
        return None
    if row.text(DECISION):
        row.choice(DECISION, (Decision.KEEP,), Decision.KEEP)
    subject, note = row.text(SUBJECT), row.text(NOTE) or row.text(DETAILS)
    is_number = subject.upper().startswith(INVOICE_PREFIX)
    return WishedReminder(
        row.number,
        row.day(DUE),
        " ".join(row.text(WHAT_TO_DO).split()),
        note,
        row.text(FOR_WHOM),
        subject if is_number else "",
        None,
        "" if is_number else subject or row.text(CASE),
        row.text(PATIENT),
    )


def _shown_version(row: Row) -> int:
    """Return the version in a row; one that cannot be read is none that a reminder has, so that the row is stale."""
    try:
        version = thousandths_of(row.cell(ROW_VERSION))
    except Unreadable:
        version = None
    return -1 if version is None else version // THOUSAND

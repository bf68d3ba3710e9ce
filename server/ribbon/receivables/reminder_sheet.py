"""The Reminders sheet that a click sends, and the cells that show the result of each row in it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from server.billing.days import serial_of
from server.billing.names import fold
from server.billing.receivables.reminders import Reminder
from server.errors import Finding
from server.ribbon.context import ClickContext
from server.ribbon.invoices.cell_edits import Place, Value, fill_edits, value_edits
from server.ribbon.payroll.cell_colors import marks_of
from server.ribbon.protocol import Edit
from server.sheets.dates import OFFSET_1904, SINCE_1904
from server.sheets.invoices.tables import RESULT
from server.sheets.receivables.reminder_rows import ReminderRows, read_reminders
from server.sheets.receivables.reminders_sheet import reminder_cells
from server.sheets.receivables.tables import BALANCE, REMINDERS, TYPED_IN_REMINDERS
from server.sheets.xlsx.style import CALM_TINT, TINT, WHITE

_SHOWN = tuple(title for title in REMINDERS.titles if title not in {*TYPED_IN_REMINDERS, RESULT})


def reminder_sheet_sent(context: ClickContext) -> ReminderRows | None:
    """Return the Reminders sheet sent with the click, or ``None``."""
    for sheet in context.click.worksheets():
        if fold(sheet.name) == fold(REMINDERS.name):
            return read_reminders(sheet)
    return None


def result_edits(
    sheet: ReminderRows,
    messages: Mapping[int, str],
    findings: Sequence[Finding],
    recorded: Mapping[int, Reminder | None],
    context: ClickContext,
) -> list[Edit]:
    """Return the edits that show the result of each row, by Excel's row.

    The typed cells of ``recorded`` rows are emptied, and the others show the reminder as it is now, unless it is done.
    """
    outdated = [row.number for row in sheet.rows if row.result and row.number not in messages]
    texts: dict[int, str | None] = dict.fromkeys(outdated) | dict(messages)
    cells: dict[Place, Value] = {}
    for number, text in texts.items():
        cells |= dict.fromkeys(_places_of(sheet, [RESULT], [number]), text)
    cells |= dict.fromkeys(_places_of(sheet, TYPED_IN_REMINDERS, recorded))
    for number, reminder in recorded.items():
        shown = reminder_cells(reminder, context.today) if reminder else {}
        for title, value in shown.items():
            if title in sheet.places:
                cells[sheet.places[title], number] = _excel_value(title, value, context)
    return [
        *value_edits(sheet.name, cells),
        *fill_edits(sheet.name, _places_of(sheet, _SHOWN, texts), f"#{TINT}"),
        *fill_edits(sheet.name, _places_of(sheet, (*TYPED_IN_REMINDERS, RESULT), texts), f"#{WHITE}"),
        *fill_edits(sheet.name, _places_of(sheet, [RESULT], recorded), f"#{CALM_TINT}"),
        *marks_of(findings)[0],
    ]


def _excel_value(title: str, value: str | int | date | None, context: ClickContext) -> Value:
    """Return a value as Excel holds it: amounts in dollars, days as serial numbers, blank cells as ``None``."""
    if isinstance(value, date):
        return serial_of(value) - (OFFSET_1904 if context.click.workbook.date_system == SINCE_1904 else 0)
    if isinstance(value, int) and title == BALANCE:
        return value / 100
    return None if value == "" else value


def _places_of(sheet: ReminderRows, titles: Iterable[str], rows: Iterable[int]) -> list[Place]:
    columns = [sheet.places[title] for title in titles if title in sheet.places]
    return [(column, row) for row in rows for column in columns]

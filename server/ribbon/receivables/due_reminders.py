"""The button Due today: the Reminders sheet with everything that is due, and with columns to decide about it."""

from collections import Counter
from collections.abc import Sequence

from server.billing.receivables.reminders import Reminder, ReminderKind
from server.errors import MissingInput, SheetInTheWay, count_of
from server.operations.clinics import show_setup
from server.operations.reminders import MOST_AHEAD, list_due_reminders
from server.ribbon.context import ClickContext
from server.ribbon.list_refresh import reply_before_refresh
from server.ribbon.protocol import Reply
from server.ribbon.receivables.reminder_sheet import reminder_sheet_sent
from server.sheets.receivables.reminders_sheet import write_reminders
from server.sheets.receivables.tables import REMINDERS

DAYS, WHO = "days", "who"
SAVE_FIRST = "Press Save reminders to record them first."
HOW_TO_ADD = "You can type reminders of your own on the sheet, and press Save reminders."
HOW_TO_END = "Choose done or snooze under Action in the rows that you worked on, and press Save reminders. You can add rows of your own below."


def list_due(context: ClickContext) -> Reply:
    """Add the Reminders sheet to the workbook, with room to add rows also if nothing is due. Asks before it replaces unsaved entries."""
    ahead, who = days_ahead(context), context.click.answers().get(WHO, "")
    if reply := reply_before_refresh(context, REMINDERS.name, _count_unsaved(context), SAVE_FIRST):
        return reply
    clinic = show_setup(context.session).clinic
    due = list_due_reminders(context.session, ahead, who)
    when = _when_in_words(ahead, who)
    listed = f"{count_of(len(due), 'reminder')} due at {clinic.name} {when}. {HOW_TO_END}"
    workbook = write_reminders(clinic, due, context.today, context.click.workbook.date_system)
    return Reply(
        summary=listed if due else f"Nothing is due at {clinic.name} {when}. {HOW_TO_ADD}",
        figures=_figures(due),
        output=context.keep(workbook, [REMINDERS.name]),
        activate=REMINDERS.name,
    )


def days_ahead(context: ClickContext) -> int:
    """Return how many days ahead the person wants to look, 0 for today alone. Refuses what is no such number."""
    given = context.click.answers().get(DAYS, "")
    whole = given.removesuffix(".0")
    if not given:
        return 0
    if whole.isdecimal() and len(whole) <= len(str(MOST_AHEAD)) and int(whole) <= MOST_AHEAD:
        return int(whole)
    raise MissingInput(
        DAYS, f"“{given}” is no number of days.", f"Give “{DAYS}” as a whole number from 0 to {MOST_AHEAD}."
    )


def _figures(due: Sequence[Reminder]) -> dict[str, object]:
    counts = Counter(one.kind for one in due)
    typed = counts[ReminderKind.INVOICE] + counts[ReminderKind.CASE]
    return {
        "reminders": len(due),
        "status_requests": counts[ReminderKind.STATUS_REQUEST],
        "invoices": counts[ReminderKind.INVOICE],
        "suggestions": len(due) - counts[ReminderKind.STATUS_REQUEST] - typed,
        "kinds": {kind.value: count for kind, count in sorted(counts.items())},
    }


def _when_in_words(ahead: int, who: str) -> str:
    when = f"by {count_of(ahead, 'day')} from today" if ahead else "today"
    return f"{when} for {who}" if who else when


def _count_unsaved(context: ClickContext) -> int:
    """Return how many rows have something typed that is not saved. Refuses a sheet of this name that we did not write."""
    sheet = reminder_sheet_sent(context)
    if sheet and not sheet.is_ours:
        raise SheetInTheWay(sheet.name)
    return len(sheet.sent_rows) if sheet else 0

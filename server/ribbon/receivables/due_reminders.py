"""The button Due today: the Reminders sheet with everything that waits for somebody."""

from collections import Counter
from collections.abc import Sequence

from server.billing.receivables.reminders import Reminder, ReminderKind
from server.errors import count_of
from server.operations.clinics import show_setup
from server.operations.reminders import list_due_reminders
from server.ribbon.context import ClickContext
from server.ribbon.protocol import Reply
from server.sheets.receivables.reminders_sheet import REMINDERS, write_reminders

_NEXT_STEPS = {
    ReminderKind.STATUS_REQUEST: "Press Case list, tell the attorney how far the case has come, type yes under Status answered, and press Save cases.",
    ReminderKind.INVOICE: "The next step of an invoice on Update invoices ends its reminder.",
}


def list_due(context: ClickContext) -> Reply:
    """Add the Reminders sheet to the workbook, unless nothing is due."""
    clinic = show_setup(context.session).clinic
    due = list_due_reminders(context.session)
    counts = Counter(one.kind for one in due)
    figures = {
        "reminders": len(due),
        "status_requests": counts[ReminderKind.STATUS_REQUEST],
        "invoices": counts[ReminderKind.INVOICE],
    }
    if not due:
        return Reply(summary=f"Nothing is due at {clinic.name} today.", figures=figures)
    workbook = write_reminders(clinic, due, context.today, context.click.workbook.date_system)
    return Reply(
        summary=" ".join([f"{count_of(len(due), 'reminder')} due at {clinic.name}.", *_next_steps(due)]),
        figures=figures,
        output=context.keep(workbook, [REMINDERS.name]),
        activate=REMINDERS.name,
        next="cases.open" if counts[ReminderKind.STATUS_REQUEST] else "invoices.open",
    )


def _next_steps(due: Sequence[Reminder]) -> list[str]:
    kinds = {one.kind for one in due}
    return [sentence for kind, sentence in _NEXT_STEPS.items() if kind in kinds]

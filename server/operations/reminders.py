"""Reminders: what is due today (rule: receivables#reminders)."""

from server.billing.receivables.reminders import Reminder, due_reminders
from server.errors import count_of
from server.operations.operation import operation
from server.operations.session import Session


@operation()
def list_due_reminders(session: Session) -> list[Reminder]:
    """Return the reminders that are due, those that have waited longest first."""
    found = _due(session)
    session.record_view("list reminders", count_of(len(found), "reminder"))
    return found


@operation()
def count_due_reminders(session: Session) -> int:
    """Return how many reminders are due. That is no view of patient data."""
    return len(_due(session))


def _due(session: Session) -> list[Reminder]:
    with session.reading() as books:
        return due_reminders(books.reminders.open_reminders(), session.today)

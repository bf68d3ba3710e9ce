"""What somebody has to do from a day on: a reminder about an invoice, or about a case (rule: receivables#reminders)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ReminderKind(StrEnum):
    """Where a reminder comes from."""

    STATUS_REQUEST = "status request"
    """An attorney asks for the status of a case."""
    INVOICE = "invoice"
    """Somebody wants to be reminded of an invoice."""

    @property
    def action(self) -> str:
        """Return what is to be done."""
        return _ACTIONS[self]


_ACTIONS = {
    ReminderKind.STATUS_REQUEST: "Tell the attorney the status",
    ReminderKind.INVOICE: "Follow up on the invoice",
}


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder. ``due_on`` is a local day. ``invoice`` is the number of its invoice, "" for a reminder about a case.

    ``asked_by`` is who asked or wants to be reminded, ``note`` what that person wrote.
    """

    kind: ReminderKind
    due_on: date
    case_id: int
    case: str
    patient: str
    note: str
    asked_by: str
    invoice: str = ""

    @property
    def subject(self) -> str:
        """Return what it is about: the number of an invoice, or the name of a case."""
        return self.invoice or self.case


def due_reminders(reminders: Iterable[Reminder], today: date) -> list[Reminder]:
    """Return the reminders that are due, those that have waited longest first."""
    due = (one for one in reminders if one.due_on <= today)
    return sorted(due, key=lambda one: (one.due_on, one.case.casefold(), one.case_id, one.invoice))

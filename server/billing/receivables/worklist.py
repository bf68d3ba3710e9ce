"""Everything that waits for somebody, as one list (rule: receivables#worklist)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.billing.receivables.reminders import Reminder, ReminderKind, is_for

CREDIT_WAITS = 30
"""The days after which unapplied credit waits for somebody to apply or refund it."""


class WorkKind(StrEnum):
    """What kind of work waits."""

    REMINDER = "reminder"
    SUGGESTION = "suggestion"
    STATUS_REQUEST = "status request"
    DENIAL = "denial"
    DRAFT_PAYROLL = "draft payroll"
    BLOCKED_ROWS = "blocked rows"
    HELD_VISITS = "held visits"
    UNAPPLIED_CREDIT = "unapplied credit"

    @property
    def what_to_do(self) -> str:
        """Return what is to be done, "" for reminders, which say it themselves."""
        return _WHAT_TO_DO.get(self, "")

    @property
    def button(self) -> str:
        """Return the id of the button that helps."""
        return _BUTTONS.get(self, "reminders.today")


_WHAT_TO_DO = {
    WorkKind.DENIAL: "Appeal, bill again, or write it off",
    WorkKind.DRAFT_PAYROLL: "Look through it and approve it",
    WorkKind.BLOCKED_ROWS: "Correct the log and generate the payroll again",
    WorkKind.HELD_VISITS: "Correct them in a later log, or write them off",
    WorkKind.UNAPPLIED_CREDIT: "Apply it to another invoice, or refund it",
}
_BUTTONS = {
    WorkKind.DENIAL: "invoices.open",
    WorkKind.DRAFT_PAYROLL: "payroll.close",
    WorkKind.BLOCKED_ROWS: "payroll.generate",
    WorkKind.HELD_VISITS: "payroll.history",
    WorkKind.UNAPPLIED_CREDIT: "invoices.open",
}


@dataclass(frozen=True, slots=True)
class WorkItem:
    """Something that waits. ``amount_cents`` is what it is about, ``None`` if that is not known or no amount.

    ``who`` is "" if anybody can do it. ``about`` is the number of an invoice or the id of a run, "" for a case.
    """

    kind: WorkKind
    what: str
    what_to_do: str
    amount_cents: int | None
    days_waiting: int
    who: str
    about: str


def work_of_reminder(reminder: Reminder, today: date) -> WorkItem:
    """Return a reminder that is due as an item of the list."""
    kind = WorkKind.SUGGESTION if reminder.kind.is_suggested else WorkKind.REMINDER
    if reminder.kind is ReminderKind.STATUS_REQUEST:
        kind = WorkKind.STATUS_REQUEST
    of_case = "" if reminder.invoice else f"{reminder.case or 'no case name'}, "
    note = f": {reminder.note}" if reminder.note else ""
    return WorkItem(
        kind,
        f"{of_case}{reminder.patient}{note}",
        reminder.action,
        reminder.amount_cents,
        max((today - reminder.due_on).days, 0),
        reminder.for_whom,
        reminder.invoice,
    )


def sorted_work(items: Iterable[WorkItem], kind: WorkKind | None = None, who: str = "") -> list[WorkItem]:
    """Return the items of a kind and for a person, the largest amounts first, and of equal ones those that wait longest.

    Without a kind or a person, every item is among them. What has no amount comes last.
    """
    found = [one for one in items if kind in {None, one.kind} and is_for(one.who, who)]
    return sorted(
        found, key=lambda one: (-(one.amount_cents or 0), -one.days_waiting, one.kind, one.about, one.what)
    )

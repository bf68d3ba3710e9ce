"""What somebody has to do from a day on: a reminder about an invoice, or about a case (rule: receivables#reminders)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from server.billing.days import us
from server.billing.invoices.invoice import State
from server.billing.names import fold
from server.billing.receivables.reminder_settings import ReminderSettings

ANYBODY = "anybody"
"""The word for a reminder that is for nobody in particular."""


class ReminderKind(StrEnum):
    """Where a reminder comes from."""

    STATUS_REQUEST = "status request"
    """An attorney asks for the status of a case."""
    INVOICE = "invoice"
    """Somebody wants to be reminded of an invoice."""
    CASE = "case"
    """Somebody wants to be reminded of a case."""
    PENDING_INVOICE = "pending invoice"
    """An invoice was not sent for a long time."""
    PENDING_REDUCTION = "pending reduction"
    """Nobody has agreed on the amount of an invoice for a long time."""
    LATE_CHEQUE = "late cheque"
    """The agreed amount of an invoice is late."""
    POST_DATED_CHEQUE = "post-dated cheque"
    """The date of a post-dated cheque has come."""
    STATUTE_DATE = "statute date"
    """The statute date of a case is near."""

    @property
    def action(self) -> str:
        """Return what is to be done, unless the reminder says something else."""
        return _ACTIONS[self]

    @property
    def is_suggested(self) -> bool:
        """Return whether the program suggests it by itself."""
        return self in SUGGESTED


_ACTIONS = {
    ReminderKind.STATUS_REQUEST: "Tell the attorney the status",
    ReminderKind.INVOICE: "Follow up on the invoice",
    ReminderKind.CASE: "Follow up on the case",
    ReminderKind.PENDING_INVOICE: "Send the invoice",
    ReminderKind.PENDING_REDUCTION: "Ask the payer for an answer",
    ReminderKind.LATE_CHEQUE: "Ask the payer for the cheque",
    ReminderKind.POST_DATED_CHEQUE: "Take the cheque to the bank",
    ReminderKind.STATUTE_DATE: "Act before the statute date",
}

STATE_OF_KIND = {
    ReminderKind.PENDING_INVOICE: State.PENDING_INVOICE,
    ReminderKind.PENDING_REDUCTION: State.PENDING_REDUCTION,
    ReminderKind.LATE_CHEQUE: State.PENDING_CHEQUE,
}
"""The suggestions about how long an invoice has been in a state."""

SUGGESTED = frozenset({*STATE_OF_KIND, ReminderKind.POST_DATED_CHEQUE, ReminderKind.STATUTE_DATE})


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder. ``due_on`` is a local day. ``invoice`` is the number of its invoice, "" for a reminder about a case.

    ``asked_by`` is who asked or wants to be reminded, "" for a suggestion, ``note`` what that person wrote. ``what_to_do`` is
    "" for what its kind says. ``for_whom`` is "" if it is for anybody. ``balance_cents`` is what is owed on the invoice, or on
    the case, ``in_hand_cents`` what its cheques are that have not cleared, 0 for a case. ``key`` names it, and ``version``
    counts what was decided about it.
    """

    kind: ReminderKind
    due_on: date
    case_id: int
    case: str
    patient: str
    note: str
    asked_by: str
    invoice: str = ""
    what_to_do: str = ""
    for_whom: str = ""
    balance_cents: int = 0
    in_hand_cents: int = 0
    key: str = ""
    version: int = 0

    @property
    def subject(self) -> str:
        """Return what it is about: the number of an invoice, or the name of a case."""
        return self.invoice or self.case

    @property
    def action(self) -> str:
        """Return what is to be done."""
        return self.what_to_do or self.kind.action

    @property
    def amount_cents(self) -> int:
        """Return the cents it is about: what is owed, or the cheques in hand if they are what it is about or nothing is owed."""
        if self.kind is ReminderKind.POST_DATED_CHEQUE:
            return self.in_hand_cents
        return self.balance_cents or self.in_hand_cents


def due_reminders(reminders: Iterable[Reminder], until: date, who: str = "") -> list[Reminder]:
    """Return the reminders that are due by a day, those that have waited longest first.

    ``who`` leaves those of this person and those for anybody; ``ANYBODY`` leaves the latter alone.
    """
    due = (one for one in reminders if one.due_on <= until and is_for(one.for_whom, who))
    return sorted(due, key=lambda one: (one.due_on, one.case.casefold(), one.case_id, one.invoice, one.key))


def is_for(for_whom: str, who: str) -> bool:
    """Return whether something for a person, "" for anybody, is to be shown to somebody who asks for ``who``."""
    return not who or not for_whom or (fold(who) != fold(ANYBODY) and fold(for_whom) == fold(who))


def days_of_kind(settings: ReminderSettings, kind: ReminderKind) -> int | None:
    """Return the days that a clinic waits before it suggests this, ``None`` if it is turned off or no suggestion."""
    if kind is ReminderKind.POST_DATED_CHEQUE:
        return 0 if settings.post_dated_cheques else None
    days = {
        ReminderKind.PENDING_INVOICE: settings.pending_invoice_days,
        ReminderKind.PENDING_REDUCTION: settings.pending_reduction_days,
        ReminderKind.LATE_CHEQUE: settings.late_cheque_days,
        ReminderKind.STATUTE_DATE: settings.statute_days,
    }.get(kind, 0)
    return days or None


def due_day(kind: ReminderKind, since: date, days: int) -> date:
    """Return the day on which a suggestion is due. ``since`` is the day it counts from: of the state, the cheque, the statute."""
    return since - timedelta(days) if kind is ReminderKind.STATUTE_DATE else since + timedelta(days)


def latest_start(kind: ReminderKind, due_by: date, days: int) -> date:
    """Return the latest day that a suggestion which is due by a day can count from."""
    return due_by + timedelta(days) if kind is ReminderKind.STATUTE_DATE else due_by - timedelta(days)


def reason_for(kind: ReminderKind, since: date) -> str:
    """Return why something is suggested, as a sentence."""
    return _REASONS[kind].format(day=us(since))


_REASONS = {
    ReminderKind.PENDING_INVOICE: "Not sent since {day}.",
    ReminderKind.PENDING_REDUCTION: "No agreement since {day}.",
    ReminderKind.LATE_CHEQUE: "No cheque for the whole amount since {day}.",
    ReminderKind.POST_DATED_CHEQUE: "The cheque is dated {day} and has not cleared.",
    ReminderKind.STATUTE_DATE: "The statute date is {day}.",
}

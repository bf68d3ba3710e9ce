"""The mail to payers in a clinic's setup: whom it writes to, when, and in which words (rule: receivables#payer-mail)."""

from dataclasses import dataclass
from enum import StrEnum

from server.billing.invoices.invoice import State

HIGHEST_LEVEL = 9
MOST_DAYS_AFTER = 730
"""Days after which a level is due. More come from a mistyped number."""


class CountsFrom(StrEnum):
    """The day from which the days of a level are counted."""

    SENT = "sent"
    AGREED = "agreed"
    LAST_LEVEL = "last level"


class MailedState(StrEnum):
    """The states whose invoices payers are reminded of, in the words of the sheet."""

    PENDING_REDUCTION = "Pending reduction"
    PENDING_CHEQUE = "Pending cheque"

    @property
    def state(self) -> State:
        """Return the state of the invoice."""
        return {
            MailedState.PENDING_REDUCTION: State.PENDING_REDUCTION,
            MailedState.PENDING_CHEQUE: State.PENDING_CHEQUE,
        }[self]


@dataclass(frozen=True, slots=True)
class PayerContact:
    """One row of the Payers sheet. ``address`` has lines separated by ``;``. ``is_mailed`` says whether reminders go out by mail."""

    payer: str
    email: str = ""
    address: str = ""
    is_mailed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReminderLevel:
    """One row of the Reminder mail sheet: a level of the path on which invoices of a state are reminded of.

    ``after_days`` are counted from the day that ``counts_from`` names. ``template`` is the name of a text, ``copies_to`` are the
    addresses that get a copy.
    """

    level: int
    after_days: int
    counts_from: CountsFrom
    state: MailedState
    template: str
    copies_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MailText:
    """One row of the Mail texts sheet: the subject and the text of a mail, with variables (rule: receivables#mail-texts)."""

    template: str
    subject: str
    text: str

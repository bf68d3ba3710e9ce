"""After how many days the program suggests to follow up: settings of a clinic (rule: receivables#suggestions)."""

from dataclasses import dataclass

MOST_DAYS = 999
"""The longest wait that a clinic can set, in days. A longer one comes from a mistyped number."""


@dataclass(frozen=True, slots=True)
class ReminderSettings:
    """The days until each suggestion; 0 turns it off.

    The first three count from the day an invoice entered its state. ``statute_days`` counts back from a case's statute
    date. ``post_dated_cheques`` is whether a post-dated cheque is suggested on its date.
    """

    pending_invoice_days: int = 30
    pending_reduction_days: int = 60
    late_cheque_days: int = 21
    statute_days: int = 60
    post_dated_cheques: bool = True


USUAL_SETTINGS = ReminderSettings()
"""What holds for a clinic that has set nothing."""

"""What the words in a Status column count as.

Only whole values match, after folding: "show" is inside "no show" (rule: payroll#status). The clinic's own Statuses
list is checked first, then this list of spellings that practice systems use. A word in neither is never guessed: it
blocks its row.
"""

from collections.abc import Iterable

from server.billing.clinics import CountsAs, StatusWord
from server.billing.names import fold

_SPELLINGS: dict[CountsAs, tuple[str, ...]] = {
    CountsAs.ATTENDED: (
        "Show", "Showed", "Attended", "Completed", "Complete", "Checked Out", "Check Out", "Seen", "Kept",
        "Present", "Fulfilled", "Kept Appointment",
    ),
    CountsAs.NO_SHOW: (
        "No Show", "No-Showed", "NS", "N/S", "DNA", "DNKA", "DNS", "Did Not Attend", "Did Not Show", "Missed",
        "Missed Appointment", "Charge NS/LC", "Charge NS", "Charged No Show", "No Show Charged", "FTA",
        "Failed To Attend", "Failed To Show", "FTKA", "Did Not Keep Appointment",
    ),
    CountsAs.CANCELLED: (
        "Cancelled", "Canceled", "Cancel", "Cancellation", "CXL", "CX", "CXLD", "CNCL", "Rescheduled", "Reschedule",
        "RS", "R/S", "Client Cancelled", "Client Canceled", "Patient Cancelled", "Patient Canceled",
        "Provider Cancelled", "Provider Canceled", "Clinician Cancelled", "Clinician Canceled",
        "Cancelled by Client", "Canceled by Client", "Cancelled by Patient", "Canceled by Patient",
        "Cancelled by Provider", "Canceled by Provider", "Cancelled by Clinician", "Canceled by Clinician",
    ),
    CountsAs.LATE_CANCELLED: (
        "Late Cancelled", "Late Canceled", "Late Cancel", "Late Cancellation", "LC", "LCX", "Late CXL", "Charge LC",
        "Charged Late Cancel", "Cancelled Late", "Canceled Late", "Same Day Cancel", "Same Day Cancellation",
    ),
    CountsAs.SCHEDULED: (
        "Scheduled", "Booked", "Confirmed", "Unconfirmed", "Upcoming", "Pending", "Reserved", "Not Confirmed",
    ),
}  # fmt: skip

BUILT_IN: dict[str, CountsAs] = {
    fold(spelling): counts_as for counts_as, spellings in _SPELLINGS.items() for spelling in spellings
}
"""Folded spelling -> what it counts as, unless the clinic's own list says otherwise."""

WHY_NOT_PAID: dict[CountsAs, str] = {
    CountsAs.NO_SHOW: "A no-show is not paid",
    CountsAs.CANCELLED: "A cancelled visit is not paid",
    CountsAs.LATE_CANCELLED: "A late cancelled visit is not paid",
    CountsAs.SCHEDULED: "A scheduled visit is paid once it took place",
}
"""Why a visit with this status is left out, if no missed-visit rule pays it."""

YES = frozenset({"yes", "y", "true", "t", "x", "1", "✓", "✔"})
NO = frozenset({"no", "n", "false", "f", "0"})
"""Folded "no" answers of a yes/no column such as "No-show"."""


def spelled_statuses() -> list[str]:
    """Return the built-in spellings as people write them."""
    return [spelling for spellings in _SPELLINGS.values() for spelling in spellings]


def meanings(words: Iterable[StatusWord]) -> dict[str, CountsAs]:
    """Return folded spelling -> what it counts as; the clinic's words override the built-in ones."""
    return BUILT_IN | {fold(word.status): word.counts_as for word in words}

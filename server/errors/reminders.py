"""Refusals about reminders (rule: receivables#reminders)."""

from collections.abc import Sequence

from server.errors.findings import Finding, count_of
from server.errors.refusal import BillingError, RefusalKind
from server.errors.remedies import DUE_TODAY


class RemindersRefused(BillingError):
    """Reminders, or decisions about them, were sent together and some are refused. Nothing was recorded."""

    code = "reminders-refused"
    kind = RefusalKind.CONFLICT
    title = "Nothing was recorded"
    remedies = (DUE_TODAY,)
    for_programs = "Correct those that are named by their places. GET /clinics/{clinic}/reminders has the keys and versions of now."

    def __init__(self, sent: int, findings: Sequence[Finding]) -> None:
        refused = len({row for finding in findings for row in finding.rows})
        super().__init__(
            f"{refused:,} of {count_of(sent, 'reminder')} cannot be recorded, so none was.",
            "Correct what is named, or press Due today to see what is due now.",
            findings,
        )

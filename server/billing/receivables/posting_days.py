"""On which day the money of a step moves, for statements of account and for the journal (rule: receivables#posting-days)."""

from collections.abc import Sequence
from datetime import date
from itertools import accumulate

from server.billing.invoices.invoice import Step


def posting_days(steps: Sequence[Step]) -> list[date]:
    """Return the posting day of each of an invoice's steps: its own day, or that of the step before if that is later.

    So the amounts of an invoice at the end of any day are amounts that it really had, also where staff recorded a day late.
    """
    return list(accumulate((step.day for step in steps), max))

"""The payments received, as a provider's statement lists them (rule: pay-runs#payments).

A statement names no patient, no payer and no other provider.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from server.billing.payroll.payment_lines import PaymentLine

PAYMENTS_TITLE = "Payments received"
PAYMENT_HEADINGS = ("Service", "Visit", "Appointment", "Received", "Amount received", "Pay")
"""The columns of the list of payments, on sheet and paper. Below each row is a line with ``payment_in_words``."""


def payments_on_paper(
    payments: Iterable[PaymentLine], label_of: Callable[[str], str]
) -> tuple[PaymentLine, ...]:
    """Return payments by day with the words for their services; ``label_of`` gives them by code."""
    return tuple(replace(one, service=label_of(one.service)) for one in payments)


def payment_in_words(one: PaymentLine) -> str:
    """Return what a payment is, the rate, and why it is paid otherwise than before if it is."""
    what = f"{one.kind.value.capitalize()}, paid by {one.rate_in_words}"
    where = f"; the visit is in run {one.of_run}" if one.of_run else ""
    return f"{what}{where}.{f' {one.reason}' if one.reason else ''}"

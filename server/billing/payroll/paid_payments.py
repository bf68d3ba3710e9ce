"""What closed runs have paid for payments: their lines are replayed, so that a void needs no correction (rule: pay-runs#payments-once)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from server.billing.payroll.payment_lines import PaymentLine
from server.billing.payroll.payment_visits import KnownVisit

PaidFor = tuple[str, str, str, int]
"""What a closed run has paid for a payment: the run, what identifies the payment, the key of the provider, and cents."""


class PaidPayment(NamedTuple):
    """A payment line of a closed run."""

    run_id: str
    line: PaymentLine


@dataclass(frozen=True, slots=True)
class PaymentsBefore:
    """What is known of payments before a run.

    ``paid`` are the payments as closed runs leave them, by what identifies them. ``since`` is the first day on which payments
    count; what came before was paid by the collected amounts of logs. What is dated after ``today`` has not come yet. ``changed`` are visits that this run adjusts, by the
    identity of the visit.
    """

    paid: Mapping[str, PaidPayment]
    since: date
    today: date
    changed: Mapping[str, KnownVisit]


def payments_now(lines: Iterable[PaidPayment]) -> dict[str, PaidPayment]:
    """Return each payment as closed runs leave it, by what identifies it.

    ``lines`` are in the order in which their runs were closed. The line of the provider who has the payment now says what is
    paid for it; a payment in whose place another one is paid is gone.
    """
    found: dict[str, PaidPayment] = {}
    for one in lines:
        if one.line.is_taken_back:
            continue
        if one.line.replaces:
            found.pop(one.line.replaces, None)
        found[one.line.payment] = one
    return found


def payments_of_visits(paid: Iterable[PaidPayment], visits: set[str]) -> tuple[PaidFor, ...]:
    """Return what closed runs have paid for payments of some visits, in order."""
    return tuple(
        sorted(
            (one.run_id, one.line.payment, one.line.provider_key, one.line.now_cents)
            for one in paid
            if one.line.visit in visits
        )
    )

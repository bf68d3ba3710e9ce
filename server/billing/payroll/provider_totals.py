"""What a run hands over to each provider: the lines, the adjustments, the pay items, the payments, and what is carried in and out
(rule: pay-runs#carry-forward).
"""

from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass
from typing import NamedTuple

from server.billing.money import dollars
from server.billing.payroll.adjustments import Adjustment, CarriedForward, sum_of_adjustments
from server.billing.payroll.pay_item_lines import PayItemLine, items_in_words, sum_of_items
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.payment_lines import PaymentLine, payments_in_words, sum_of_payments
from server.billing.payroll.recorded_runs import RunHeader
from server.errors import count_of

VISITS_PART = "Visits of this period"
ADJUSTMENTS_PART = "Adjustments of earlier pay"
ITEMS_PART = "Pay items"
PAYMENTS_PART = "Payments received"
CARRIED_IN_PART = "Carried from earlier runs"
CARRIED_OUT_PART = "Carried to the next run"
TOTAL_TO_PAY = "Total to pay"


class PayPart(NamedTuple):
    """A part of what is handed over, in cents."""

    label: str
    cents: int


@dataclass(frozen=True, slots=True)
class ProviderTotal:
    """What a run hands over to one provider. ``paid_cents`` is the sum of the lines of the period."""

    provider: str
    paid_cents: int = 0
    adjustments: tuple[Adjustment, ...] = ()
    carried: CarriedForward | None = None
    items: tuple[PayItemLine, ...] = ()
    payments: tuple[PaymentLine, ...] = ()

    @property
    def adjustment_cents(self) -> int:
        """Return the sum of the adjustments, late visits included."""
        return sum_of_adjustments(self.adjustments)

    @property
    def items_cents(self) -> int:
        """Return the sum of the pay items."""
        return sum_of_items(self.items)

    @property
    def collections_cents(self) -> int:
        """Return what the payments received add."""
        return sum_of_payments(self.payments)

    @property
    def carried_in_cents(self) -> int:
        """Return what earlier runs left to be taken from this one; never above 0."""
        return self.carried.in_cents if self.carried else 0

    @property
    def carried_out_cents(self) -> int:
        """Return what is left for the next run; never above 0."""
        return self.carried.out_cents if self.carried else 0

    @property
    def total_cents(self) -> int:
        """Return what the provider is handed over."""
        added = self.adjustment_cents + self.items_cents + self.collections_cents
        return self.paid_cents + added + self.carried_in_cents - self.carried_out_cents

    @property
    def parts(self) -> tuple[PayPart, ...]:
        """Return the parts that add up to the total; none if it is the pay of the period's visits alone."""
        if not (self.adjustments or self.items or self.payments or self.carried):
            return ()
        # What is carried to the next run is not taken from this one, so its part is above 0.
        others = (
            PayPart(ADJUSTMENTS_PART, self.adjustment_cents),
            PayPart(ITEMS_PART, self.items_cents),
            PayPart(PAYMENTS_PART, self.collections_cents),
            PayPart(CARRIED_IN_PART, self.carried_in_cents),
            PayPart(CARRIED_OUT_PART, -self.carried_out_cents),
        )
        return PayPart(VISITS_PART, self.paid_cents), *(part for part in others if part.cents)


def provider_totals(
    paid: Mapping[str, int],
    adjustments: Iterable[Adjustment],
    carried: Iterable[CarriedForward],
    items: Iterable[PayItemLine] = (),
    payments: Iterable[PaymentLine] = (),
) -> dict[str, ProviderTotal]:
    """Return the total of each provider whom a run concerns, by name in the order of the alphabet.

    ``paid`` are the sums of the lines of the period in cents, by name.
    """
    adjusted: dict[str, list[Adjustment]] = {}
    for one in adjustments:
        adjusted.setdefault(one.provider, []).append(one)
    balances = {one.provider: one for one in carried}
    listed: dict[str, list[PayItemLine]] = {}
    for item in items:
        listed.setdefault(item.provider, []).append(item)
    received: dict[str, list[PaymentLine]] = {}
    for payment in payments:
        received.setdefault(payment.provider, []).append(payment)
    names = sorted(
        {*paid, *adjusted, *balances, *listed, *received}, key=lambda name: (name.casefold(), name)
    )
    return {
        name: ProviderTotal(
            name,
            paid.get(name, 0),
            tuple(adjusted.get(name, ())),
            balances.get(name),
            tuple(listed.get(name, ())),
            tuple(received.get(name, ())),
        )
        for name in names
    }


def total_in_words(run: PayRun | RunHeader) -> str:
    """Return what a run hands over and what is in it: ``$12,480.00, with 2 adjustments (-$80.00)``."""
    words = dollars(run.total_cents)
    parts = []
    if adjustments := _count_of_part(run.adjustments):
        parts.append(f"{count_of(adjustments, 'adjustment')} ({dollars(run.adjustment_cents)})")
    if items := _count_of_part(run.items):
        parts.append(items_in_words(items, run.items_cents))
    if isinstance(run, PayRun):
        count, cents = len(run.payments), run.payments.cents
    else:
        count, cents = run.collections, run.collections_cents
    if count:
        parts.append(payments_in_words(count, cents))
    if parts:
        *first, last = parts
        words += f", with {', '.join(first)}{' and ' if first else ''}{last}"
    if run.carried_in_cents:
        words += f"; {dollars(-run.carried_in_cents)} was carried in"
    if run.carried_out_cents:
        words += f"; {dollars(-run.carried_out_cents)} is carried to the next run"
    return words


def _count_of_part(part: int | Sized) -> int:
    """Return how many lines a part of a run has; a recorded run has the count, a calculated one the lines."""
    return part if isinstance(part, int) else len(part)

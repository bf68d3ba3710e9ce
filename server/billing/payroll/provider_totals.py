"""What a run hands over to each provider: the lines, the adjustments, the plan lines, the pay items, the payments, and what is
carried in and out (rule: pay-runs#carry-forward).
"""

from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from server.billing.money import dollars
from server.billing.payroll.adjustments import FURTHER_PAY, Adjustment, CarriedForward, sum_of_adjustments
from server.billing.payroll.handed_over import cents_handed_over
from server.billing.payroll.pay_item_lines import PayItemLine, items_in_words, sum_of_items
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.payment_lines import PaymentLine, payments_in_words, sum_of_payments
from server.billing.payroll.plan_lines import PlanLine, plans_in_words, sum_of_plans
from server.billing.payroll.recorded_runs import RunHeader
from server.errors import count_of

VISITS_PART = "Visits of this period"
ADJUSTMENTS_PART = "Adjustments of earlier pay"
FURTHER_PART = "Shares and supervision"
PLANS_PART = "Pay plans"
ITEMS_PART = "Pay items"
PAYMENTS_PART = "Payments received"
CARRIED_IN_PART = "Carried from earlier runs"
CARRIED_OUT_PART = "Carried to the next run"
TOTAL_TO_PAY = "Total to pay"


class _NamedLine(Protocol):
    """A line of one provider."""

    @property
    def provider(self) -> str: ...


_Line = TypeVar("_Line", bound=_NamedLine)


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
    plans: tuple[PlanLine, ...] = ()
    payments: tuple[PaymentLine, ...] = ()

    @property
    def adjustment_cents(self) -> int:
        """Return the sum of the adjustments, late visits included."""
        return sum_of_adjustments(self.adjustments)

    @property
    def further_cents(self) -> int:
        """Return what of the adjustments is shares and supervision."""
        return sum_of_adjustments(one for one in self.adjustments if one.kind in FURTHER_PAY)

    @property
    def items_cents(self) -> int:
        """Return the sum of the pay items."""
        return sum_of_items(self.items)

    @property
    def plans_cents(self) -> int:
        """Return the sum of the plan lines."""
        return sum_of_plans(self.plans)

    @property
    def collections(self) -> int:
        """Return how many payment lines there are."""
        return len(self.payments)

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
        return cents_handed_over(self)

    @property
    def parts(self) -> tuple[PayPart, ...]:
        """Return the parts that add up to the total; none if it is the pay of the period's visits alone."""
        if not (self.adjustments or self.plans or self.items or self.payments or self.carried):
            return ()
        # What is carried to the next run is not taken from this one, so its part is above 0.
        others = (
            PayPart(FURTHER_PART, self.further_cents),
            PayPart(ADJUSTMENTS_PART, self.adjustment_cents - self.further_cents),
            PayPart(PLANS_PART, self.plans_cents),
            PayPart(ITEMS_PART, self.items_cents),
            PayPart(PAYMENTS_PART, self.collections_cents),
            PayPart(CARRIED_IN_PART, self.carried_in_cents),
            PayPart(CARRIED_OUT_PART, -self.carried_out_cents),
        )
        return PayPart(VISITS_PART, self.paid_cents), *(part for part in others if part.cents)


def provider_totals(  # noqa: PLR0913, PLR0917 - each is a part of what is handed over
    paid: Mapping[str, int],
    adjustments: Iterable[Adjustment],
    carried: Iterable[CarriedForward],
    items: Iterable[PayItemLine] = (),
    plans: Iterable[PlanLine] = (),
    payments: Iterable[PaymentLine] = (),
) -> dict[str, ProviderTotal]:
    """Return the total of each provider whom a run concerns, by name in the order of the alphabet.

    ``paid`` are the sums of the lines of the period in cents, by name.
    """
    adjusted, listed, planned = _by_name(adjustments), _by_name(items), _by_name(plans)
    balances = {one.provider: one for one in carried}
    received = _by_name(payments)
    everybody = {*paid, *adjusted, *balances, *listed, *planned, *received}
    names = sorted(everybody, key=lambda name: (name.casefold(), name))
    return {
        name: ProviderTotal(
            name,
            paid.get(name, 0),
            tuple(adjusted.get(name, ())),
            balances.get(name),
            tuple(listed.get(name, ())),
            tuple(planned.get(name, ())),
            tuple(received.get(name, ())),
        )
        for name in names
    }


def totals_of_run(paid: Mapping[str, int], run: PayRun) -> dict[str, ProviderTotal]:
    """Return the total of each provider whom a calculated run concerns. ``paid`` are the sums of its lines in cents, by name."""
    return provider_totals(paid, run.adjustments, run.carried, run.items, run.plans, run.payments.lines)


def _by_name(lines: Iterable[_Line]) -> dict[str, list[_Line]]:
    found: dict[str, list[_Line]] = {}
    for one in lines:
        found.setdefault(one.provider, []).append(one)
    return found


def total_in_words(run: PayRun | RunHeader) -> str:
    """Return what a run hands over and what is in it: ``$12,480.00, with 2 adjustments (-$80.00)``."""
    words = dollars(run.total_cents)
    parts = []
    if adjustments := count_of_part(run.adjustments):
        parts.append(f"{count_of(adjustments, 'adjustment')} ({dollars(run.adjustment_cents)})")
    if plans := count_of_part(run.plans):
        parts.append(plans_in_words(plans, run.plans_cents))
    if items := count_of_part(run.items):
        parts.append(items_in_words(items, run.items_cents))
    if isinstance(run, PayRun):
        count, cents = len(run.payments), run.payments.cents
    else:
        count, cents = run.collections, run.collections_cents
    if count:
        parts.append(payments_in_words(count, cents))
    if parts:
        words += f", with {' and '.join(filter(None, (', '.join(parts[:-1]), parts[-1])))}"
    if run.carried_in_cents:
        words += f"; {dollars(-run.carried_in_cents)} was carried in"
    if run.carried_out_cents:
        words += f"; {dollars(-run.carried_out_cents)} is carried to the next run"
    return words


def count_of_part(part: int | Sized) -> int:
    """Return how many lines a part of a run has; a recorded run has the count, a calculated one the lines."""
    return part if isinstance(part, int) else len(part)

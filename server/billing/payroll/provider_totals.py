"""What a run hands over to each provider: the lines, the adjustments, and what is carried in and out
(rule: pay-runs#carry-forward).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from server.billing.money import dollars
from server.billing.payroll.adjustments import Adjustment, CarriedForward, sum_of_adjustments
from server.errors import count_of

VISITS_PART = "Visits of this period"
ADJUSTMENTS_PART = "Adjustments of earlier pay"
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

    @property
    def adjustment_cents(self) -> int:
        """Return the sum of the adjustments, late visits included."""
        return sum_of_adjustments(self.adjustments)

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
        return self.paid_cents + self.adjustment_cents + self.carried_in_cents - self.carried_out_cents

    @property
    def parts(self) -> tuple[PayPart, ...]:
        """Return the parts that add up to the total; none if it is the pay of the period's visits alone."""
        if not self.adjustments and not self.carried:
            return ()
        return parts_of_total(
            self.paid_cents, self.adjustment_cents, self.carried_in_cents, self.carried_out_cents
        )


def parts_of_total(
    paid_cents: int, adjustment_cents: int, carried_in_cents: int, carried_out_cents: int
) -> tuple[PayPart, ...]:
    """Return the parts that add up to what is handed over: the visits, and the others that are not 0.

    What is carried to the next run is not taken from this one, so its part is above 0.
    """
    others = (
        PayPart(ADJUSTMENTS_PART, adjustment_cents),
        PayPart(CARRIED_IN_PART, carried_in_cents),
        PayPart(CARRIED_OUT_PART, -carried_out_cents),
    )
    return PayPart(VISITS_PART, paid_cents), *(part for part in others if part.cents)


def provider_totals(
    paid: Mapping[str, int], adjustments: Iterable[Adjustment], carried: Iterable[CarriedForward]
) -> dict[str, ProviderTotal]:
    """Return the total of each provider whom a run concerns, by name in the order of the alphabet.

    ``paid`` are the sums of the lines of the period in cents, by name.
    """
    adjusted: dict[str, list[Adjustment]] = {}
    for one in adjustments:
        adjusted.setdefault(one.provider, []).append(one)
    balances = {one.provider: one for one in carried}
    names = sorted({*paid, *adjusted, *balances}, key=lambda name: (name.casefold(), name))
    return {
        name: ProviderTotal(name, paid.get(name, 0), tuple(adjusted.get(name, ())), balances.get(name))
        for name in names
    }


def total_in_words(
    total_cents: int, adjustments: int, adjustment_cents: int, carried_in_cents: int, carried_out_cents: int
) -> str:
    """Return what a run hands over and what is in it: ``$12,480.00, with 2 adjustments (-$80.00)``."""
    words = dollars(total_cents)
    if adjustments:
        words += f", with {count_of(adjustments, 'adjustment')} ({dollars(adjustment_cents)})"
    if carried_in_cents:
        words += f"; {dollars(-carried_in_cents)} was carried in"
    if carried_out_cents:
        words += f"; {dollars(-carried_out_cents)} is carried to the next run"
    return words

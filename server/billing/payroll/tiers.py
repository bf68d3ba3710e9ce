"""Tiers: what a provider is paid by how much was done in a pay period (rule: pay-runs#tiers).

A tier begins with its lower bound and ends before its upper bound. All numbers are whole numbers: visits, units and hours
are thousandths, money is cents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from server.billing.clinics import MEASURE, PayBasis, PayPlan, PlanKind, PlanMeasure
from server.billing.money import MILLION, THOUSAND, divide, dollars
from server.billing.payroll.plan_work import Work
from server.billing.rate_words import amount_on_basis

MINUTES_AN_HOUR = 60

SLICED_BY: dict[PlanMeasure, PayBasis] = {
    PlanMeasure.VISITS: PayBasis.PER_SESSION,
    PlanMeasure.UNITS: PayBasis.PER_UNIT,
    PlanMeasure.HOURS: PayBasis.PER_HOUR,
    PlanMeasure.CHARGE: PayBasis.OF_CHARGE,
    PlanMeasure.COLLECTED: PayBasis.OF_COLLECTED,
}
"""What a slice of a measure is paid by. A slice of pay cannot be paid, because each visit has a basis of its own."""

_SLICE_DIVISOR = {PlanMeasure.VISITS: THOUSAND, PlanMeasure.UNITS: THOUSAND, PlanMeasure.HOURS: THOUSAND}


@dataclass(frozen=True, slots=True)
class TypedHours:
    """The typed hours that count in a measure of hours: minutes in thousandths, and what they are paid, in cents."""

    minutes: int = 0
    cents: int = 0

    def plus(self, minutes: int, cents: int) -> "TypedHours":
        """Return these hours and some more."""
        return TypedHours(self.minutes + minutes, self.cents + cents)


NO_HOURS = TypedHours()


@dataclass(frozen=True, slots=True)
class TierPay:
    """What tiers come to. ``tiers_cents`` is what they pay, in place of ``replaced_cents`` of the Rates list."""

    tiers_cents: int
    replaced_cents: int
    words: str

    @property
    def added_cents(self) -> int:
        """Return what the tiers add to the pay of the visits; it may be below 0."""
        return self.tiers_cents - self.replaced_cents


def pay_of_tiers(tiers: Sequence[PayPlan], work: Work, hours: TypedHours = NO_HOURS) -> TierPay | None:
    """Return what a table of tiers comes to, ``None`` if the first one is not reached.

    ``tiers`` are in the order of their bounds, ``work`` is that of the visits they are for.
    """
    measure = tiers[0].measure
    if measure is None:
        return None
    # An hour is 60,000 thousandths of minutes: bounds are compared with exact minutes, never with rounded hours.
    scale = MINUTES_AN_HOUR if measure is PlanMeasure.HOURS else 1
    reached = _reached_of(measure, work, hours)
    if reached < (tiers[0].lower or 0) * scale or not reached:
        return None
    if tiers[0].kind is PlanKind.CLIFF:
        return _cliff(tiers, work, hours, reached, scale)
    return _marginal(tiers, work, hours, reached, scale)


def _cliff(
    tiers: Sequence[PayPlan], work: Work, hours: TypedHours, reached: int, scale: int
) -> TierPay | None:
    ends = [reached + 1 if tier.upper is None else tier.upper * scale for tier in tiers]
    place = next((place for place, end in enumerate(ends) if reached < end), len(tiers) - 1)
    tier = tiers[place]
    if tier.basis is None or tier.amount is None:
        return None
    pays_hours = tier.measure is PlanMeasure.HOURS and tier.basis is PayBasis.PER_HOUR
    field, divisor = MEASURE[tier.basis]
    quantity = getattr(work, field) if field else work.visits
    quantity += hours.minutes if pays_hours else 0
    pay = _quotient(tier.amount * quantity, divisor)
    replaced = work.cents + (hours.cents if pays_hours else 0)
    measure = tier.measure or PlanMeasure.VISITS
    words = (
        f"Tier {place + 1} of {measure}: {reached_in_words(measure, reached)}, {bounds_in_words(tier)},"
        f" {amount_on_basis(tier.amount, tier.basis.value)}."
    )
    return _with_replaced(pay, replaced, words)


def _marginal(
    tiers: Sequence[PayPlan], work: Work, hours: TypedHours, reached: int, scale: int
) -> TierPay | None:
    measure = tiers[0].measure or PlanMeasure.VISITS
    numerator, slices = 0, []
    for tier in tiers:
        lower = (tier.lower or 0) * scale
        if reached <= lower or tier.basis is None or tier.amount is None:
            break
        upper = reached if tier.upper is None else min(reached, tier.upper * scale)
        numerator += (upper - lower) * tier.amount
        part = reached_in_words(measure, upper - lower)
        slices.append(f"{part} ({bounds_in_words(tier)}) at {amount_on_basis(tier.amount, tier.basis.value)}")
    if not slices:
        return None
    divisor = _SLICE_DIVISOR.get(measure, MILLION) * scale
    above = reached - (tiers[0].lower or 0) * scale
    # What is below the first tier keeps the average of the Rates list.
    replaced = _quotient((work.cents + hours.cents) * above, reached)
    words = f"Tiers of {measure}: {reached_in_words(measure, reached)}; {', '.join(slices)}."
    return _with_replaced(_quotient(numerator, divisor), replaced, words)


def _with_replaced(pay: int, replaced: int, words: str) -> TierPay:
    return TierPay(
        pay, replaced, f"{words} That is {dollars(pay)}, in place of {dollars(replaced)} by the Rates list."
    )


def _reached_of(measure: PlanMeasure, work: Work, hours: TypedHours) -> int:
    match measure:
        case PlanMeasure.VISITS:
            return work.visits * THOUSAND
        case PlanMeasure.UNITS:
            return work.units
        case PlanMeasure.HOURS:
            return work.minutes + hours.minutes
        case PlanMeasure.CHARGE:
            return work.charge_cents
        case PlanMeasure.COLLECTED:
            return work.collected_cents
        case PlanMeasure.PAY:
            return work.cents


def lacking_visits(tiers: Sequence[PayPlan], work: Work) -> dict[str, int]:
    """Return how many visits lack a quantity that the tiers count or are multiplied by, by its column."""
    fields = {MEASURE[tier.basis][0] for tier in tiers if tier.basis}
    measure = tiers[0].measure
    if measure in SLICED_BY:
        fields.add(MEASURE[SLICED_BY[measure]][0])
    return {
        field: lacking
        for field in sorted(filter(None, fields))
        if (lacking := work.visits - getattr(work, f"with_{field}")) > 0
    }


def reached_in_words(measure: PlanMeasure, reached: int) -> str:
    """Return how much of a measure there is: ``41 visits``, ``12.5 hours``, ``$1,200.00 collected``.

    ``reached`` is thousandths of visits, units or minutes, or cents.
    """
    match measure:
        case PlanMeasure.CHARGE:
            return f"{dollars(reached)} charged"
        case PlanMeasure.COLLECTED:
            return f"{dollars(reached)} collected"
        case PlanMeasure.PAY:
            return f"{dollars(reached)} of pay"
        case PlanMeasure.HOURS:
            return hours_in_words(reached)
    noun = measure.value if reached != THOUSAND else measure.value.removesuffix("s")
    return f"{_plain(reached)} {noun}"


def hours_in_words(minutes: int) -> str:
    """Return thousandths of minutes as hours with two decimals: ``12.50 hours``."""
    hundredths = _quotient(minutes, MINUTES_AN_HOUR * THOUSAND // 100)
    return f"{hundredths // 100:,}.{hundredths % 100:02d} hours"


def bounds_in_words(tier: PayPlan) -> str:
    """Return the bounds of a tier: ``30 to 50``, ``50 and more``, ``$1,000.00 to $2,000.00``."""
    measure = tier.measure or PlanMeasure.VISITS
    lower = bound_in_words(measure, tier.lower or 0)
    return f"{lower} and more" if tier.upper is None else f"{lower} to {bound_in_words(measure, tier.upper)}"


def bound_in_words(measure: PlanMeasure, bound: int) -> str:
    """Return a bound of a tier as it is typed: ``30``, ``$1,000.00``."""
    return dollars(bound) if measure.is_money else _plain(bound)


def _plain(thousandths: int) -> str:
    number = Decimal(thousandths).scaleb(-3)
    return f"{number:,.3f}".rstrip("0").rstrip(".")


def _quotient(numerator: int, denominator: int) -> int:
    """Return a quotient, rounded once. The numbers may be beyond 64 bits."""
    quotient = divide(np.array([numerator], dtype=object), np.array([denominator], dtype=object))
    return int(quotient[0])


def sorted_tiers(tiers: Iterable[PayPlan]) -> list[PayPlan]:
    """Return tiers in the order of their bounds."""
    return sorted(tiers, key=lambda tier: tier.lower or 0)

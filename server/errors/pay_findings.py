"""Findings about the pay of a row: rates, quantities and amounts."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity, ValueFinding
from server.errors.remedies import OPEN_SETUP, Remedy


@dataclass(frozen=True, slots=True)
class NoRate(FindingFacts):
    code: ClassVar[str] = "no-rate"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "There is no pay rate for {provider} and {service} on {day}."
    advises: ClassVar[str] = "Add a row to the Rates sheet of the setup, effective from that day or earlier."
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    provider: object
    service: object
    day: object


@dataclass(frozen=True, slots=True)
class RateOfZero(FindingFacts):
    code: ClassVar[str] = "rate-of-zero"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The rate for {provider} and {service} is 0, and its note does not say “unpaid”."
    advises: ClassVar[str] = "Write “unpaid” in the note of that rate, or give the rate."
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    provider: object
    service: object


@dataclass(frozen=True, slots=True)
class RateFarOff(FindingFacts):
    code: ClassVar[str] = "rate-far-off"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "{rate} is far from the clinic's other amounts of this kind: {usual}."
    advises: ClassVar[str] = (
        "Check that no digit or decimal point is missing or too many. If it is right, leave it."
    )

    rate: object
    usual: object


@dataclass(frozen=True, slots=True)
class MissingMeasure(FindingFacts):
    code: ClassVar[str] = "missing-measure"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{provider} is paid {way} for {service}, and this row has no {measure}."
    advises: ClassVar[str] = "Type the {measure}; type 0 if there really is none."

    provider: object
    way: object
    service: object
    measure: object
    basis: object


@dataclass(frozen=True, slots=True)
class UnitsLookLikeMinutes(ValueFinding):
    code: ClassVar[str] = "units-look-like-minutes"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "{value} units look like minutes."
    advises: ClassVar[str] = "If they are minutes, correct the cell and generate again."


@dataclass(frozen=True, slots=True)
class ImplausibleMinutes(FindingFacts):
    code: ClassVar[str] = "implausible-minutes"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "This visit is paid by the hour for {value}, which is {bound}."
    advises: ClassVar[str] = "Check that it took {value}."

    value: object
    bound: object


@dataclass(frozen=True, slots=True)
class AmountFarAbove(FindingFacts):
    code: ClassVar[str] = "amount-far-above"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "The {amount} {value} is far above the usual {amount} for {service}, {usual}."
    advises: ClassVar[str] = "Check that the {amount} is right."

    amount: object
    value: object
    service: object
    usual: object


@dataclass(frozen=True, slots=True)
class ZeroMeasure(FindingFacts):
    code: ClassVar[str] = "zero-measure"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "{provider} is paid {way}, and this row has {measure}."
    advises: ClassVar[str] = "Check that nothing should be paid."

    provider: object
    way: object
    measure: object


@dataclass(frozen=True, slots=True)
class LongWeek(FindingFacts):
    code: ClassVar[str] = "long-week"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "{provider} is a W-2 employee and worked {hours} hours in the week {week}, which earn {earned}. The regular rate is "
        "{rate} an hour, and half of it for the {over} hours over 40 is {premium}. This premium is not part of the run."
    )
    advises: ClassVar[str] = (
        "If the employee is not exempt from overtime, pay the premium with the payroll program (29 CFR 778.111). It counts "
        "only visits with minutes and typed hours, in weeks from Sunday to Saturday."
    )

    provider: object
    hours: object
    week: object
    earned: object
    rate: object
    over: object
    premium: object


@dataclass(frozen=True, slots=True)
class NegativePay(FindingFacts):
    code: ClassVar[str] = "negative-pay"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "The amount is negative, so it lowers the provider's pay."
    advises: ClassVar[str] = "Check that this is a refund."


@dataclass(frozen=True, slots=True)
class InactiveProvider(FindingFacts):
    code: ClassVar[str] = "inactive-provider"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "{provider} is no longer active, and is paid for this visit."
    advises: ClassVar[str] = "Check that the visit took place."

    provider: object

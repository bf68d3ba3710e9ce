"""Findings about pay items: the rows of the setup sheet, and what a run does with them."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity, ValueFinding
from server.errors.remedies import OPEN_SETUP, Remedy


@dataclass(frozen=True, slots=True)
class PayItemForAnybody(ValueFinding):
    code: ClassVar[str] = "pay-item-for-anybody"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "A pay item is for one provider, so “{value}” cannot be used here."
    advises: ClassVar[str] = "Give each provider a row."


@dataclass(frozen=True, slots=True)
class PayItemNotPositive(ValueFinding):
    code: ClassVar[str] = "pay-item-not-positive"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not an amount above $0.00."
    advises: ClassVar[str] = (
        "Type the amount without a sign. The kind says whether it is added or taken off: deduction and repayment are taken "
        "off."
    )


@dataclass(frozen=True, slots=True)
class PayItemEndsBefore(FindingFacts):
    code: ClassVar[str] = "pay-item-ends-before"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The last day, {last}, is before the first day, {first}."
    advises: ClassVar[str] = "Correct one of the two days, or leave To empty if the item has no end."

    first: object
    last: object


@dataclass(frozen=True, slots=True)
class PayItemTwice(FindingFacts):
    code: ClassVar[str] = "pay-item-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "Row {row} is a {item} for {provider} from the same day with the same note."
    advises: ClassVar[str] = "Clear one of the two rows, or give them different notes if both are to be paid."

    provider: object
    item: object
    row: object


@dataclass(frozen=True, slots=True)
class AdvanceEveryPeriod(ValueFinding):
    code: ClassVar[str] = "advance-every-period"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "An advance is paid out once, not in each pay period."
    advises: ClassVar[str] = (
        "Type once here. What is repaid in each pay period is a row of its own, a repayment."
    )


@dataclass(frozen=True, slots=True)
class RepaymentWithoutAdvance(FindingFacts):
    code: ClassVar[str] = "repayment-without-advance"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{provider} has no advance on this sheet that could be repaid."
    advises: ClassVar[str] = (
        "Add the advance in a row of its own, or type deduction if no advance is repaid with this amount."
    )

    provider: object


@dataclass(frozen=True, slots=True)
class PayItemNeverPaid(FindingFacts):
    code: ClassVar[str] = "pay-item-never-paid"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "No approved run has paid {provider} this item, which was due once until {last}: {item}. This run does not pay it."
    )
    advises: ClassVar[str] = (
        "Give it a later last day in the setup, or clear its row if it is not to be paid."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    item: object
    provider: object
    last: object


@dataclass(frozen=True, slots=True)
class PayItemChangedSincePaid(FindingFacts):
    code: ClassVar[str] = "pay-item-changed-since-paid"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Run {run} has paid {provider} this item as {was}. It is now {item}, and is not paid again."
    )
    advises: ClassVar[str] = (
        "Nothing to do if only its words changed. Add a row of its own for a difference, and give another item another first "
        "day."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    run: object
    provider: object
    was: object
    item: object


@dataclass(frozen=True, slots=True)
class PayItemOfInactive(FindingFacts):
    code: ClassVar[str] = "pay-item-of-inactive"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "{provider} is no longer active, and this run has a pay item for this provider: {item}."
    )
    advises: ClassVar[str] = (
        "Check that it is still due. If not, give it a last day in the setup and generate again."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    provider: object
    item: object


@dataclass(frozen=True, slots=True)
class AdvanceOpen(FindingFacts):
    code: ClassVar[str] = "advance-open"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "{provider} {why}, and after this run still owes {amount} of an advance."
    advises: ClassVar[str] = "Agree with the provider how the rest is repaid."
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    provider: object
    why: object
    amount: object

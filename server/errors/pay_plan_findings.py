"""Findings about pay plans: the rows of the setup sheet, and what a run does with them."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity, ValueFinding
from server.errors.remedies import OPEN_SETUP, Remedy


@dataclass(frozen=True, slots=True)
class PlanCellUnused(ValueFinding):
    code: ClassVar[str] = "plan-cell-unused"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” has no meaning in this row."
    advises: ClassVar[str] = (
        "Clear the cell. A minimum, a cap or a salary has a Rate and no Service, Measure, From, To or Pay basis; a row of a tier "
        "without a Rate ends the tiers and has no bounds."
    )


@dataclass(frozen=True, slots=True)
class PlanAmountNotPositive(ValueFinding):
    code: ClassVar[str] = "plan-amount-not-positive"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not an amount above $0.00."
    advises: ClassVar[str] = "Type the amount for one pay period, or leave the cell empty if the plan ends."


@dataclass(frozen=True, slots=True)
class PlanTwice(FindingFacts):
    code: ClassVar[str] = "plan-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "Row {row} is a {plan} for {provider} from the same day."
    advises: ClassVar[str] = "Clear one of the two rows, or give one of them another first day."

    plan: object
    provider: object
    row: object


@dataclass(frozen=True, slots=True)
class MinimumAboveCap(FindingFacts):
    code: ClassVar[str] = "minimum-above-cap"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "On {day}, the minimum of {provider} is {minimum}, which is more than the cap of {cap}."
    )
    advises: ClassVar[str] = "Correct one of the two amounts."

    provider: object
    day: object
    minimum: object
    cap: object


@dataclass(frozen=True, slots=True)
class TierEndsBefore(FindingFacts):
    code: ClassVar[str] = "tier-ends-before"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The tier ends at {upper}, which is not above {lower}, where it begins."
    advises: ClassVar[str] = "A tier begins with From and ends before To. Correct one of the two."

    lower: object
    upper: object


@dataclass(frozen=True, slots=True)
class TiersOverlap(FindingFacts):
    code: ClassVar[str] = "tiers-overlap"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "This tier begins at {lower}, before the tier of row {row} ends: {upper}."
    advises: ClassVar[str] = "Let each tier begin where the one below it ends."

    lower: object
    upper: object
    row: object


@dataclass(frozen=True, slots=True)
class TiersLeaveGap(FindingFacts):
    code: ClassVar[str] = "tiers-leave-gap"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "This tier begins at {lower}, and the tier of row {row} ends before {upper}, so that nothing is said of what is between."
    )
    advises: ClassVar[str] = "Let each tier begin where the one below it ends."

    lower: object
    upper: object
    row: object


@dataclass(frozen=True, slots=True)
class TiersWithoutEnd(FindingFacts):
    code: ClassVar[str] = "tiers-without-end"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The highest tier ends before {upper}, so that nothing is said of {upper} and more."
    advises: ClassVar[str] = "Leave To empty in the highest tier."

    upper: object


@dataclass(frozen=True, slots=True)
class TiersDiffer(FindingFacts):
    code: ClassVar[str] = "tiers-differ"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "This row says {plan} of {measure}, and row {row} of the same provider, service and first day says {other}."
    )
    advises: ClassVar[str] = (
        "Tiers that belong together have one plan and one measure. Correct one of the rows."
    )

    plan: object
    measure: object
    row: object
    other: object


@dataclass(frozen=True, slots=True)
class TierBasisUnfit(FindingFacts):
    code: ClassVar[str] = "tier-basis-unfit"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "A marginal tier of {measure} cannot be paid {basis}, because nobody can say which visits are in which tier."
    )
    advises: ClassVar[str] = "{fits}"

    measure: object
    basis: object
    fits: object


@dataclass(frozen=True, slots=True)
class PlanBeginsWithinPeriod(FindingFacts):
    code: ClassVar[str] = "plan-begins-within-period"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "A pay plan begins on {first}, within the pay period {period}. It counts from the next period."
    )
    advises: ClassVar[str] = (
        "If it is to count for this period, let it begin on the first day of the period and generate again."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    first: object
    period: object


@dataclass(frozen=True, slots=True)
class PlanLacksMeasure(FindingFacts):
    code: ClassVar[str] = "plan-lacks-measure"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "The log has no {what} for {visits} of {provider} in {period}, so the tiers count 0 there."
    )
    advises: ClassVar[str] = "Enter it in the log and generate again."

    provider: object
    visits: object
    what: object
    period: object


@dataclass(frozen=True, slots=True)
class PlanRecomputed(FindingFacts):
    code: ClassVar[str] = "plan-recomputed"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Visits of {period} changed, so a pay plan of {provider} comes to another amount for that period: {plan} was {was} and is {now} now. {words}"
    )
    advises: ClassVar[str] = (
        "The difference is a line of this run. Nothing to do if the changed visits are right."
    )

    provider: object
    plan: object
    period: object
    was: object
    now: object
    words: object


@dataclass(frozen=True, slots=True)
class PlanChangedSincePaid(FindingFacts):
    code: ClassVar[str] = "plan-changed-since-paid"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "The pay plans were changed after a run of {period} was generated. With the plans of now, {provider} would be paid {difference} for that period. This run pays by the plans of then."
    )
    advises: ClassVar[str] = (
        "If the difference is due, add it as a pay item, or void the runs of that period and generate again."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    provider: object
    period: object
    difference: object


@dataclass(frozen=True, slots=True)
class PlanOfAnotherPeriod(FindingFacts):
    code: ClassVar[str] = "plan-of-another-period"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Approved runs have paid {provider} by a pay plan for days that overlap {period}, so this run has no plan line for this provider and period."
    )
    advises: ClassVar[str] = "Check what is due. Add the difference as a pay item if there is one."
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    provider: object
    period: object

"""Findings about typed hours: the rows of the sheet Hours, and what a run does with them."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity, ValueFinding
from server.errors.remedies import OPEN_SETUP, Remedy


@dataclass(frozen=True, slots=True)
class HoursOfAnybody(ValueFinding):
    code: ClassVar[str] = "hours-of-anybody"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "A row of hours is of one provider and one kind of work, so “{value}” cannot be used here."
    )
    advises: ClassVar[str] = "Type the provider or the service."


@dataclass(frozen=True, slots=True)
class HoursNotOfADay(ValueFinding):
    code: ClassVar[str] = "hours-not-of-a-day"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not a number of hours from 0 to 24."
    advises: ClassVar[str] = "Type hours with decimals: 1.5 is an hour and a half."


@dataclass(frozen=True, slots=True)
class HoursBeyondADay(FindingFacts):
    code: ClassVar[str] = "hours-beyond-a-day"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The rows of {provider} on {day} come to {hours}, which is more than a day has."
    advises: ClassVar[str] = "Correct the hours or the dates of these rows."

    provider: object
    day: object
    hours: object


@dataclass(frozen=True, slots=True)
class HoursWithoutRate(FindingFacts):
    code: ClassVar[str] = "hours-without-rate"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "There is no rate per hour for {provider} and {work} on {day}."
    advises: ClassVar[str] = (
        "Add a rate with the pay basis per hour on the sheet Rates, and save the setup. Pay that is not by the hour is a pay item."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    provider: object
    work: object
    day: object


@dataclass(frozen=True, slots=True)
class HoursOutsidePeriod(FindingFacts):
    code: ClassVar[str] = "hours-outside-period"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = "Hours of days outside {period} are not paid by this run."
    advises: ClassVar[str] = "Nothing to do. To pay them, generate the payroll of their period."

    period: object


@dataclass(frozen=True, slots=True)
class HoursChangedSincePaid(FindingFacts):
    code: ClassVar[str] = "hours-changed-since-paid"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Approved runs have paid {provider} {was} of {work} on {day}, and the sheet says {now}. The difference is {difference}."
    )
    advises: ClassVar[str] = (
        "The sheet says all hours of that provider, day and kind. If it has only the further ones, add those that were paid, and generate again."
    )

    provider: object
    work: object
    day: object
    was: object
    now: object
    difference: object

"""Findings about shares and supervision: the rows of the setup sheets, and what a run does with them."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity, ValueFinding
from server.errors.remedies import OPEN_SETUP, Remedy


@dataclass(frozen=True, slots=True)
class FurtherPayForAnybody(ValueFinding):
    code: ClassVar[str] = "further-pay-for-anybody"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "Somebody in particular is paid for the visit, so “{value}” cannot be used here."
    advises: ClassVar[str] = "Give each provider who is paid a row."


@dataclass(frozen=True, slots=True)
class FurtherPayForOneself(FindingFacts):
    code: ClassVar[str] = "further-pay-for-oneself"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{provider} is paid for visits of {provider} by the sheet Rates."
    advises: ClassVar[str] = "Name another provider, or remove the row."

    provider: object


@dataclass(frozen=True, slots=True)
class FurtherPayTwice(FindingFacts):
    code: ClassVar[str] = "further-pay-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "Row {row} is for the same providers, service and day, {day}, so two rows would be in effect."
    )
    advises: ClassVar[str] = "Remove one of the two rows, or change its Effective from."

    day: object
    row: object


@dataclass(frozen=True, slots=True)
class NotAShare(ValueFinding):
    code: ClassVar[str] = "not-a-share"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "A share of {value} gives nobody anything."
    advises: ClassVar[str] = (
        "Type the part of the visit's pay that this provider has, such as 40%. An empty cell ends the row before it."
    )


@dataclass(frozen=True, slots=True)
class SupervisionNotPositive(ValueFinding):
    code: ClassVar[str] = "supervision-not-positive"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "A supervisor cannot be paid {value}."
    advises: ClassVar[str] = "Type a rate above 0. To end the supervision, type its last day into Until."


@dataclass(frozen=True, slots=True)
class SupervisionEndsBefore(FindingFacts):
    code: ClassVar[str] = "supervision-ends-before"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The last day, {last}, is before the first day, {first}."
    advises: ClassVar[str] = (
        "Correct one of the two days, or leave Until empty if the supervision has no end."
    )

    first: object
    last: object


@dataclass(frozen=True, slots=True)
class SharesAboveWhole(FindingFacts):
    code: ClassVar[str] = "shares-above-whole"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "Others have {total} of what {provider} earns for {service} on this day, which is more than all of it."
    )
    advises: ClassVar[str] = (
        "Correct the sheet Shares of the setup, so that the shares of one visit come to at most 100%."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    total: object
    provider: object
    service: object


@dataclass(frozen=True, slots=True)
class ShareOnCollection(FindingFacts):
    code: ClassVar[str] = "share-on-collection"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "{provider} is paid for this visit when its money comes, and other providers have shares of it. Payments cannot be shared yet."
    )
    advises: ClassVar[str] = (
        "Remove the row from the sheet Shares, and pay the others with pay items. Or give {provider} another pay basis for this service."
    )

    provider: object


@dataclass(frozen=True, slots=True)
class SharesNotWhole(FindingFacts):
    code: ClassVar[str] = "shares-not-whole"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "The shares of appointment {value} on the sheet Shares do not come to 100%: what can be used of them comes to {total}."
    )
    advises: ClassVar[str] = (
        "Correct the rows of this appointment on the sheet Shares, or remove all of them."
    )

    value: object
    total: object


@dataclass(frozen=True, slots=True)
class ShareOfUnknownAppointment(ValueFinding):
    code: ClassVar[str] = "share-of-unknown-appointment"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "The log has no appointment {value}, so this share pays nothing."
    advises: ClassVar[str] = (
        "Correct the ID if it is misspelled. If the appointment is in another log, nothing to do."
    )

"""Findings about cases, and about amounts that are agreed in them."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity
from server.errors.remedies import OPEN_CASES, Remedy


@dataclass(frozen=True, slots=True)
class CaseNotSaved(FindingFacts):
    code: ClassVar[str] = "case-not-saved"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{sentence}"
    advises: ClassVar[str] = "Correct the cell under {heading}."

    sentence: object


@dataclass(frozen=True, slots=True)
class CaseMovedOn(FindingFacts):
    code: ClassVar[str] = "case-moved-on"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "This case was changed since the sheet was written, so what is typed here is not saved."
    )
    advises: ClassVar[str] = (
        "Note what you typed, press Case list, and type it again where it is still right."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_CASES,)


@dataclass(frozen=True, slots=True)
class CaseMixedUp(FindingFacts):
    code: ClassVar[str] = "case-mixed-up"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "This row was not written for the case that it shows. It may have been pasted over, be here twice, or come from "
        "another workbook."
    )
    advises: ClassVar[str] = "Undo that, or press Case list and type it again."
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_CASES,)


@dataclass(frozen=True, slots=True)
class AttorneyLosesCase(FindingFacts):
    code: ClassVar[str] = "attorney-loses-case"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "{loses} loses this case at once. {gets}"
    advises: ClassVar[str] = "Check the name and the day."

    loses: object
    gets: object


@dataclass(frozen=True, slots=True)
class BelowProRata(FindingFacts):
    code: ClassVar[str] = "below-pro-rata"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "{agreed} is less than {share}, our pro-rata share of {invoice}."
    advises: ClassVar[str] = (
        "Check the amount. If it is wrong and recorded, have a manager reopen the invoice."
    )

    agreed: object
    share: object
    invoice: object


@dataclass(frozen=True, slots=True)
class AboveLetterCap(FindingFacts):
    code: ClassVar[str] = "above-letter-cap"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "With {invoice}, {agreed} is agreed for this case, more than {cap}, the cap of its letter of protection."
    )
    advises: ClassVar[str] = (
        "Check the amount. If it is wrong and recorded, have a manager reopen the invoice."
    )

    invoice: object
    agreed: object
    cap: object

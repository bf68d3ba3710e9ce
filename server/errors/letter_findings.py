"""Findings about letters to payers and attorneys (rule: receivables#letters)."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity
from server.errors.remedies import OPEN_CASES, OPEN_SETUP, Remedy


@dataclass(frozen=True, slots=True)
class LetterAddressMissing(FindingFacts):
    code: ClassVar[str] = "letter-address-missing"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{name} has no address on the setup sheet Payers, so no letter is made."
    advises: ClassVar[str] = (
        "Press Open setup, type the address in the row of that name on the sheet Payers, press Save setup, and make the letter again."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    name: object


@dataclass(frozen=True, slots=True)
class LetterWithoutAttorney(FindingFacts):
    code: ClassVar[str] = "letter-without-attorney"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The case of {invoice} has no attorney today, so no letter is made."
    advises: ClassVar[str] = (
        "Press Case list, type the attorney in the row of the case, save the sheet, and make the letter again."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_CASES,)

    invoice: object


@dataclass(frozen=True, slots=True)
class NothingToClaim(FindingFacts):
    code: ClassVar[str] = "nothing-to-claim"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "The case of {invoice} gets no letter: {why}."
    advises: ClassVar[str] = "If that is not right, look at the steps of its invoices."

    invoice: object
    why: object


@dataclass(frozen=True, slots=True)
class LienWithoutProtection(FindingFacts):
    code: ClassVar[str] = "lien-without-protection"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "The case of {invoice} has no letter of protection in effect, and the letter claims a lien all the same."
    )
    advises: ClassVar[str] = (
        "Send it only if the law of the state gives you a lien. If there is a letter of protection, press Case list, type the day on which it was"
        " signed, and save the sheet first."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_CASES,)

    invoice: object


@dataclass(frozen=True, slots=True)
class EnvelopeTooLong(FindingFacts):
    code: ClassVar[str] = "envelope-too-long"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "The window of an envelope shows {most} lines, and more are on the letters to: {names}."
    )
    advises: ClassVar[str] = (
        "Use an envelope without a window, or press Open setup, shorten the address on the sheet Payers, and press Save setup."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    names: object
    most: object

"""Findings about letters to payers and attorneys (rule: receivables#letters)."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity
from server.errors.remedies import OPEN_SETUP, Remedy


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

"""Findings about the lines of an invoice that are edited on their own sheet."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity
from server.errors.remedies import OPEN_INVOICES, OPEN_SETUP, Remedy


@dataclass(frozen=True, slots=True)
class LinesAreFixed(FindingFacts):
    code: ClassVar[str] = "lines-are-fixed"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "Invoice {invoice} is {state}. Its lines can be changed only while it is Pending invoice."
    )
    advises: ClassVar[str] = (
        "Undo the change, or press Invoice list to see the lines as they are. An invoice that is not paid can be "
        "voided, and its exam billed again."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_INVOICES,)

    invoice: object
    state: object


@dataclass(frozen=True, slots=True)
class LineIsComputed(FindingFacts):
    code: ClassVar[str] = "line-is-computed"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{heading} is {expected} by the price list and the units of this row, not {value}."
    advises: ClassVar[str] = (
        "Clear the cell, and it is filled in. To bill another price, change the Prices sheet of the setup."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    value: object
    expected: object


@dataclass(frozen=True, slots=True)
class LineCodeTwice(FindingFacts):
    code: ClassVar[str] = "line-code-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "Row {first} bills {billed_code} on the same invoice already."
    advises: ClassVar[str] = "Type the units in one row, or “yes” under Bilateral for both sides."

    billed_code: object
    first: object


@dataclass(frozen=True, slots=True)
class NoLineLeft(FindingFacts):
    code: ClassVar[str] = "no-line-left"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "Nothing would be left to bill on invoice {invoice}."
    advises: ClassVar[str] = "Keep a line, or choose “void” for the invoice on the sheet Invoices."

    invoice: object

"""Findings about rows of the Reminders sheet."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity
from server.errors.remedies import DUE_TODAY, Remedy


@dataclass(frozen=True, slots=True)
class ReminderNotRecorded(FindingFacts):
    code: ClassVar[str] = "reminder-not-recorded"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{sentence}"
    advises: ClassVar[str] = "Correct the cell under {heading}."

    sentence: object


@dataclass(frozen=True, slots=True)
class ReminderMovedOn(FindingFacts):
    code: ClassVar[str] = "reminder-moved-on"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "The reminder about {subject} is not as it was when the sheet was written: somebody decided about it, or its reason is gone."
    )
    advises: ClassVar[str] = "Press Due today to see what is due now."
    offers: ClassVar[tuple[Remedy, ...]] = (DUE_TODAY,)

    subject: object


@dataclass(frozen=True, slots=True)
class ReminderMixedUp(FindingFacts):
    code: ClassVar[str] = "reminder-mixed-up"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "This row was not written for what it shows. It may have been pasted over, be here twice, or come from another workbook."
    )
    advises: ClassVar[str] = "Undo that, or press Due today and type it again."
    offers: ClassVar[tuple[Remedy, ...]] = (DUE_TODAY,)

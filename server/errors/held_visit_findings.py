"""Findings about visits that a run holds for a later run, and about those that an earlier run held."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity
from server.errors.remedies import SHOW_RUNS, Remedy


@dataclass(frozen=True, slots=True)
class HeldVisitsWait(FindingFacts):
    code: ClassVar[str] = "held-visits-wait"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "{visits} held from {period} (run {run}) still {wait} to be paid, and no row of this log is known to be one: {list}."
    )
    advises: ClassVar[str] = (
        "Generate payroll from the corrected log of {period}, or write off what is not to be paid, with a reason."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (SHOW_RUNS,)

    visits: object
    wait: object
    period: object
    run: object
    list: object


@dataclass(frozen=True, slots=True)
class HeldVisitPaid(FindingFacts):
    code: ClassVar[str] = "held-visit-paid"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = "Run {run} held this visit. It is paid here."
    advises: ClassVar[str] = "Nothing to do: once this run is approved, the visit no longer waits."

    run: object


@dataclass(frozen=True, slots=True)
class HeldVisitExcluded(FindingFacts):
    code: ClassVar[str] = "held-visit-excluded"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Run {run} held this visit. By this log it is not to be paid, so it no longer waits once this run is approved."
    )
    advises: ClassVar[str] = "Check that this visit should not be paid."

    run: object


@dataclass(frozen=True, slots=True)
class HeldVisitWrittenOff(FindingFacts):
    code: ClassVar[str] = "held-visit-written-off"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Run {run} held this visit, and on {day} it was written off: “{reason}”. It is not paid."
    )
    advises: ClassVar[str] = (
        "If it is to be paid after all, restore it among the held visits and generate again."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (SHOW_RUNS,)

    run: object
    day: object
    reason: object


@dataclass(frozen=True, slots=True)
class LooksWrittenOff(FindingFacts):
    code: ClassVar[str] = "looks-written-off"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "This row looks like a visit that run {run} held and that was written off on {day}: “{reason}”. It is paid."
    )
    advises: ClassVar[str] = "If it is the same visit, remove the row and generate again."

    run: object
    day: object
    reason: object


@dataclass(frozen=True, slots=True)
class NoteNotSigned(FindingFacts):
    code: ClassVar[str] = "note-not-signed"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = (
        "By “{heading}”, the note of this visit is not signed. The visit is held for a later run."
    )
    advises: ClassVar[str] = (
        "Nothing to do: the visit is paid from the next log that says that its note is signed."
    )


@dataclass(frozen=True, slots=True)
class NoteStateUnclear(FindingFacts):
    code: ClassVar[str] = "note-state-unclear"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "This cell of “{heading}” does not say whether the note of the visit is signed, so the visit is held for a later run."
    )
    advises: ClassVar[str] = (
        "If the note is signed, type a word that this column uses for signed, and generate again."
    )


@dataclass(frozen=True, slots=True)
class PaidNoteNotSigned(FindingFacts):
    code: ClassVar[str] = "paid-note-not-signed"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = (
        "An earlier run paid this visit, and by “{heading}” its note is not signed. Nothing is taken back."
    )
    advises: ClassVar[str] = (
        "If the note should have been signed, ask the provider. Pay that was taken back is paid again once it is signed."
    )

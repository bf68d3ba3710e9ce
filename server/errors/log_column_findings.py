"""Findings about an appointment log as a whole: its columns, its period and its drafts."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity
from server.errors.remedies import SHOW_RUNS, Remedy


@dataclass(frozen=True, slots=True)
class SeveralADay(FindingFacts):
    code: ClassVar[str] = "several-a-day"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = (
        "The log holds {visits} with the provider, day, service and patient of an earlier row and "
        "something else in another cell ({rows}). Each is paid."
    )
    advises: ClassVar[str] = "Nothing to do if these patients had several visits on one day."

    visits: object
    rows: object


@dataclass(frozen=True, slots=True)
class SeveralServices(FindingFacts):
    code: ClassVar[str] = "several-services"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = (
        "{appointments} {has} several services on one day with one provider: the further ones are in {rows}. "
        "Each is paid at its own rate."
    )
    advises: ClassVar[str] = (
        "Nothing to do if these services were add-ons. Remove a row that was entered by mistake."
    )

    appointments: object
    has: object
    rows: object


@dataclass(frozen=True, slots=True)
class WeakIdentity(FindingFacts):
    code: ClassVar[str] = "weak-identity"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = (
        "The log holds {visits} without appointment ID or patient: those of one provider, day and "
        "service are told apart by counting them."
    )
    advises: ClassVar[str] = (
        "If the practice system can export appointment IDs, a visit sent twice is noticed more surely."
    )

    visits: object


@dataclass(frozen=True, slots=True)
class InAnotherDraft(FindingFacts):
    code: ClassVar[str] = "in-another-draft"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "The draft run {run} holds {appointments} of this run too."
    advises: ClassVar[str] = "Approve only one of the two runs, and void the other."
    offers: ClassVar[tuple[Remedy, ...]] = (SHOW_RUNS,)

    run: object
    appointments: object


@dataclass(frozen=True, slots=True)
class DraftReplaced(FindingFacts):
    code: ClassVar[str] = "draft-replaced"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "The earlier draft of this period held {appointments} that this log does not have; the new "
        "draft does not."
    )
    advises: ClassVar[str] = (
        "If they should be paid, put all rows of the period into one sheet and generate again."
    )

    appointments: object


@dataclass(frozen=True, slots=True)
class DraftWithdrawn(FindingFacts):
    code: ClassVar[str] = "draft-withdrawn"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "The earlier draft {run} ({visits}, {amount}) is voided: generated again, its period pays nothing."
    )
    advises: ClassVar[str] = (
        "If it should pay, correct the log or the setup and generate again; that makes a new draft."
    )

    run: object
    visits: object
    amount: object


@dataclass(frozen=True, slots=True)
class OutsidePeriod(FindingFacts):
    code: ClassVar[str] = "outside-period"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "This run does not pay {visits} dated outside {period}, the pay period of nearly all others."
    )
    advises: ClassVar[str] = (
        "To pay them here, give the first and last day of the run (from, to) and generate again."
    )

    visits: object
    period: object


@dataclass(frozen=True, slots=True)
class SeveralPeriods(FindingFacts):
    code: ClassVar[str] = "several-periods"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "The log covers {count} pay periods. This run includes all of {first} to {last}."
    advises: ClassVar[str] = "To pay one period, give its first and last day (from, to) and generate again."

    count: object
    first: object
    last: object


@dataclass(frozen=True, slots=True)
class TotalMismatch(FindingFacts):
    code: ClassVar[str] = "total-mismatch"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "The totals row says {stated}, and the rows above it add up to {sum}."
    advises: ClassVar[str] = "Find out which of the two is right. Pay is calculated from the rows."

    stated: object
    sum: object


@dataclass(frozen=True, slots=True)
class TotalVerified(FindingFacts):
    code: ClassVar[str] = "total-verified"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = "The totals row agrees with the rows above it."
    advises: ClassVar[str] = "Nothing to do."


@dataclass(frozen=True, slots=True)
class MergedCellsRead(FindingFacts):
    code: ClassVar[str] = "merged-cells"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = "The merged cells {range} were read as the same value in every row."
    advises: ClassVar[str] = "Nothing to do."

    range: object


@dataclass(frozen=True, slots=True)
class HiddenRows(FindingFacts):
    code: ClassVar[str] = "hidden-rows"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = "This includes {hidden} that the sheet hides or filters out ({rows})."
    advises: ClassVar[str] = "Nothing to do."

    hidden: object
    rows: object


@dataclass(frozen=True, slots=True)
class RepeatedHeaders(FindingFacts):
    code: ClassVar[str] = "repeated-headers"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = "The run leaves out {headers} repeating the headings ({rows})."
    advises: ClassVar[str] = "Nothing to do."

    headers: object
    rows: object


@dataclass(frozen=True, slots=True)
class Polarity(FindingFacts):
    code: ClassVar[str] = "polarity"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = "“{heading}” was read as: Yes is {yes} ({yes_count}), No is {no} ({no_count})."
    advises: ClassVar[str] = "Nothing to do if that is how this clinic means it."

    yes: object
    yes_count: object
    no: object
    no_count: object


@dataclass(frozen=True, slots=True)
class NotesDecide(FindingFacts):
    code: ClassVar[str] = "notes-decide"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = (
        "“{heading}” was read as whether the note is signed: it is in {signed}, and not in {unsigned}. Visits whose note is "
        "not signed are held."
    )
    advises: ClassVar[str] = "Nothing to do if that is how this clinic means it."

    signed: object
    unsigned: object


@dataclass(frozen=True, slots=True)
class SummedColumns(FindingFacts):
    code: ClassVar[str] = "summed-columns"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = "{field} is the sum of the columns {columns}."
    advises: ClassVar[str] = "Nothing to do if these are the client's and the insurer's."

    field: object
    columns: object


@dataclass(frozen=True, slots=True)
class MinutesConverted(FindingFacts):
    code: ClassVar[str] = "minutes-converted"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = "The minutes come from {source}: {example}."
    advises: ClassVar[str] = "Nothing to do if that is how long the visits took."

    source: object
    example: object


@dataclass(frozen=True, slots=True)
class MinutesFromTimes(FindingFacts):
    code: ClassVar[str] = "minutes-from-times"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = (
        "The minutes of {visits} without any under “{heading}” ({rows}) come from {source}: {example}."
    )
    advises: ClassVar[str] = "Nothing to do if that is how long the visits took. If not, type the minutes."

    visits: object
    rows: object
    source: object
    example: object


@dataclass(frozen=True, slots=True)
class TotalOfParts(FindingFacts):
    code: ClassVar[str] = "total-of-parts"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = "“{total}” is the sum of {parts}, so it is read alone."
    advises: ClassVar[str] = "Nothing to do."

    total: object
    parts: object


@dataclass(frozen=True, slots=True)
class TotalDiffersFromParts(FindingFacts):
    code: ClassVar[str] = "total-differs-from-parts"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "“{total}” is read here, and it is not the sum of {parts}."
    advises: ClassVar[str] = "Find out which of the amounts is right. Pay is calculated from “{total}”."

    total: object
    parts: object


@dataclass(frozen=True, slots=True)
class FilledMeans(FindingFacts):
    code: ClassVar[str] = "filled-means"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = (
        "Under “{heading}”, a filled cell was read as {yes} (in {yes_count}), an empty one as {no} "
        "(in {no_count})."
    )
    advises: ClassVar[str] = "Nothing to do if that is how this clinic means it."

    yes: object
    yes_count: object
    no: object
    no_count: object


@dataclass(frozen=True, slots=True)
class AllAttended(FindingFacts):
    code: ClassVar[str] = "all-attended"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = (
        "The log has no status column, so every row was read as an attended visit, as answered for "
        "this clinic."
    )
    advises: ClassVar[str] = "If it holds other visits too, export it with the status of each visit."


@dataclass(frozen=True, slots=True)
class OneService(FindingFacts):
    code: ClassVar[str] = "one-service"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = (
        "The log has no service column, so every visit was read as {service}, as answered for this clinic."
    )
    advises: ClassVar[str] = (
        "If there were other services too, export the log with the service of each visit."
    )

    service: object


@dataclass(frozen=True, slots=True)
class ColumnsNotRead(FindingFacts):
    code: ClassVar[str] = "columns-not-read"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = "The log has {columns} that payroll did not read: {names}."
    advises: ClassVar[str] = "Nothing to do unless one of them should change what is paid."

    columns: object
    names: object


@dataclass(frozen=True, slots=True)
class ColumnQuestion(FindingFacts):
    code: ClassVar[str] = "column-question"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{question}"
    advises: ClassVar[str] = "Answer the question. Most answers are kept for this clinic's next logs."

    question: object

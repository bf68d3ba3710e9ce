"""Findings about the rows of an appointment log."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity, ValueFinding
from server.errors.remedies import CHOOSE_CLINIC, OPEN_SETUP, Remedy


@dataclass(frozen=True, slots=True)
class BlankDate(FindingFacts):
    code: ClassVar[str] = "blank-date"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The date of service is missing."
    advises: ClassVar[str] = "Type the date of service."


@dataclass(frozen=True, slots=True)
class LooksForeign(FindingFacts):
    code: ClassVar[str] = "looks-foreign"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "What this column says in {rows} does not belong to {clinic}."
    advises: ClassVar[str] = (
        "Check whether this log is for this clinic, or press Choose clinic to choose again."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (CHOOSE_CLINIC,)

    clinic: object
    rows: object


@dataclass(frozen=True, slots=True)
class BlankStatus(FindingFacts):
    code: ClassVar[str] = "blank-status"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The status is blank, so it is unclear whether the visit took place."
    advises: ClassVar[str] = "Type the status."


@dataclass(frozen=True, slots=True)
class UnknownStatus(ValueFinding):
    code: ClassVar[str] = "unknown-status"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "“{value}” is not on the clinic's status list, so it is unclear whether to pay this visit."
    )
    advises: ClassVar[str] = "Add “{value}” to the Statuses sheet of the setup, or correct the cell."
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)


@dataclass(frozen=True, slots=True)
class NeitherYesNorNo(ValueFinding):
    code: ClassVar[str] = "neither-yes-nor-no"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is neither yes nor no, so it is unclear whether to pay this visit."
    advises: ClassVar[str] = "Type yes or no."


@dataclass(frozen=True, slots=True)
class StatusConflict(FindingFacts):
    code: ClassVar[str] = "status-conflict"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The status says attended, but “{heading}” says {other}."
    advises: ClassVar[str] = "Correct one of the two cells."

    heading: object
    other: object


@dataclass(frozen=True, slots=True)
class NoteContradictsStatus(ValueFinding):
    code: ClassVar[str] = "note-contradicts-status"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "This visit is paid as attended, but “{heading}” says “{value}”."
    advises: ClassVar[str] = (
        "Check whether the visit took place. If it did not, correct its status and generate again."
    )


@dataclass(frozen=True, slots=True)
class BlankProvider(FindingFacts):
    code: ClassVar[str] = "blank-provider"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The provider is missing."
    advises: ClassVar[str] = "Type who did the work."


@dataclass(frozen=True, slots=True)
class UnknownProvider(FindingFacts):
    code: ClassVar[str] = "unknown-provider"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not a provider of this clinic.{suggestion}"
    advises: ClassVar[str] = (
        "Correct the name. Or add it to the Providers sheet of the setup: a new provider in a new row, another spelling "
        "under “Also known as”."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    value: object
    suggestion: object


@dataclass(frozen=True, slots=True)
class ProviderConflict(ValueFinding):
    code: ClassVar[str] = "provider-conflict"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The provider ID {value} belongs to a provider with another name."
    advises: ClassVar[str] = "Correct the ID or the name."


@dataclass(frozen=True, slots=True)
class BlankService(FindingFacts):
    code: ClassVar[str] = "blank-service"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The service is missing."
    advises: ClassVar[str] = "Type the service code."


@dataclass(frozen=True, slots=True)
class UnknownService(FindingFacts):
    code: ClassVar[str] = "unknown-service"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not a service of this clinic.{suggestion}"
    advises: ClassVar[str] = "Add it to the Services sheet of the setup, or correct the cell."
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    value: object
    suggestion: object


@dataclass(frozen=True, slots=True)
class DuplicateAppointment(FindingFacts):
    code: ClassVar[str] = "duplicate-appointment"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "Appointment {value} is also in row {first}, and an appointment is paid once."
    advises: ClassVar[str] = "Remove one of the two rows, or correct the ID."

    value: object
    first: object


@dataclass(frozen=True, slots=True)
class NearlySameId(FindingFacts):
    code: ClassVar[str] = "nearly-same-id"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "This ID differs from {value} in row {first} by zeros in front only, and the provider, day "
        "and service are the same."
    )
    advises: ClassVar[str] = (
        "If it is the same visit, remove one of the two rows. If not, correct one of the two IDs."
    )

    value: object
    first: object


@dataclass(frozen=True, slots=True)
class IdAlsoMissed(FindingFacts):
    code: ClassVar[str] = "id-also-missed"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "The appointment {value} is also in row {first}, where its status counts as {status}."
    )
    advises: ClassVar[str] = "Check whether the visit took place; if not, remove this row and generate again."

    value: object
    first: object
    status: object


@dataclass(frozen=True, slots=True)
class AnotherClinic(FindingFacts):
    code: ClassVar[str] = "another-clinic"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "This row names a clinic other than {clinic}."
    advises: ClassVar[str] = "Move the row to that clinic's workbook."

    clinic: object


@dataclass(frozen=True, slots=True)
class IdenticalRows(FindingFacts):
    code: ClassVar[str] = "identical-rows"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "This row repeats row {first} in every cell, and counts as a visit of its own."
    advises: ClassVar[str] = "If it is the same visit written twice, remove one row and generate again."

    first: object


@dataclass(frozen=True, slots=True)
class AmountOfMergedCells(FindingFacts):
    code: ClassVar[str] = "merged-amount"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "{value} is merged over {range}: it is paid once, in the first of these rows, and this row "
        "has no amount."
    )
    advises: ClassVar[str] = "Unmerge the cells and type each row's amount."

    value: object
    range: object


@dataclass(frozen=True, slots=True)
class AmountCutInTwo(ValueFinding):
    code: ClassVar[str] = "amount-cut-in-two"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "{value} and the number to its right may be one amount that a text file cut at its thousands comma."
    )
    advises: ClassVar[str] = (
        "Type the whole amount, such as 1234.50, and clear the cell to its right if it is not its own."
    )


@dataclass(frozen=True, slots=True)
class MergedId(FindingFacts):
    code: ClassVar[str] = "merged-id"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The ID {value} is merged over {range}, so this row has no ID of its own."
    advises: ClassVar[str] = "Unmerge the cells and type each row's ID."

    value: object
    range: object


@dataclass(frozen=True, slots=True)
class MergedRow(FindingFacts):
    code: ClassVar[str] = "merged-row"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "Every cell of this row belongs to a merged block, so nothing says that it is a visit of its own."
    )
    advises: ClassVar[str] = "Unmerge the cells: if it is a visit, fill in its row; if not, delete the row."


@dataclass(frozen=True, slots=True)
class PageFurniture(FindingFacts):
    code: ClassVar[str] = "page-furniture"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = "The run leaves out {what} ({rows})."
    advises: ClassVar[str] = (
        "Nothing to do. If one of them is a visit, fill in its date, provider and service."
    )

    what: object
    rows: object


@dataclass(frozen=True, slots=True)
class GroupRows(FindingFacts):
    code: ClassVar[str] = "group-rows"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = "The provider of {visits} is read from the name above them ({where})."
    advises: ClassVar[str] = "Nothing to do if each visit is below its provider's name."

    visits: object
    where: object


@dataclass(frozen=True, slots=True)
class MixedGroupRows(FindingFacts):
    code: ClassVar[str] = "mixed-group-rows"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "The provider of {visits} is read from the name above them ({where}), while other rows name "
        "their own."
    )
    advises: ClassVar[str] = "Check the provider of these rows, or type it into each of them."

    visits: object
    where: object


@dataclass(frozen=True, slots=True)
class GroupConflict(FindingFacts):
    code: ClassVar[str] = "group-conflict"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The provider of this row is “{value}”, but the name above it is “{above}”."
    advises: ClassVar[str] = "Correct the provider of this row, or move the row below its provider's name."

    value: object
    above: object


@dataclass(frozen=True, slots=True)
class SurplusCell(FindingFacts):
    code: ClassVar[str] = "surplus-cell"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "This row has more cells than the sheet has headings: column {letter} has no heading. An "
        "amount such as 1,234.50 without quotes is read as two cells."
    )
    advises: ClassVar[str] = (
        "Put the cells of this row back under their headings, or give column {letter} a heading."
    )

    letter: object


@dataclass(frozen=True, slots=True)
class ColumnWithoutHeading(FindingFacts):
    code: ClassVar[str] = "column-without-heading"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Column {letter} has no heading and is filled in {filled} of {rows}. It is not read."
    )
    advises: ClassVar[str] = "If pay depends on what it holds, type a heading above it and generate again."

    letter: object
    filled: object
    rows: object

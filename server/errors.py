"""Every refusal, and every sentence staff can see.

Two kinds, never mixed. A *finding* is a remark about cells: the row it stands on is
not paid, or wants a look, and the rest of the sheet goes on. A *refusal* is a request
that cannot be carried out: nothing was written anywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters. A blocker keeps its row from being paid."""

    BLOCKER = "blocker"
    REVIEW = "review"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a finding says and what to do about it; ``{names}`` are filled from its facts."""

    severity: Severity
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One remark about one or many cells of one column.

    ``rows`` are Excel row numbers (1-based), empty when the whole sheet is meant;
    ``column`` is the 0-based position in the sheet, ``None`` when no column is meant.
    The same sentence about many cells is one Finding, so a hundred thousand rows with
    the same unknown status cost one sentence.
    """

    code: str
    sheet: str
    rows: Sequence[int] = ()
    column: int | None = None
    heading: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> Sentence:
        """Return the entry of SENTENCES this finding speaks with."""
        return SENTENCES[self.code]

    @property
    def severity(self) -> Severity:
        """Return how much it matters."""
        return self.sentence.severity

    @property
    def message(self) -> str:
        """Return what is wrong, in one plain sentence."""
        return self.sentence.message.format_map(self.facts)

    @property
    def remedy(self) -> str:
        """Return what to do about it."""
        return self.sentence.remedy.format_map(self.facts)


class BillingError(Exception):
    """A request that is not carried out. Nothing was written.

    ``code`` is for programs, ``title`` names the kind, the text of the exception is
    the sentence, ``remedy`` says what to do; ``findings`` point at the cells.
    """

    code = "refused"
    title = "That cannot be done"

    def __init__(self, sentence: str, remedy: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(sentence)
        self.remedy = remedy
        self.findings = tuple(findings)


_B, _R, _I = Severity.BLOCKER, Severity.REVIEW, Severity.INFO

SENTENCES: dict[str, Sentence] = {
    # Any cell
    "error-value": Sentence(
        _B, "This cell holds the error value {value}.", "Correct the formula, or type the value."
    ),
    "not-money": Sentence(
        _B, "“{value}” is not an amount of money.", "Type the amount as a number, such as 1234.50."
    ),
    "fraction-of-cent": Sentence(
        _B,
        "{value} has a fraction of a cent.",
        "Round it to whole cents, so that nobody has to guess which way.",
    ),
    "not-a-number": Sentence(_B, "“{value}” is not a number that can be used here.", "Type a plain number."),
    "negative-number": Sentence(_B, "{value} is negative.", "Type a number of 0 or more."),
    "too-large": Sentence(_B, "{value} is too large to be right.", "Correct the number."),
    "not-a-date": Sentence(_B, "“{value}” is not a date.", "Type the date, such as 10/25/2026."),
    "implausible-date": Sentence(
        _B,
        "“{value}” would be a day before 2000 or after 2099.",
        "Correct the date, or format the cell as a date.",
    ),
    "not-a-percentage": Sentence(_B, "“{value}” is not a percentage from 0 to 100.", "Type it as 60%."),
    "one-or-hundred-percent": Sentence(
        _B, "1 could mean 1 % or 100 %.", "Type 1% or 100%, with the percent sign."
    ),
    # Rows of an appointment log
    "ambiguous-date": Sentence(
        _B,
        "“{value}” can be read month first or day first, and the column holds both kinds.",
        "Write the dates of this column one way, or as real dates.",
    ),
    "swapped-date": Sentence(
        _B,
        "This date may have its day and month exchanged: the other dates of the column are written day first.",
        "Open the log again with the date column as text, or correct the dates.",
    ),
    "blank-date": Sentence(_B, "The date of service is missing.", "Type the date of service."),
    "looks-foreign": Sentence(
        _B, "This does not belong to {clinic}.", "Check whether this log is for this clinic."
    ),
    "blank-status": Sentence(
        _B, "The status is missing, so nobody can say whether the visit took place.", "Type the status."
    ),
    "unknown-status": Sentence(
        _B,
        "Nobody has said what the status “{value}” counts as.",
        "Add “{value}” to the Statuses sheet of the setup, or correct the cell.",
    ),
    "status-conflict": Sentence(
        _B, "The status says attended, but “{heading}” says {other}.", "Correct one of the two cells."
    ),
    "blank-provider": Sentence(_B, "The provider is missing.", "Type who did the work."),
    "unknown-provider": Sentence(
        _B,
        "“{value}” is not a provider of this clinic.{suggestion}",
        "Add this spelling under “Also known as” on the Providers sheet of the setup, or correct the cell.",
    ),
    "provider-conflict": Sentence(
        _B, "The provider ID {value} belongs to a provider with another name.", "Correct the ID or the name."
    ),
    "blank-service": Sentence(_B, "The service is missing.", "Type the service code."),
    "unknown-service": Sentence(
        _B,
        "“{value}” is not a service of this clinic.{suggestion}",
        "Add it to the Services sheet of the setup, or correct the cell.",
    ),
    "damaged-id": Sentence(
        _B,
        "The appointment ID {value} has lost digits: Excel keeps only fifteen of a number.",
        "Export the log again with the ID column as text.",
    ),
    "duplicate-appointment": Sentence(
        _B,
        "The appointment {value} stands in row {first} already, and an appointment is paid once.",
        "Remove one of the two rows, or correct the ID.",
    ),
    "another-clinic": Sentence(
        _B, "This row names a clinic other than {clinic}.", "Move the row to that clinic's workbook."
    ),
    "no-rate": Sentence(
        _B,
        "No rate is in force for {provider} and {service} on {day}.",
        "Add a row to the Rates sheet of the setup, effective from that day or earlier.",
    ),
    "rate-of-zero": Sentence(
        _B,
        "The rate for {provider} and {service} is 0, and its note does not say “unpaid”.",
        "Write “unpaid” in the note of that rate, or give the rate.",
    ),
    "missing-measure": Sentence(
        _B,
        "{provider} is paid {basis} for {service}, and this row has no {measure}.",
        "Type the {measure}; type 0 if there really is none.",
    ),
    "identical-rows": Sentence(
        _R,
        "This row is identical to row {first}. Both are paid, as two visits.",
        "If it is the same visit written twice, remove one row and generate again.",
    ),
    "units-look-like-minutes": Sentence(
        _R, "{value} units look like minutes.", "If they are minutes, correct the cell and generate again."
    ),
    "zero-measure": Sentence(
        _R, "{provider} is paid {basis}, and the {measure} of this row is 0.", "Check that 0 is right."
    ),
    "negative-pay": Sentence(
        _R, "The amount is negative, so it lowers the provider's pay.", "Check that this is a refund."
    ),
    "inactive-provider": Sentence(
        _R, "{provider} is no longer active, and is paid for this visit.", "Check that the visit took place."
    ),
    "changed-since-paid": Sentence(
        _R,
        "Run {run} paid {paid} for this appointment, and today it would be {now}. Nothing is paid here.",
        "Void that run, or settle the difference with the provider.",
    ),
    "in-another-draft": Sentence(
        _R,
        "{count} appointments of this run stand in the draft run {run} too.",
        "Close only one of the two runs, and void the other.",
    ),
    "draft-replaced": Sentence(
        _R,
        "The draft of this period held {count} appointments that this log does not have. They are not in it now.",
        "If they should be paid, put all rows of the period into one sheet and generate again.",
    ),
    "outside-period": Sentence(
        _R,
        "{count} visits lie outside {period}, the pay period of nearly all others. They are not in this run.",
        "To pay them here, give the first and last day of the run (from, to) and generate again.",
    ),
    "several-periods": Sentence(
        _R,
        "The log reaches over {count} pay periods, and all of {first} to {last} is in this run.",
        "To pay one period, give its first and last day (from, to) and generate again.",
    ),
    "total-mismatch": Sentence(
        _R,
        "The totals row says {stated}, and the rows above it add up to {sum}.",
        "Find out which of the two is right; the rows are what is paid.",
    ),
    "total-verified": Sentence(_I, "The totals row agrees with the rows above it.", "Nothing to do."),
    "merged-cells": Sentence(
        _I, "The merged cells {range} were read as the same value in every row.", "Nothing to do."
    ),
    "hidden-rows": Sentence(
        _I,
        "{count} rows of the log (row {rows}) are hidden or filtered away. They are part of the run.",
        "Nothing to do.",
    ),
    "repeated-headers": Sentence(
        _I, "{count} repeated header rows (row {rows}) were left out.", "Nothing to do."
    ),
    "polarity": Sentence(
        _I,
        "“{heading}” was read as: Yes is {yes} ({yes_count} rows), No is {no} ({no_count} rows).",
        "Nothing to do if that is how this clinic means it.",
    ),
    "summed-columns": Sentence(
        _I,
        "{field} is the sum of the columns {columns}.",
        "Nothing to do if these are the client's and the insurer's.",
    ),
    "column-question": Sentence(_B, "{question}", "Answer once; it is remembered for this clinic's logs."),
    # Setup workbook
    "missing-sheet": Sentence(
        _B,
        "The sheet “{sheet}” is missing.",
        "Press Open setup to get all setup sheets, or add a sheet of this name with the headings {headings}.",
    ),
    "sheet-left-out": Sentence(
        _R, "There is no sheet “{sheet}”, so {consequence}.", "Press Open setup to get the sheet back."
    ),
    "missing-heading": Sentence(
        _B, "The sheet has no column “{heading}”.", "Add the heading “{heading}” to row {row}."
    ),
    "heading-twice": Sentence(
        _B, "The heading “{heading}” stands in two columns.", "Remove or rename one of the two columns."
    ),
    "missing-field": Sentence(
        _B, "“{field}” is missing.", "Type “{field}” in the column Field, and the answer beside it."
    ),
    "blank-cell": Sentence(_B, "“{heading}” is empty.", "Fill in the cell, or clear the whole row."),
    "bad-clinic-id": Sentence(
        _B,
        "“{value}” cannot be a clinic ID.",
        "Use small letters, digits and hyphens, such as lakeside; begin with a letter or digit.",
    ),
    "not-a-choice": Sentence(_B, "“{value}” is not one of the possible words.", "Type one of: {choices}."),
    "no-letters": Sentence(
        _B, "“{value}” has neither letters nor digits, so no log could be matched with it.", "Type a name."
    ),
    "name-twice": Sentence(
        _B,
        "“{value}” belongs to {other} already (row {row}); spaces, capitals and punctuation do not count.",
        "Keep each spelling and each ID with one entry only.",
    ),
    "npi-digits": Sentence(_R, "The NPI “{value}” does not have ten digits.", "Check the number."),
    "not-whole-minutes": Sentence(
        _B, "“{value}” is not a number of minutes from 1 to 1440.", "Type whole minutes, such as 15."
    ),
    "rate-twice": Sentence(
        _B,
        "{provider}, {service} from {day} stands in row {row} already, so two rates would be in force.",
        "Remove one of the two rows, or change its Effective from.",
    ),
    "percent-for-money": Sentence(
        _B,
        "This is a percentage, and {basis} is paid in dollars.",
        "Type dollars, or choose another pay basis.",
    ),
    "money-for-percent": Sentence(
        _B,
        "This is an amount of money, and {basis} is a percentage.",
        "Type it as 60%, or choose another pay basis.",
    ),
    "status-twice": Sentence(
        _B,
        "“{value}” counts as {other} in row {row} and as something else here.",
        "Keep one of the two rows; spaces, capitals and punctuation do not count.",
    ),
}


# -- A button pressed on a sheet --


class BadRequest(BillingError):
    """The request is not of the agreed form; only a program can be at fault."""

    code = "bad-request"
    title = "The request could not be understood"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "Update the add-in and the service to the same version, then try again.")


class ForeignRequest(BillingError):
    """The request comes from a page or by a name that is not the service's own."""

    code = "foreign-request"
    title = "The service does not answer strangers"

    def __init__(self, header: str) -> None:
        super().__init__(
            f"The request's {header} header is not one of this service.",
            "Use the add-in, or the service's own address.",
        )


class UnknownAddress(BillingError):
    """The service has no such address."""

    code = "unknown-address"
    title = "There is no such address"

    def __init__(self, method: str, path: str) -> None:
        super().__init__(
            f"{method} {path} is not an address of this service.", "See /docs for those there are."
        )


class FolderInUse(BillingError):
    """A folder the demo would fill holds somebody's files."""

    code = "folder-in-use"
    title = "The folder holds other things"

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"{folder} is not empty, and the demo did not make it.", "Name another folder with --dir."
        )


class UnknownButton(BillingError):
    """No button has this id."""

    code = "unknown-button"
    title = "There is no such button"

    def __init__(self, button: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no button “{button}”.", f"The buttons are: {', '.join(known)}.")


class NoClinic(BillingError):
    """The workbook belongs to no clinic yet."""

    code = "no-clinic"
    title = "This workbook has no clinic yet"

    def __init__(self) -> None:
        super().__init__(
            "This workbook does not say which clinic it belongs to.",
            "Press Choose clinic first; every button then works for that clinic only.",
        )


class ClinicMismatch(BillingError):
    """The workbook belongs to one clinic and the request names another."""

    code = "clinic-mismatch"
    title = "This workbook belongs to another clinic"

    def __init__(self, bound: str, named: str) -> None:
        super().__init__(
            f"This workbook belongs to {bound}, and what you ask is for {named}.",
            "Use a workbook of its own for each clinic.",
        )


class TooLarge(BillingError):
    """More was sent than one request may hold."""

    code = "too-large"
    title = "That is more than one click can carry"

    def __init__(self, what: str, limit: str) -> None:
        super().__init__(
            f"{what} is larger than {limit}.", "Split the sheet and press the button for each part."
        )


class MissingSheet(BillingError):
    """The button needs a sheet the workbook does not have."""

    code = "missing-sheet"
    title = "A sheet is missing"

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)


class MissingInput(BillingError):
    """An input is missing or unusable."""

    code = "missing-input"
    title = "Something is missing"

    def __init__(self, name: str, sentence: str, remedy: str) -> None:
        super().__init__(sentence, remedy)
        self.name = name


# -- Appointment logs --


class EmptySetup(BillingError):
    """The clinic has no providers yet, so no row could be matched."""

    code = "empty-setup"
    title = "The clinic is not set up yet"

    def __init__(self, clinic: str) -> None:
        super().__init__(
            f"{clinic} has no providers yet.",
            "Press Open setup, fill in Providers, Services and Rates, and press Save setup.",
        )


class EmptySheet(BillingError):
    """The sheet in front holds nothing."""

    code = "empty-sheet"
    title = "The sheet is empty"

    def __init__(self, sheet: str) -> None:
        super().__init__(
            f"The sheet “{sheet}” holds no appointments.",
            "Go to the sheet with the appointment log and press the button again.",
        )


class OwnSheet(BillingError):
    """The sheet in front was written by us."""

    code = "own-sheet"
    title = "This is a finished sheet, not a log"

    def __init__(self, sheet: str) -> None:
        super().__init__(
            f"“{sheet}” is a sheet Clinic Ledger wrote, not an appointment log.",
            "Go to the sheet with the appointment log and press the button again.",
        )


class HeaderNotFound(BillingError):
    """No row of the sheet looks like the headings of an appointment log."""

    code = "header-not-found"
    title = "The headings were not found"

    def __init__(self, sheet: str, looked_at: int) -> None:
        super().__init__(
            f"None of the first {looked_at} rows of “{sheet}” holds the headings of an appointment log.",
            "The log needs a row with headings such as Date of service, Provider, Service and Status.",
        )


class MissingColumn(BillingError):
    """The log lacks columns without which nothing can be decided."""

    code = "missing-column"
    title = "A column is missing"

    def __init__(self, sheet: str, missing: Sequence[str], row: int, seen: Sequence[str]) -> None:
        names = " and ".join(f"“{name}”" for name in missing)
        super().__init__(
            f"The headings of “{sheet}” (row {row}) have no column for {names}.",
            f"Add the column, or rename its heading. The headings there are: {', '.join(seen)}.",
        )


class AnotherClinicsLog(BillingError):
    """The log looks like another clinic's. Never says which."""

    code = "another-clinics-log"
    title = "This looks like another clinic's log"

    def __init__(self, clinic: str, why: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(
            f"This log does not look like one of {clinic}: {why}.",
            "Check the log, or open it in the workbook of the clinic it belongs to.",
            findings,
        )


class ImplausiblePeriod(BillingError):
    """The days of the log, or the days asked for, make no pay period."""

    code = "implausible-period"
    title = "The pay period is not clear"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "Give the first and the last day of the pay period (from, to).")


class SetupUnusable(BillingError):
    """The Setup sheets hold mistakes. Nothing was saved."""

    code = "setup-unusable"
    title = "The setup has mistakes, and nothing was saved"

    def __init__(self, findings: Sequence[Finding]) -> None:
        blockers = [finding for finding in findings if finding.severity is Severity.BLOCKER]
        count = sum(max(1, len(finding.rows)) for finding in blockers)
        super().__init__(
            f"{count} {'cell needs' if count == 1 else 'cells need'} correction: {blockers[0].message}",
            "Correct the cells listed and press Save setup again.",
            findings,
        )


# -- The ledger --


class UnknownClinic(BillingError):
    """No clinic of this id is on the firm's list."""

    code = "unknown-clinic"
    title = "That clinic is not on the list"

    def __init__(self, clinic_id: str) -> None:
        super().__init__(
            f"There is no clinic {clinic_id!r} in this ledger.",
            "Press Choose clinic and take one from the list, or enter the clinic with Save setup.",
        )


class BadClinicId(BillingError):
    """A clinic id that cannot name a file of its own."""

    code = "bad-clinic-id"
    title = "That clinic ID cannot be used"

    def __init__(self, clinic_id: str) -> None:
        super().__init__(
            f"{clinic_id!r} cannot be a clinic ID.",
            "Use small letters, digits and hyphens, at most 63, beginning with a letter or digit, such as "
            "lakeside-clinic. Names that Windows keeps for itself (con, nul, com1) do not work.",
        )


class BooksNotOpened(BillingError):
    """A file of the ledger is missing, is not what it should be, or is too new."""

    code = "books-not-opened"
    title = "The books cannot be opened"

    def __init__(self, file: str, why: str) -> None:
        super().__init__(
            f"The ledger file {file} {why}.",
            "Nothing was written. Check the ledger folder, or put the right file back from a backup.",
        )


class BooksBusy(BillingError):
    """Somebody else has been writing for longer than a click should wait."""

    code = "books-busy"
    title = "The books are in use"

    def __init__(self, file: str) -> None:
        super().__init__(f"Somebody else is writing to {file}.", "Wait a moment and press the button again.")


class SetupDoesNotFit(BillingError):
    """A row of the setup cannot be told from another, or names one that is not there."""

    code = "setup-does-not-fit"
    title = "The setup sheets do not fit together"

    def __init__(self, sheet: str, spelling: str, why: str) -> None:
        super().__init__(f"{sheet}: {spelling!r} {why}.", "Correct the sheet and press Save setup again.")


class RequestIdReused(BillingError):
    """Two different requests came with one request id."""

    code = "request-id-reused"
    title = "That request id was used for something else"

    def __init__(self, request_id: str) -> None:
        super().__init__(
            f"The request id {request_id!r} already answered a different request.",
            "Press the button again; a new click is a new request.",
        )


class UnknownRun(BillingError):
    """No pay run of this id is in the clinic's books."""

    code = "unknown-run"
    title = "That pay run is not in the books"

    def __init__(self, run_id: str) -> None:
        super().__init__(f"There is no pay run {run_id!r} in these books.", "Look it up under History.")


class RunIsClosed(BillingError):
    """A pay run that is closed or voided does not change any more."""

    code = "run-is-closed"
    title = "That pay run no longer changes"

    def __init__(self, run_id: str, state: str) -> None:
        super().__init__(
            f"Pay run {run_id} is {state} and no longer changes.",
            "Generate the payroll of the period again: what is new since becomes a new run.",
        )


class RunHasBlockers(BillingError):
    """Rows of the run still wait for a person, so it cannot be closed."""

    code = "run-has-blockers"
    title = "Rows of that pay run are still blocked"

    def __init__(self, run_id: str, blocked: int) -> None:
        rows = "1 row is" if blocked == 1 else f"{blocked:,} rows are"
        super().__init__(
            f"Pay run {run_id} cannot be closed: {rows} blocked.",
            "Correct them as the Findings sheet says, generate the payroll again, then close it.",
        )


class AlreadyPaidElsewhere(BillingError):
    """Appointments of the run were paid by a run closed meanwhile."""

    code = "already-paid-elsewhere"
    title = "Appointments of that pay run are already paid"

    def __init__(self, run_id: str, paid_by: str, appointments: int) -> None:
        rows = "1 appointment" if appointments == 1 else f"{appointments:,} appointments"
        super().__init__(
            f"Pay run {run_id} cannot be closed: {paid_by} already pays {rows} of it.",
            "Generate the payroll again: what is already paid is then left out.",
        )


class ReasonNeeded(BillingError):
    """A pay run is voided for a reason, written down."""

    code = "reason-needed"
    title = "A reason is needed"

    def __init__(self, run_id: str) -> None:
        super().__init__(f"Pay run {run_id} cannot be voided without a reason.", "Say why, in a few words.")


class UnknownOutput(BillingError):
    """A finished workbook that is not, or no longer, kept."""

    code = "unknown-output"
    title = "That workbook is no longer kept"

    def __init__(self) -> None:
        super().__init__("The finished workbook is not there any more.", "Press the button again.")

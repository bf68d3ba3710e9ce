"""Refusals about clinics, setups, pay runs and the files of the ledger."""

from server.errors.findings import count_of
from server.errors.refusal import BillingError, RefusalKind
from server.errors.remedies import CHOOSE_CLINIC, GENERATE, GENERATE_ANOTHER, OPEN_SETUP_AGAIN, SHOW_RUNS


class UnknownClinic(BillingError):
    """The firm's list has no clinic with this id."""

    code = "unknown-clinic"
    kind = RefusalKind.UNKNOWN
    title = "That clinic is not on the list"
    remedies = (CHOOSE_CLINIC,)
    for_programs = "GET /clinics lists the clinics."

    def __init__(self, clinic_id: str) -> None:
        super().__init__(
            f"There is no clinic “{clinic_id}” in this ledger.",
            "Press Choose clinic and take one from the list, or enter the clinic with Save setup.",
        )


class ClinicNotGiven(BillingError):
    """The setup sheets are of a clinic that the person was not given. The ledger may have that clinic or not."""

    code = "clinic-not-given"
    kind = RefusalKind.NOT_ALLOWED
    title = "You were not given that clinic"

    def __init__(self, clinic_id: str) -> None:
        super().__init__(
            f"You were not given the clinic “{clinic_id}”, so its setup was not saved.",
            "Ask an administrator to give you the clinic, or to set it up if it is new.",
        )


class BadClinicId(BillingError):
    """The clinic id cannot be used as the name of a file."""

    code = "bad-clinic-id"
    kind = RefusalKind.UNUSABLE
    title = "That clinic ID cannot be used"

    def __init__(self, clinic_id: str) -> None:
        super().__init__(
            f"“{clinic_id}” cannot be a clinic ID.",
            "Use small letters, digits and hyphens, at most 63, beginning with a letter or digit, such as "
            "lakeside-clinic. Names that Windows keeps for itself (con, nul, com1) do not work.",
        )


PUT_BACK = "Nothing was written. Check the ledger folder, or put the right file back from a backup."


class BooksNotOpened(BillingError):
    """A file of the ledger is missing or damaged, is not a ledger file, or was written by a newer version."""

    code = "books-not-opened"
    kind = RefusalKind.UNAVAILABLE
    title = "The books cannot be opened"

    def __init__(self, file: str, why: str, remedy: str = PUT_BACK) -> None:
        self.file = file
        self.why = why
        super().__init__(f"The ledger file {file} {why}.", remedy)


class BooksNotUnderstood(BillingError):
    """The books of a clinic have values that the program cannot have written, or the program fails on them. ``clinic`` is a name."""

    code = "books-not-understood"
    kind = RefusalKind.UNAVAILABLE
    title = "The books have values that cannot be read"

    def __init__(self, clinic: str) -> None:
        super().__init__(
            f"The books of {clinic} have values that cannot be read.",
            "Nothing was written. Ask the person who runs the service to check the books with clinicledger ledger verify.",
        )


class BooksBusy(BillingError):
    """Another request has been writing to the books for longer than a click waits."""

    code = "books-busy"
    kind = RefusalKind.UNAVAILABLE
    title = "The books are in use"
    for_programs = "Wait a moment and send the same request again."

    def __init__(self, file: str) -> None:
        super().__init__(f"Somebody else is writing to {file}.", "Wait a moment and press the button again.")


class SetupDoesNotFit(BillingError):
    """Two rows of the setup are for the same thing, or a row names something that the setup does not have."""

    code = "setup-does-not-fit"
    kind = RefusalKind.CONFLICT
    title = "The setup sheets do not fit together"

    def __init__(self, sheet: str, spelling: str, why: str) -> None:
        super().__init__(f"{sheet}: “{spelling}” {why}.", "Correct the sheet and press Save setup again.")


class StaleSetup(BillingError):
    """Somebody else has saved the setup since these sheets were opened."""

    code = "stale-setup"
    kind = RefusalKind.CONFLICT
    title = "Somebody else changed the setup"
    remedies = (OPEN_SETUP_AGAIN,)

    def __init__(self, clinic: str) -> None:
        super().__init__(
            f"Somebody saved the setup of {clinic} after these sheets were opened.",
            "Press Open setup to get the setup as it is now, make your changes again, and press Save setup. "
            "In a new workbook, you keep what you typed here in sight.",
        )


class LicenseNeeded(BillingError):
    """Prices would be imported, but nobody has attested that the clinic may use their codes."""

    code = "licence-needed"
    kind = RefusalKind.CONFLICT
    title = "These codes need a license"

    def __init__(self) -> None:
        super().__init__(
            "You answered that your organization is not licensed to use these codes and descriptions"
            " and did not create them, so nothing was saved.",
            "Clear the rows of the Prices sheet and press Save setup to save the rest.",
        )


class RequestIdReused(BillingError):
    """A request id was used for two different requests."""

    code = "request-id-reused"
    kind = RefusalKind.CONFLICT
    title = "That request id was used for something else"
    for_programs = "Give every new request an id of its own."

    def __init__(self, request_id: str) -> None:
        super().__init__(
            f"The request id “{request_id}” already answered a different request.",
            "Press the button again; a new click is a new request.",
        )


class AnswerExpired(BillingError):
    """A request was sent again, but its answer has been deleted because it is too old."""

    code = "answer-expired"
    kind = RefusalKind.CONFLICT
    title = "That click was carried out long ago"
    for_programs = (
        "Look at what is in the books now. If something is still to be done, send it with a new request_id."
    )

    def __init__(self, request_id: str, at: str) -> None:
        super().__init__(
            f"The request “{request_id}” was carried out on {at[:10]}, and its answer is no longer kept.",
            "Look at what is in the books now, then press the button again if something is still to be done.",
        )


class UnknownRun(BillingError):
    """The clinic's books have no pay run with this id."""

    code = "unknown-run"
    kind = RefusalKind.UNKNOWN
    title = "That pay run is not in the books"
    remedies = (SHOW_RUNS,)
    for_programs = "GET /clinics/{clinic}/pay-runs lists the pay runs."

    def __init__(self, run_id: str, sheet: str = "") -> None:
        if sheet:
            sentence = (
                f"The sheet “{sheet}” shows the pay run “{run_id}”, which is not in the books of this clinic."
            )
            remedy = (
                "Check that this workbook is for the right clinic. To work on another run, delete that sheet and "
                "press the button again: it then asks which run."
            )
        else:
            sentence = f"There is no pay run “{run_id}” in these books."
            remedy = "Look it up under Past runs."
        super().__init__(sentence, remedy)


class RunIsVoided(BillingError):
    """The pay run is void, so it cannot be approved or voided."""

    code = "run-is-voided"
    kind = RefusalKind.CONFLICT
    title = "That pay run was voided"
    remedies = (
        GENERATE_ANOTHER,
        SHOW_RUNS,
    )

    def __init__(self, run_id: str, reason: str) -> None:
        super().__init__(
            f"Pay run {run_id} was voided. The reason given: “{reason}”.",
            "Generate payroll for the period again: that makes a new run.",
        )


class DraftOvertaken(BillingError):
    """The run, or the clinic's setup, changed while somebody was approving or voiding it."""

    code = "draft-overtaken"
    kind = RefusalKind.CONFLICT
    title = "The pay run has changed"

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"Pay run {run_id}, or the clinic's setup, changed while you were deciding. Nothing was recorded.",
            "Press the button again: it then shows the run as it is now.",
        )


class RunIsClosed(BillingError):
    """The pay run is approved, so it can no longer change."""

    code = "run-is-closed"
    kind = RefusalKind.CONFLICT
    title = "That pay run can no longer change"
    remedies = (
        GENERATE_ANOTHER,
        SHOW_RUNS,
    )

    def __init__(self, run_id: str, state: str) -> None:
        super().__init__(
            f"Pay run {run_id} is {state} and can no longer change.",
            "Generate payroll for the period again: anything new becomes a new run.",
        )


class RunHasBlockers(BillingError):
    """The draft has blocked rows, so it cannot be approved."""

    code = "run-has-blockers"
    kind = RefusalKind.CONFLICT
    title = "This pay run cannot be approved yet"
    remedies = (GENERATE,)
    for_programs = "Correct the rows and generate the payroll again, or send the input hold-rows with yes."

    def __init__(self, run_id: str, blocked: int) -> None:
        rows = "1 row is" if blocked == 1 else f"{blocked:,} rows are"
        super().__init__(
            f"Pay run {run_id} cannot be approved: {rows} blocked.",
            "Fix them as the sheet Findings says, generate payroll again, then approve it. Or hold them for a "
            "later run when you are asked.",
        )


class SecondPersonNeeded(BillingError):
    """The clinic wants a pay run approved by somebody else than the person who generated it."""

    code = "second-person-needed"
    kind = RefusalKind.NOT_ALLOWED
    title = "Another person must approve this pay run"

    def __init__(self, run_id: str, made_by: str) -> None:
        super().__init__(
            f"You generated pay run {run_id} ({made_by}), and this clinic wants two people: one who generates a payroll "
            "and another who approves it.",
            "Ask another manager to approve it in this workbook. If there is nobody else, an administrator can "
            "answer “Two people approve” with no on the sheet Clinic and press Save setup.",
        )


class AlreadyPaidElsewhere(BillingError):
    """A run that was approved after the draft was generated has paid some of its appointments."""

    code = "already-paid-elsewhere"
    kind = RefusalKind.CONFLICT
    title = "Appointments of that pay run are already paid"
    remedies = (GENERATE,)

    def __init__(self, run_id: str, paid_by: str, appointments: int) -> None:
        rows = "1 appointment" if appointments == 1 else f"{appointments:,} appointments"
        super().__init__(
            f"Pay run {run_id} cannot be approved: {paid_by} already pays {rows} of it.",
            "Generate the payroll again: what is already paid is then left out.",
        )


class SimilarVisitsPaid(BillingError):
    """A run that was approved after the draft was generated paid visits that look like visits of the draft."""

    code = "similar-visits-paid"
    kind = RefusalKind.CONFLICT
    title = "Visits of that pay run look like paid ones"
    remedies = (GENERATE,)

    def __init__(self, run_id: str, paid_by: str, visits: int) -> None:
        super().__init__(
            f"Pay run {run_id} cannot be approved: since it was generated, {paid_by} has paid {count_of(visits, 'visit')} that may"
            " be the same. No ID shows it, and at most one of provider, day and service differs.",
            "Generate the payroll again: you are then asked about those that IDs and patients do not tell apart.",
        )


class ReasonNeeded(BillingError):
    """Voiding a pay run needs a reason."""

    code = "reason-needed"
    kind = RefusalKind.UNUSABLE
    title = "A reason is needed"

    def __init__(self, run_id: str) -> None:
        super().__init__(f"Pay run {run_id} cannot be voided without a reason.", "Enter a reason.")


class UnknownOutput(BillingError):
    """The finished workbook does not exist or has been removed."""

    code = "unknown-output"
    kind = RefusalKind.UNKNOWN
    title = "That workbook is no longer kept"

    def __init__(self) -> None:
        super().__init__("The finished workbook is not there any more.", "Press the button again.")

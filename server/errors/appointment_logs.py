"""Refusals about a sheet that cannot be read as an appointment log or as a setup."""

from collections.abc import Sequence

from server.errors.finding_facts import Severity
from server.errors.findings import Finding
from server.errors.refusal import BillingError, RefusalKind
from server.errors.remedies import CHOOSE_CLINIC, OPEN_SETUP
from server.errors.shown_values import show_value


class EmptySetup(BillingError):
    """The clinic's setup has no providers, so no row can be matched."""

    code = "empty-setup"
    kind = RefusalKind.UNUSABLE
    title = "The clinic is not set up yet"
    remedies = (OPEN_SETUP,)

    def __init__(self, clinic: str) -> None:
        super().__init__(
            f"{clinic} has no providers yet.",
            "Press Open setup, fill in Providers, Services and Rates, and press Save setup.",
        )


class EmptySheet(BillingError):
    """The active sheet is empty."""

    code = "empty-sheet"
    kind = RefusalKind.UNUSABLE
    title = "The sheet is empty"

    def __init__(self, sheet: str) -> None:
        super().__init__(
            f"The sheet “{sheet}” holds no appointments.",
            "Go to the sheet with the appointment log and press the button again.",
        )


class OwnSheet(BillingError):
    """The active sheet was written by the add-in, so it is not a log."""

    code = "own-sheet"
    kind = RefusalKind.UNUSABLE
    title = "This is a finished sheet, not a log"

    def __init__(self, sheet: str) -> None:
        super().__init__(
            f"“{sheet}” is a sheet Clinic Ledger wrote, not an appointment log.",
            "Go to the sheet with the appointment log and press the button again.",
        )


class HeaderNotFound(BillingError):
    """No row of the sheet looks like the headings of an appointment log."""

    code = "header-not-found"
    kind = RefusalKind.UNUSABLE
    title = "The headings were not found"

    def __init__(self, sheet: str, looked_at: int) -> None:
        super().__init__(
            f"None of the first {looked_at} rows of “{sheet}” holds the headings of an appointment log.",
            "The log needs a row with headings such as Date of service, Provider, Service and Status.",
        )


class MissingColumn(BillingError):
    """The log lacks columns that every log needs."""

    code = "missing-column"
    kind = RefusalKind.UNUSABLE
    title = "A column is missing"

    def __init__(self, sheet: str, missing: Sequence[str], row: int, seen: Sequence[str]) -> None:
        names = " and ".join(f"“{name}”" for name in missing)
        super().__init__(
            f"The headings of “{sheet}” (row {row}) have no column for {names}.",
            f"Add the column, or rename its heading. The headings there are: {', '.join(map(show_value, seen))}.",
        )


class AnotherClinicsLog(BillingError):
    """The log seems to be another clinic's. The sentence does not name that clinic."""

    code = "another-clinics-log"
    kind = RefusalKind.UNUSABLE
    title = "This looks like another clinic's log"
    remedies = (CHOOSE_CLINIC,)

    def __init__(self, clinic: str, why: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(
            f"This log does not look like one of {clinic}: {why}.",
            "If the wrong clinic was chosen for this workbook, press Choose clinic and choose again. If not, go to the right log.",
            findings,
        )


class ImplausiblePeriod(BillingError):
    """The days of the log, or the days of the request, are not a possible pay period."""

    code = "implausible-period"
    kind = RefusalKind.UNUSABLE
    title = "The pay period is not clear"

    def __init__(
        self, sentence: str, remedy: str = "Give the first and the last day of the pay period (from, to)."
    ) -> None:
        super().__init__(sentence, remedy)


class SetupUnusable(BillingError):
    """The setup sheets have mistakes. Nothing was saved."""

    code = "setup-unusable"
    kind = RefusalKind.UNUSABLE
    title = "The setup was not saved"

    def __init__(self, findings: Sequence[Finding]) -> None:
        blockers = [finding for finding in findings if finding.severity is Severity.BLOCKER]
        count = sum(max(1, len(finding.rows)) for finding in blockers)
        super().__init__(
            f"{count} {'cell needs' if count == 1 else 'cells need'} correction: {blockers[0].message}",
            "Correct the cells listed and press Save setup again.",
            findings,
        )

"""Refusals of what would be added to a clinic's setup from a finding, and of a new clinic's setup."""

from server.errors.refusal import BillingError, RefusalKind


class FixUnusable(BillingError):
    """The setup would not be one that can be saved."""

    code = "fix-unusable"
    kind = RefusalKind.UNUSABLE
    title = "That cannot be added to the setup"

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(f"{why.rstrip('.')}. Nothing was added to the setup.", remedy)


class FixOvertaken(BillingError):
    """Somebody saved the setup between the answer and the moment in which it is recorded."""

    code = "fix-overtaken"
    kind = RefusalKind.CONFLICT
    title = "The setup has changed meanwhile"

    def __init__(self, clinic: str) -> None:
        super().__init__(
            f"Somebody else saved the setup of {clinic} at this moment. Nothing was added to it.",
            "Press Find problems to see what is still open.",
        )


class WorkbookHasClinic(BillingError):
    """The log of a workbook that belongs to a clinic would become the setup of another one."""

    code = "workbook-has-clinic"
    kind = RefusalKind.CONFLICT
    title = "This workbook belongs to a clinic already"

    def __init__(self, clinic: str) -> None:
        super().__init__(
            f"This workbook belongs to {clinic}, so its log cannot become the setup of a new clinic.",
            "Copy the log to a new workbook and press New clinic from log there.",
        )

"""What is refused about a service that runs in the background: a second one on a ledger, one that does not start or stop."""

from server.errors.refusal import BillingError, RefusalKind


class LedgerServed(BillingError):
    """Another service works with the books of this ledger folder."""

    code = "ledger-served"
    kind = RefusalKind.CONFLICT
    title = "A service already works with this ledger"

    def __init__(self, folder: str, process: int | None, url: str) -> None:
        at, known = f" at {url}" if url else "", f" (process {process})" if process else ""
        super().__init__(
            f"Another service works with the ledger {folder}{at}{known}, and only one may.",
            "Use that one, or stop it first with: clinicledger service stop. For another ledger, name its folder with --ledger.",
        )


class ServiceStartFailed(BillingError):
    """The service was started in the background, and ended or does not answer."""

    code = "service-start-failed"
    kind = RefusalKind.UNAVAILABLE
    title = "The service did not start"

    def __init__(self, why: str, log: str) -> None:
        super().__init__(
            f"The service was started, and {why}.",
            f"Look at what it wrote: clinicledger service logs ({log}). Then start it again with: clinicledger service start",
        )


class ServiceStopFailed(BillingError):
    """The service was asked to stop, and still works."""

    code = "service-stop-failed"
    kind = RefusalKind.UNAVAILABLE
    title = "The service did not stop"

    def __init__(self, process: int | None, seconds: float) -> None:
        known = f" (process {process})" if process else ""
        super().__init__(
            f"The service{known} was asked to stop, and still works after {seconds:.0f} seconds.",
            "A payroll of many visits may take minutes: wait and run clinicledger service stop again. Nothing that was answered is lost if "
            "you end the process or restart the computer.",
        )


class NotInBackground(BillingError):
    """The ledger's books are in a database, or its service is for other computers: somebody else runs its services."""

    code = "not-in-background"
    kind = RefusalKind.CONFLICT
    title = "This is for a ledger on one computer"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"{why}. setup and service are for a ledger on a computer of its own.",
            "Start the service with clinicledger serve, in the way that the person who runs it has chosen (docs/install.md).",
        )

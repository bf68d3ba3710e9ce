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


class SetupRecordUnusable(BillingError):
    """Nobody can read what setup made for a ledger, or it was made for another user or on another computer."""

    code = "setup-record-unusable"
    kind = RefusalKind.CONFLICT
    title = "What setup made here is not known"

    def __init__(self, record: str, home: str = "") -> None:
        if home:
            super().__init__(
                f"{record} says what setup made for the user of {home}, who is another one, or is on another computer.",
                "Run clinicledger setup --undo as that user. If that computer is gone, or the ledger has moved here for good, delete that file, and run "
                "clinicledger setup.",
            )
        else:
            super().__init__(
                f"{record} says what setup made, and cannot be read.",
                "Delete that file, and run clinicledger setup, which writes a new one. To take everything away, then give these commands: "
                "clinicledger setup --undo, clinicledger addin uninstall, clinicledger addin certificate --remove.",
            )


class OtherLedgerSetUp(BillingError):
    """Setup has been run for another ledger, and a user can have one."""

    code = "other-ledger-set-up"
    kind = RefusalKind.CONFLICT
    title = "Another ledger is set up on this computer"

    def __init__(self, ledger: str) -> None:
        super().__init__(
            f"The service of the ledger {ledger} starts when you log on, and only one can. Nothing was changed.",
            f'To set up this one in its place, first run: clinicledger setup --undo --ledger "{ledger}"',
        )


class SetupRunning(BillingError):
    """Another setup works on this ledger."""

    code = "setup-running"
    kind = RefusalKind.CONFLICT
    title = "Another setup is running"

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"Another clinicledger setup works on the ledger {folder} at this moment.",
            "Wait until it has ended. If the system asks whether to trust a certificate, answer it first.",
        )


class SetupWithSudo(BillingError):
    """Setup is run as an administrator, for a person who has an account of their own."""

    code = "setup-with-sudo"
    kind = RefusalKind.CONFLICT
    title = "Setup is for you, not for an administrator"

    def __init__(self, person: str) -> None:
        super().__init__(
            f"You are {person}, and gave this command with the rights of an administrator (sudo). It would set up Clinic Ledger for the administrator.",
            "Give it again without sudo.",
        )

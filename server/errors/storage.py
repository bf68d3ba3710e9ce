"""What is refused because of the disk: it is full, or can only be read. The books are not damaged."""

from server.errors.refusal import BillingError, RefusalKind


class DiskFull(BillingError):
    """The disk, or the user's share of it, has no room for what should be written."""

    code = "disk-full"
    kind = RefusalKind.NO_ROOM
    title = "The disk is full"

    def __init__(self) -> None:
        super().__init__(
            "The disk is full. Nothing was written, and nothing that was recorded before is lost.",
            "Make room on the disk, for example by moving large files away, then do the same again.",
        )


class LedgerReadOnly(BillingError):
    """The ledger is in a folder that can only be read: a backup on a share, a snapshot, a protected folder."""

    code = "ledger-read-only"
    kind = RefusalKind.CONFLICT
    title = "This ledger can only be read"

    def __init__(self) -> None:
        super().__init__(
            "The folder of the ledger can only be read. Nothing was written, and the books are not damaged.",
            "Do this on the ledger itself, not on a copy. If this is the ledger, have the write protection of its "
            "folder removed, then do the same again.",
        )


class CopyNeeded(BillingError):
    """A file that is whole, but cannot be read in a folder that can only be read."""

    code = "copy-needed"
    kind = RefusalKind.UNAVAILABLE
    title = "The books must be copied to be read"

    def __init__(self, file: str, why: str) -> None:
        super().__init__(
            f"The ledger file {file} is not damaged, but its folder can only be read, and the file {why}.",
            "Copy the whole folder to a disk that can be written to, and name the copy with --ledger.",
        )


class DatabaseUnreachable(BillingError):
    """The database server does not answer, ended the connection, or is a standby: it is restarted, or another one takes over."""

    code = "database-unreachable"
    kind = RefusalKind.UNAVAILABLE
    title = "The database does not answer"
    for_programs = "Wait as long as Retry-After says, and send the same request again, with the same request id: it is recorded once."
    retry_after_seconds = 5

    def __init__(self) -> None:
        super().__init__(
            "The ledger's database does not answer. What you did may or may not be recorded; doing it again never records "
            "it twice.",
            "Wait a minute and press the button again. If it still does not answer, call the person who runs the database.",
        )


class DatabaseTooSlow(BillingError):
    """The database ended a statement because it took too long, or because its administrator said so."""

    code = "database-too-slow"
    kind = RefusalKind.UNAVAILABLE
    title = "The database took too long"
    for_programs = (
        "Wait as long as Retry-After says, and send the same request again, with the same request id."
    )
    retry_after_seconds = 60

    def __init__(self) -> None:
        super().__init__(
            "The ledger's database ended this work because it took too long. Nothing was written.",
            "Wait a minute and do the same again. If it happens again, tell the person who runs the database.",
        )


class DatabaseNotPrepared(BillingError):
    """The database lacks the ledger's tables, or is not one that a ledger can be kept in."""

    code = "database-not-prepared"
    kind = RefusalKind.UNAVAILABLE
    title = "The database cannot be used as it is"

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(f"The database {why}.", remedy)
